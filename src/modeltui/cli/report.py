"""The only writer of stderr, which is for talk, and the only place that turns errors into exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from enum import IntEnum

from modeltui.domain.text import LONGEST_LINE, cut, safe
from modeltui.errors import ConflictError, ModeltuiError, ProviderError, QueryError, UsageError


class Exit(IntEnum):
    DONE = 0
    REFUSED = 1
    """Findings, refused, not found, locked."""
    USAGE = 2
    """Wrong use or configuration."""
    CONFLICT = 3
    """Stale or conflicting; nothing was written."""
    PROVIDER = 4
    """The provider or the job failed."""
    INTERRUPTED = 130


_CODES: tuple[tuple[type[ModeltuiError], Exit], ...] = (
    (UsageError, Exit.USAGE),
    (ConflictError, Exit.CONFLICT),
    (ProviderError, Exit.PROVIDER),
)


def failure(error: ModeltuiError) -> Exit:
    """`error: message`, a blank line, `hint: …`; returns the exit code."""
    message = error.message
    if isinstance(error, QueryError):
        message = f"{message} (at character {error.position + 1})"
    _write(f"error: {safe(cut(message, LONGEST_LINE))}\n")
    if error.hint:
        _write(f"\nhint: {safe(cut(error.hint, LONGEST_LINE))}\n")
    return exit_code(error)


def exit_code(error: ModeltuiError) -> Exit:
    return next((code for kind, code in _CODES if isinstance(error, kind)), Exit.REFUSED)


def bug(error: Exception, log_file: str) -> Exit:
    """An error that nobody raised on purpose: the traceback into the log, a line for the user."""
    import traceback  # noqa: PLC0415  # only after a bug

    kept = _log("".join(traceback.format_exception(error)), log_file)
    where = f"; details are in {log_file}" if kept else ""
    _write(f"error: this is a bug in modeltui: {safe(type(error).__name__)}{safe(where)}\n")
    return Exit.REFUSED


def say(message: str) -> None:
    _write(f"{safe(cut(message, LONGEST_LINE))}\n")


def warn(messages: Iterable[str]) -> None:
    for message in messages:
        _write(f"warning: {safe(cut(message, LONGEST_LINE))}\n")


def waiting(delay: object) -> None:
    """Who it is that an apply waits for, as soon as it does; `str` of the value says it."""
    say(str(delay))


def ask(question: str) -> None:
    """A question, with the cursor left behind it."""
    _write(f"{safe(question)} ")


def is_terminal() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()


def redraw(lines: Sequence[str], drawn: int) -> int:
    """Lines in the place of the last `drawn` ones; returns how many they are. Only for a terminal.

    A line must fit the terminal: one that is wrapped would not be found again.
    """
    up = f"\x1b[{drawn}F" if drawn else ""
    _write(up + "".join(f"\x1b[2K{safe(line)}\n" for line in lines) + ("\x1b[J" if drawn > len(lines) else ""))
    return len(lines)


def _write(text: str) -> None:
    """Talk that nobody can hear is lost, and no reason to fail."""
    if sys.stderr is None:
        return
    encoding = sys.stderr.encoding or "utf-8"
    try:
        sys.stderr.write(text.encode(encoding, errors="backslashreplace").decode(encoding))
        sys.stderr.flush()
    except OSError:
        return


def _log(details: str, path: str) -> bool:
    """Append to the log, which only its owner reads; False where it cannot be written."""
    from datetime import datetime  # noqa: PLC0415  # only after a bug

    entry = f"{datetime.now().astimezone().isoformat(timespec='seconds')} {' '.join(map(safe, sys.argv))}\n{details}\n"
    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:
        return False
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as log:
        log.write(entry)
    return True
