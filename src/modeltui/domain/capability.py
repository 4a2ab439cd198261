"""Whether a model takes some inputs, with the reason where it does not and what it would take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from msgspec import Struct, field

from modeltui.domain.document import Document
from modeltui.domain.inputs.checks import is_number, written
from modeltui.domain.inputs.partial import Partial, partial_inputs
from modeltui.domain.inputs.rules import Rule, compile_rules, number_of
from modeltui.domain.inputs.specs import MEDIA_TYPES, InputSpec, read_inputs
from modeltui.domain.text import cut

_INSTEAD: Final = "; it takes "
_NOTHING: Final = "; nothing says what it takes"
_LONGEST: Final = 60
_MOST: Final = 12
_STATED: Final[Mapping[str, str]] = {"duration": "durations", "quality": "qualities", "resolution": "qualities"}
"""What may be asked for beyond the inputs of a model, and the list in `[limits]` that answers."""
_COUNTED: Final[Mapping[str, str]] = {
    "outputs": "outputs",
    "images": "max_images",
    "videos": "max_videos",
    "audios": "max_audios",
    "context": "context",
    "input_tokens": "input_tokens",
    "output_tokens": "output_tokens",
}
"""As `_STATED`, for what is at most a number."""
_ALSO_CALLED: Final[Mapping[str, tuple[str, ...]]] = {
    "duration": ("seconds", "duration_seconds"),
    "resolution": ("quality",),
    "quality": ("resolution",),
}
"""Other names that inputs have for what is commonly asked for."""
_FILES: Final[Mapping[str, str]] = {"image": "max_images", "video": "max_videos", "audio": "max_audios"}


class Reason(Struct, frozen=True):
    input: str | None
    """The input that does not fit; None where the whole request, or a need, is meant."""
    message: str
    allowed: tuple[Any, ...] = ()
    """The values that it takes; least and greatest for a number."""

    @property
    def gist(self) -> str:
        """The message without what the model takes instead, so that many models have the same."""
        return self.message.removesuffix(_NOTHING).partition(_INSTEAD if self.input else ": ")[0]


class Capability(Struct, frozen=True):
    model: str
    """Its key."""
    reasons: tuple[Reason, ...] = ()

    @property
    def is_supported(self) -> bool:
        return not self.reasons


class Need(Struct, frozen=True, kw_only=True):
    """What a model is to be able to do."""

    inputs: Mapping[str, Any] = field(default_factory=dict)
    """By name; those that are left out do not count."""
    abilities: Sequence[str] = ()
    """Names of capabilities, inputs or media: `audio`, `reasoning`."""
    media_seconds: float | None = None
    """Length of the audio or video that is sent."""
    file_mb: float | None = None
    """Size of the largest file that is sent."""


def capability(key: str, document: Document, need: Need) -> Capability:
    """Hold a model against a need. Raises InvalidValueError where its inputs cannot be used."""
    specs = read_inputs(document)
    declared = {spec.name: spec for spec in specs}
    asked = own_inputs(need.inputs, declared)
    own = {name: value for name, value in asked.items() if name in declared}
    found = partial_inputs(specs, own)
    reasons = [
        *(_refused(declared[str(problem.input)], own, problem.message) for problem in found.problems),
        *_foreign(document, declared, {name: value for name, value in asked.items() if name not in declared}),
        *_crossed(compile_rules(document, specs), found),
        *_too_many_files(document, declared, found.given),
        *_beyond_media(document, declared, need, found.given),
        *(reason for name in need.abilities if (reason := _lacking(document, declared, name)) is not None),
    ]
    return Capability(key, tuple(reasons))


def own_name(name: str, declared: Mapping[str, InputSpec]) -> str:
    """What the model calls the thing that is asked for."""
    if name in declared:
        return name
    if name in MEDIA_TYPES:
        return _taker(name, declared) or name
    return next((other for other in _ALSO_CALLED.get(name, ()) if other in declared), name)


def own_inputs(inputs: Mapping[str, Any], declared: Mapping[str, InputSpec]) -> dict[str, Any]:
    """What is asked for by the names that the model has for it; one file is a list where it takes several."""
    found: dict[str, Any] = {}
    for name, value in inputs.items():
        own = own_name(name, declared)
        is_alone = own != name and isinstance(value, str) and declared[own].type == "array"
        found[own] = [value] if is_alone else value
    return found


def _taker(medium: str, declared: Mapping[str, InputSpec]) -> str | None:
    """The only input of a medium, or the only one that a run needs; None where several could be meant."""
    takers = [spec for spec in declared.values() if _medium(spec) == medium]
    for found in (takers, [spec for spec in takers if spec.required]):
        if len(found) == 1:
            return found[0].name
    return None


def _refused(spec: InputSpec, inputs: Mapping[str, Any], message: str) -> Reason:
    value = inputs[spec.name]
    if spec.enum is not None:
        return Reason(spec.name, _not_among(spec.enum, value), spec.enum)
    if is_number(value) and (spec.minimum is not None or spec.maximum is not None):
        bounds = tuple(bound for bound in (spec.minimum, spec.maximum) if bound is not None)
        nearest = _nearest_bound(spec, value)
        hint = "" if nearest is None else f"; the nearest is {written(nearest)}"
        return Reason(spec.name, f"{message}; {written(value)} does not fit{hint}", bounds)
    return Reason(spec.name, message)


def _nearest_bound(spec: InputSpec, value: float) -> int | float | None:
    if spec.minimum is not None and value < spec.minimum:
        return spec.minimum
    return spec.maximum if spec.maximum is not None and value > spec.maximum else None


def _not_among(allowed: Sequence[Any], value: Any) -> str:
    """`720p or 1080p; 4k is not among them`, with the nearest where they are many numbers."""
    shown = [written(each) for each in allowed[:_MOST]]
    some = [*shown, f"{len(allowed) - _MOST} more"] if len(allowed) > _MOST else shown
    listed = f"{', '.join(some[:-1])} or {some[-1]}" if len(some) > 1 else f"only {some[0]}" if some else "nothing"
    said = f"{listed}; {cut(written(value), _LONGEST)} is not {'among them' if len(some) > 1 else 'it'}"
    nearest = _nearest(allowed, value)
    return said if nearest is None or len(allowed) < 3 else f"{said}, the nearest is {written(nearest)}"


def _nearest(allowed: Sequence[Any], value: Any) -> Any:
    wanted = _number(value)
    numbers = [(number, each) for each in allowed if (number := _number(each)) is not None]
    if wanted is None or not numbers:
        return None
    return min(numbers, key=lambda pair: abs(pair[0] - wanted))[1]


def _number(value: Any) -> Decimal | None:
    return number_of(value.removesuffix("p").removesuffix("s") if isinstance(value, str) else value)


def _foreign(document: Document, declared: Mapping[str, InputSpec], inputs: Mapping[str, Any]) -> Iterator[Reason]:
    """Of what is asked for and is no input: `[limits]` may answer."""
    limits = _table(document, "limits")
    for name, value in inputs.items():
        stated = limits.get(_STATED.get(name, ""))
        most = _limit(limits, _COUNTED.get(name, ""))
        if isinstance(stated, list):
            if not any(written(each) == written(value) for each in stated):
                yield Reason(name, _not_among(stated, value), tuple(stated))
        elif most is not None:
            number = _number(value)
            if number is None or number > Decimal(str(most)):
                yield Reason(name, f"at most {written(most)}; {cut(written(value), _LONGEST)} is more", (most,))
        else:
            takes = f"{_INSTEAD}{', '.join(declared)}" if declared else _NOTHING
            yield Reason(name, f"is not an input of this model{takes}", tuple(declared))


def _crossed(rules: tuple[Rule, ...], inputs: Partial) -> Iterator[Reason]:
    """Rules about inputs that are all there: what is missing may still come."""
    for rule in rules:
        if rule.mentions <= inputs.values.keys() and not rule.mentions.isdisjoint(inputs.given):
            problem = rule.problem(inputs.values)
            if problem is not None:
                yield Reason(problem.input, problem.message)


def _too_many_files(
    document: Document, declared: Mapping[str, InputSpec], given: Mapping[str, Any]
) -> Iterator[Reason]:
    limits = _table(document, "limits")
    for medium, limit in _FILES.items():
        most = _limit(limits, limit)
        names = [name for name in given if _medium(declared[name]) == medium]
        count = sum(len(given[name]) if isinstance(given[name], list) else 1 for name in names)
        if most is not None and count > most:
            yield Reason(
                names[-1], f"at most {written(most)} {medium} files in one request; these are {count}", (most,)
            )


def _medium(spec: InputSpec) -> str | None:
    kind = spec.items.type if spec.type == "array" and spec.items is not None else spec.type
    return kind if kind in MEDIA_TYPES else None


def _beyond_media(
    document: Document, declared: Mapping[str, InputSpec], need: Need, given: Mapping[str, Any]
) -> Iterator[Reason]:
    limits = _table(document, "limits")
    media = [spec for spec in declared.values() if _medium(spec) is not None]
    of = [spec for spec in media if spec.name in given] or media
    if need.media_seconds is not None:
        timed = [spec for spec in of if _medium(spec) != "image"]
        yield from _beyond(need.media_seconds, _limit(limits, "max_media_seconds"), timed, "max_seconds", "seconds")
        least = _limit(limits, "min_media_seconds")
        if least is not None and need.media_seconds < least:
            says = f"at least {written(least)} seconds of media; {written(need.media_seconds)} are less"
            yield Reason(None, says, (least,))
    if need.file_mb is not None:
        yield from _beyond(need.file_mb, _limit(limits, "max_file_mb"), of, "max_mb", "MB")


def _beyond(value: float, limit: float | None, specs: Sequence[InputSpec], name: str, unit: str) -> Iterator[Reason]:
    """The limit of the model, or that of an input."""
    bounds = [(None, limit), *((spec.name, getattr(spec, name)) for spec in specs)]
    for at, most in bounds:
        if most is not None and value > most:
            yield Reason(at, f"at most {written(most)} {unit}; {written(value)} are more", (most,))
            return


def _lacking(document: Document, declared: Mapping[str, InputSpec], name: str) -> Reason | None:
    """A capability, an input, or a medium that goes in or comes out."""
    stated = _table(document, "capabilities").get(name)
    modalities = _table(document, "modalities")
    goes_in, comes_out = (_texts(modalities.get(way)) for way in ("input", "output"))
    if stated is True or (stated is None and (name in declared or name in (*goes_in, *comes_out))):
        return None
    able = tuple(word for word, is_able in _table(document, "capabilities").items() if is_able is True)
    said = [
        f"takes {', '.join(goes_in)}" if goes_in else "",
        f"makes {', '.join(comes_out)}" if comes_out else "",
        f"can do {', '.join(able)}" if able else "",
    ]
    rest = ", ".join(part for part in said if part) or "nothing says what it can do"
    return Reason(None, f"no {name}: {rest}", tuple(dict.fromkeys((*able, *goes_in, *comes_out))))


def _limit(limits: Mapping[str, Any], name: str) -> int | float | None:
    value = limits.get(name)
    return value if is_number(value) else None


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()


def _table(document: Document, name: str) -> Mapping[str, Any]:
    value = document.get(name)
    return value if isinstance(value, Mapping) else {}
