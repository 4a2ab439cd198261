"""The unavoidable work alone: what any program would have to do. Run as `python -m benchmarks.floors NAME ARGS`."""

from __future__ import annotations

import ctypes
import os
import sys
import tempfile
from pathlib import Path


def parse_all(folder: str) -> None:
    """Scan, read and parse every TOML file, and print one line for each."""
    import tomli  # noqa: PLC0415  # part of what is measured

    for parent, _, names in os.walk(folder):
        for name in names:
            if name.endswith(".toml"):
                document = tomli.loads((Path(parent) / name).read_text(encoding="utf-8"))
                print(name, document.get("name"))


def rewrite_all(folder: str) -> None:
    """Write every model file anew into a stage, sync once, rename each into place."""
    paths = sorted((Path(folder) / "models").rglob("*.toml"))
    with tempfile.TemporaryDirectory(dir=folder) as stage:
        staged = []
        for number, path in enumerate(paths):
            new = Path(stage) / str(number)
            new.write_bytes(path.read_bytes().replace(b"active = true", b"active = false", 1))
            staged.append(new)
        _syncfs(folder)
        for new, path in zip(staged, paths, strict=True):
            new.replace(path)
        _syncfs(folder)


def sync_some(folder: str) -> None:
    """The syncs that an apply of one file needs, and nothing else."""
    for number in range(9):
        with (Path(folder) / f"sync-{number % 2}").open("wb") as file:
            file.write(b"x" * 1500)
            file.flush()
            os.fsync(file.fileno())


def copy_json(path: str) -> None:
    """Read every line as JSON and write it again."""
    import json  # noqa: PLC0415  # part of what is measured

    with open(path, encoding="utf-8") as file:
        for line in file:
            sys.stdout.write(json.dumps(json.loads(line)) + "\n")


def _syncfs(folder: str) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        ctypes.CDLL(None).syncfs(descriptor)
    finally:
        os.close(descriptor)


if __name__ == "__main__":
    {"parse": parse_all, "rewrite": rewrite_all, "sync": sync_some, "json": copy_json}[sys.argv[1]](sys.argv[2])
