"""The bulk menu: one act on the marked models, or on all that the filter shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from textual.screen import Screen

from modeltui.domain.document import format_field, parse_field
from modeltui.domain.fields import describe, known_fields
from modeltui.domain.pricing.scaling import parse_factor, parse_price_field, parse_rounding
from modeltui.domain.text import safe
from modeltui.errors import UsageError
from modeltui.services.changing import acts
from modeltui.tui.present.line import Line, line
from modeltui.tui.present.preview import counted
from modeltui.tui.screens.life_acts import LifeActs, check_day, parse_day
from modeltui.tui.widgets.chooser import Chooser, Option, within
from modeltui.tui.widgets.confirm import Confirm
from modeltui.tui.widgets.preview_dialog import PreviewDialog
from modeltui.tui.widgets.type_in import TypeIn

if TYPE_CHECKING:
    from modeltui.services.changing.acts import Act
    from modeltui.services.workspace import Workspace

_OTHER: Final = "…"
_MENU: Final[Mapping[str, tuple[str, str]]] = {
    "enable": ("Enable", "active = true"),
    "disable": ("Disable", "active = false"),
    "set": ("Set a field …", "to one value"),
    "unset": ("Take a field out …", ""),
    "tag": ("Tag …", "add with +, remove with -"),
    "scale": ("Multiply prices …", "by a factor"),
    "status": ("Set the status …", "active, beta, deprecated …"),
    "retire": ("Set the last day …", "retires_on"),
    "end": ("Deprecate, restore, remove …", "what x asks"),
    "lock": ("Lock …", "with a reason"),
    "unlock": ("Unlock …", "with a reason"),
}


class BulkActs:
    def __init__(self, screen: Screen[Any], workspace: Workspace, life: LifeActs) -> None:
        self._screen = screen
        self._workspace = workspace
        self._bulk = workspace.bulk
        self._life = life
        self._keys: Sequence[str] = ()
        self._asks: Mapping[str, Callable[[], None]] = {
            "enable": lambda: self._show("Enable", "enabled", lambda: acts.switch(True)),
            "disable": lambda: self._show("Disable", "disabled", lambda: acts.switch(False)),
            "set": lambda: self._ask_field("Set which field", self._ask_value),
            "unset": lambda: self._ask_field("Take out which field", self._unset),
            "tag": self._ask_tags,
            "scale": self._ask_price,
            "status": lambda: self._ask_value("status"),
            "retire": self._ask_last_day,
            "end": self._end,
            "lock": lambda: self._ask_reason("Lock", "to be locked", self._bulk.lock),
            "unlock": lambda: self._ask_reason("Unlock", "to be unlocked", self._bulk.unlock),
        }

    def ask(self, keys: Sequence[str], *, is_filter: bool, hidden: int = 0) -> None:
        """`is_filter`: nothing is marked, and all that the filter shows is meant, which is asked about first."""
        self._keys = tuple(keys)
        if not is_filter:
            self._menu(hidden)
            return
        lines: list[Line] = [line("No model is marked, so all that the filter shows are meant.")]

        def answered(is_sure: bool | None) -> None:
            if is_sure:
                self._menu(0)

        self._push(Confirm(f"Act on all {counted(len(keys))} of this filter?", lines, yes="Go on"), answered)

    def _menu(self, hidden: int) -> None:
        options = [Option(name, line(title), line(does, "muted")) for name, (title, does) in _MENU.items()]

        def answered(name: str | None) -> None:
            if name is not None:
                self._asks[name]()

        title = counted(len(self._keys)) + (f", {hidden:,} hidden by the filter" if hidden else "")
        self._push(Chooser(title, within(options), hint="enter goes on; nothing is changed yet"), answered)

    # What an act needs to know

    def _ask_field(self, title: str, then: Callable[[str], None]) -> None:
        def answered(field: str | None) -> None:
            if field == _OTHER:
                self._type_in("Another field", "its path, such as inputs.seed.default", then, parse_field)
            elif field is not None:
                then(field)

        other = Option(_OTHER, line("another field …"), line("by its path", "muted"))
        options = [*(Option(name, line(name), line(doc, "muted")) for name, doc in _fields()), other]
        self._push(Chooser(title, within(options), has_filter=True), answered)

    def _ask_value(self, field: str) -> None:
        def go(value: str) -> None:
            self._show(f"Set {field}", f"{field} set", lambda: acts.set_fields([(field, value)]))

        def chosen(value: str | None) -> None:
            if value is not None:
                go(value)

        shape = describe(parse_field(field))
        choices = () if shape is None else ("true", "false") if shape.type == "boolean" else shape.choices
        if choices:
            self._push(Chooser(safe(field), within([Option(value, line(value)) for value in choices])), chosen)
        else:
            expected = shape.expected if shape is not None else "a value, as in the file"
            self._type_in(f"Set {field}", expected, go, _needed)

    def _unset(self, field: str) -> None:
        self._show(f"Take out {field}", f"{field} taken out", lambda: acts.set_fields([], [field]))

    def _ask_tags(self) -> None:
        def go(text: str) -> None:
            self._show(f"Tag {text}", "tagged", lambda: _tag_act(text))

        self._type_in("Tag", "such as +fast -slow", go, _tag_act)

    def _ask_price(self) -> None:
        def go(text: str) -> None:
            self._show(f"Prices × {text}", "priced anew", lambda: _scale_act(text))

        label = "factor, then what it is about and a rounding if you want: 1.1 cost.base 2"
        self._type_in("Multiply prices", label, go, _scale_act)

    def _ask_last_day(self) -> None:
        def go(text: str) -> None:
            day = parse_day(text) if text else None
            self._show("Set the last day", "last day set", lambda: acts.retire(day))

        self._type_in("Set the last day", "as in 2026-12-31; empty takes it out", go, check_day)

    def _ask_reason(self, verb: str, done: str, act: Callable[[str], Act]) -> None:
        self._type_in(verb, "why", lambda why: self._show(verb, done, partial(act, why)), _reason)

    def _end(self) -> None:
        self._life.end(self._keys, self._workspace.catalog.snapshot())

    # Asking and showing

    def _type_in(self, title: str, label: str, then: Callable[[str], None], check: Callable[[str], object]) -> None:
        def answered(text: str | None) -> None:
            if text is not None:
                then(text)

        self._push(TypeIn(safe(f"{title}: {counted(len(self._keys))}"), label=safe(label), check=check), answered)

    def _show(self, title: str, done: str, make: Callable[[], Act]) -> None:
        keys, bulk = self._keys, self._bulk
        self._push(
            PreviewDialog(
                safe(title),
                lambda progress: bulk.preview(keys, make(), progress),
                lambda progress: bulk.do(keys, make(), progress),
                done=safe(done),
            )
        )

    def _push(self, dialog: Screen[Any], answered: Callable[[Any], None] | None = None) -> None:
        self._screen.app.push_screen(dialog, answered)


def _fields() -> list[tuple[str, str]]:
    """Fields that hold one value, with what they mean."""
    found = [(path, describe(path)) for path in known_fields() if "*" not in path]
    return [
        (format_field(path), shape.doc or shape.expected)
        for path, shape in found
        if shape is not None
        and path[0] not in ("schema", "uid", "content_type", "lock", "inputs", "rules")
        and shape.type not in ("table", "any")
    ]


def _tag_act(text: str) -> Act:
    words = text.split()
    if wrong := [word for word in words if word[0] not in "+-"]:
        raise UsageError(f"{wrong[0]!r} has no sign", hint="+a adds the tag a, -b removes the tag b")
    return acts.tag([word[1:] for word in words if word[0] == "+"], [word[1:] for word in words if word[0] == "-"])


def _scale_act(text: str) -> Act:
    """`1.1`, `1.1 cost.base` or `1.1 cost.base 2`. Raises UsageError."""
    factor, *rest = text.split() or [""]
    if len(rest) > 2:
        raise UsageError("too many words", hint="write a factor, a field, a rounding")
    parse_factor(factor)
    field, rounding = (rest[0] if rest else "cost"), (rest[1] if len(rest) > 1 else None)
    parse_price_field(parse_field(field))
    if rounding is not None:
        parse_rounding(rounding)
    return acts.scale(field, factor, rounding)


def _needed(text: str) -> None:
    if not text:
        raise UsageError("type a value")


def _reason(text: str) -> None:
    if not text:
        raise UsageError("say why")
