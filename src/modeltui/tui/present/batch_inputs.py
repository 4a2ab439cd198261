"""What was typed for many models, as each of them takes it; and what else a batch is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from modeltui.domain.inputs.specs import InputSpec
from modeltui.domain.money import parse_budget
from modeltui.errors import InvalidValueError, UsageError
from modeltui.services.running.chosen_files import FileReader, sendable
from modeltui.tui.present.inputs import Unreadable, typed_value

if TYPE_CHECKING:
    from modeltui.domain.call import Cost

_BUDGET: Final = "the budget"
_CONCURRENCY: Final = "at once"
"""No input is named with a blank."""

LIMITS: Final = (
    InputSpec(
        name=_BUDGET,
        type="string",
        title="Budget",
        help="nothing begins that could take the spend above it: 40 credits, 2.50 USD; empty for none",
    ),
    InputSpec(
        name=_CONCURRENCY,
        type="integer",
        title="Runs at once",
        minimum=1,
        help="over all providers; each provider's own limits hold too",
    ),
)


@dataclass(frozen=True, slots=True)
class Limits:
    budget: Cost | None
    concurrency: int | None
    problems: Mapping[str, str]
    """By name of the field."""


def limits_of(values: Mapping[str, Any]) -> Limits:
    problems: dict[str, str] = {}
    budget, concurrency = None, values.get(_CONCURRENCY)
    if text := str(values.get(_BUDGET) or "").strip():
        try:
            budget = parse_budget(text)
        except UsageError as error:
            problems[_BUDGET] = f"{error.message}; {error.hint}"
    if concurrency is not None and (not isinstance(concurrency, int) or concurrency < 1):
        problems[_CONCURRENCY] = "takes a number from 1"
        concurrency = None
    return Limits(budget, concurrency, problems)


def inputs_of(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in (_BUDGET, _CONCURRENCY)}


def read_for(
    values: Mapping[str, Any], specs: Sequence[InputSpec], *, read: FileReader | None = None
) -> Mapping[str, Any]:
    """What was typed for all, as a model with these inputs takes it, with local files read in, by `read`.

    Names that it does not know are among them. Raises ModeltuiError where a value cannot be read, or a file be taken.
    """
    known = {spec.name: spec for spec in specs}
    fitted = {name: _fitted(known[name], value) if name in known else value for name, value in values.items()}
    return sendable(specs, fitted, read or FileReader())


def _fitted(spec: InputSpec, value: Any) -> Any:
    if spec.enum:
        return next((each for each in spec.enum if str(each) == str(value)), value)
    if not isinstance(value, str):
        return str(value) if spec.type == "string" and not isinstance(value, bool | list | dict) else value
    found = typed_value(spec, value)
    if isinstance(found, Unreadable):
        raise InvalidValueError(f"{spec.name}: {found.problem}")
    return found
