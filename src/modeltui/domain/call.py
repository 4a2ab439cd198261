"""One HTTP request as a model file describes it, before the provider's host and key are added."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal, TypeAlias

from msgspec import Struct, field

Encoding: TypeAlias = Literal["json", "multipart", "form", "bytes"]
"""`bytes`: the body is the content itself; only of a step before the request."""


class Call(Struct, frozen=True):
    method: str
    path: str
    """Relative to the provider's `base_url`, path parts percent-encoded."""
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    encoding: Encoding = "json"


class Cost(Struct, frozen=True):
    amount: Decimal
    currency: str
    """`credits` or an ISO 4217 code such as `USD`."""


class InputProblem(Struct, frozen=True):
    input: str | None
    """Name of the input; None where the whole request is meant."""
    message: str

    def __str__(self) -> str:
        return f"{self.input}: {self.message}" if self.input else self.message


class Prepared(Struct, frozen=True):
    """A request made ready to send, or every reason why it cannot be."""

    inputs: Mapping[str, Any]
    """What was given, with defaults filled in."""
    problems: tuple[InputProblem, ...] = ()
    cost: Cost | None = None
    """Also where there are problems, if none is with what it is priced by."""
    call: Call | None = None
    sent: Mapping[str, Any] = field(default_factory=dict)
    """What the request sees of the inputs, after omit, map, snap and cast."""

    @property
    def is_valid(self) -> bool:
        return not self.problems
