"""The ramp: to how many callers models are offered, in the usual steps, and off at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from textual.screen import Screen

from modeltui.domain.ramp import Ramp, parse_percent, ramp
from modeltui.domain.rollout import STEPS, percent_text
from modeltui.domain.text import safe
from modeltui.errors import UsageError
from modeltui.tui.present.line import line
from modeltui.tui.present.preview import counted
from modeltui.tui.present.rollout import state_lines
from modeltui.tui.standing import not_permitted, note_tried
from modeltui.tui.widgets.chooser import Chooser, Option, within
from modeltui.tui.widgets.off_dialog import OffDialog
from modeltui.tui.widgets.preview_dialog import PreviewDialog
from modeltui.tui.widgets.type_in import TypeIn

if TYPE_CHECKING:
    from modeltui.domain.snapshot import Snapshot
    from modeltui.services.changing.rollout import RolloutState
    from modeltui.services.workspace import Workspace

_OFF: Final = "off"
_MEANS: Final[Mapping[int, str]] = {0: "nobody but the allow list", 100: "everybody but the deny list"}
_TYPED: Final[Mapping[str, tuple[str, str, str]]] = {
    "percent": ("Another percentage …", "such as 0.5", "percent of the callers, from 0 to 100"),
    "allow": ("Let callers in …", "by their ids", "ids, with commas between them"),
    "deny": ("Keep callers out …", "by their ids", "ids, with commas between them"),
    "drop": ("Take callers off the lists …", "by their ids", "ids, with commas between them"),
    "salt": ("Draw other callers …", "another salt", "any text; empty is the uid again"),
}
"""What has to be typed: what it is called, what stands beside it, what to type."""
_READS: Final[Mapping[str, Callable[[str], Ramp]]] = {
    "percent": lambda text: Ramp(parse_percent(text)),
    "allow": lambda text: ramp(allow=_ids(text)),
    "deny": lambda text: ramp(deny=_ids(text)),
    "drop": lambda text: ramp(drop=_ids(text)),
    "salt": lambda text: ramp(salt=text),
}


class RolloutActs:
    """Asks where it must, then has the app perform."""

    def __init__(self, screen: Screen[Any], workspace: Workspace) -> None:
        self._screen = screen
        self._workspace = workspace

    def ask(self, keys: Sequence[str], snapshot: Snapshot) -> None:
        """The steps, with how things stand now."""
        chosen = [key for key in keys if key in snapshot.shown.models]
        states = self._workspace.rollout.states(chosen)
        said = safe(states[0].model.label) if len(states) == 1 else counted(len(states))

        def answered(name: str | None) -> None:
            if name is None:
                return
            if name in _TYPED:
                self._type_in(name, chosen, said)
            elif name == _OFF:
                self._switch_off(chosen, said)
            else:
                self._show(Ramp(int(name)), chosen, said)

        menu = Chooser(
            f"Rollout: {said}",
            within(_options(states)),
            at=_at(states),
            hint="enter shows what would change",
            lines=state_lines(states),
        )
        self._screen.app.push_screen(menu, answered)

    def _type_in(self, name: str, keys: Sequence[str], said: str) -> None:
        def answered(text: str | None) -> None:
            if text is not None:
                self._show(_READS[name](text), keys, said)

        title = f"{_TYPED[name][0].removesuffix(' …')}: {said}"
        self._screen.app.push_screen(TypeIn(title, label=_TYPED[name][2], check=_READS[name]), answered)

    def _show(self, wanted: Ramp, keys: Sequence[str], said: str) -> None:
        bulk, rollout = self._workspace.bulk, self._workspace.rollout
        self._screen.app.push_screen(
            PreviewDialog(
                f"Rollout: {said}",
                lambda progress: bulk.preview(keys, rollout.act(wanted), progress),
                lambda progress: bulk.do(keys, rollout.act(wanted), progress),
                done=safe(wanted.said),
            )
        )

    def _switch_off(self, keys: Sequence[str], said: str) -> None:
        if (why := not_permitted(self._screen, "apply")) is not None:
            note_tried(self._screen, "apply")
            self._screen.notify(safe(why), severity="warning", markup=False)
        else:
            self._screen.app.push_screen(OffDialog(f"Off for all callers: {said}", self._workspace.rollout, keys))


def _options(states: Sequence[RolloutState]) -> list[Option]:
    beside: dict[str | None, str] = {str(step): means for step, means in _MEANS.items()}
    beside |= {_pending_at(states): "pending", _at(states): "now"}
    steps = [Option(str(step), line(percent_text(step)), line(beside.get(str(step), ""), "muted")) for step in STEPS]
    typed = [Option(name, line(title), line(does, "muted")) for name, (title, does, _) in _TYPED.items()]
    return [*steps, *typed, Option(_OFF, line("Off now …", "bad"), line("0 %, applied at once", "muted"))]


def _at(states: Sequence[RolloutState]) -> str | None:
    """The usual step that all are at."""
    return _step_of({STEPS[-1] if state.written is None else state.written.percent for state in states})


def _pending_at(states: Sequence[RolloutState]) -> str | None:
    """The usual step that all are to be at after the apply."""
    return _step_of({None if state.pending is None else state.pending.percent for state in states})


def _step_of(percents: Collection[float | None]) -> str | None:
    return next((str(step) for step in STEPS if percents == {step}), None)


def _ids(text: str) -> list[str]:
    """Raises UsageError where there is none."""
    if not (ids := [each.strip() for each in text.split(",") if each.strip()]):
        raise UsageError("type at least one id", hint="the one that your application uses for a caller")
    return ids
