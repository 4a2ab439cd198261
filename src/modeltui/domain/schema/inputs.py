"""What a model takes: `[inputs.NAME]`, and the `[[rules]]` between inputs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal, TypeAlias

from annotated_types import MinLen

from modeltui.domain.inputs.checks import checker
from modeltui.domain.inputs.specs import MEDIA_TYPES, TYPES, InputSpec
from modeltui.domain.schema.kinds import (
    AtLeastOne,
    Count,
    InputName,
    InputNames,
    ItemField,
    Kind,
    NotNegative,
    Number,
    Positive,
    SomeValues,
    Text,
    Unit,
)
from modeltui.domain.schema.table import Clash, Table

InputType: TypeAlias = Literal["string", "integer", "number", "boolean", "array", "object", "image", "audio", "video"]
JsonValue: TypeAlias = Annotated[Any, Kind("value", "a value of the input's type")]

_TEXT, _NUMBERS = frozenset({"string", *MEDIA_TYPES}), frozenset({"integer", "number"})
_FITS = {
    "minimum": _NUMBERS,
    "maximum": _NUMBERS,
    "multiple_of": _NUMBERS,
    "step": _NUMBERS,
    "snap": _NUMBERS,
    "min_length": _TEXT,
    "max_length": _TEXT,
    "not_blank": _TEXT,
    "also_integer": _TEXT,
    "multiline": frozenset({"string"}),
    "min_items": frozenset({"array"}),
    "max_items": frozenset({"array"}),
    "items": frozenset({"array"}),
    "fields": frozenset({"object"}),
    "max_seconds": frozenset({"audio", "video", "array"}),
    "max_mb": frozenset({*MEDIA_TYPES, "array"}),
}
"""Which types of input each key has a meaning for; a key that is not here fits all."""

MISFITS = {kind: frozenset(name for name, types in _FITS.items() if kind not in types) for kind in TYPES}
"""The keys that have no meaning for a type."""

_BOUNDS = (("minimum", "maximum"), ("min_length", "max_length"), ("min_items", "max_items"))


class ValueSpec(Table):
    """What a value must be: of an input, of an item of a list, or of a field of an object."""

    type: InputType
    """What kind of value; image, audio and video are a URL, or a file to upload first."""
    title: Text | None = None
    """Label of the form; the name where absent."""
    help: Text | None = None
    """One or two sentences below it."""
    required: bool | None = None
    """The caller must give it. With a default, the form starts with that."""
    default: JsonValue | None = None
    """Filled in where the caller gives nothing. Form, request and cost all use it."""
    enum: SomeValues | None = None
    """The values allowed."""
    labels: dict[str, Text] | None = None
    """Text of the form for a value."""
    minimum: Number | None = None
    """Least number, inclusive."""
    maximum: Number | None = None
    """Greatest number, inclusive."""
    multiple_of: Positive | None = None
    """The number must be a multiple of this."""
    step: Positive | None = None
    """Of the form's control only."""
    min_length: Annotated[Count, Unit("characters")] | None = None
    """Least length of text."""
    max_length: Annotated[Count, Unit("characters")] | None = None
    """Most length of text."""
    not_blank: bool | None = None
    """Text of blanks only is refused."""
    min_items: Count | None = None
    """Fewest items of a list."""
    max_items: Count | None = None
    """Most items of a list."""
    items: ValueSpec | None = None
    """What a list holds."""
    fields: dict[InputName, ValueSpec] | None = None
    """What an object holds; names that are not here are refused."""
    also_integer: bool | None = None
    """Text that may come as a whole number as well, and is sent as it came."""
    max_seconds: Annotated[Positive, Unit("s")] | None = None
    """Most length of an audio or video file."""
    max_mb: Annotated[Positive, Unit("MB")] | None = None
    """Most size of a file."""

    def clashes(self) -> Iterator[Clash]:
        yield from self._misplaced()
        yield from self._bounds()
        yield from self._values()

    def _misplaced(self) -> Iterator[Clash]:
        if not (self.model_fields_set & MISFITS[self.type]):
            return
        for name, types in _FITS.items():
            if self.type not in types and getattr(self, name, None) is not None:
                yield Clash("misplaced-key", (name,), f"has no meaning for an input of type {self.type}", "take it out")

    def _bounds(self) -> Iterator[Clash]:
        for low, high in _BOUNDS:
            least, most = getattr(self, low), getattr(self, high)
            if least is not None and most is not None and least > most:
                yield Clash("bad-bounds", (low,), f"is above `{high}`")

    def _values(self) -> Iterator[Clash]:
        if self.default is None and not self.enum:
            return
        spec = self.engine_spec()
        fits = checker(spec)
        for position, value in enumerate(self.enum or ()):
            if (problem := fits(value)) is not None:
                yield Clash("bad-enum", ("enum", position), f"does not fit the input: it {problem}")
        if self.default is None:
            return
        allowed = checker(InputSpec(name="", type=self.type, enum=tuple(self.enum))) if self.enum else fits
        if (problem := allowed(self.default)) is not None:
            yield Clash("bad-default", ("default",), f"does not fit the input: it {problem}")

    def engine_spec(self) -> InputSpec:
        """What the engine checks a value by, but for the choices."""
        return InputSpec(
            name="",
            type=self.type,
            minimum=self.minimum,
            maximum=self.maximum,
            multiple_of=self.multiple_of,
            min_length=self.min_length,
            max_length=self.max_length,
            not_blank=bool(self.not_blank),
            min_items=self.min_items,
            max_items=self.max_items,
            items=self.items.engine_spec() if self.items else None,
            also_integer=bool(self.also_integer),
        )


class Input(ValueSpec):
    """One input, and how it goes into the request."""

    send: Literal["always", "given"] | None = None
    """`given`: a default that was filled in is not sent, since the provider has the same one. `always` where absent."""
    send_when: Annotated[dict[InputName, JsonValue], MinLen(1)] | None = None
    """Sent only when each of these inputs has this value, or one of these."""
    omit: SomeValues | None = None
    """Values that mean "leave it out"; `""` stands for blank text."""
    ignored: bool | None = None
    """Accepted from callers that still send it; in no form, used by nothing."""
    map: Annotated[dict[str, JsonValue], MinLen(1)] | None = None
    """What the request sees in place of a value."""
    together_with: InputNames | None = None
    """Counts only when all of these inputs are given too."""
    snap: AtLeastOne | None = None
    """Sent as the nearest multiple of this, within the bounds."""
    cast: Literal["string", "integer", "number"] | None = None
    """Sent as this type."""
    advanced: bool | None = None
    """Folded away in the form."""
    multiline: bool | None = None
    """The form shows a text area."""


KINDS = ("forbid", "require", "any_of", "total", "total_length")


class Rule(Table):
    """What one input forbids or requires of another. Looks at the values with defaults filled in."""

    message: Text
    """What the caller is told."""
    when: Annotated[dict[InputName, JsonValue], MinLen(1)] | None = None
    """The rule counts only where each of these inputs has this value, or one of these."""
    forbid: Annotated[dict[InputName, JsonValue], MinLen(1)] | None = None
    """Values that these inputs may not have."""
    require: InputNames | None = None
    """Inputs that must be given, and not blank."""
    any_of: InputNames | None = None
    """At least one of these inputs must be given, and not blank."""
    total: ItemField | None = None
    """A number of each item; their sum must equal `equals`."""
    equals: Annotated[Any, Kind("value", "the name of an input, or a number")] | None = None
    """What the sum must be: an input's name, or a number."""
    tolerance: NotNegative | None = None
    """By how much the sum may differ."""
    total_length: ItemField | None = None
    """A text of each item; together they may have `max` characters."""
    max: Annotated[Count, Unit("characters")] | None = None
    """Of `total_length`."""

    def clashes(self) -> Iterator[Clash]:
        said = [kind for kind in KINDS if getattr(self, kind) is not None]
        if len(said) != 1:
            found = " and ".join(f"`{kind}`" for kind in said) or "none of them"
            yield Clash("either-or", (), f"has {found}", f"say one of {', '.join(KINDS)}")
        for name, owner in (("equals", "total"), ("tolerance", "total"), ("max", "total_length")):
            if getattr(self, name) is not None and getattr(self, owner) is None:
                yield Clash("misplaced-key", (name,), f"has a meaning only with `{owner}`", "take it out")
        for name, owner in (("equals", "total"), ("max", "total_length")):
            if getattr(self, name) is None and getattr(self, owner) is not None:
                yield Clash("missing-key", (name,), f"is missing; `{owner}` needs it")
        if isinstance(self.equals, bool) or not isinstance(self.equals, str | int | float | None):
            yield Clash("wrong-type", ("equals",), "is neither the name of an input nor a number")
