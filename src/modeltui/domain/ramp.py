"""Changing a rollout: to how many callers, and who is let in or kept out by name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from modeltui.domain.change import Edit
from modeltui.domain.document import ABSENT, Absent, Document, FieldPath, Value, get
from modeltui.domain.rollout import NAME, STEPS, next_step, percent_number, percent_text, rollout_of
from modeltui.errors import RefusedError, UsageError

PERCENT: Final[FieldPath] = (NAME, "percent")
_SALT: Final[FieldPath] = (NAME, "salt")
_LISTS: Final = ("allow", "deny")
_NUMBER: Final = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,12})?")


class Ramp(Struct, frozen=True):
    """What is to change of a rollout; the rest of it stays."""

    percent: float | None = None
    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    """Callers to take off both lists."""
    salt: str | None = None
    """Empty: the uid again."""

    @property
    def said(self) -> str:
        """What the undo calls it."""
        parts = [] if self.percent is None else [percent_text(self.percent)]
        parts += [f"{name} {', '.join(ids)}" for name in (*_LISTS, "drop") if (ids := getattr(self, name))]
        return f"rollout {'; '.join(parts + ([] if self.salt is None else ['another salt']))}"

    def values(self, document: Document) -> list[tuple[FieldPath, Value | Absent]]:
        """The fields of a document with their new values. Raises RefusedError where what is there cannot be read."""
        table = document.get(NAME)
        if table is None:
            return self._first()
        if not isinstance(table, Mapping):
            raise RefusedError("`rollout` is no table", hint="mend that first")
        values: list[tuple[FieldPath, Value | Absent]] = []
        if self.percent is not None and not _is_number(table.get("percent"), self.percent):
            values.append((PERCENT, self.percent))
        if self.salt is not None:
            values.append((_SALT, self.salt or ABSENT))
        return values + [(path, ids) for path, ids in self._lists(table) if ids != get(document, path)]

    def _first(self) -> list[tuple[FieldPath, Value | Absent]]:
        """Of a model that everybody gets: to take somebody off a list, or to let all in, changes nothing.

        The whole table is one field, so that a roll-back takes all of it away.
        """
        percent = STEPS[-1] if self.percent is None else self.percent
        table: dict[str, Value] = {"percent": percent, **({"salt": self.salt} if self.salt else {})}
        table |= {str(path[-1]): ids for path, ids in self._lists({}) if ids is not ABSENT}
        return [] if table == {"percent": STEPS[-1]} else [((NAME,), table)]

    def _lists(self, table: Mapping[str, Any]) -> list[tuple[FieldPath, Value | Absent]]:
        """Who comes on one list leaves the other; a list that becomes empty goes."""
        return [
            ((NAME, name), _changed(table, name, add=add, gone={*other, *self.drop}))
            for name, add, other in (("allow", self.allow, self.deny), ("deny", self.deny, self.allow))
        ]


def ramp(
    percent: float | None = None,
    *,
    allow: Sequence[str] = (),
    deny: Sequence[str] = (),
    drop: Sequence[str] = (),
    salt: str | None = None,
) -> Ramp:
    """Raises UsageError for what contradicts itself or says nothing."""
    named = [set(allow), set(deny), set(drop)]
    for caller in (*allow, *deny, *drop):
        if not caller.strip():
            raise UsageError("a caller is a text that is not blank", hint="give the id that your application uses")
        if sum(caller in ids for ids in named) > 1:
            raise UsageError(f"{caller!r} is to be put in two places", hint="allow, deny or drop it")
    if salt is not None and salt and not salt.strip():
        raise UsageError("a salt is not blank", hint="an empty one means the uid")
    if percent is None and salt is None and not any(named):
        raise UsageError("nothing is to change", hint="give a percentage, such as 10")
    once = [tuple(dict.fromkeys(ids)) for ids in (allow, deny, drop)]
    return Ramp(percent, allow=once[0], deny=once[1], drop=once[2], salt=salt)


def ending(document: Document) -> list[Edit]:
    """What ends a rollout that everybody is in: without a table. One that keeps callers out goes on."""
    table = document.get(NAME)
    if not isinstance(table, Mapping) or table.get("deny") or not rollout_of(document, "").is_for_all:
        return []
    return [Edit((NAME,), table, ABSENT)]


def parse_percent(text: str) -> float:
    """`10`, `0.5`, `10%`; whole where it is. Raises UsageError."""
    digits = text.strip().removesuffix("%").strip()
    if not _NUMBER.fullmatch(digits) or float(digits) > STEPS[-1]:
        raise UsageError(f"{text!r} is no percentage", hint="write a number from 0 to 100, such as 10 or 0.5")
    number = float(digits)
    return int(number) if number == int(number) else number


def jump(before: float, after: float) -> str | None:
    """What to say where more than one of the usual steps is taken at once; None where not, and on the way down."""
    step = next_step(before)
    if after <= step:
        return None
    return f"from {percent_number(before)} % to {percent_text(after)} at once; the usual next step is {step} %"


def _changed(table: Mapping[str, Any], name: str, *, add: Sequence[str], gone: set[str]) -> Value | Absent:
    """A list with callers put on it and taken off it. Raises RefusedError where it is none."""
    listed = table.get(name, [])
    if not isinstance(listed, list):
        raise RefusedError(f"`{NAME}.{name}` is no list", hint="mend that first")
    if not add and not any(each in gone for each in listed if isinstance(each, str)):
        return table.get(name, ABSENT)
    kept = [each for each in listed if not isinstance(each, str) or each not in gone]
    return [*kept, *(each for each in add if each not in kept)] or ABSENT


def _is_number(value: Any, number: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value == number
