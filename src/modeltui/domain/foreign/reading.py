"""Tables of a mapping file, read strictly: what is not known, or is of another type, is said with its field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from modeltui.domain.document import FieldPath, format_field, parse_field, shown
from modeltui.errors import ConfigError, UsageError

_LONGEST: int = 60


class MappingError(ConfigError):
    """What is wrong in a mapping file, and where."""

    def __init__(self, at: FieldPath, message: str, *, hint: str | None = None) -> None:
        field = f"`{format_field(at)}` " if at else "the file "
        super().__init__(f"{field}{message}", hint=hint)
        self.at = at


class Table:
    """One table; each key is asked for once, and `done` refuses what nobody asked for."""

    def __init__(self, at: FieldPath, value: Any) -> None:
        """Raises MappingError where it is no table."""
        if not isinstance(value, Mapping):
            raise MappingError(at, f"is {_short(value)}, expected a table")
        self.at = at
        self._left = dict(value)
        self._known: list[str] = []

    def take(self, name: str) -> Any:
        """The value of a key; None where it is not there."""
        self._known.append(name)
        return self._left.pop(name, None)

    def text(self, name: str, default: str = "") -> str:
        value = self.take(name)
        if value is None:
            return default
        if not isinstance(value, str) or not value.strip():
            raise MappingError((*self.at, name), f"is {_short(value)}, expected text that is not blank")
        return value

    def choice(self, name: str, choices: Iterable[str], default: str) -> str:
        value, known = self.text(name, default), list(choices)
        if value != default and value not in known:
            raise MappingError((*self.at, name), f"is {_short(value)}, expected {' or '.join(known)}")
        return value

    def number(self, name: str) -> float | None:
        value = self.take(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise MappingError((*self.at, name), f"is {_short(value)}, expected a number")
        return float(value)

    def texts(self, name: str) -> tuple[str, ...]:
        value = self.take(name)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            raise MappingError((*self.at, name), f"is {_short(value)}, expected a list of texts")
        return tuple(value)

    def one_or_more(self, name: str) -> tuple[str, ...]:
        """A text, or a list of some; () where it is not there."""
        value = self.take(name)
        return () if value is None else one_or_more((*self.at, name), value)

    def yes(self, name: str) -> bool:
        value = self.take(name)
        if value is None or isinstance(value, bool):
            return bool(value)
        raise MappingError((*self.at, name), f"is {_short(value)}, expected true or false")

    def path(self, name: str) -> FieldPath:
        """A key of theirs, as `limit.context`; () where it is not there."""
        text = self.text(name)
        return field_path((*self.at, name), text) if text else ()

    def paths(self, name: str) -> tuple[FieldPath, ...]:
        return tuple(field_path((*self.at, name), text) for text in self.texts(name))

    def table(self, name: str) -> Table:
        value = self.take(name)
        return Table((*self.at, name), {} if value is None else value)

    def tables(self, name: str) -> list[Table]:
        """An array of tables, `[[name]]`."""
        value = self.take(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise MappingError((*self.at, name), f"is {_short(value)}, expected [[{name}]]")
        return [Table((*self.at, name, number), item) for number, item in enumerate(value)]

    def names(self) -> list[str]:
        """The keys that are left."""
        return list(self._left)

    def done(self) -> None:
        """Raises MappingError for a key that is none."""
        for name in self._left:
            from difflib import get_close_matches  # noqa: PLC0415  # wanted only on this error

            near = get_close_matches(name, self._known, 1)
            hint = f"did you mean `{near[0]}`?" if near else f"known are {', '.join(self._known)}"
            raise MappingError((*self.at, name), "is not a field of a mapping file", hint=hint)


def one_or_more(at: FieldPath, value: Any) -> tuple[str, ...]:
    """A text, or a list of some, none of them blank. Raises MappingError."""
    texts = value if isinstance(value, list) else [value]
    if not texts or not all(isinstance(text, str) and text.strip() for text in texts):
        raise MappingError(at, f"is {_short(value)}, expected text that is not blank, or a list of such")
    return tuple(texts)


def field_path(at: FieldPath, text: str) -> FieldPath:
    """Raises MappingError for what is no path of keys."""
    try:
        return parse_field(text)
    except UsageError as error:
        raise MappingError(at, f"is {_short(text)}, expected a key such as limit.context") from error


def _short(value: Any) -> str:
    text = shown(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
