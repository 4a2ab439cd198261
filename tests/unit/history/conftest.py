"""A catalogue in the folder `catalog` of a git work tree, and its history."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from modeltui.history.repository import HistoryRepository
from modeltui.storage.log_file import LogFile
from modeltui.storage.real_fs import RealFs
from modeltui.storage.state_dir import ensure
from modeltui.storage.state_names import HISTORY

RunGit = Callable[..., str]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The work tree; its `catalog/` holds the models a, b and c, all committed."""
    root = tmp_path / "catalog"
    (root / "models/chat").mkdir(parents=True)
    (root / "catalog.toml").write_text("schema = 1\n")
    for name in "abc":
        (root / f"models/chat/{name}.toml").write_text(f"name = '{name}'\n")
    ensure(RealFs(str(root)))
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "first"]):
        subprocess.run(["git", *arguments], cwd=tmp_path, check=True)
    return tmp_path


@pytest.fixture
def root(tree: Path) -> Path:
    return tree / "catalog"


@pytest.fixture
def git(tree: Path) -> RunGit:
    def run(*arguments: str) -> str:
        return subprocess.run(["git", *arguments], cwd=tree, check=True, capture_output=True, text=True).stdout

    return run


@pytest.fixture
def repository(root: Path) -> HistoryRepository:
    return HistoryRepository(LogFile(RealFs(str(root)), HISTORY))
