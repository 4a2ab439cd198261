"""New files in our one form."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from modeltui.domain.document import same
from modeltui.errors import EditRefusedError
from modeltui.storage.store import Store
from modeltui.storage.toml import render, whole_file
from modeltui.storage.toml.codec import parse
from modeltui.storage.toml.whole_file import file_text

CATALOG = Path(__file__).parents[3] / "catalog"


def test_the_order_is_that_of_the_shipped_files() -> None:
    document = {"cost": {"currency": "USD", "base": "1"}, "name": "A", "timing": {"estimated_seconds": 2}, "schema": 1}
    assert file_text(document) == (
        'schema = 1\nname = "A"\n\n[timing]\nestimated_seconds = 2\n\n[cost]\ncurrency = "USD"\nbase = "1"\n'
    )


def test_every_shipped_model_can_be_written_anew() -> None:
    for document in Store(str(CATALOG)).load().documents.values():
        assert same(parse(file_text(document).encode()), document)


@pytest.mark.parametrize("value", [None, "\ud800", object(), {"a": None}, ["x" * 300_000]])
def test_what_no_file_can_say_is_refused(value: Any) -> None:
    with pytest.raises(EditRefusedError):
        file_text({"schema": 1, "x": value})


def test_tables_that_other_files_had_too_are_rendered_once(monkeypatch: pytest.MonkeyPatch) -> None:
    rendered: list[tuple[str, ...]] = []
    section = render.section
    whole_file._lines_before.cache_clear()

    def counted(names: tuple[str, ...], value: Any) -> list[str]:
        if len(names) == 1:
            rendered.append(names)
        return section(names, value)

    monkeypatch.setattr(render, "section", counted)
    texts = {file_text({"name": f"M{number}", "timing": {"estimated_seconds": 2}}) for number in range(5)}
    assert len(texts) == 5
    assert rendered == [("timing",)]
    for value in (1, 1.0, True, "1", [1], {"a": 1}):
        document = {"name": "M", "capabilities": {"x": value}}
        assert same(parse(file_text(document).encode()), document)
