"""What can be done here, read from the live bindings: the palette, the help and the hints are made of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast, runtime_checkable

from textual.dom import DOMNode
from textual.keys import format_key
from textual.screen import Screen
from textual.widget import Widget

from modeltui.tui.standing import not_permitted, note_tried


@dataclass(frozen=True, slots=True)
class Command:
    id: str
    """`noun.verb`, the name that a keymap uses."""
    keys: tuple[str, ...]
    """As they are shown."""
    title: str
    tooltip: str
    group: str
    """Title of what it belongs to."""
    action: str
    node: DOMNode
    """What the action is run on."""
    is_hint: bool
    """Whether the hint line may show it."""
    why_not: str | None
    """Why it cannot be done now; None when it can."""


_NAMES = {"escape": "esc", **{name: name for name in ("enter", "up", "down", "left", "right")}}


@runtime_checkable
class Explains(Protocol):
    """A screen or app that knows why an action cannot be done now."""

    def why_not(self, action: str) -> str | None:
        """`action` is the name of an action; where that takes a text, the text: `pending` for `go('pending')`."""


def commands_of(screen: Screen[Any], wanted: Callable[[str, bool], bool] = lambda _, __: True) -> list[Command]:
    """Every command that a key gives on this screen as it is now, in the order of the bindings.

    `wanted` chooses by id, and whether the hint line may show it: to find out why the others cannot be done is spared.
    """
    keys: dict[str, list[str]] = {}
    found: dict[str, Any] = {}
    spared: set[str] = set()
    for key, active in screen.active_bindings.items():
        name = active.binding.id
        if not name or not active.binding.description or name in spared:
            continue
        if name not in found and not wanted(name, active.binding.show):
            spared.add(name)
        elif not _is_typed(key, screen.focused):
            shown = active.binding.key_display or shown_key(key)
            if shown not in (known := keys.setdefault(name, [])):
                known.append(shown)
            found.setdefault(name, active)
    return [
        Command(
            id=name,
            keys=tuple(sorted(keys[name], key=len)),
            title=active.binding.description,
            tooltip=active.binding.tooltip,
            group=active.node.BINDING_GROUP_TITLE or "Here",
            action=active.binding.action,
            node=active.node,
            is_hint=active.binding.show,
            why_not=_reason(active.node, active.binding.action),
        )
        for name, active in found.items()
    ]


def _is_typed(key: str, focused: Widget | None) -> bool:
    """Whether the key only writes its character into what has focus. Textual misses some, such as the slash."""
    character = shown_key(key)
    return focused is not None and len(character) == 1 and focused.check_consume_key(key, character)


def _reason(node: DOMNode, action: str) -> str | None:
    if not hasattr(node, "why_not"):  # to look at the whole protocol takes ten times as long, for every key
        return None
    name, _, argument = action.partition("('")
    return _why_not(cast("Explains", node), argument.partition("'")[0] or name)


def _why_not(node: Explains, action: str) -> str | None:
    """What this user may not do comes before what cannot be done now."""
    reason = not_permitted(node, action) if isinstance(node, DOMNode) else None
    return reason or node.why_not(action)


def shown_key(key: str) -> str:
    """A key as people write it: `gg`, `ctrl+d`, `?`, `F5`."""
    if " " in key:
        return "".join(map(shown_key, key.split()))
    *modifiers, last = key.split("+")
    is_function_key = last.startswith("f") and last[1:].isdecimal()
    shown = last.upper() if is_function_key else _NAMES.get(last) or format_key(last)
    return "+".join([*modifiers, shown])


def matching(commands: Iterable[Command], text: str) -> list[Command]:
    """The commands that hold every word of `text`: by key first, then by the start of the title, then any."""
    words = text.casefold().split()
    found = [command for command in commands if all(word in _searched(command) for word in words)]
    return sorted(found, key=lambda command: _rank(command, text.casefold())) if words else found


def _searched(command: Command) -> str:
    return " ".join((command.title, command.tooltip, command.id, *command.keys)).casefold()


def _rank(command: Command, text: str) -> int:
    title = command.title.casefold()
    return 0 if text in command.keys else 1 if title.startswith(text) else 2 if text in title else 3


ActsT = TypeVar("ActsT", bound="Acts")
Parameters = ParamSpec("Parameters")


class Acts(Explains, Protocol):
    """A screen whose refused actions are told to the user."""

    def refuse(self, reason: str) -> None: ...


def explained(
    action: Callable[Concatenate[ActsT, Parameters], None],
) -> Callable[Concatenate[ActsT, Parameters], None]:
    """An action that says why it is not done when `why_not` has a reason."""
    name = action.__name__.removeprefix("action_")

    @wraps(action)
    def run(node: ActsT, /, *args: Parameters.args, **kwargs: Parameters.kwargs) -> None:
        wanted = args[0] if args and isinstance(args[0], str) else name
        if reason := _why_not(node, wanted):
            if isinstance(node, DOMNode):
                note_tried(node, wanted)
            node.refuse(reason)
        else:
            action(node, *args, **kwargs)

    return run
