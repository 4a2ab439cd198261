"""A catalogue shared by a group, and system users of it, each with a process of their own."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).parents[1]
GROUP = 54321
ALICE, BOB, STRANGER = 54001, 54002, 54003
"""Users that no list of the system names, as in a container; `named_users` are those that one does."""

_MODEL = """\
# {slug}, kept by hand
schema = 1
uid = "3f0c2a9e-5a53-4d0c-9a51-2f6a4c1d{number:04}"
model_id = "{slug}"
name = "{slug}"
provider = "any"
content_type = "chat"
active = true
"""
_PROVIDER = """\
schema = 1
id = "any"
name = "Any"
base_url = "https://any.example.invalid"
hosts = ["any.example.invalid"]
"""
_LOCK = '\n[lock]\nlocked = true\nby = "carol"\nat = 2026-11-01T10:00:00Z\nreason = "in production"\n'


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Member:
    """A process of one user in the group, and in no other."""

    def __init__(self, root: Path, uid: int, gid: int) -> None:
        self.uid = uid
        self.home = root.parent / f"home-{uid}"
        self.home.mkdir(exist_ok=True)
        os.chown(self.home, uid, gid)
        self._root = root
        self._process = subprocess.Popen(
            [python_for(uid, gid), "-m", "crash.member"],
            user=uid, group=gid, extra_groups=[], cwd=self.home, env=_environment(self.home),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def begin(self, *words: str, killed_at: int | None = None) -> None:
        """Start a command, and do not wait for it."""
        assert self._process.stdin is not None
        asked = {"words": ["-C", str(self._root), *words], "killed_at": killed_at}
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()

    def end(self) -> Said:
        """What came of the command that was begun."""
        assert self._process.stdout is not None
        return Said(**json.loads(self._process.stdout.readline()))

    def __call__(self, *words: str) -> Said:
        self.begin(*words)
        return self.end()

    def heard(self) -> str:
        """The next line of talk; it waits for one."""
        assert self._process.stderr is not None
        return self._process.stderr.readline()

    def died(self, *words: str, killed_at: int) -> int:
        """How the process ended that was killed before its n-th exchange of files."""
        self.begin(*words, killed_at=killed_at)
        code = self._process.wait()
        self.close()
        return code

    def close(self) -> None:
        self._process.communicate()


def build(root: Path, gid: int, slugs: Sequence[str], *, locked: Sequence[str] = ()) -> None:
    """The catalogue, of root and of the group, which may write it all."""
    write(root, slugs, locked=locked)
    share(root, gid)


def write(root: Path, slugs: Sequence[str], *, locked: Sequence[str] = ()) -> None:
    """A catalogue of chat models, all of them active."""
    files = {f"models/chat/{slug}.toml": _text(slug, number) for number, slug in enumerate(slugs)}
    files |= {f"models/chat/{slug}.toml": _text(slug, 100 + n) + _LOCK for n, slug in enumerate(locked)}
    files |= {"catalog.toml": "schema = 1\n", "providers/any.toml": _PROVIDER}
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)


def share(top: Path, gid: int) -> None:
    """Everything from `top` downwards is the group's, set-gid where it is a folder."""
    for path in (top, *top.rglob("*")):
        os.chown(path, 0, gid)
        path.chmod(0o2775 if path.is_dir() else 0o664)


def _text(slug: str, number: int) -> str:
    return _MODEL.format(slug=slug, number=number)


def is_active(root: Path, slug: str) -> bool:
    return "active = true" in (root / f"models/chat/{slug}.toml").read_text()


def named_users() -> tuple[int, int, int]:
    """Two users and their common first group, as the system's list has them. Skips where it has none such."""
    by_group: dict[int, list[int]] = {}
    for person in pwd.getpwall():
        if person.pw_uid and person.pw_gid:
            by_group.setdefault(person.pw_gid, []).append(person.pw_uid)
    for gid, (first, *others) in by_group.items():
        if others:
            return first, others[0], gid
    pytest.skip("no two users of this system have the same first group")


@cache
def python_for(uid: int, gid: int) -> str:
    """An interpreter that this user may run, with the program and its libraries. Skips where there is none."""
    why = "no interpreter was found"
    system = shutil.which(f"python3.{sys.version_info.minor}", path="/usr/local/bin:/usr/bin:/bin")
    for python in filter(None, (sys.executable, system)):
        try:
            tried = subprocess.run(
                [python, "-c", "import crash.member"],
                user=uid, group=gid, extra_groups=[], cwd="/", env=_environment(Path("/")),
                capture_output=True, text=True, check=False,
            )  # fmt: skip
        except OSError as error:
            why = f"{error.filename}: {error.strerror}"
            continue
        if tried.returncode == 0:
            return python
        why = (tried.stderr.splitlines() or [why])[-1]
    pytest.skip(f"another user may not run the program from here: {why}")


def _environment(home: Path) -> dict[str, str]:
    packages = sysconfig.get_path("purelib")
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": os.pathsep.join([str(TESTS.parent / "src"), str(TESTS), packages]),
        "GIT_CONFIG_NOSYSTEM": "1",
    }
