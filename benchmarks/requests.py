"""Lines for `run --dry-run --jsonl`: what each model of a catalogue must be given, over and over."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from modeltui.bootstrap import open_workspace
from modeltui.config import load_settings
from modeltui.domain.inputs.specs import InputSpec

_LINK = "https://files.example.com/media"
_TEXT = "a red fox in the snow, seen from far away"


def request_lines(catalog: Path, count: int) -> str:
    """So many lines, one model after the other; only what a model takes counts."""
    runs = open_workspace(load_settings(str(catalog))).runs
    keys = sorted(path.relative_to(catalog / "models").with_suffix("").as_posix() for path in _files(catalog))
    requests = []
    for key in keys:
        inputs = {spec.name: _value(spec) for spec in runs.inputs(key) if spec.required or spec.name == "prompt"}
        if runs.prepare(key, inputs).is_valid:
            requests.append(json.dumps({"model": key, "inputs": inputs}))
    return "".join(f"{line}\n" for line in islice(cycle(requests), count))


def _files(catalog: Path) -> Iterator[Path]:
    return (catalog / "models").rglob("*.toml")


def _value(spec: InputSpec) -> Any:
    if spec.default is not None:
        return spec.default
    if spec.enum:
        return spec.enum[0]
    if spec.type == "array":
        return [_value(spec.items)] * (spec.min_items or 1) if spec.items else [_LINK]
    if spec.type == "object":
        return {each.name: _value(each) for each in spec.fields or () if each.required}
    plain = {"integer": spec.minimum or 1, "number": spec.minimum or 1, "boolean": False, "string": _TEXT}
    return plain.get(spec.type, _LINK)
