"""One catalogue of all hostile cases for tests that only read; a fresh one for those that write."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.small import Line
from hostile.ground import Ground, small
from hostile.hostile_catalog import CASES, Built, make
from hostile.run_world import SECRET, World
from hostile.wild import Wild


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


@pytest.fixture(scope="module")
def wild() -> Iterator[dict[str, Wild]]:
    """The provider, who keeps its files, and who must never be asked."""
    found = {name: Wild() for name in ("api", "media", "evil")}
    yield found
    for server in found.values():
        server.close()


@pytest.fixture
def world(
    tmp_path: Path, wild: dict[str, Wild], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> World:
    names = {"key": SECRET, "out": str(tmp_path / "mine")}
    for name, server in wild.items():
        names |= {name: server.url, f"{name}_host": server.host}
    return World(tmp_path, names, Line(tmp_path / "catalog", capsys), monkeypatch)
