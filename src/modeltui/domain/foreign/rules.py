"""What is wrong or doubtful in a foreign tree: each file held against its shape, and the files against each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from msgspec import Struct

from modeltui.domain.catalog import folded_key
from modeltui.domain.document import ABSENT, Document, FieldPath, format_field, get, shown
from modeltui.domain.finding import Finding
from modeltui.domain.foreign.inherit import Gap
from modeltui.domain.foreign.mapping import FileKind, ForeignMapping
from modeltui.domain.foreign.shape import Bond
from modeltui.domain.foreign.values import Fault, faults_of, holds, lacks_of
from modeltui.domain.rules.codes import CODES
from modeltui.domain.schema.words import did_you_mean

_MANY: Final = 20
"""Files that share one fault are then hardly so many slips: the tree is rather of another age than the mapping."""
_SHARE: Final = 10
"""For all but unlisted keys they must be one in so many files as well."""
_UNLISTED: Final = frozenset({"unlisted-key", "unlisted-value"})
_OF_SCHEMA: Final = _UNLISTED | {"unknown-key", "missing-key", "wrong-type", "bad-value"}
_LONGEST: Final = 80
_GUESSED: Final = 50
"""Names up to which a near one is looked for: it takes a while among thousands."""


class _Said(Struct, frozen=True):
    path: str
    kind: FileKind
    fault: Fault


class ForeignRules:
    """Shown every file that can be read, then asked for the findings."""

    def __init__(self, mapping: ForeignMapping) -> None:
        self._mapping = mapping
        self._said: list[_Said] = []
        self._ids: dict[tuple[FileKind, str, str], str] = {}
        self._files: Counter[FileKind] = Counter()
        self._models: list[Mapping[str, str]] = []
        self._provided: set[tuple[str, ...]] = set()
        self._findings: list[Finding] = []
        self._paths: list[str] = []
        self._gaps: list[tuple[str, Gap]] = []
        self._kept: Counter[tuple[FieldPath, tuple[FieldPath, ...]]] = Counter()
        """Of what is a habit: files that have what it needs."""

    def place(self, path: str, kind: FileKind, parts: Mapping[str, str]) -> None:
        """A file that lies where one of its kind should, whether it can be read or not, and whatever it is."""
        self._paths.append(path)
        if kind == "model":
            self._models.append(parts)
            return
        self._name(kind, path, "/".join(parts.values()))
        if kind == "provider":
            self._provided.add(tuple(parts.values()))

    def identity(self, path: str, provider: str | None, model_id: str | None) -> None:
        """What a model is called; two of one name are a finding."""
        if isinstance(provider, str) and isinstance(model_id, str):
            self._name("model", path, model_id, f" of {provider[:_LONGEST]}", folded_key(provider))

    def _name(self, kind: FileKind, path: str, name: str, owner: str = "", of: str = "") -> None:
        if (first := self._ids.setdefault((kind, of, folded_key(name)), path)) != path:
            message = f"`{name[:_LONGEST]}`{owner} is there twice: {first} says it as well"
            hint = "rename one; some disks take names that differ in case only for one"
            self._findings.append(_finding("duplicate-id", path, message, hint=hint))

    def look(self, path: str, kind: FileKind, document: Document, whole: Document, gap: Gap | None) -> None:
        """At what a file says, and at the whole of what holds for it."""
        self._files[kind] += 1
        shape = self._mapping.files[kind].shape
        for fault in faults_of(document, shape):
            self._said.append(_Said(path, kind, fault))
        if gap is not None:
            self._gaps.append((path, gap))
        else:
            self._kept.update((bond.key, bond.needs) for bond in shape.bonds if bond.is_habit and _keeps(whole, bond))
            self._said += [
                _Said(path, kind, fault) for fault in lacks_of(whole, shape) if not _is_inherited(fault, document)
            ]

    def stray(self, path: str) -> None:
        """A file that has no place in the layout."""
        patterns = ", ".join(described.layout.pattern for described in self._mapping.files.values())
        message = "the file lies where the layout has none, so nothing reads it"
        self._findings.append(_finding("stray-file", path, message, hint=f"files lie at {patterns}"))

    def findings(self) -> Iterator[Finding]:
        """All of them, in no order."""
        yield from self._findings
        yield from self._of_providers()
        yield from (self._of_gap(path, gap, guesses=at < _GUESSED) for at, (path, gap) in enumerate(self._gaps))
        alike = Counter(map(_sign, self._said))
        told: set[object] = set()
        older = {said.path for said in self._said if said.fault.is_former and self._is_of_age(said, alike[_sign(said)])}
        for said in self._said:
            sign = _sign(said)
            if self._is_excused(said, alike[sign], older):
                continue
            if not self._is_of_age(said, alike[sign]):
                fault = said.fault
                yield _finding(fault.code, said.path, fault.message, at=fault.at, hint=fault.hint)
            elif sign not in told:
                told.add(sign)
                yield self._of_age(said, alike[sign])

    def _is_excused(self, said: _Said, count: int, older: set[str]) -> bool:
        """What most files go without, or a file of an earlier schema, which may have needed less."""
        habit = said.fault.habit
        if habit is not None and self._kept[habit.key, habit.needs] < count:
            return True
        return said.fault.code == "missing-key" and said.path in older

    def _is_of_age(self, said: _Said, count: int) -> bool:
        if said.fault.is_former and count * 2 >= self._files[said.kind]:
            return True
        if said.fault.code not in _OF_SCHEMA or count < _MANY:
            return False
        return said.fault.code in _UNLISTED or count * _SHARE >= self._files[said.kind]

    def _of_age(self, said: _Said, count: int) -> Finding:
        many = "" if count == 1 else f"{count} files are like this one: "
        message = f"{many}{said.fault.message}"
        hint = f"is the tree of another age than the mapping of {self._mapping.name}?"
        return _finding("other-schema", said.path, message, at=said.fault.at, hint=hint)

    def _of_gap(self, path: str, gap: Gap, *, guesses: bool) -> Finding:
        name = shown(gap.name)[:_LONGEST]
        field = format_field(gap.key)
        if gap.is_circle:
            message = f"`{field}` is {name}, and leads in a circle"
            return _finding("base-circle", path, message, at=gap.key, hint="let one of the files stand for itself")
        where = f", and {gap.path} is not there, or cannot be read" if gap.path else ", which names no file"
        near = did_you_mean(gap.path, self._paths) if guesses and gap.path else None
        hint = near or "correct the name, or put the file there"
        return _finding("missing-base", path, f"`{field}` is {name}{where}", at=gap.key, hint=hint)

    def _of_providers(self) -> Iterator[Finding]:
        described = self._mapping.files.get("provider")
        if described is None:
            return
        names = described.layout.names
        wanted = {tuple(parts[name] for name in names) for parts in self._models if set(names) <= parts.keys()}
        for values in sorted(wanted - self._provided):
            path = described.layout.paths_of("/".join(values))
            if path is not None:
                message = f"models of {'/'.join(values)[:_LONGEST]} are here, and no file says who that is"
                yield _finding("missing", path, message, hint="put the file there, or move the models")


def _is_inherited(fault: Fault, document: Document) -> bool:
    """Whether a doubt is only about what another file says, where it is said of that one."""
    return bool(fault.besides) and get(document, fault.at) is ABSENT and get(document, fault.besides) is ABSENT


def _keeps(document: Document, bond: Bond) -> bool:
    return holds(bond, document) and all(get(document, path) is not ABSENT for path in bond.needs)


def _sign(said: _Said) -> tuple[FileKind, str, FieldPath]:
    return said.kind, said.fault.code, tuple("[]" if isinstance(part, int) else part for part in said.fault.at)


def _finding(code: str, path: str, message: str, *, at: FieldPath = (), hint: str | None = None) -> Finding:
    return Finding(code, CODES[code].severity, message, path, field=format_field(at) or None, hint=hint)
