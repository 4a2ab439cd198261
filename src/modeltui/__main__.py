"""`modeltui` and `python -m modeltui`."""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING, Final, NoReturn

if TYPE_CHECKING:
    from modeltui.config import Settings

_USUAL: Final = gc.get_threshold()
_SELDOM: Final = (100_000, 20, 20)
"""A command ends before it has much to throw away: to look for that at every 700th object took it 20 ms of loading."""

_TO_BE_ENDED: Final = ("asyncio", "concurrent.futures", "multiprocessing", "sqlite3")
"""Modules that have an end of their own to come to."""


def main() -> NoReturn:
    """Run the command line, which gives a terminal to the console when no command is named, and end the process."""
    _leave(run())


def run() -> int:
    """The same, and return the exit code."""
    gc.set_threshold(*_SELDOM)
    from modeltui.cli.main import main as run_command  # noqa: PLC0415  # after that

    return run_command(sys.argv[1:], _open_console)


def _open_console(settings: Settings) -> int:
    from modeltui.tui.app import run_console  # noqa: PLC0415  # Textual takes a quarter of a second to load

    gc.freeze()  # what is loaded stays
    gc.set_threshold(*_USUAL)
    return run_console(settings)


def _leave(code: int) -> NoReturn:
    """End the process, at once where nothing is left to be done.

    The interpreter frees each object on its way out, which takes 15 ms; the system takes back the memory in one. What
    the interpreter does besides is done here: it ends the streams and what asked to be told. Files are closed, and
    synced where it matters, by whoever opened them. Where anything is not so simple, it goes the long way.
    """
    import atexit  # noqa: PLC0415
    import os  # noqa: PLC0415
    import threading  # noqa: PLC0415

    is_watched = sys.gettrace() is not None or sys.getprofile() is not None
    if is_watched or threading.active_count() > 1 or not sys.modules.keys().isdisjoint(_TO_BE_ENDED):
        sys.exit(code)
    atexit._run_exitfuncs()  # noqa: SLF001  # as the interpreter itself, and `multiprocessing` before the same call
    try:
        for stream in filter(None, (sys.stdout, sys.stderr)):
            stream.flush()
    except (OSError, ValueError):
        sys.exit(code)  # which tells of it as it always does
    os._exit(code)


if __name__ == "__main__":
    main()
