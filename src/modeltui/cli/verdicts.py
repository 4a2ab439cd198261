"""What `run --dry-run` answers: is it valid, what does it cost, which request would be sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from modeltui.domain.call import Prepared
from modeltui.domain.json_reading import parse_json_object
from modeltui.domain.model import Model
from modeltui.errors import ModeltuiError, UsageError
from modeltui.services.running.runs import RunService


def verdict(runs: RunService, model: Model, prepared: Prepared) -> dict[str, Any]:
    cost = prepared.cost if prepared.is_valid else None
    return {
        "model": model.key,
        "uid": model.uid,
        "valid": prepared.is_valid,
        "errors": [{"input": problem.input, "message": problem.message} for problem in prepared.problems],
        "cost": None if cost is None else {"amount": f"{cost.amount:f}", "currency": cost.currency},
        "request": runs.request(model.key, prepared) if prepared.is_valid else None,
    }


def answers(runs: RunService, batches: Iterable[Iterable[bytes]]) -> Iterator[Iterator[dict[str, Any]]]:
    """A verdict for each line of JSON, in order; a bad line gets one too."""
    for batch in batches:
        yield (_answer(runs, line) for line in batch)


def _answer(runs: RunService, line: bytes) -> dict[str, Any]:
    named: Any = None
    try:
        asked = parse_json_object(line)
        named = asked.get("model")
        name, inputs, seconds = _request(asked)
        model = runs.model(name)
        return verdict(runs, model, runs.prepare(model.key, inputs, seconds))
    except ModeltuiError as error:
        return _bad_line(named, error.message)
    except RecursionError:
        return _bad_line(named, "nested too deeply")


def _request(asked: Mapping[str, Any]) -> tuple[str, dict[str, Any], float | None]:
    name, inputs, seconds = asked.get("model"), asked.get("inputs"), asked.get("media_seconds")
    if not isinstance(name, str):
        raise UsageError("model must be a key or a uid")
    if not isinstance(inputs, dict):
        raise UsageError("inputs must be an object")
    if seconds is not None and (isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds < 0):
        raise UsageError("media_seconds must be a number that is not negative")
    return name, inputs, seconds


def _bad_line(named: Any, message: str) -> dict[str, Any]:
    return {
        "model": named,
        "uid": None,
        "valid": False,
        "errors": [{"input": None, "message": message}],
        "cost": None,
        "request": None,
    }
