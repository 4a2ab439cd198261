"""One small call to the system for each of many names, several at a time."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Sequence
from typing import Final

_MANY: Final = 256
"""Names from which threads pay."""
_THREADS: Final = 4


def at_once(names: Sequence[str], call: Callable[[str], object]) -> None:
    """`call` every name: few in order, many in parts side by side. Raises the first OSError.

    When it ends no call is on its way, nor will be: also where it is interrupted.

    To free the blocks of thousands of files the kernel waits for the disk, and waits for several as long as for one.
    """
    if len(names) < _MANY:
        for name in names:
            call(name)
        return
    errors: list[OSError] = []
    ends = [threading.Event() for _ in range(_THREADS)]
    begun: list[threading.Event] = []
    gate, is_over = threading.Lock(), threading.Event()

    def work(part: Sequence[str], end: threading.Event) -> None:
        with gate:
            if is_over.is_set():
                return
            begun.append(end)
        try:
            for name in part:
                call(name)
        except OSError as error:
            errors.append(error)
        finally:
            end.set()

    bounds = [len(names) * part // _THREADS for part in range(_THREADS + 1)]
    try:
        for (start, stop), end in zip(itertools.pairwise(bounds), ends, strict=True):
            threading.Thread(target=work, args=(names[start:stop], end)).start()
        _wait(ends)
    finally:
        with gate:
            is_over.set()
        _wait(begun)
    if errors:
        raise errors[0]


def _wait(ends: Sequence[threading.Event]) -> None:
    """For all; an interruption is raised after that.

    Not by `join`: before Python 3.13 a thread counts as ended when that is interrupted.
    """
    interruption: KeyboardInterrupt | None = None
    while not all(end.is_set() for end in ends):
        try:
            for end in ends:
                end.wait()
        except KeyboardInterrupt as error:
            interruption = error
    if interruption is not None:
        raise interruption
