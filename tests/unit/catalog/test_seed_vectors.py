"""The shipped models behave as the vectors of the system that they come from: verdict, body and cost."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import tomli

from modeltui.domain.call import Prepared
from modeltui.domain.run_spec import RunSpec, compile_run

MODELS = Path(__file__).parents[3] / "catalog" / "models"


@pytest.fixture(scope="module")
def specs() -> dict[str, RunSpec]:
    documents = [tomli.loads(path.read_text(encoding="utf-8")) for path in MODELS.rglob("*.toml")]
    return {str(document.get("uid")): compile_run(document) for document in documents}


@pytest.fixture
def vectors(shared_data: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((shared_data / "seed_vectors.json").read_text(encoding="utf-8"))
    return found


def test_every_seed_model_is_there(vectors: list[dict[str, Any]], specs: Mapping[str, RunSpec]) -> None:
    assert [model["file"] for model in vectors if model["record_id"] not in specs] == []


def test_every_vector_agrees(vectors: list[dict[str, Any]], specs: Mapping[str, RunSpec]) -> None:
    differences = [
        difference
        for model in vectors
        if model["record_id"] in specs
        for difference in _differences(model, specs[model["record_id"]])
    ]
    assert differences == []


def _differences(model: Mapping[str, Any], spec: RunSpec) -> Iterator[str]:
    for vector in model["vectors"]:
        for seconds, cost in _priced(model, vector):
            prepared = spec.prepare(
                vector["inputs"], job_uuid="00000000-0000-4000-8000-000000000001", media_seconds=seconds
            )
            for kind in _wrong(vector, prepared, cost):
                yield f"{model['file']} [{vector['name']}] {kind}"


def _priced(model: Mapping[str, Any], vector: Mapping[str, Any]) -> Iterator[tuple[float | None, float | None]]:
    cost = vector.get("cost")
    if not isinstance(cost, list):
        yield None, cost
        return
    unit = 60 if model["content_type"] == "speech_to_text" or "Speech_to_Text" in model["file"] else 1
    for entry in cost:
        measured = entry["media_seconds"]
        yield (None if measured is None else measured * unit), entry["cost"]


def _wrong(vector: Mapping[str, Any], prepared: Prepared, cost: float | None) -> Iterator[str]:
    is_expected = bool(vector["valid"]) and not vector.get("schema_violation")
    if prepared.is_valid is not is_expected:
        yield "verdict"
    if not is_expected or vector.get("default_conflict"):
        return
    body = prepared.call.body if prepared.call is not None else None
    if "payload" in vector and not _same(_bare(body), _bare(vector["payload"])):
        yield "payload"
    if cost is not None and (prepared.cost is None or abs(float(prepared.cost.amount) - cost) >= 1e-6):
        yield "cost"


def _bare(body: Any) -> Any:
    first = body[0] if isinstance(body, list) and body else body
    return {key: value for key, value in first.items() if key != "taskUUID"} if isinstance(first, dict) else first


def _same(left: Any, right: Any) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(_same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(_same, left, right))
    return bool(left == right)
