"""An editor that has the schema marks nothing that `check` takes."""

from __future__ import annotations

import copy
from functools import cache
from pathlib import Path
from typing import Any

import tomli
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from modeltui.domain.document import plain
from modeltui.domain.schema.findings import findings_of
from modeltui.domain.schema.json_schema import schema_of
from property.test_schema_never_raises import _KEYS, _VALUES

_MODELS = Path(__file__).parents[2] / "catalog" / "models"
_NAMES = (
    "prompt_to_video/sandbox-video",
    "chat/gpt-5-nano",
    "lip_sync/sync-lipsync-2",
    "speech_to_text/elevenlabs-speech-to-text",
)


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(schema_of("model"))


@cache
def _shipped() -> list[dict[str, Any]]:
    return [tomli.loads((_MODELS / f"{name}.toml").read_text()) for name in _NAMES]


def _tables(value: Any) -> list[dict[str, Any]]:
    """The table itself, and those in it."""
    inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    found = [table for part in inner for table in _tables(part)]
    return [value, *found] if isinstance(value, dict) else found


@st.composite
def _changed(draw: st.DrawFn) -> dict[str, Any]:
    """A shipped file in which something was taken out, put in, or replaced."""
    document: dict[str, Any] = copy.deepcopy(draw(st.sampled_from(_shipped())))
    for _ in range(draw(st.integers(1, 3))):
        table = draw(st.sampled_from([each for each in _tables(document) if each]))
        name = draw(st.sampled_from([*table, *table, *_KEYS]))
        if name in table and draw(st.booleans()):
            del table[name]
        else:
            table[name] = draw(_VALUES)
    return document


@given(_changed())
def test_what_it_marks_is_a_finding(document: dict[str, Any]) -> None:
    """But for 1 and 1.0 in one list: to JSON they are the same value, in TOML they are two."""
    if findings_of("a.toml", document, "model"):
        return
    marked = [error.message for error in _validator().iter_errors(plain(document)) if error.validator != "uniqueItems"]
    assert marked == []
