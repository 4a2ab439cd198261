"""Two people, each with a clone."""

from __future__ import annotations

from pathlib import Path

import pytest

from sharing.clones import Clone, cloned, make_hub, person


@pytest.fixture(autouse=True)
def somebody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    person(monkeypatch, tmp_path / "gitconfig")


@pytest.fixture
def hub(tmp_path: Path) -> Path:
    return make_hub(tmp_path)


@pytest.fixture
def ann(hub: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Clone:
    return cloned(hub, tmp_path / "ann", capsys)


@pytest.fixture
def bob(hub: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Clone:
    return cloned(hub, tmp_path / "bob", capsys)
