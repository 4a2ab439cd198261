"""Keys of the user's own: which ids there are, and what a key would take away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import _character_to_key
from textual.screen import ModalScreen, Screen

_OURS = "modeltui.tui"


@dataclass(frozen=True, slots=True)
class _Place:
    """A key of a command, where it works."""

    node: type[DOMNode]
    id: str
    key: str


def textual_keys(keys: Sequence[str]) -> str:
    """Keys as a person writes them, such as `?`, `ctrl+a` or `g a`, as Textual takes them."""
    return ",".join(" ".join(_named(part) for part in key.split()) or "space" for key in keys)


def _named(key: str) -> str:
    *modifiers, last = key.split("+") if key != "+" else [key]
    return "+".join([*modifiers, _character_to_key(last) if len(last) == 1 else last])


def problems_of(keys: Mapping[str, Sequence[str]]) -> tuple[list[str], dict[str, str]]:
    """What is to be told of a user's keys, and the keymap of those that can be taken, for Textual."""
    places = list(_places())
    known = {place.id for place in places}
    taken = {name: textual_keys(said) for name, said in keys.items() if name in known}
    told = [f"there is no command {name!r}" for name in keys if name not in known]
    by_key: dict[str, dict[_Place, None]] = {}
    for place in places:
        for key in taken[place.id].split(",") if place.id in taken else [place.key]:
            by_key.setdefault(key, {})[_Place(place.node, place.id, key)] = None
    for key, rivals in by_key.items():
        pairs = (
            pair for pair in combinations(rivals, 2) if pair[0].id != pair[1].id and _meet(pair[0].node, pair[1].node)
        )
        told += [_clash(key, one, other, taken) for one, other in pairs if {one.id, other.id} & taken.keys()]
    return list(dict.fromkeys(told)), taken


def _clash(key: str, one: _Place, other: _Place, taken: Mapping[str, str]) -> str:
    """Who has a key that two commands are bound to: the inner one, else the one that the user named."""
    if _depth(one.node) != _depth(other.node):
        inner, outer = sorted((one, other), key=lambda place: -_depth(place.node))
        return f"{key} is {inner.id} where that works, and {outer.id} elsewhere"
    if one.id in taken and other.id in taken:
        return f"{key} is {one.id} and {other.id}: only one of them works"
    winner, loser = (one, other) if one.id in taken else (other, one)
    return f"{key} is {winner.id} now, and no longer {loser.id}"


def _depth(node: type[DOMNode]) -> int:
    return 0 if issubclass(node, App) else 1 if issubclass(node, Screen) else 2


def _meet(one: type[DOMNode], other: type[DOMNode]) -> bool:
    if issubclass(one, other) or issubclass(other, one):
        return True
    dialogs = [node for node in (one, other) if issubclass(node, ModalScreen)]
    if any(issubclass(node, App) for node in (one, other)):
        return not dialogs
    is_of_widget = [node for node in (one, other) if not issubclass(node, Screen)]
    return len(is_of_widget) == 1 and not dialogs


def _places() -> Iterator[_Place]:
    """Every key of every command of ours, as it is unless somebody chose another."""
    for node in _nodes(DOMNode):
        for binding in vars(node).get("BINDINGS", ()):
            if isinstance(binding, Binding) and binding.id:
                for key in binding.key.split(","):
                    yield _Place(node, binding.id, " ".join(_named(part) for part in key.split()))


def _nodes(base: type[DOMNode]) -> Iterator[type[Any]]:
    for node in base.__subclasses__():
        if node.__module__.startswith(_OURS):
            yield node
        yield from _nodes(node)
