"""Where a model file has calls, and which saved values each of them sees."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from modeltui.domain.document import Document, FieldPath, get

BEFORE: Final = "before"
FETCH: Final[FieldPath] = ("result", "fetch")
CALLS: Final[tuple[FieldPath, ...]] = (("request",), ("poll",), FETCH, ("cancel",))
"""The calls of which a file has at most one."""
PLACES: Final = ("method", "path", "url", "query", "headers", "body", "use")
"""The keys of a call that may hold placeholders."""


def call_paths(document: Document) -> tuple[FieldPath, ...]:
    """Every call that a file may have: the steps of `[[before]]` in their order, then CALLS."""
    return (*((BEFORE, position) for position, _ in steps_of(document)), *CALLS)


def steps_of(document: Document) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The tables of `[[before]]` by their position."""
    steps = document.get(BEFORE)
    for position, step in enumerate(steps if isinstance(steps, list) else ()):
        if isinstance(step, Mapping):
            yield position, step


def is_step(call: FieldPath) -> bool:
    return call[0] == BEFORE


def input_of_step(document: Document, call: FieldPath) -> str | None:
    """The input whose files a step uploads; None for one that runs once, and for other calls."""
    name = get(document, (*call, "input")) if is_step(call) else None
    return name if isinstance(name, str) else None


def saved_before(document: Document) -> tuple[str, ...]:
    """What the steps without `input` save: all later calls see it."""
    return _distinct(name for _, step in steps_of(document) if "input" not in step for name in _names(step))


def saved_for(document: Document, call: FieldPath, *, with_own: bool = False) -> tuple[str, ...]:
    """The names that `${saved.…}` may have in a call.

    with_own: also what a step saves itself, which its `use` sees.
    """
    if call == ("request",):
        return saved_before(document)
    if not is_step(call):
        tables = [document.get(name) for name in (("request", "poll") if call == FETCH else ("request",))]
        later = (name for table in tables if isinstance(table, Mapping) for name in _names(table))
        return _distinct((*saved_before(document), *later))
    own, last = input_of_step(document, call), int(call[1]) - (not with_own)
    return _distinct(
        name
        for position, step in steps_of(document)
        if position <= last and step.get("input") in (None, own)
        for name in _names(step)
    )


def _names(table: Mapping[str, Any]) -> tuple[str, ...]:
    save = table.get("save")
    return tuple(save) if isinstance(save, Mapping) else ()


def _distinct(names: Iterator[str] | tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
