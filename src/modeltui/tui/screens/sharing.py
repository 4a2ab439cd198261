"""What others committed, and what was committed here: looked at first, then taken in or given out."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import ClassVar, Final, Generic, TypeVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widgets import Static

from modeltui.domain.merging.incoming import name_of
from modeltui.domain.merging.merge import Clash, Whose
from modeltui.errors import ConflictError, ModeltuiError
from modeltui.services.sharing.pulling import Choice, PullOutcome, PullPlan
from modeltui.services.sharing.pushing import PushPlan
from modeltui.services.workspace import Workspace
from modeltui.tui.commands import explained
from modeltui.tui.messages import BranchesSeen, Perform, Performed, Told
from modeltui.tui.present.importing import ImportEntry, entry_line
from modeltui.tui.present.line import BLANK, Line, content, line
from modeltui.tui.present.sharing import (
    incoming_counts,
    incoming_entries,
    outgoing_counts,
    outgoing_entries,
)
from modeltui.tui.screens.page import Page
from modeltui.tui.widgets.header_line import HeaderLine
from modeltui.tui.widgets.hint_line import HintLine
from modeltui.tui.widgets.row_list import RowList

_SIDES: Final[tuple[Whose, ...]] = ("ours", "theirs")

FoundT = TypeVar("FoundT", PullPlan, PushPlan)

_LOOKING: Final[list[Line]] = [(("Looking at the other repository …", "muted"),)]


class SharingRows(RowList[ImportEntry]):
    """What enter does is each page's own."""


class PullRows(SharingRows):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Pull", id="pull.take", tooltip="all of it, or nothing"),
    ]


class PushRows(SharingRows):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Push", id="push.give", tooltip="what is committed here; never by force"),
    ]


class SharingPage(Page, Generic[FoundT]):
    CSS_PATH = "sharing.tcss"
    AUTO_FOCUS = "#rows"
    EMPTY: ClassVar[list[Line]] = []
    HINTS: ClassVar[Sequence[str]] = ()
    ROWS: ClassVar[type[SharingRows]] = SharingRows

    class Looked(Message):
        """What there is to share, or why that cannot be known."""

        def __init__(self, found: PullPlan | PushPlan | ModeltuiError) -> None:
            super().__init__()
            self.found = found

    def __init__(self, workspace: Workspace, name: str) -> None:
        super().__init__(name=name)
        self.workspace = workspace
        self.found: FoundT | None = None

    def preview(self) -> FoundT:
        """Off the event loop. Raises ModeltuiError."""
        raise NotImplementedError

    def entries(self, found: FoundT) -> list[ImportEntry]:
        raise NotImplementedError

    def counts(self, found: FoundT) -> list[Line]:
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        yield HeaderLine().data_bind(SharingPage.snapshot)
        yield Static(id="counts", markup=False)
        yield self.ROWS(attrgetter("id"), entry_line, empty=_LOOKING, id="rows")
        with VerticalScroll(id="details", can_focus=False):
            yield Static(id="entry", markup=False)
        yield HintLine(self.HINTS).data_bind(SharingPage.snapshot)

    @property
    def rows(self) -> SharingRows:
        return self.query_one(SharingRows)

    def on_mount(self) -> None:
        self._look()

    @work(thread=True, exclusive=True, group="sharing")
    def _look(self) -> None:
        found: PullPlan | PushPlan | ModeltuiError
        try:
            found = self.preview()
        except ModeltuiError as error:
            found = error
        self.post_message(self.Looked(found))

    @on(Looked)
    def _show(self, event: Looked) -> None:
        if isinstance(event.found, ModeltuiError):
            self.rows.empty = _refusal(event.found)
            self.rows.show([])
        else:
            self.found = event.found  # type: ignore[assignment]  # what `preview` gave
            self.rows.empty = self.EMPTY
            self.show_found()
            self.post_message(BranchesSeen())
        self.refresh_bindings()

    def show_found(self) -> None:
        if self.found is not None:
            self.rows.show(self.entries(self.found))
            self.query_one("#counts", Static).update(content(self.counts(self.found)))
            self._show_details()
            self.refresh_bindings()

    @on(RowList.Highlighted)
    def _show_details(self) -> None:
        entry = self.rows.cursor_row
        self.query_one("#entry", Static).update(content(entry.details if entry else [BLANK]))

    @on(Performed)
    def _done(self) -> None:
        self.dismiss()


class PullScreen(SharingPage[PullPlan]):
    BINDING_GROUP_TITLE = "Pull"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "decide('theirs')", "Theirs", id="pull.theirs", tooltip="in a conflict, their value"),
        Binding("o", "decide('ours')", "Ours", id="pull.ours", tooltip="in a conflict, our value"),
        Binding("ctrl+t", "all_theirs", "All theirs", id="pull.all_theirs", tooltip="in every conflict", show=False),
        Binding("ctrl+o", "all_ours", "All ours", id="pull.all_ours", tooltip="in every conflict", show=False),
    ]
    ROWS = PullRows
    EMPTY: ClassVar[list[Line]] = [(("Nothing comes in.", "plain"),)]
    HINTS = ("pull.take", "pull.theirs", "pull.ours")

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace, "pull")
        self._taken: dict[str, Whose] = {}

    def preview(self) -> PullPlan:
        return self.workspace.pulling.preview()

    def entries(self, found: PullPlan) -> list[ImportEntry]:
        return incoming_entries(found, self._taken)

    def counts(self, found: PullPlan) -> list[Line]:
        return incoming_counts(found, self._taken)

    def why_not(self, action: str) -> str | None:
        if self.found is None:
            return "it is not known yet what comes in"
        if action in {"theirs", "ours"}:
            return None if self._clash() else "this is not in conflict"
        if action in {"all_theirs", "all_ours"}:
            return None if self.found.clashes else "nothing is in conflict"
        if not self.found.apart.behind:
            return "nothing comes in"
        left = [name for key, clash in self.found.clashes if (name := name_of(key, clash.path)) not in self._taken]
        return f"{left[0]} is in conflict: t takes theirs, o keeps ours" if left else None

    def _clash(self) -> tuple[str, Clash] | None:
        """The conflict under the cursor, with the key of its file."""
        for key, clash in self.found.clashes if self.found else ():
            if name_of(key, clash.path) == self.rows.cursor_key:
                return key, clash
        return None

    @explained
    def action_decide(self, whose: Whose) -> None:
        if (found := self._clash()) is not None:
            key, clash = found
            names = {name_of(key, field) for field in (clash.path, *clash.together)}
            self._taken |= dict.fromkeys(names, whose)
            self.show_found()

    @explained
    def action_all_theirs(self) -> None:
        self._decide_all("theirs")

    @explained
    def action_all_ours(self) -> None:
        self._decide_all("ours")

    def _decide_all(self, whose: Whose) -> None:
        if self.found is not None:
            self._taken = {name_of(key, clash.path): whose for key, clash in self.found.clashes}
            self.show_found()

    @on(RowList.Chosen)
    @explained
    def action_take_in(self) -> None:
        if (found := self.found) is not None:
            sides = {side: frozenset(name for name, whose in self._taken.items() if whose == side) for side in _SIDES}
            choice = Choice(None, sides["ours"], sides["theirs"])
            self.post_message(Perform(self, lambda: self._pulled(found, choice)))

    def _pulled(self, seen: PullPlan, choice: Choice) -> Told:
        """Off the event loop."""
        service = self.workspace.pulling
        service.require()
        service.catch_up()
        plan = service.preview(choice=choice)
        if (plan.head, plan.other) != (seen.head, seen.other):
            raise ConflictError("something was committed meanwhile", hint="nothing was changed; look again")
        return Told(self.workspace.catalog.reload(), _told(plan, service.pull(plan)))


class PushScreen(SharingPage[PushPlan]):
    BINDING_GROUP_TITLE = "Push"
    ROWS = PushRows
    EMPTY: ClassVar[list[Line]] = [(("No change of a model goes out.", "plain"),)]
    HINTS = ("push.give",)

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace, "push")

    def preview(self) -> PushPlan:
        return self.workspace.pushing.preview()

    def entries(self, found: PushPlan) -> list[ImportEntry]:
        return outgoing_entries(found)

    def counts(self, found: PushPlan) -> list[Line]:
        return outgoing_counts(found)

    def why_not(self, action: str) -> str | None:  # noqa: ARG002  # there is one
        if self.found is None:
            return "it is not known yet what goes out"
        if self.found.apart.behind:
            return "there is something to pull first"
        return None if self.found.apart.ahead else "nothing goes out"

    @on(RowList.Chosen)
    @explained
    def action_give_out(self) -> None:
        if (found := self.found) is not None:
            self.post_message(Perform(self, lambda: self._pushed(found)))

    def _pushed(self, plan: PushPlan) -> Told:
        self.workspace.pushing.push(plan)
        return Told(self.workspace.catalog.snapshot(), f"pushed to {plan.upstream.name}")


def _refusal(error: ModeltuiError) -> list[Line]:
    return [line(error.message, "bad"), *([BLANK, line(error.hint, "muted")] if error.hint else [])]


def _told(plan: PullPlan, outcome: PullOutcome) -> str:
    files = len(outcome.keys) + len(outcome.others)
    said = f"pulled from {plan.upstream.name}: {files} file{'' if files == 1 else 's'}"
    stale = len(outcome.rebased.refused) if outcome.rebased else 0
    told = [said, *([f"{stale} pending are stale now"] if stale else []), *outcome.warnings]
    return "; ".join(told)
