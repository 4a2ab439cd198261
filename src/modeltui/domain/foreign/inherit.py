"""A file laid over the one that it builds on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from msgspec import Struct

from modeltui.domain.document import ABSENT, Document, FieldPath, get, parse_field
from modeltui.domain.foreign.mapping import BuildsOn, ForeignMapping
from modeltui.errors import UsageError

_LONGEST_CHAIN: Final = 8
_DEEPEST: Final = 64

DocumentAt = Callable[[str], Document | None]
"""The document of a path; None where there is none, or none that can be read."""


class Gap(Struct, frozen=True):
    """What keeps a file from being laid over another one."""

    key: FieldPath
    name: Any
    """As the file says it."""
    path: str | None
    """Where the other one should be; None for a name that leads nowhere."""
    is_circle: bool = False


def whole(document: Document, mapping: ForeignMapping, at: DocumentAt, path: str = "") -> tuple[Document, Gap | None]:
    """The document with what it takes over from others, and why not from all."""
    return _whole(document, mapping, at, (path,))


def _whole(
    document: Document, mapping: ForeignMapping, at: DocumentAt, chain: tuple[str, ...]
) -> tuple[Document, Gap | None]:
    for builds_on in mapping.builds_on:
        name = get(document, builds_on.key)
        if name is ABSENT:
            continue
        path, below = _found(builds_on, name, at)
        if path in chain or len(chain) > _LONGEST_CHAIN:
            return document, Gap(builds_on.key, name, path, is_circle=True)
        if below is None or path is None:
            return document, Gap(builds_on.key, name, path)
        base, gap = _whole(below, mapping, at, (*chain, path))
        return _over(_without_all(base, document, builds_on), document), gap
    return document, None


def _found(builds_on: BuildsOn, name: Any, at: DocumentAt) -> tuple[str | None, Document | None]:
    """The path that a name leads to, and what is there; the first of its paths where none is."""
    paths = [layout.paths_of(name) for layout in builds_on.layouts] if isinstance(name, str) else []
    known = [path for path in paths if path is not None]
    for path in known:
        if (below := at(path)) is not None:
            return path, below
    return (known[0] if known else None), None


def _without_all(base: Document, document: Document, builds_on: BuildsOn) -> Document:
    omitted = get(document, builds_on.omit) if builds_on.omit else ABSENT
    for text in omitted if isinstance(omitted, list) else ():
        try:
            base = _without(base, parse_field(text)) if isinstance(text, str) else base
        except UsageError:
            continue  # its own finding of `check`
    return base


def _without(document: Document, path: FieldPath) -> Document:
    name, rest = path[0], path[1:]
    if name not in document:
        return document
    if not rest:
        return {key: value for key, value in document.items() if key != name}
    below = document[str(name)]
    return {**document, str(name): _without(below, rest)} if isinstance(below, Mapping) else document


def _over(base: Document, document: Document, depth: int = 0) -> Document:
    merged = dict(base)
    for name, value in document.items():
        below = base.get(name)
        is_both = isinstance(below, Mapping) and isinstance(value, Mapping) and depth < _DEEPEST
        merged[name] = _over(below, value, depth + 1) if is_both else value  # type: ignore[arg-type]
    return merged
