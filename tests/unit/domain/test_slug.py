"""Keys for new models."""

from __future__ import annotations

import pytest

from modeltui.domain.slug import copy_key, free_key, name_from, parse_key, slug
from modeltui.errors import RefusedError


@pytest.mark.parametrize(
    ("name", "expected"), [("Flux.1 [dev]", "flux-1-dev"), ("Ünï", "n"), ("  A  ", "a"), ("漢字", ""), ("a--b", "a-b")]
)
def test_a_slug_of_a_name(name: str, expected: str) -> None:
    assert slug(name) == expected


def test_the_first_that_is_free() -> None:
    assert free_key("chat", "a", set()) == "chat/a"
    assert free_key("chat", "a", {"chat/a", "chat/a-2"}) == "chat/a-3"
    assert copy_key("chat/A_b", set()) == "chat/a-b-copy"
    assert copy_key("chat/a-copy-2", {"chat/a-copy"}) == "chat/a-copy-2"
    assert copy_key("chat/漢字", set()) == "chat/model-copy"


def test_a_name_from_a_key() -> None:
    assert name_from("prompt_to_image/flux-1-dev") == "Flux 1 Dev"


def test_a_key_in_two() -> None:
    assert parse_key("prompt_to_image/flux-1") == ("prompt_to_image", "flux-1")
    with pytest.raises(RefusedError, match="is no key") as caught:
        parse_key("chat/My Model")
    assert caught.value.hint is not None
    assert caught.value.hint.endswith("chat/my-model")
    with pytest.raises(RefusedError, match="no content type"):
        parse_key("workflows/film")
    with pytest.raises(RefusedError, match="the most"):
        parse_key("chat/" + "a" * 200)
