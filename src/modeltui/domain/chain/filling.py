"""The inputs of a step, filled in with those of the chain and what earlier steps gave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from modeltui.domain.chain.giving import RESULTS, STEPS, TEXT, Gives
from modeltui.domain.document import ABSENT
from modeltui.domain.request.placeholder import compile_template, references
from modeltui.domain.workflow import Workflow, WorkflowStep

Given = Mapping[str, Mapping[str, Any]]
"""By the id of a step: its `results`, and its `text` where it has one."""

_STAND_IN: Final = "https://results.invalid/"
"""No request goes there: it is only looked at."""


def filled(step: WorkflowStep, inputs: Mapping[str, Any], given: Given) -> dict[str, Any]:
    """The inputs for the model. What a placeholder does not find is left out."""
    found = compile_template(dict(step.inputs))({"inputs": inputs, STEPS: given})
    return {} if found is ABSENT else dict(found)


def stand_ins(workflow: Workflow, gives: Mapping[str, Gives]) -> dict[str, dict[str, Any]]:
    """What stands for results that are not there yet: texts and URLs that say whose they are."""
    count = _counts(workflow.steps)
    return {
        step.id: {
            RESULTS: [_stand_in(step.id, place, gives[step.id]) for place in range(count.get(step.id, 1))],
            TEXT: f"${{{STEPS}.{step.id}.{TEXT}}}",
        }
        for step in workflow.steps
    }


def shown_with_marks(value: Any) -> Any:
    """A request in which each stand-in is the placeholder that it stands for."""
    if isinstance(value, str):
        return _mark(value) if _STAND_IN in value else value
    if isinstance(value, Mapping):
        return {name: shown_with_marks(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [shown_with_marks(part) for part in value]
    return value


def _stand_in(step: str, place: int, gives: Gives) -> str:
    if gives.result == "string":
        return f"${{{STEPS}.{step}.{RESULTS}[{place}]}}"
    return f"{_STAND_IN}{step}/{place}"


def _mark(text: str) -> str:
    head, _, rest = text.partition(_STAND_IN)
    step, _, place = rest.partition("/")
    digits = place[: len(place) - len(place.lstrip("0123456789"))]
    return f"{head}${{{STEPS}.{step}.{RESULTS}[{digits}]}}{shown_with_marks(place[len(digits) :])}"


def _counts(steps: Sequence[WorkflowStep]) -> dict[str, int]:
    """How many results of each step are named, at least one."""
    found: dict[str, int] = {}
    for step in steps:
        for reference in references(dict(step.inputs)):
            if reference[0] == STEPS and len(reference) > 1:
                place = reference[3] if len(reference) > 3 and isinstance(reference[3], int) else 0
                name = str(reference[1])
                found[name] = max(found.get(name, 1), place + 1)
    return found
