"""A document that is read only when its row does not tell what is asked of it."""

from __future__ import annotations

from typing import Any

import pytest

from modeltui.domain.document import ABSENT, get, with_value
from modeltui.domain.model import model_of
from modeltui.domain.row_document import RowDocument

FILE: dict[str, Any] = {"name": "Veo", "active": True, "poll": {"interval_s": 5}}


def of(document: dict[str, Any], read: Any = None) -> RowDocument:
    return RowDocument(model_of("chat/x", "models/chat/x.toml", "", document), read or (lambda: document))


def unread() -> dict[str, Any]:
    pytest.fail("it was read")


def test_a_model_that_is_on_is_known_to_be_so() -> None:
    document = of(FILE, unread)
    assert get(document, ("active",)) is True
    assert "active" in document


@pytest.mark.parametrize("active", [False, 1, "yes", ABSENT])
def test_one_that_is_not_is_read(active: Any) -> None:
    data = with_value(FILE, ("active",), active)
    found = get(of(data), ("active",))
    assert (type(found), found) == (type(active), active)


def test_all_else_is_as_in_the_file() -> None:
    document = of(FILE)
    assert dict(document) == FILE
    assert (len(document), get(document, ("poll", "interval_s")), get(document, ("no",))) == (3, 5, ABSENT)
    assert with_value(document, ("name",), "x") == {**FILE, "name": "x"}
    with pytest.raises(KeyError):
        document["no"]
