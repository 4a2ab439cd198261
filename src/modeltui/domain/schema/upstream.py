"""Which entry of a public registry a model is, what was last seen there, and what is decided here: `[upstream]`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Any, Final, Literal, TypeAlias, get_args

from annotated_types import MinLen
from pydantic import AfterValidator

from modeltui.domain.schema.cost import Per
from modeltui.domain.schema.kinds import Kind, Text, is_price, matching
from modeltui.domain.schema.metadata import Medium, Status
from modeltui.domain.schema.table import Clash, Table, custom

SyncKind: TypeAlias = Literal["price", "limit", "modality", "capability", "release", "retirement"]

_NAME: Final = r"[a-z][a-z0-9]*(?:[_-][a-z0-9]+)*"
_COMPARED: Final = (
    r"cost\.\S.*"
    r"|limits\.(?:context|input_tokens|output_tokens|rpm|tpm)"
    r"|modalities\.(?:input|output)"
    rf"|capabilities\.{_NAME}"
    r"|released_on|retires_on|status"
)
PER: Final = "cost.rate.per"
"""The unit that the prices of a rate were seen in; not compared itself."""

SeenField: TypeAlias = Annotated[
    str, matching(_COMPARED), Kind("compared field", "a field that is compared, in quotes, such as limits.context")
]
PinnedField: TypeAlias = Annotated[
    str,
    matching(rf"{_COMPARED}|cost|limits|modalities|capabilities"),
    Kind("compared field", "a field that is compared, or its table, such as cost or limits.context"),
]


def _is_right(field: str, value: Any) -> bool:
    """Whether a value is one that the field can have."""
    if field == PER:
        return value in get_args(Per)
    match field.partition(".")[0]:
        case "cost":
            is_right = isinstance(value, str) and is_price(value)
        case "limits":
            is_right = isinstance(value, int) and not isinstance(value, bool) and value >= 1
        case "modalities":
            is_right = isinstance(value, list) and all(item in get_args(Medium) for item in value)
        case "capabilities":
            is_right = isinstance(value, bool)
        case "status":
            is_right = value in get_args(Status)
        case _:
            is_right = isinstance(value, date) and not isinstance(value, datetime)
    return is_right


def _seen(values: dict[str, Any]) -> dict[str, Any]:
    for field, value in values.items():
        if not _is_right(field, value):
            raise custom("bad-value", f"holds no value of {field}", "take the line out; the next sync notes it anew")
    return values


def once(values: list[Any]) -> list[Any]:
    if len(set(values)) < len(values):
        raise custom("repeated-value", "holds a value twice", "keep one of them")
    return values


class UpstreamEntry(Table):
    """One entry of one registry."""

    id: Text | None = None
    """How the registry calls the model."""
    ignore: bool | None = None
    """The registry has no entry that is this model. False where absent."""
    compared: Annotated[list[SyncKind], AfterValidator(once)] | None = None
    """Kinds of fields of which `seen` says all; every kind where absent."""
    seen: Annotated[dict[SeenField, Any], MinLen(1), AfterValidator(_seen)] | None = None
    """What the registry said last, by field."""

    def clashes(self) -> Iterator[Clash]:
        if self.ignore and (self.id is not None or self.seen is not None):
            yield Clash("either-or", ("ignore",), "stands beside an entry", "keep `ignore`, or `id` and `seen`")


class UpstreamTable(Table):
    """Written by sync, but for `pinned`."""

    pinned: Annotated[list[PinnedField], MinLen(1), AfterValidator(once)] | None = None
    """Fields, and tables of fields, that sync leaves as they are."""
    models_dev: UpstreamEntry | None = None
    """The entry of models.dev, such as google/gemini-2.5-pro."""
    litellm: UpstreamEntry | None = None
    """The entry of LiteLLM's price map, such as gemini/gemini-2.5-pro."""
