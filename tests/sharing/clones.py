"""Two clones of one small catalogue, and the bare repository between them."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cli.small import make_catalog, model_text, write
from modeltui.cli.main import main

KEYS = ("chat/a", "chat/b", "chat/c")


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class Clone:
    """One person's clone, with the command line on its catalogue."""

    tree: Path
    folder: str
    _capsys: pytest.CaptureFixture[str]

    @property
    def root(self) -> Path:
        return self.tree / self.folder

    def __call__(self, *words: str) -> Said:
        self._capsys.readouterr()
        code = main(["-C", str(self.root), *words])
        captured = self._capsys.readouterr()
        return Said(code, captured.out, captured.err)

    def done(self, *words: str) -> Said:
        said = self(*words)
        assert said.code == 0, said
        return said

    def git(self, *words: str) -> str:
        return git(self.tree, *words)

    def path(self, key: str) -> Path:
        return self.root / "models" / f"{key}.toml"

    def text(self, key: str) -> str:
        return self.path(key).read_text()

    def apply(self, key: str, *assignments: str, reason: str = "a reason") -> None:
        self.done("set", key, *assignments)
        self.done("apply", "--yes", "--reason", reason)

    def commit(self, key: str, old: str, new: str) -> None:
        """An edit by hand."""
        assert old in self.text(key)
        self.path(key).write_text(self.text(key).replace(old, new))
        self.git("commit", "-qam", f"by hand: {key}")

    def push(self) -> None:
        self.done("push", "--yes")

    def pull(self, *words: str) -> Said:
        return self.done("pull", "--yes", *words)

    def is_clean(self) -> bool:
        return self.git("status", "--porcelain", "--untracked-files=no") == ""


def git(place: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=place, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def make_hub(place: Path, folder: str = "catalog") -> Path:
    """A bare repository with chat/a, chat/b and chat/c, and a file beside the catalogue."""
    hub, first = place / "hub.git", place / "first"
    git(place, "init", "-q", "--bare", "-b", "main", str(hub))
    git(place, "init", "-q", "-b", "main", str(first))
    root = first / folder
    make_catalog(root)
    for path in [*root.glob("models/*/*.toml")]:
        path.unlink()
    for number, key in enumerate(KEYS, start=1):
        uid = f"3f0c2a9e-5a53-4d0c-9a51-2f6a4c1da00{number}"
        write(root / "models" / f"{key}.toml", model_text(key, f"Model {number}", uid=uid, order=number))
    write(first / "README.md", "one\ntwo\nthree\n")
    git(first, "add", "-A")
    git(first, "commit", "-q", "-m", "first")
    git(first, "push", "-q", str(hub), "HEAD:main")
    return hub


def cloned(hub: Path, place: Path, capsys: pytest.CaptureFixture[str], folder: str = "catalog", *options: str) -> Clone:
    git(hub.parent, "clone", "-q", *options, hub.as_uri() if options else str(hub), str(place))
    return Clone(place, folder, capsys)


MakeClones = Callable[..., tuple[Clone, Clone]]


def person(monkeypatch: pytest.MonkeyPatch, config: Path) -> None:
    """Who commits, whatever this machine says."""
    config.write_text("[user]\n\tname = Somebody\n\temail = some@body\n[init]\n\tdefaultBranch = main\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for name in [name for name in os.environ if name.startswith(("GIT_AUTHOR", "GIT_COMMITTER"))]:
        monkeypatch.delenv(name)
