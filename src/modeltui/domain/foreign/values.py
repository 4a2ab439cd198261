"""What is wrong with the values of one foreign file, held against the shape that its mapping gives."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final

from msgspec import Struct

from modeltui.domain.document import ABSENT, Document, FieldPath, format_field, get, parse_field, same, shown
from modeltui.domain.foreign.nearest import nearest
from modeltui.domain.foreign.shape import Bond, Form, Look, Shape
from modeltui.domain.schema.words import did_you_mean, type_name

_LONGEST: Final = 60
_DEEPEST: Final = 64
_FORMS: Final[Mapping[Form, re.Pattern[str]]] = {
    "YYYY": re.compile(r"\d{4}"),
    "YYYY-MM": re.compile(r"\d{4}-\d{2}"),
    "YYYY-MM-DD": re.compile(r"\d{4}-\d{2}-\d{2}"),
}
_LOOKS: Final[Mapping[Look, re.Pattern[str]]] = {
    "url": re.compile(r"(?:https?://|\$\{)[^\s\x00-\x1f]+"),
    "variable": re.compile(r"[A-Za-z_][A-Za-z0-9_]*"),
}
_LOOKED: Final[Mapping[Look, str]] = {
    "url": "is no address that begins with https:// or http://",
    "variable": "is no name of a variable; what it says is not shown, as it may be a key",
}
_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "text": (str,),
    "boolean": (bool,),
    "number": (int, float),
    "whole": (int,),
    "list": (list,),
    "table": (Mapping,),
}
_WORDS: Final = {
    "any": "anything",
    "text": "text",
    "boolean": "true or false",
    "number": "a number",
    "whole": "a whole number",
    "list": "a list",
    "table": "a table",
}


class Fault(Struct, frozen=True):
    code: str
    at: FieldPath
    message: str
    hint: str | None = None
    besides: FieldPath = ()
    """Another field that it is as much about."""
    is_former: bool = False
    """Whether it is right in an earlier schema."""
    habit: Bond | None = None
    """What it lacks is needed only where most files have it."""


def faults_of(document: Document, shape: Shape) -> Iterator[Fault]:
    """What is wrong with what a file itself says. What it lacks is another matter: others may say it."""
    yield from _of_table(document, shape, (), shape)


def lacks_of(document: Document, shape: Shape) -> Iterator[Fault]:
    """What is missing in a whole document, and what in it does not go together."""
    yield from _lacks(document, shape, ())


def _of_value(value: Any, shape: Shape, at: FieldPath, top: Shape) -> Iterator[Fault]:
    if len(at) > _DEEPEST:
        return
    if shape.others:
        shape = next((each for each in (shape, *shape.others) if _has_type(value, each)), shape)
    if not _has_type(value, shape):
        yield _wrong_type(value, shape, at)
    elif shape.kind == "text":
        yield from _of_text(value, shape, at)
    elif shape.kind in {"number", "whole"}:
        yield from _of_number(value, shape, at)
    elif shape.kind == "list":
        yield from _of_list(value, shape, at, top)
    elif shape.kind == "table":
        yield from _of_table(value, shape, at, top)


def _has_type(value: Any, shape: Shape) -> bool:
    if shape.kind == "any":
        return True
    if isinstance(value, bool):
        return shape.kind == "boolean"
    if shape.kind == "whole" and isinstance(value, float):
        return not math.isfinite(value) or value.is_integer()
    return isinstance(value, _TYPES[shape.kind])


def _wrong_type(value: Any, shape: Shape, at: FieldPath) -> Fault:
    wanted = " or ".join(_WORDS[each.kind] for each in (shape, *shape.others))
    hint = None
    if isinstance(value, str) and shape.kind in {"number", "whole", "boolean"}:
        hint = "take the quotes away"
    elif shape.kind == "text" and isinstance(value, int | float | date) and not isinstance(value, bool):
        hint = f'put it in quotes: "{_short(value)}"'
    elif shape.kind == "list" and not isinstance(value, Mapping):
        hint = f"put it in brackets: [{_short(value)}]"
    what = f"{type_name(value)} ({_short(value)})" if shape.kind == "whole" else type_name(value)
    return Fault("wrong-type", at, f"`{format_field(at)}` is {what}, expected {wanted}", hint)


def _named(at: FieldPath) -> str:
    return f"`{format_field(at)}`"


def _of_text(value: str, shape: Shape, at: FieldPath) -> Iterator[Fault]:
    if not value.strip():
        yield Fault("bad-value", at, f"{_named(at)} is empty", "take it out, or fill it in")
    elif shape.choices and value not in shape.choices:
        expected = f"expected {', '.join(shape.choices)}"
        yield Fault("bad-value", at, f"{_named(at)} is {_short(value)}, {expected}", did_you_mean(value, shape.choices))
    elif shape.usual and value not in shape.usual:
        yield _unusual(value, shape, at)
    elif shape.forms and not any(is_date(value, form) for form in shape.forms):
        yield Fault("bad-value", at, f"{_named(at)} is {_short(value)}, expected a date as {' or '.join(shape.forms)}")
    elif shape.look is not None and not _LOOKS[shape.look].fullmatch(value):
        yield Fault("doubtful-value", at, f"{_named(at)} {_LOOKED[shape.look]}")
    elif value != value.strip() and "\n" not in value:
        yield Fault("doubtful-value", at, f"{_named(at)} has blanks around it: {_short(value)}", "take them out")


def _unusual(value: str, shape: Shape, at: FieldPath) -> Fault:
    field, known = f"`{format_field(at)}`", ", ".join(shape.usual)
    near = nearest(value, shape.usual)
    if near is None:
        return Fault(
            "unlisted-value", at, f"{field} is {_short(value)}, which the mapping does not know", f"known are {known}"
        )
    return Fault("bad-value", at, f"{field} is {_short(value)}, expected {known}", f"did you mean `{near}`?")


def is_date(text: str, form: Form) -> bool:
    """Whether it is a day, a month or a year that there is, in that form."""
    if not text.isascii() or not _FORMS[form].fullmatch(text):
        return False
    year, month, day = (int(part) for part in (*text.split("-"), "1", "1")[:3])
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _of_number(value: Any, shape: Shape, at: FieldPath) -> Iterator[Fault]:
    if isinstance(value, float) and not math.isfinite(value):
        yield Fault("bad-value", at, f"{_named(at)} is {value}, expected a number that is finite")
    elif shape.minimum is not None and value < shape.minimum:
        yield Fault("bad-value", at, f"{_named(at)} is {_short(value)}, expected at least {shape.minimum:g}")
    elif shape.maximum is not None and value > shape.maximum:
        yield Fault("bad-value", at, f"{_named(at)} is {_short(value)}, expected at most {shape.maximum:g}")


def _of_list(value: list[Any], shape: Shape, at: FieldPath, top: Shape) -> Iterator[Fault]:
    if shape.minimum is not None and len(value) < shape.minimum:
        yield Fault("bad-value", at, f"{_named(at)} has {len(value)} values, expected at least {shape.minimum:g}")
    texts = [item for item in value if isinstance(item, str)]
    for text in dict.fromkeys(text for text in texts if texts.count(text) > 1) if len(texts) < 1000 else ():
        yield Fault("repeated-value", at, f"{_named(at)} has {_short(text)} more than once", "keep one")
    if shape.items is not None:
        for position, item in enumerate(value):
            yield from _of_value(item, shape.items, (*at, position), top)


def _of_table(value: Document, shape: Shape, at: FieldPath, top: Shape) -> Iterator[Fault]:
    if shape.keys is None:
        return
    for name, item in value.items():
        below = shape.keys.get(name) or shape.rest
        if below is not None:
            yield from _of_value(item, below, (*at, name), top)
        else:
            yield _unknown(name, value, shape, at, top)


def _unknown(name: str, table: Document, shape: Shape, at: FieldPath, top: Shape) -> Fault:
    field = f"`{format_field((*at, name))}`"
    former = shape.former.get(name)
    meant = former or shape.meant.get(name) or nearest(name, shape.keys or {})
    if meant is None and at and (top.keys or {}).get(name) is not None:
        meant = name
    if meant is None:
        known = [key for key in shape.keys or {} if key not in table]
        hint = did_you_mean(name, known) or (None if len(known) > 12 else f"known are {', '.join(shape.keys or ())}")
        return Fault("unlisted-key", (*at, name), f"{field} is no key that the mapping knows", hint)
    is_of_top = "." in meant or meant not in (shape.keys or {})
    right = meant if is_of_top else format_field((*at, meant))
    too = ", which is there too" if not is_of_top and meant in table else ""
    hint = f"did you mean `{right}`{too}?"
    return Fault("unknown-key", (*at, name), f"{field} is not a key here", hint, is_former=former is not None)


def _lacks(document: Document, shape: Shape, at: FieldPath) -> Iterator[Fault]:
    for path in shape.required:
        found = get(document, path)
        above = get(document, path[:-1])
        if found is ABSENT and (above is ABSENT or isinstance(above, Mapping)):
            if above is ABSENT and path[:-1] in shape.required:
                continue  # said of what is around it
            if any(_covers(to, path) for name, to in shape.former.items() if name in document):
                continue  # said of the key of an earlier schema
            yield Fault("missing-key", (*at, *path), f"`{format_field((*at, *path))}` is missing")
    for first, second in shape.ordered:
        yield from _order(document, first, second, at, "doubtful-value")
    for first, second in shape.seldom:
        yield from _order(document, first, second, at, "seldom-value")
    for bond in shape.bonds:
        if holds(bond, document):
            yield from _of_bond(document, bond, at)
    yield from _lacks_below(document, shape, at)


def holds(bond: Bond, document: Document) -> bool:
    """Whether a document is one that a bond is about."""
    value = get(document, bond.key)
    return isinstance(value, str) and value not in bond.none_of if bond.none_of else same(value, bond.equals)


def _of_bond(document: Document, bond: Bond, at: FieldPath) -> Iterator[Fault]:
    since = f"where `{format_field((*at, *bond.key))}` is {_short(get(document, bond.key))}"
    for path in bond.needs:
        if get(document, path) is ABSENT:
            message = f"`{format_field((*at, *path))}` is missing, {since}"
            yield Fault("missing-key", (*at, *path), message, habit=bond if bond.is_habit else None)
    for path in bond.forbids:
        if get(document, path) not in (ABSENT, []):
            yield Fault("misplaced-key", (*at, *path), f"`{format_field((*at, *path))}` has no place {since}")
    for path in bond.doubts:
        if get(document, path) is not ABSENT:
            yield Fault("doubtful-value", (*at, *path), f"`{format_field((*at, *path))}` is not usual {since}")


def _covers(key: str, path: FieldPath) -> bool:
    """Whether what a key says is what is wanted at a path, or a part of it."""
    known = parse_field(key)
    return known[: len(path)] == path or path[: len(known)] == known


def _lacks_below(document: Document, shape: Shape, at: FieldPath) -> Iterator[Fault]:
    if len(at) > _DEEPEST:
        return
    for name, value in document.items():
        below = (shape.keys or {}).get(name) or shape.rest
        for each in (below, *below.others) if below is not None else ():
            if each.kind == "table" and isinstance(value, Mapping):
                yield from _lacks(value, each, (*at, name))
            elif each.items is not None and isinstance(value, list):
                tables = ((number, item) for number, item in enumerate(value) if isinstance(item, Mapping))
                for number, item in tables:
                    yield from _lacks(item, each.items, (*at, name, number))


def _order(document: Document, first: FieldPath, second: FieldPath, at: FieldPath, code: str) -> Iterator[Fault]:
    less, more = get(document, first), get(document, second)
    if isinstance(less, str) and isinstance(more, str):
        is_known = all(any(is_date(text, form) for form in _FORMS) for text in (less, more))
        length = min(len(less), len(more))
        is_wrong, word = is_known and less[:length] > more[:length], "later than"
    else:
        is_wrong, word = _is_more(less, more), "more than"
    if is_wrong:
        one, other = format_field((*at, *first)), format_field((*at, *second))
        message = f"`{one}` is {_short(less)}, {word} `{other}`, which is {_short(more)}"
        hint = "one of the two is wrong, or of another version"
        yield Fault(code, (*at, *first), message, hint, besides=(*at, *second))


def _is_more(less: Any, more: Any) -> bool:
    return all(isinstance(each, int | float) and not isinstance(each, bool) for each in (less, more)) and less > more


def _short(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10**_LONGEST:
        return "a number without end"
    text = shown(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
