"""docs/catalog-format.md names every field, choice and code that there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from modeltui.domain.rules.codes import CODES
from modeltui.domain.schema.files import SHAPES, FileKind
from modeltui.domain.schema.place import ANY_NAME, known_paths, place_at
from modeltui.domain.schema.shape import shape_of

PAGE = (Path(__file__).parents[3] / "docs" / "catalog-format.md").read_text(encoding="utf-8")
_SECTIONS = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", PAGE, flags=re.MULTILINE | re.DOTALL))
_TITLES: dict[FileKind, tuple[str, ...]] = {
    "model": ("Model file",),
    "provider": ("Provider file",),
    "catalog": ("catalog.toml",),
    "preset": ("Preset file", "Model file"),
    "workflow": ("Workflow file", "Model file"),
}


def _words(kind: FileKind) -> set[str]:
    """Every name that stands in code or in a heading of the sections of a file."""
    text = "\n".join(_SECTIONS[title] for title in _TITLES[kind])
    marked = re.findall(r"`([^`]+)`", text) + re.findall(r"^###+ (.+)$", text, flags=re.MULTILINE)
    return {word for span in marked for word in re.findall(r"[\w@]+", span)}


@pytest.mark.parametrize("kind", SHAPES)
def test_every_field_is_on_the_page(kind: FileKind) -> None:
    fields = {path[-1] for path in known_paths(SHAPES[kind]) if path[-1] != ANY_NAME}
    assert fields - _words(kind) == set()


@pytest.mark.parametrize("kind", SHAPES)
def test_every_choice_is_on_the_page(kind: FileKind) -> None:
    places = [place_at(SHAPES[kind], path) for path in known_paths(SHAPES[kind])]
    choices = {choice for place in places if place is not None for choice in shape_of(place).choices}
    assert choices - _words(kind) == set()


def test_every_code_is_on_the_page_with_its_severity() -> None:
    rows = dict(re.findall(r"^\| `([a-z0-9-]+)` \| (\w+) \|", _SECTIONS["What `check` says"], flags=re.MULTILINE))
    assert rows == {code: explained.severity for code, explained in CODES.items()}
