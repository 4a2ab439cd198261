"""Whether a model takes some inputs, and why not."""

from __future__ import annotations

from typing import Any

import pytest

from modeltui.domain.capability import Need, Reason, capability

DOCUMENT: dict[str, Any] = {
    "limits": {
        "durations": [5, 10],
        "max_images": 2,
        "max_media_seconds": 15,
        "min_media_seconds": 2,
        "max_file_mb": 10,
    },
    "modalities": {"input": ["text", "image"], "output": ["video", "audio"]},
    "capabilities": {"seed": True, "audio": True, "camera": False},
    "inputs": {
        "prompt": {"type": "string", "required": True, "max_length": 5},
        "resolution": {"type": "string", "enum": ["720p", "1080p"], "default": "720p"},
        "length": {"type": "string", "enum": ["4", "8", "12"]},
        "fps": {"type": "integer", "minimum": 8, "maximum": 30},
        "images": {"type": "array", "items": {"type": "image"}},
        "clip": {"type": "video", "max_seconds": 8},
        "only": {"type": "string", "enum": ["a"]},
    },
    "rules": [
        {"forbid": {"length": ["12"]}, "when": {"resolution": "1080p"}, "message": "1080p has at most 8 seconds"},
        {"require": ["clip"], "message": "a clip is needed"},
    ],
}


def _reasons(need: Need, **tables: Any) -> tuple[Reason, ...]:
    return capability("x/y", {**DOCUMENT, **tables}, need).reasons


@pytest.mark.parametrize(
    "inputs",
    [
        {},
        {"resolution": "1080p"},
        {"length": 8},
        {"length": "12"},
        {"duration": 5},
        {"duration": "10"},
        {"fps": 30},
        {"images": ["https://x.invalid/a", "https://x.invalid/b"]},
        {"quality": "720p"},
    ],
)
def test_what_fits_is_taken_whatever_else_is_missing(inputs: dict[str, Any]) -> None:
    assert _reasons(Need(inputs=inputs)) == ()


@pytest.mark.parametrize(
    ("inputs", "message", "allowed"),
    [
        ({"resolution": "4k"}, "720p or 1080p; 4k is not among them", ("720p", "1080p")),
        ({"quality": "4k"}, "720p or 1080p; 4k is not among them", ("720p", "1080p")),
        ({"length": 9}, "4, 8 or 12; 9 is not among them, the nearest is 8", ("4", "8", "12")),
        ({"duration": 7}, "5 or 10; 7 is not among them", (5, 10)),
        ({"only": "b"}, "only a; b is not it", ("a",)),
        ({"fps": 60}, "must be at most 30; 60 does not fit; the nearest is 30", (8, 30)),
        ({"images": ["https://x.invalid/a"] * 3}, "at most 2 image files in one request; these are 3", (2,)),
        ({"images": 3}, "must be a list", ()),
    ],
)
def test_what_does_not_fit_is_told_with_what_would(
    inputs: dict[str, Any], message: str, allowed: tuple[Any, ...]
) -> None:
    [reason] = _reasons(Need(inputs=inputs))
    assert (reason.message, reason.allowed) == (message, allowed)
    assert reason.input is not None


def test_what_is_no_input_and_no_limit_names_those_that_are() -> None:
    [reason] = _reasons(Need(inputs={"mood": "sad"}))
    assert reason.message.startswith("is not an input of this model; it takes prompt, resolution")


def test_a_rule_counts_where_all_that_it_is_about_is_there() -> None:
    [reason] = _reasons(Need(inputs={"length": "12", "resolution": "1080p"}))
    assert reason.message == "1080p has at most 8 seconds"


@pytest.mark.parametrize(
    ("need", "said"),
    [
        (Need(media_seconds=20), "at most 15 seconds; 20 are more"),
        (Need(media_seconds=9), "at most 8 seconds; 9 are more"),
        (Need(media_seconds=1), "at least 2 seconds of media; 1 are less"),
        (Need(file_mb=11), "at most 10 MB; 11 are more"),
    ],
)
def test_media_are_held_against_the_limits_of_the_model_and_of_the_input(need: Need, said: str) -> None:
    [reason] = _reasons(need)
    assert reason.message == said


@pytest.mark.parametrize("name", ["audio", "seed", "image", "fps"])
def test_a_need_is_a_capability_a_medium_or_an_input(name: str) -> None:
    assert _reasons(Need(abilities=[name])) == ()


@pytest.mark.parametrize("name", ["camera", "embedding"])
def test_a_lack_says_what_there_is(name: str) -> None:
    [reason] = _reasons(Need(abilities=[name]))
    assert reason.message == f"no {name}: takes text, image, makes video, audio, can do seed, audio"
    assert reason.allowed == ("seed", "audio", "text", "image", "video")


def test_a_capability_that_is_denied_counts_more_than_a_medium() -> None:
    [reason] = _reasons(Need(abilities=["audio"]), capabilities={"audio": False})
    assert reason.message.startswith("no audio")


def test_a_file_that_says_nothing_takes_nothing_for_granted() -> None:
    found = capability("x/y", {}, Need(inputs={"duration": 5}, abilities=["audio"]))
    assert [reason.message for reason in found.reasons] == [
        "is not an input of this model; nothing says what it takes",
        "no audio: nothing says what it can do",
    ]
