"""One catalogue of all hostile cases for tests that only read; a fresh one for those that write."""

from __future__ import annotations

from pathlib import Path

import pytest

from hostile.ground import Ground, small
from hostile.hostile_catalog import CASES, Built, make


@pytest.fixture(scope="session")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Read it only: it is made once."""
    return make(tmp_path_factory.mktemp("stranger"))


@pytest.fixture
def fresh(tmp_path: Path) -> Built:
    return make(tmp_path)


@pytest.fixture(scope="session")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Only what reads well and attacks whoever shows it. Read it only."""
    return make(tmp_path_factory.mktemp("texts"), [*(name for name in CASES if name.startswith("texts")), "long_texts"])


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    """The healthy models alone, for one case at a time."""
    return small(tmp_path / "catalog", tmp_path / "outside")
