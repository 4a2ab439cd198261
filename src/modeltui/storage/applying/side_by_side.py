"""A function of each of many values, worked out by several processes side by side, before the answers are wanted.

Python runs one thread at a time, so to compute in threads gains nothing. Copies of this process work out values and
hand back their answers; they touch nothing else, and whatever they leave unanswered is worked out here, with the same
errors at the same place. Who has nothing else to do draws the next ticket, each of which is for a few values.
"""

from __future__ import annotations

import fcntl
import gc
import os
import select
import signal
import struct
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Final, Generic, NoReturn, TypeAlias, TypeVar

from modeltui.errors import ModeltuiError

Value = TypeVar("Value")

Answer: TypeAlias = bytes | None

_MOST: Final = 4
"""Processes."""
_STEP: Final = 8
"""Values of a ticket, at least."""
_MOST_TICKETS: Final = 2**13
"""As many as a pipe has room for, twice over."""
_TICKET: Final = struct.Struct("<I")
_HEAD: Final = struct.Struct("<Ii")
"""Before each answer: the number of its value, and how long it is."""
_NOTHING, _UNANSWERED = -1, -2
_PIPE: Final = 2**20
"""Bytes that a copy may be ahead: as many as the system grants to everybody."""
_CHUNK: Final = 2**18


class SideBySide(Generic[Value]):
    """`get(number)` is what `call` gives for the value of that number: soonest in the order of numbers.

    `call` must do nothing but compute. Use as a context: at its end no process is left.
    """

    def __init__(self, call: Callable[[Value], Answer], values: Sequence[Value]) -> None:
        self._call = call
        self._values = values
        self._step = max(_STEP, -(-len(values) // _MOST_TICKETS))
        self._is_given = bytearray(len(values))
        self._kept: dict[int, Answer | bool] = {}
        """Answers that nobody has asked for yet; False for none."""
        self._copies: list[_Copy] = []
        self._tickets: int | None = None
        if (count := _processes()) > 1:
            with suppress(OSError):  # no room for another process
                self._split(count - 1)

    def __enter__(self) -> SideBySide[Value]:
        return self

    def __exit__(self, *_: object) -> None:
        for copy in self._copies:
            copy.end()
        if self._tickets is not None:
            os.close(self._tickets)

    @property
    def is_ahead(self) -> bool:
        """Whether anything is worked out before it is wanted."""
        return bool(self._copies)

    def get(self, number: int) -> Answer:
        if self._copies and not self._is_given[number]:
            self._is_given[number] = True
            answer = self._awaited(number)
            if not isinstance(answer, bool):
                return answer
        return self._call(self._values[number])

    def _awaited(self, number: int) -> Answer | bool:
        """Work while it is not there."""
        while number not in self._kept:
            for copy in self._copies:
                self._kept.update(copy.arrived())
            if number not in self._kept and not self._work() and not self._wait():
                return False
        return self._kept.pop(number)

    def _work(self) -> bool:
        """Whether there was a ticket."""
        numbers = self._drawn()
        self._kept.update((number, self._tried(number)) for number in numbers)
        return bool(numbers)

    def _wait(self) -> bool:
        """Whether anybody still works."""
        working = [copy.answers for copy in self._copies if copy.is_working]
        poll = select.poll()
        for answers in working:
            poll.register(answers, select.POLLIN)
        return bool(working and poll.poll())

    def _split(self, count: int) -> None:
        self._tickets, given = os.pipe()
        with open(given, "wb") as giving:
            giving.write(b"".join(map(_TICKET.pack, range(0, len(self._values), self._step))))
        for _ in range(count):
            self._begin()

    def _begin(self) -> None:
        """Split off a process. No signal reaches it but the one that ends it: what a signal means is our business."""
        answers, given = os.pipe()
        before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        try:
            with suppress(OSError):
                fcntl.fcntl(given, fcntl.F_SETPIPE_SZ, _PIPE)
            process = os.fork()
            if process == 0:
                self._live(given, [answers, *(copy.answers for copy in self._copies)])
            self._copies.append(_Copy(process, answers))
        except OSError:
            os.close(answers)
            raise
        finally:
            os.close(given)
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def _live(self, given: int, others: Sequence[int]) -> NoReturn:
        """The life of a copy. Nothing of what we would do at our end is done at its.

        others: what only the first process reads. Where that one is killed nobody does, which ends the copy.
        """
        try:
            gc.disable()
            for descriptor in others:
                os.close(descriptor)
            with open(given, "wb", buffering=_CHUNK, closefd=False) as telling:
                while numbers := self._drawn():
                    telling.writelines(_message(number, self._tried(number)) for number in numbers)
                    telling.flush()
        finally:
            os._exit(0)

    def _drawn(self) -> range:
        """The numbers of the next ticket."""
        assert self._tickets is not None
        ticket = os.read(self._tickets, _TICKET.size)
        if not ticket:
            return range(0)
        (first,) = _TICKET.unpack(ticket)
        return range(first, min(first + self._step, len(self._values)))

    def _tried(self, number: int) -> Answer | bool:
        try:
            return self._call(self._values[number])
        except ModeltuiError:  # the same one is raised when its turn comes
            return False


def _processes() -> int:
    """One alone where a thread might hold at this moment what its copy would wait for."""
    if sys.platform != "linux" or threading.active_count() > 1:
        return 1
    return min(len(os.sched_getaffinity(0)), _MOST)


def _message(number: int, answer: Answer | bool) -> bytes:
    if isinstance(answer, bytes):
        return _HEAD.pack(number, len(answer)) + answer
    return _HEAD.pack(number, _NOTHING if answer is None else _UNANSWERED)


class _Copy:
    """A process that was split off, and what it answers."""

    def __init__(self, process: int, answers: int) -> None:
        self.answers = answers
        self.is_working = True
        self._process = process
        self._rest = bytearray()
        os.set_blocking(answers, False)

    def arrived(self) -> Iterator[tuple[int, Answer | bool]]:
        """What it has answered since, by number; False where it has no answer."""
        self._read()
        at = 0
        while len(self._rest) >= at + _HEAD.size:
            number, size = _HEAD.unpack_from(self._rest, at)
            begin, end = at + _HEAD.size, at + _HEAD.size + max(size, 0)
            if len(self._rest) < end:
                break
            yield number, bytes(self._rest[begin:end]) if size >= 0 else None if size == _NOTHING else False
            at = end
        del self._rest[:at]

    def _read(self) -> None:
        with suppress(BlockingIOError):
            while self.is_working:
                said = os.read(self.answers, _CHUNK)
                self._rest += said
                self.is_working = bool(said)

    def end(self) -> None:
        os.close(self.answers)
        with suppress(ChildProcessError, ProcessLookupError):
            if os.waitpid(self._process, os.WNOHANG) == (0, 0):
                os.kill(self._process, signal.SIGKILL)
                os.waitpid(self._process, 0)
