"""The command line on a small catalogue, with or without a person at the terminal."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.small import Line, make_catalog
from modeltui.cli import asking


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    root = tmp_path / "catalog"
    make_catalog(root)
    return root


@pytest.fixture
def modeltui(catalog: Path, capsys: pytest.CaptureFixture[str]) -> Line:
    return Line(catalog, capsys)


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """A person at a terminal, who types this."""

    def answer(text: str) -> None:
        monkeypatch.setattr(asking, "can_ask", lambda: True)
        monkeypatch.setattr("sys.stdin", io.StringIO(text))

    return answer


@pytest.fixture
def piped(monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], None]:
    """Bytes that come through stdin."""

    def feed(content: bytes) -> None:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))

    return feed
