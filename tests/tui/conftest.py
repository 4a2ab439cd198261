"""The console on a small catalogue."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui import catalogs


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return catalogs.make(tmp_path / "catalog")


@pytest.fixture
def hostile_root(tmp_path: Path) -> Path:
    return catalogs.make_hostile(tmp_path / "catalog")


@pytest.fixture
def sandbox_root(root: Path) -> Path:
    return catalogs.add_sandbox(root)
