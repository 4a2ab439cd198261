"""The mendings of findings that leave nothing to decide, as edits of the model's file."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any, Final, TypeAlias

from msgspec import Struct

from modeltui.domain.catalog import Catalog
from modeltui.domain.change import Edit
from modeltui.domain.document import (
    ABSENT,
    Document,
    FieldPath,
    differences,
    get,
    parse_field,
    same,
    with_value,
)
from modeltui.domain.finding import Finding
from modeltui.domain.model import Model
from modeltui.domain.rules.conversions import converted, only_like
from modeltui.domain.rules.files import check_model
from modeltui.domain.rules.report import found
from modeltui.domain.schema.model_file import ModelFile
from modeltui.domain.schema.place import place_at
from modeltui.domain.schema.shape import shape_of
from modeltui.errors import UsageError

FIXABLE: Final = frozenset({"unknown-key", "wrong-type", "bad-value", "repeated-value", "provider-missing"})
"""Codes of which some findings have a fix."""

_MOST_TRIED: Final = 50
"""Findings of one file that a fix is looked for: each costs a check of the whole file."""
_NEAR: Final = 0.8
_APART: Final = 0.1
"""How much nearer the one meant must be than any other name, from 0 to 1."""

Mended: TypeAlias = dict[str, Any] | None


class Fix(Struct, frozen=True):
    """One finding and what mends it."""

    finding: Finding
    edits: tuple[Edit, ...]


def fixes_of(model: Model, document: Document, catalog: Catalog) -> tuple[Fix, ...]:
    """What can be mended in a model's file, each fix made on the document after those before it.

    A fix is safe: one meaning is possible, and afterwards the file has this finding no longer and no new one.
    """
    made: list[Fix] = []
    before = _findings(model, document, catalog)
    for finding in [finding for finding in before if finding.code in FIXABLE][:_MOST_TRIED]:
        after = _mended(finding, document, catalog)
        if after is None:
            continue
        left = _findings(model, after, catalog)
        if finding not in left and all(each in before for each in left):
            made.append(Fix(finding, tuple(Edit(*each) for each in differences(document, after))))
            document, before = after, left
    return tuple(made)


def _findings(model: Model, document: Document, catalog: Catalog) -> list[Finding]:
    """What the file by itself says, and whether its provider is there."""
    findings = check_model(model.path, document)
    name = document.get("provider")
    if isinstance(name, str) and name not in catalog.providers:
        findings.append(found("provider-missing", model.path, f"there is no providers/{name}.toml", at=("provider",)))
    return findings


def _mended(finding: Finding, document: Document, catalog: Catalog) -> Mended:
    """The document without the finding; None where that is not clear."""
    path = _path_of(finding, document)
    if not path or any(isinstance(part, int) for part in path[:-1]):
        return None
    if finding.code == "provider-missing":
        return _spelled(document, catalog.providers)
    return _MENDERS[finding.code](document, path)


def _path_of(finding: Finding, document: Document) -> FieldPath:
    """The field of a finding, with the positions of lists as numbers; empty where there is none."""
    try:
        parts = parse_field(finding.field) if finding.field else ()
    except UsageError:
        return ()
    path: FieldPath = ()
    for part in parts:
        is_position = isinstance(get(document, path), list) and str(part).isdecimal()
        path = (*path, int(part) if is_position else part)
    return path


def _renamed(document: Document, path: FieldPath) -> Mended:
    """A misspelled key under the name that was meant. Tables stay: a comment in one would be lost."""
    value, table = get(document, path), place_at(ModelFile, path[:-1])
    if table is None or value is ABSENT or isinstance(value, Mapping):
        return None
    name = meant(str(path[-1]), table.names())
    if name is None or get(document, (*path[:-1], name)) is not ABSENT:
        return None
    return with_value(with_value(document, path, ABSENT), (*path[:-1], name), value)


def meant(text: str, names: Collection[str]) -> str | None:
    """The one name that a misspelled one stands for; None where none is near, or several are."""
    if (alike := only_like(text, names)) is not None:
        return alike
    return None if len(text) > 60 else _nearest(text, tuple(names))


@lru_cache(1024)
def _nearest(text: str, names: tuple[str, ...]) -> str | None:
    ranked = sorted(((SequenceMatcher(None, text.casefold(), name).ratio(), name) for name in names), reverse=True)
    if not ranked or ranked[0][0] < _NEAR:
        return None
    return ranked[0][1] if len(ranked) == 1 or ranked[0][0] - ranked[1][0] >= _APART else None


def _typed(document: Document, path: FieldPath) -> Mended:
    place, value = place_at(ModelFile, path), get(document, path)
    changed = ABSENT if place is None or value is ABSENT else converted(value, place)
    return None if changed is ABSENT else with_value(document, path, changed)


def _chosen(document: Document, path: FieldPath) -> Mended:
    place, value = place_at(ModelFile, path), get(document, path)
    choice = only_like(value, shape_of(place).choices) if place is not None and isinstance(value, str) else None
    return None if choice is None else with_value(document, path, choice)


def _once(document: Document, path: FieldPath) -> Mended:
    values = get(document, path)
    if not isinstance(values, list):
        return None
    kept: list[Any] = []
    for value in values:
        if not any(same(value, earlier) for earlier in kept):
            kept.append(value)
    return with_value(document, path, kept)


def _spelled(document: Document, providers: Collection[str]) -> Mended:
    name = only_like(str(document.get("provider")), providers)
    return None if name is None else with_value(document, ("provider",), name)


_MENDERS: Final[Mapping[str, Callable[[Document, FieldPath], Mended]]] = {
    "unknown-key": _renamed,
    "wrong-type": _typed,
    "bad-value": _chosen,
    "repeated-value": _once,
}
