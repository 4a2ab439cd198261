"""What is done to the life of models: made, copied, the default, deprecated, restored, removed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from textual.screen import Screen

from modeltui.domain.text import safe
from modeltui.errors import UsageError
from modeltui.tui.messages import OpenNew, Perform, Told
from modeltui.tui.present.line import line
from modeltui.tui.widgets.chooser import Chooser, Option, within
from modeltui.tui.widgets.preview_dialog import PreviewDialog
from modeltui.tui.widgets.type_in import TypeIn

if TYPE_CHECKING:
    from modeltui.domain.model import Model
    from modeltui.domain.snapshot import Snapshot
    from modeltui.services.changing.acts import Act
    from modeltui.services.workspace import Workspace

ENDINGS: Final = ("deprecate", "replace", "restore", "remove", "delete", "everywhere")
_NO_MODEL: Final = "-"


@dataclass(frozen=True, slots=True)
class _Ending:
    title: str
    does: str
    done: str


_TEXTS: Final = {
    "deprecate": _Ending("Deprecate", "advised against since today, still active", "to be deprecated"),
    "replace": _Ending("Deprecate, with date and successor …", "asks for both", "to be deprecated"),
    "restore": _Ending("Restore", "active, not deprecated any longer", "to be restored"),
    "remove": _Ending("Remove", "inactive and deprecated; the file stays", "to be removed"),
    "delete": _Ending("Delete the file", "where nothing needs it", "to be deleted"),
    "everywhere": _Ending(
        "Replace everywhere …", "deprecated, and its successor in all that names it", "to be changed"
    ),
}


class LifeActs:
    """Asks where it must, then has the app perform."""

    def __init__(self, screen: Screen[Any], workspace: Workspace) -> None:
        self._screen = screen
        self._lifecycle = workspace.lifecycle
        self._bulk = workspace.bulk

    def act(self, verb: str, model: Model) -> None:
        """Duplicate one model, or make it the default."""
        if verb == "duplicate":
            self._screen.post_message(OpenNew(copy_of=model.key))
        else:
            self._screen.post_message(Perform(self._screen, partial(self._set_default, model)))

    def _set_default(self, model: Model) -> Told:
        outcome = self._lifecycle.set_default(model.key)
        so_far = "" if outcome.changed else " already"
        said = f"{model.label} is the default of {model.content_type}{so_far}"
        return Told(outcome.snapshot, "; ".join([said, *outcome.warnings]))

    def end(self, keys: Sequence[str], snapshot: Snapshot) -> None:
        """Choose between the ways in which a model ends, and the way back."""
        models = [snapshot.shown.models[key] for key in keys if key in snapshot.shown.models]
        options = [Option(name, line(_TEXTS[name].title), line(_TEXTS[name].does, "muted")) for name in ENDINGS]

        def answered(name: str | None) -> None:
            if name == "replace":
                self._ask_day(keys, snapshot)
            elif name == "everywhere":
                self._ask_successor(keys, snapshot, None, is_everywhere=True)
            elif name is not None:
                self._show(name, keys)

        title = f"{_said(models)}: {_counts(models)}"
        self._screen.app.push_screen(Chooser(title, within(options), hint="enter shows what would change"), answered)

    def _show(self, name: str, keys: Sequence[str]) -> None:
        lifecycle, text = self._lifecycle, _TEXTS[name]
        if name in ("remove", "delete"):
            is_hard = name == "delete"
            self._screen.app.push_screen(
                PreviewDialog(
                    text.title,
                    lambda progress: lifecycle.preview_removal(keys, hard=is_hard, progress=progress),
                    lambda progress: lifecycle.remove(keys, hard=is_hard, progress=progress),
                    done=text.done,
                    is_grave=is_hard,
                )
            )
        else:
            self._preview(name, keys, lifecycle.restoration if name == "restore" else lifecycle.deprecation)

    def _preview(self, name: str, keys: Sequence[str], make: Callable[[], Act]) -> None:
        bulk, text = self._bulk, _TEXTS[name]
        self._screen.app.push_screen(
            PreviewDialog(
                text.title.removesuffix(", with date and successor …").removesuffix(" …"),
                lambda progress: bulk.preview(keys, make(), progress),
                lambda progress: bulk.do(keys, make(), progress),
                done=text.done,
            )
        )

    def _ask_day(self, keys: Sequence[str], snapshot: Snapshot) -> None:
        def answered(text: str | None) -> None:
            if text is not None:
                self._ask_successor(keys, snapshot, parse_day(text) if text else None)

        question = TypeIn("Deprecate", label="since which day (empty: today)", check=check_day)
        self._screen.app.push_screen(question, answered)

    def _ask_successor(
        self, keys: Sequence[str], snapshot: Snapshot, day: date | None, *, is_everywhere: bool = False
    ) -> None:
        """Models of the same content types first."""
        types = {model.content_type for key in keys if (model := snapshot.shown.models.get(key))}
        models = [model for model in snapshot.shown.models.values() if model.key not in keys and not model.is_broken]
        ordered = sorted(models, key=lambda model: (model.content_type not in types, model.key))
        none = [] if is_everywhere else [Option(_NO_MODEL, line("no successor"))]
        options = [*none, *(Option(model.key, line(model.key), line(model.label, "muted")) for model in ordered)]

        def answered(key: str | None) -> None:
            if key is not None:
                successor = None if key == _NO_MODEL else key
                named = keys if is_everywhere else ()
                make = partial(self._lifecycle.deprecation, day, successor, everywhere=named)
                self._preview("everywhere" if is_everywhere else "replace", keys, make)

        self._screen.app.push_screen(Chooser("Which model takes the place", within(options), has_filter=True), answered)


def parse_day(text: str) -> date:
    """Raises UsageError."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text!r} is no day", hint="write it as in 2026-11-20") from None


def check_day(text: str) -> None:
    """Raises UsageError for what is neither empty nor a day."""
    if text:
        parse_day(text)


def _said(models: Sequence[Model]) -> str:
    return safe(models[0].label) if len(models) == 1 else f"{len(models):,} models"


def _counts(models: Sequence[Model]) -> str:
    """`3 active, 1 locked`, of several; the state of one."""
    parts = [
        (sum(model.active for model in models), "active"),
        (sum(model.status == "deprecated" for model in models), "deprecated"),
        (sum(model.is_locked for model in models), "locked"),
    ]
    said = [word if len(models) == 1 else f"{number:,} {word}" for number, word in parts if number]
    return ", ".join(said) or "inactive"
