"""Builds a stranger's catalogue out of every hostile case. By hand: `python -m hostile.hostile_catalog DIR`."""

from __future__ import annotations

import hashlib
import os
import stat
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from hostile import content_cases, filesystem_cases, text_cases
from hostile.ground import CASES, Expected, Ground, UnsupportedError, small

__all__ = ["CASES", "Built", "content_cases", "crowd", "filesystem_cases", "fingerprint", "make", "text_cases"]


@dataclass(frozen=True)
class Built:
    ground: Ground
    expected_of: dict[str, tuple[Expected, ...]]
    """What `check` must say of each case."""
    skipped: dict[str, str]
    """Cases that this system cannot hold, and why."""

    @property
    def root(self) -> Path:
        return self.ground.root


def make(folder: Path, names: Iterable[str] = tuple(CASES)) -> Built:
    """The catalogue `folder/catalog`, and `folder/outside` that its links lead to."""
    ground = small(folder / "catalog", folder / "outside")
    expected: dict[str, tuple[Expected, ...]] = {}
    skipped: dict[str, str] = {}
    for name in names:
        try:
            expected[name] = tuple(CASES[name](ground))
        except UnsupportedError as error:
            skipped[name] = str(error)
    return Built(ground, expected, skipped)


def crowd(folder: Path, count: int) -> Built:
    """A catalogue of very many files: some models, most of them all alike, and one of great width."""
    ground = small(folder / "catalog", folder / "outside")
    ground.write("wide", ground.sound("wide").replace('"Sound"', f'"{"W" * 200_000}"'))
    for number in range(count):
        slug = f"many-{number:06}"
        alike = {"default": "true", "model_id": "alike", "uid": "33333333-3333-4333-8333-333333333333"}
        ground.write(slug, ground.sound(slug, **(alike if number % 2 else {})))
    return Built(ground, {}, {})


def fingerprint(folder: Path) -> dict[str, tuple[int, int, str]]:
    """Every name below a folder with mode, links and content; two are equal when nobody touched anything.

    Our own state is left out.
    """
    found: dict[str, tuple[int, int, str]] = {}
    for here, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name != ".modeltui"]
        for name in (*folders, *files):
            path = os.path.join(here, name)
            try:
                status = os.lstat(path)
            except OSError:  # deeper than a path can be long
                continue
            count = 0 if stat.S_ISDIR(status.st_mode) else status.st_nlink
            found[os.path.relpath(path, folder)] = (status.st_mode, count, _content(path, status))
    return found


def _content(path: str, status: os.stat_result) -> str:
    if stat.S_ISLNK(status.st_mode):
        return os.readlink(path)
    if not stat.S_ISREG(status.st_mode) or status.st_size > 2**24:
        return ""
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


if __name__ == "__main__":
    built = make(Path(sys.argv[1]))
    for name, reason in built.skipped.items():
        sys.stderr.write(f"left out {name}: {reason}\n")
    sys.stdout.write(f"{built.root}\n")
