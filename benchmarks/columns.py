"""The summary columns of so many models as Python lists: `python -m benchmarks.columns COUNT` prints what they add.

Bytes of memory, each text that repeats kept once.
"""

from __future__ import annotations

import sys

from benchmarks.catalogs import values
from benchmarks.terminal import resident_bytes

_SAME: dict[str, object] = {
    "variant": "Picture",
    "group": "image",
    "currency": "credits",
    "active": True,
    "default": False,
    "premium": False,
    "internal": True,
    "tags": ("image", "sandbox"),
    "lock": None,
    "released_on": None,
    "deprecated_on": None,
    "retires_on": None,
}
"""What every model of a made catalogue says alike."""


def added_by(count: int) -> int:
    """Bytes that the columns of so many models add to the process."""
    columns: dict[str, list[object]] = {name: [] for name in (*values(0), *_SAME)}
    before = resident_bytes()
    for number in range(count):
        said = {**values(number), **_SAME}
        for name, column in columns.items():
            value = said[name]
            column.append(sys.intern(value) if isinstance(value, str) else value)
    return resident_bytes() - before


if __name__ == "__main__":
    print(added_by(int(sys.argv[1])))
