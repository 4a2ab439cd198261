"""What comes in from another clone: commits and fields, and what both sides changed otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from modeltui.domain.document import FieldPath, format_field
from modeltui.domain.merge import Clash, Whose
from modeltui.errors import UsageError


class Choice(Struct, frozen=True):
    """Whose values are taken where both sides changed something."""

    everywhere: Whose | None = None
    ours: frozenset[str] = frozenset()
    """`KEY`, or `KEY.FIELD`."""
    theirs: frozenset[str] = frozenset()

    def of(self, key: str, field: FieldPath) -> Whose | None:
        """The nearest word counts: that of the field, of a table around it, of the model, of all."""
        for name in _names(key, field):
            if name in self.ours:
                return "ours"
            if name in self.theirs:
                return "theirs"
        return self.everywhere

    def refuse_unmeant(self, clashes: Iterable[tuple[str, Clash]]) -> None:
        """Raises UsageError for a word that is of nothing in conflict, or said for both sides."""
        if twice := self.ours & self.theirs:
            raise UsageError(f"{min(twice)} is named for both sides")
        known = {name for key, clash in clashes for name in _names(key, clash.path)}
        for name in sorted(self.ours | self.theirs):
            if name not in known:
                raise UsageError(f"{name} is not in conflict", hint="`modeltui pull --dry-run` shows what is")


def _names(key: str, field: FieldPath) -> Iterator[str]:
    for length in range(len(field), 0, -1):
        yield f"{key}.{format_field(field[:length])}"
    yield key
