"""Inputs and prompts that outlive the program."""

from __future__ import annotations

from pathlib import Path

import pytest

from modeltui.errors import InvalidValueError, NotFoundError
from modeltui.services.running.input_sets import MOST_PROMPTS, InputSetService, keepable
from modeltui.storage.console_state import ConsoleState


@pytest.fixture
def state(tmp_path: Path) -> ConsoleState:
    return ConsoleState(str(tmp_path / "state"), str(tmp_path / "catalog"))


def test_a_set_is_kept_for_its_content_type(state: ConsoleState) -> None:
    service = InputSetService(state)
    assert service.save("chat", "  two \n words ", {"prompt": "a"}) == "two words"
    service.save("chat", "two words", {"prompt": "b"})
    again = InputSetService(state)
    assert [(each.name, dict(each.inputs)) for each in again.sets("chat")] == [("two words", {"prompt": "b"})]
    assert again.sets("lip_sync") == ()
    again.delete("chat", "two words")
    assert service.sets("chat") == ()
    with pytest.raises(NotFoundError):
        service.delete("chat", "two words")
    with pytest.raises(InvalidValueError):
        service.save("chat", " ", {})


def test_prompts_are_kept_once_the_newest_first(state: ConsoleState) -> None:
    service = InputSetService(state)
    for prompt in ("a", "b", "a", " "):
        service.remember("chat", prompt)
    assert service.prompts("chat") == ("a", "b")
    for number in range(MOST_PROMPTS + 5):
        service.remember("chat", str(number))
    assert len(service.prompts("chat")) == MOST_PROMPTS
    service.save("chat", "set", {})
    assert service.prompts("chat")[0] == str(MOST_PROMPTS + 4)


def test_a_file_that_cannot_be_read_counts_as_nothing(state: ConsoleState) -> None:
    state.write("inputs", {"sets": [1], "prompts": {"chat": [1, "a"]}})
    service = InputSetService(state)
    assert service.sets("chat") == ()
    assert service.prompts("chat") == ("a",)
    Path(state.path("inputs")).write_text("{", encoding="utf-8")
    assert service.prompts("chat") == ()


def test_what_is_far_too_long_is_not_kept() -> None:
    inputs = {"a": "data:image/png;base64,xx", "b": ["data:x"], "c": "x" * 200_000, "d": {"e": [1]}, "f": "text"}
    assert keepable(inputs) == {"d": {"e": [1]}, "f": "text"}
