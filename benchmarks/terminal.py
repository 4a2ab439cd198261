"""A full-screen program on a pseudo-terminal: what it writes, how much, when, and what stands on its screen."""

from __future__ import annotations

import codecs
import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Self

from benchmarks.screen import Screen

_ANSWERS = {b"\x1b[?2026$p": b"\x1b[?2026;2$y", b"\x1b[c": b"\x1b[?62;22c", b"\x1b[6n": b"\x1b[1;1R"}
"""What a terminal answers to what programs ask at their start: synchronised output, device attributes, the cursor."""
_LIMIT_S = 60.0


class Terminal:
    """Runs `command` on a terminal; leaving the context kills it."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        columns: int = 120,
        rows: int = 40,
        folder: str | None = None,
    ) -> None:
        self.screen = Screen(columns, rows)
        self.written = 0
        """Bytes since the start."""
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self.begun = time.perf_counter()
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            os.environ.update(TERM="xterm-256color", COLORTERM="truecolor", LANG="C.UTF-8")
            os.environ.update(environment or {})
            for name in ("TMUX", "SSH_CONNECTION", "SSH_TTY", "NO_COLOR"):
                os.environ.pop(name, None)
            if folder is not None:
                os.chdir(folder)
            try:
                os.execvp(command[0], list(command))
            finally:
                os._exit(127)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._terminal)

    def wait(self, until: Callable[[Screen], bool], limit_s: float = _LIMIT_S) -> float:
        """Milliseconds since `begun` at which the screen came to be as wanted. Raises TimeoutError with the screen."""
        if until(self.screen):
            return (time.perf_counter() - self.begun) * 1000
        return self._wait(until, self.begun, limit_s)

    def press(self, keys: str, until: Callable[[Screen], bool], limit_s: float = _LIMIT_S) -> float:
        """Milliseconds from the key until the screen is as wanted. Raises TimeoutError."""
        begun = time.perf_counter()
        self.type(keys)
        return self._wait(until, begun, limit_s)

    def type(self, keys: str) -> None:
        os.write(self._terminal, keys.encode())

    def quiet(self, still_s: float, limit_s: float = _LIMIT_S) -> tuple[int, float]:
        """Read until nothing comes for `still_s`; the bytes that came, and the milliseconds until the last of them."""
        begun, count, last = time.perf_counter(), 0, 0.0
        while time.perf_counter() - begun < limit_s:
            came = self._read(still_s)
            if came is None or not came[0]:
                break
            count, last = count + came[0], (came[1] - begun) * 1000
        return count, last

    def answer_to(self, keys: str, still_s: float = 0.15) -> int:
        """The bytes with which keys are answered. Raises TimeoutError where nothing is."""
        self.type(keys)
        first = self._read(_LIMIT_S)
        if first is None or not first[0]:
            raise TimeoutError(f"no answer to {keys!r}:\n{self._shown()}")
        return first[0] + self.quiet(still_s)[0]

    def listen(self, seconds: float) -> int:
        """The bytes of so many seconds. Raises RuntimeError where the program ends before."""
        end, count = time.perf_counter() + seconds, 0
        while (left := end - time.perf_counter()) > 0:
            came = self._read(left)
            if came is not None and not came[0]:
                raise RuntimeError(f"the program ended:\n{self._shown()}")
            count += came[0] if came else 0
        return count

    def _wait(self, until: Callable[[Screen], bool], begun: float, limit_s: float) -> float:
        while time.perf_counter() - begun < limit_s:
            came = self._read(0.5)
            if came is not None and not came[0]:
                break
            if came is not None and until(self.screen):
                return (came[1] - begun) * 1000
        raise TimeoutError(f"the screen did not come to be as wanted:\n{self._shown()}")

    def _shown(self) -> str:
        return "\n".join(line for line in self.screen.lines if line)

    def _read(self, wait_s: float) -> tuple[int, float] | None:
        """The bytes that came and when the last of them did; None where nothing came, no bytes at the end."""
        if not select.select([self._terminal], [], [], wait_s)[0]:
            return None
        chunks: list[bytes] = []
        came = 0.0
        while select.select([self._terminal], [], [], 0)[0]:
            try:
                chunk = os.read(self._terminal, 1 << 20)
            except OSError:
                break
            came = time.perf_counter()
            chunks.append(chunk)
        data = b"".join(chunks)
        for question, answer in _ANSWERS.items():
            if times := data.count(question):
                os.write(self._terminal, answer * times)
        self.written += len(data)
        self.screen.feed(self._decoder.decode(data))
        return len(data), came


def processor_ms(pid: int) -> float:
    """The processor time that the threads of a process have had: exact, where its ticks would be a matter of luck."""
    total = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        with contextlib.suppress(FileNotFoundError), open(f"/proc/{pid}/task/{thread}/schedstat", "rb") as file:
            total += int(file.read().split()[0])
    return total / 1e6


def resident_bytes(pid: int | str = "self") -> int:
    """What a process holds in memory: its anonymous pages and its files', as the system counts them."""
    with open(f"/proc/{pid}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
