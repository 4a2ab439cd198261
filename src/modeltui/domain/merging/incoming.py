"""What comes in from another clone, where both sides changed something: whose values are taken."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Final, TypeAlias

from msgspec import Struct

from modeltui.domain.document import ABSENT, Absent, FieldPath, Value, differences, format_field, shown
from modeltui.domain.lock import lock_of
from modeltui.domain.merging.merge import Clash, Whose
from modeltui.errors import UsageError

Select: TypeAlias = Callable[[str], Iterable[str]]
"""The keys of the models that a QUERY chooses. Raises UsageError."""

_OF_QUERY: Final = frozenset(":<>= ")
"""Characters that no key and no field has unquoted, and every QUERY of more than a word."""
_OF_PATTERN: Final = frozenset("*?")


_MOST_FIELDS: Final = 6


def sides_of_file(clash: Clash) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What each side has where a whole file is in conflict: base, ours and theirs, each in a few lines."""
    return (
        ("base", _file_told(ABSENT, clash.base)),
        ("ours", _file_told(clash.base, clash.ours)),
        ("theirs", _file_told(clash.base, clash.theirs)),
    )


def _file_told(base: Value | Absent, side: Value | Absent) -> tuple[str, ...]:
    if not isinstance(side, Mapping):
        return ("no file",) if side is ABSENT else ("a file that cannot be read",)
    lock = lock_of(side)
    state = "not locked" if lock is None else str(lock)
    if not isinstance(base, Mapping):
        return (f"a file, {state}",)
    changes = tuple(differences(base, side))
    told = [f"{format_field(path)}: {shown(old)} → {shown(new)}" for path, old, new in changes if path[0] != "lock"]
    more = [f"and {len(told) - _MOST_FIELDS} more fields"] if len(told) > _MOST_FIELDS else []
    is_of_lock = len(told) < len(changes)
    return (*([state] if is_of_lock else []), *told[:_MOST_FIELDS], *more) or ("as it was",)


class Choice(Struct, frozen=True):
    """Whose values are taken where both sides changed something."""

    everywhere: Whose | None = None
    ours: frozenset[str] = frozenset()
    """`KEY`, or `KEY.FIELD`; before `of_clashes` also either with `*` in it, or a QUERY."""
    theirs: frozenset[str] = frozenset()

    def of(self, key: str, field: FieldPath) -> Whose | None:
        """The nearest word counts: that of the field, of a table around it, of the model, of all."""
        for name in _names(key, field):
            if name in self.ours:
                return "ours"
            if name in self.theirs:
                return "theirs"
        return self.everywhere

    def of_clashes(self, clashes: Iterable[tuple[str, Clash]], select: Select) -> Choice:
        """The same in names, and each word of a field said of those that are taken together with it.

        What is named counts before what a pattern or a QUERY means. Raises UsageError for a word that means nothing in
        conflict, and where one thing is said of both sides.
        """
        found = tuple(clashes)
        meant = _Meant(found, select)
        exact_ours, exact_theirs = self.ours & meant.known, self.theirs & meant.known
        ours = exact_ours.union(*map(meant.by, self.ours - exact_ours)) - exact_theirs
        theirs = exact_theirs.union(*map(meant.by, self.theirs - exact_theirs)) - exact_ours
        if twice := (exact_ours & exact_theirs) | (ours & theirs):
            raise UsageError(f"{min(twice)} is named for both sides")
        ours, theirs = meant.with_bound(ours), meant.with_bound(theirs)
        if twice := ours & theirs:
            raise UsageError(
                f"{min(twice)} is named for both sides: it is taken together with another field",
                hint="`modeltui pull --dry-run` shows which; name one side for all of them",
            )
        return Choice(self.everywhere, ours, theirs)


class _Meant:
    """Words, as names of what is in conflict."""

    def __init__(self, clashes: tuple[tuple[str, Clash], ...], select: Select) -> None:
        self._clashes = clashes
        self._keys = {key for key, _ in clashes}
        self._select = select
        self.known = frozenset(name for key, clash in clashes for name in _names(key, clash.path))

    def by(self, word: str) -> frozenset[str]:
        """Of a word that is no name."""
        if not _OF_QUERY.isdisjoint(word):
            found = self._keys.intersection(self._select(word))
        elif not _OF_PATTERN.isdisjoint(word):
            found = {name for name in self.known if fnmatchcase(name, word)}
        else:
            found = set()
        if not found:
            raise UsageError(f"{word} is not in conflict", hint="`modeltui pull --dry-run` shows what is")
        return frozenset(found)

    def with_bound(self, names: frozenset[str]) -> frozenset[str]:
        bound = {
            name_of(key, other)
            for key, clash in self._clashes
            if name_of(key, clash.path) in names
            for other in clash.together
        }
        return names | bound


def name_of(key: str, field: FieldPath) -> str:
    """As `--ours` and `--theirs` take it."""
    return f"{key}.{format_field(field)}" if field else key


def _names(key: str, field: FieldPath) -> Iterator[str]:
    return (name_of(key, field[:length]) for length in range(len(field), -1, -1))
