"""What a program is given is of the types that it is promised."""

from __future__ import annotations

import copy
import inspect
import pickle
from pathlib import Path
from typing import get_type_hints

import pytest

import modeltui.api
from modeltui.api import CatalogReader, Model, open_catalog
from unit.api import typed_program

CATALOG = Path(__file__).parents[3] / "catalog"
CHAT = "chat/sandbox-chat"


def test_a_typed_program_runs() -> None:
    """`mypy` reads it as well, with all other tests."""
    catalog = typed_program.opened(CATALOG)
    assert isinstance(catalog, CatalogReader)
    model = typed_program.named(catalog, CHAT)
    assert model is not None
    assert typed_program.named(catalog, "none") is None
    typed_program.fields(model)
    assert model in typed_program.models(catalog, "chat")
    assert typed_program.asked(catalog, model, {"prompt": "hello"}) is not None
    assert list(typed_program.picked(catalog, "time")) == []
    assert typed_program.rolled_out(catalog, model, "user-1") == "everybody"
    steps, costs = typed_program.chained(catalog, "radio-spot")
    assert [step.id for step in steps] == [cost.id for cost in costs]
    assert typed_program.opened("/dev/null/none") != catalog


def _members() -> list[str]:
    return [name for name in dir(CatalogReader) if not name.startswith("_")]


@pytest.mark.parametrize("name", _members())
def test_every_member_is_typed_and_said(name: str) -> None:
    member = inspect.getattr_static(CatalogReader, name)
    function = member.fget if isinstance(member, property) else member
    assert inspect.isfunction(function)
    hints = get_type_hints(function, vars(modeltui.api) | function.__globals__)
    assert hints.keys() - {"return"} == inspect.signature(function).parameters.keys() - {"self"}
    assert "return" in hints
    page = (CATALOG.parent / "docs" / "api.md").read_text(encoding="utf-8")
    assert f"`{name}" in page


def test_every_name_that_is_exported_is_there() -> None:
    assert sorted(modeltui.api.__all__) == modeltui.api.__all__
    for name in modeltui.api.__all__:
        assert getattr(modeltui.api, name) is not None


def test_models_are_values() -> None:
    """Equal by what they say, whoever read them; they go through a queue or a pool of processes."""
    one, other = (open_catalog(CATALOG, cache=False).get(CHAT) for _ in range(2))
    assert one == other
    assert hash(one) == hash(other)
    assert pickle.loads(pickle.dumps(one)) == one
    assert isinstance(copy.copy(one), Model)
