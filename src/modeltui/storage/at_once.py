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
    """`call` every name: few in order, many in parts side by side. Raises the first OSError, when all parts have ended.

    To free the blocks of thousands of files the kernel waits for the disk, and waits for several as long as for one.
    """
    if len(names) < _MANY:
        for name in names:
            call(name)
        return
    errors: list[OSError] = []

    def work(part: Sequence[str]) -> None:
        try:
            for name in part:
                call(name)
        except OSError as error:
            errors.append(error)

    bounds = [len(names) * part // _THREADS for part in range(_THREADS + 1)]
    threads = [threading.Thread(target=work, args=(names[start:end],)) for start, end in itertools.pairwise(bounds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
