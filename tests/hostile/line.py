"""The command line as a process of its own, before a pipe or a terminal, killed when it does not end in time."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import subprocess
import sys
import time
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from cli.small import Ran

RUN = [sys.executable, "-m", "modeltui"]
KILLED_AFTER_S = 120
"""A guard against a hang, and no measurement: each of these takes about a second."""

_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_SGR = re.compile(r"\x1b\[[0-9;]*m")


def modeltui(root: Path, *words: str | bytes, given: bytes = b"", before: Sequence[str] = ()) -> Ran:
    """Through pipes. Bytes that are not UTF-8 come as surrogates, which `unsafe` finds."""
    done = subprocess.run(
        [*before, *RUN, "-C", os.fspath(root), *words],
        input=given,
        capture_output=True,
        check=False,
        timeout=KILLED_AFTER_S,
    )
    ran = Ran(done.returncode, _text(done.stdout), _text(done.stderr))
    assert ran.code in {0, 1, 2, 3}, ran.err[-2000:]
    assert "Traceback" not in ran.err, ran.err[-2000:]
    assert "this is a bug" not in ran.err, _log() or ran.err
    return ran


def many(commands: Iterable[tuple[Path, Sequence[str]]]) -> Iterator[Ran]:
    """The answers to many command lines by one process; each of them has the time that a whole process has."""
    program = [sys.executable, "-m", "hostile.line_many"]
    path = os.pathsep.join([str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
    with subprocess.Popen(
        program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": path}
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            for root, words in commands:
                process.stdin.write(json.dumps(["-C", os.fspath(root), *words]).encode() + b"\n")
                process.stdin.flush()
                assert select.select([process.stdout], [], [], KILLED_AFTER_S)[0], f"it hangs: {words}"
                ran = Ran(*json.loads(process.stdout.readline()))
                assert ran.code in {0, 1, 2, 3}, words
                assert "this is a bug" not in ran.err, (words, _log())
                yield ran
        finally:
            process.kill()


def on_a_terminal(root: Path, *words: str) -> str:
    """What a terminal gets, both streams, without the terminal's carriage returns."""
    near, far = pty.openpty()
    process = subprocess.Popen([*RUN, "-C", os.fspath(root), *words], stdin=far, stdout=far, stderr=far)
    os.close(far)
    shown, deadline = b"", time.monotonic() + KILLED_AFTER_S
    try:
        while piece := _piece(near, deadline):
            shown += piece
        process.wait(KILLED_AFTER_S)
    finally:
        process.kill()
        process.wait()
        os.close(near)
    assert process.returncode in {0, 1, 2, 3}
    text = _text(shown).replace("\r\n", "\n")
    assert "this is a bug" not in text, _log()
    return text


def unsafe(text: str, *, keep: str = "\n") -> set[str]:
    """What a terminal might act on, or a reader might not see."""
    return {each for each in set(text) if each not in keep and unicodedata.category(each) in _UNSAFE}


def without_colours(text: str) -> str:
    return _SGR.sub("", text)


def _piece(near: int, deadline: float) -> bytes:
    assert select.select([near], [], [], max(0.0, deadline - time.monotonic()))[0], "nothing came; it hangs"
    try:
        return os.read(near, 65536)
    except OSError:  # how Linux tells that the other side was closed
        return b""


def _text(shown: bytes) -> str:
    return shown.decode("utf-8", errors="surrogateescape")


def _log() -> str:
    log = Path.home() / ".local" / "state" / "modeltui" / "modeltui.log"
    return log.read_text(errors="replace")[-3000:] if log.exists() else ""
