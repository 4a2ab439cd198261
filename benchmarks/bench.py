"""What the cases of one run share: sizes, catalogues made once, folders of their own, and where the peers are."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar, cast

from benchmarks.catalogs import SAMPLE, make_catalog
from benchmarks.measure import process_ms
from benchmarks.rows import write_rows
from benchmarks.terminal import Terminal

T = TypeVar("T")

PYTHON = sys.executable
MODELTUI = (PYTHON, "-m", "modeltui")
CONSOLE_ALONE = (PYTHON, "-m", "benchmarks.console_alone")
_FLOORS = Path(__file__).parent / "floors"


@dataclass(slots=True)
class Bench:
    folder: Path
    """Everything that is made for the run; a real disk, since durability is part of what is measured."""
    count: int = 5000
    many: int = 100_000
    runs: int = 5
    keys: int = 48
    """So many key presses where keys are timed."""
    idle_s: float = 5.0
    rest_s: float = 1.0
    """A screen that has been still for so long has come to rest."""
    still_s: float = 0.15
    """A key is answered when nothing more has come for so long."""
    peers: str = ""
    """A folder of programs that is looked in before the usual ones."""
    steps: int = 40
    """Presses after which the cursor is sure to be on the last row."""
    _made: dict[str, Path] = field(default_factory=dict)
    _measured: dict[str, object] = field(default_factory=dict)

    @property
    def pairs(self) -> int:
        """Pairs of what takes little time: more of them, since a disturbance weighs more there."""
        return 2 * self.runs if self.runs > 1 else 1

    @property
    def small(self) -> int:
        """Models of a catalogue whose size is not to matter."""
        return min(self.count, 20)

    @property
    def sizes(self) -> dict[str, int]:
        """What the words of the targets are filled with."""
        return {"count": self.count, "many": self.many}

    @property
    def environment(self) -> dict[str, str]:
        """Of every process: nobody's own settings, state or cache."""
        own = {f"XDG_{kind}_HOME": str(self.folder / kind.lower()) for kind in ("STATE", "CACHE", "CONFIG")}
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "MODELTUI_", "XDG_"))}
        return {**kept, **own, "HOME": str(self.folder / "home"), "LANG": "C.UTF-8"}

    def catalog(self, count: int) -> Path:
        """A catalogue of so many models, made once. Nobody changes it."""
        return self._once(f"catalog-{count}", lambda path: make_catalog(path, count))

    def taken(self, count: int) -> Path:
        """The same, for one who changes it and is its last reader: the next to ask is given a new one."""
        path = self.catalog(count)
        del self._made[path.name]
        return path.rename(path.with_name(f"taken-{count}"))

    def sample(self) -> Path:
        """A copy of the sample catalogue, where a console may leave its traces."""
        ignored = shutil.ignore_patterns(".modeltui")
        return self._once("sample", lambda path: shutil.copytree(SAMPLE, path, ignore=ignored))

    def work_tree(self, count: int) -> Path:
        """A git work tree that is such a catalogue, all committed and packed. Nobody changes it."""
        return self._once(f"tree-{count}", lambda path: self._commit(self.copy(self.catalog(count), path.name)))

    def rows(self, catalog: Path) -> Path:
        """The rows and columns that the console shows of a catalogue: `rows.json`, `rows.csv`, `rows.txt`."""
        return self._once(f"rows-{catalog.name}", lambda path: write_rows(str(catalog), path))

    def copy(self, pattern: Path, name: str) -> Path:
        """A copy to be changed, in the place of the last one of that name, and all of it on the disk."""
        target = self.folder / name
        shutil.rmtree(target, ignore_errors=True)
        subprocess.run(["cp", "-R", "-p", "-P", str(pattern), str(target)], check=True)
        sync(target)
        return target

    def run(self, *command: str, environment: Mapping[str, str] | None = None) -> float:
        """Milliseconds of a whole process."""
        return process_ms(command, {**self.environment, **(environment or {})})

    def modeltui(self, catalog: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> float:
        """Milliseconds of a command of ours on a catalogue."""
        return self.run(*MODELTUI, "-C", str(catalog), *arguments, environment=environment)

    def terminal(self, *command: str, environment: Mapping[str, str] | None = None) -> Terminal:
        """A program on a terminal of 120 × 40."""
        return Terminal(command, environment={**self.environment, **(environment or {})})

    def peer(self, name: str) -> str | None:
        """Where a program of others is, if it is here."""
        return shutil.which(name, path=os.pathsep.join(filter(None, (self.peers, os.environ.get("PATH", "")))))

    def remember(self, name: str, measure: Callable[[], T]) -> T:
        """What a measurement gave, which is made once in a run."""
        if name not in self._measured:
            self._measured[name] = measure()
        return cast("T", self._measured[name])

    def say(self, text: str) -> None:
        """How far the run is; results are printed to the other stream."""
        print(text, file=sys.stderr, flush=True)

    def _once(self, name: str, make: Callable[[Path], object]) -> Path:
        if name not in self._made:
            path = self.folder / name
            make(path)
            self._made[name] = path
        return self._made[name]

    def _commit(self, folder: Path) -> Path:
        for arguments in (
            ("init", "--quiet", "--initial-branch=main"),
            ("config", "user.name", "bench"),
            ("config", "user.email", "bench@example.com"),
            ("config", "gc.auto", "0"),
            ("add", "--all"),
            ("commit", "--quiet", "--message", "as it was"),
            ("repack", "-a", "-d", "--quiet"),
        ):
            subprocess.run(["git", *arguments], check=True, cwd=folder, env=self.environment, stdout=subprocess.DEVNULL)
        return folder


def floor(name: str, *arguments: str) -> tuple[str, ...]:
    """The command that does the unavoidable work of this name."""
    return (PYTHON, str(_FLOORS / f"{name}.py"), *arguments)


def sync(folder: Path) -> None:
    """Have the disk take what was written, so that no sync that is measured pays for it."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        ctypes.CDLL(None).syncfs(descriptor)
    finally:
        os.close(descriptor)
