"""What is asked for, by the names that a model has for it."""

from __future__ import annotations

from typing import Any

import pytest

from modeltui.domain.capability import own_inputs
from modeltui.domain.inputs.specs import InputSpec

IMAGE = InputSpec(name="first", type="image")
NEEDED = InputSpec(name="last", type="image", required=True)
SOUND = InputSpec(name="sounds", type="array", items=InputSpec(name="", type="audio"))
SECONDS = InputSpec(name="seconds", type="string")


@pytest.mark.parametrize(
    ("specs", "asked", "own"),
    [
        ([SECONDS], {"duration": "8"}, {"seconds": "8"}),
        ([IMAGE], {"image": "u"}, {"first": "u"}),
        ([IMAGE, NEEDED], {"image": "u"}, {"last": "u"}),
        ([IMAGE, InputSpec(name="other", type="image")], {"image": "u"}, {"image": "u"}),
        ([SOUND], {"audio": "u"}, {"sounds": ["u"]}),
        ([SOUND], {"audio": ["u", "v"]}, {"sounds": ["u", "v"]}),
        ([SOUND], {"sounds": "u"}, {"sounds": "u"}),
        ([SOUND], {"video": "u"}, {"video": "u"}),
        ([InputSpec(name="image", type="string"), IMAGE], {"image": "u"}, {"image": "u"}),
    ],
)
def test_a_medium_is_the_only_input_that_takes_one(
    specs: list[InputSpec], asked: dict[str, Any], own: dict[str, Any]
) -> None:
    assert own_inputs(asked, {spec.name: spec for spec in specs}) == own
