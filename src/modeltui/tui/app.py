"""The console: it holds the snapshot, performs what screens ask for, and opens screens."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from rich.text import Text
from textual import on
from textual.screen import Screen

from modeltui.bootstrap import open_workspace
from modeltui.domain.text import safe
from modeltui.errors import InDoubtError
from modeltui.tui import everywhere
from modeltui.tui import messages as ask
from modeltui.tui.commands import commands_of, explained
from modeltui.tui.navigation import Navigator
from modeltui.tui.present.notice import Notice
from modeltui.tui.screens.page import Page
from modeltui.tui.starting import Starting, collect_from_now_on

if TYPE_CHECKING:
    from modeltui.config import Settings
    from modeltui.tui.applying import Applying

_FIRST_DEPTH = 2
"""The opening screen, and the catalogue on it."""
_AT_WORK = "at work on it; you can go on meanwhile"
_LONGEST_S = 600


class ConsoleApp(Starting):
    CSS_PATH = "app.tcss"
    BINDING_GROUP_TITLE = "Everywhere"
    BINDINGS = everywhere.BINDINGS
    SLOW_S = 1.0
    """Seconds of work after which the console says that it is at it."""

    @on(Starting.Opened)
    def _begin(self, event: Starting.Opened) -> None:
        self._workspace = event.workspace
        self._navigator = Navigator(event.workspace)
        self.snapshot = event.snapshot
        self._show(self._navigator.first(event.rows).data_bind(ConsoleApp.snapshot))
        self.govern(event.workspace, event.snapshot)
        if event.snapshot.is_in_doubt:
            self._open(ask.OpenRecovery())
        elif event.snapshot.notice:
            self.tell(Notice(safe(event.snapshot.notice), severity="warning"))
        self._type_ahead.open()
        self.screen.call_after_refresh(self._settle)

    # What screens ask for
    def _show(self, screen: Screen[Any], answered: Callable[[Any], Any] | None = None) -> None:
        if isinstance(screen, Page):
            screen.fit(self.size)
        self.push_screen(screen, answered)

    @on(ask.Open)
    def _open(self, wish: ask.Open) -> None:
        self.clear_notifications()
        self._show(self._navigator.screen_for(wish).data_bind(ConsoleApp.snapshot))

    @on(ask.ShowModels)
    def _show_models(self, wish: ask.ShowModels) -> None:
        while len(self.screen_stack) > _FIRST_DEPTH:
            self.pop_screen()
        from modeltui.tui.screens.catalog import CatalogScreen

        assert isinstance(self.screen, CatalogScreen)
        self.screen.find(wish.query, wish.key)

    @on(ask.Perform)
    def _perform(self, wish: ask.Perform) -> None:
        self.run_worker(self._answer(wish), group="perform")

    async def _answer(self, wish: ask.Perform) -> None:
        waiting = ask.Waiting(_AT_WORK, _LONGEST_S)
        slow = self.set_timer(self.SLOW_S, partial(self._waiting, waiting))
        answer = await self._errands.perform(wish)
        slow.stop()
        if waiting.is_told:
            self.clear_notifications()
        self.snapshot = self._workspace.catalog.snapshot()
        (wish.asker if wish.asker.is_running else self).post_message(answer)

    @on(ask.ApplyPlan)
    def _apply_plan(self, wish: ask.ApplyPlan) -> None:
        self._applying().ask(self.snapshot, wish)

    @on(ask.Waiting)
    def _waiting(self, event: ask.Waiting) -> None:
        self.clear_notifications()
        if event.said is not None:
            event.is_told = True
            self.tell(Notice(event.said, severity="warning", lasts_s=event.lasts_s))

    @on(ask.Performed)
    @on(ask.Failed)
    @on(ask.JobChanged)
    def _report(self, event: ask.Performed | ask.Failed | ask.JobChanged) -> None:
        """What its screen did not answer, or a screen that is closed."""
        is_doubtful = isinstance(event, ask.Failed) and isinstance(event.error, InDoubtError)
        if is_doubtful and self.why_not("recovery") is None:
            self._open(ask.OpenRecovery())
            return
        from modeltui.tui.notices import notices

        for notice in notices(event):
            self.tell(notice)

    def _applying(self) -> Applying:
        from modeltui.tui.applying import Applying

        return Applying(self, self._workspace.applying, self._settings.reasons)

    def why_not(self, action: str) -> str | None:
        return "you are there" if action == self.screen.name else everywhere.why_not(action, self.snapshot)

    def refuse(self, reason: str) -> None:
        self.tell(Notice(safe(reason), severity="warning"))

    @explained
    def action_go(self, place: str) -> None:
        while place in (screen.name for screen in self.screen_stack[:-1]):
            self.pop_screen()
        if self.screen.name != place:
            self._open(everywhere.PLACES[place]())

    @explained
    def action_do(self, verb: str) -> None:
        if verb == "apply":
            self._applying().ask(self.snapshot)
        elif verb == "read_only":
            self.switch_read_only(self.snapshot)
        else:
            self._perform(everywhere.errand(verb, self._workspace, self))

    @explained
    def action_menu(self, which: str) -> None:
        """Show what can be done here, and do what is chosen."""
        from modeltui.tui.widgets.menus import help_menu, palette

        commands = {command.id: command for command in commands_of(self.screen)}
        place = self.screen.BINDING_GROUP_TITLE or self.title

        async def answered(name: str | None) -> None:
            if name is not None:
                await self.run_action(commands[name].action, commands[name].node)

        menu = palette(list(commands.values())) if which == "palette" else help_menu(list(commands.values()), place)
        self._show(menu, answered)

    async def action_leave(self, may_quit: bool) -> None:
        """To the screen below; from the first one, out."""
        if len(self.screen_stack) > _FIRST_DEPTH:
            self.pop_screen()
        elif may_quit:
            await self.action_quit()

    async def leave_for_good(self) -> None:
        """What was asked for is done first; what is pending stays in the queue."""
        from modeltui.tui.present.pending import files

        await self._errands.settled()
        pending = len(self.snapshot.plan.files) if self.snapshot else 0
        self.exit(message=Text(f"{pending} {files(pending)} pending, kept in the queue") if pending else None)


def run_console(settings: Settings) -> int:
    """Run until the user quits; returns the exit code. Raises what ended it otherwise, with the terminal restored."""
    return ConsoleApp(settings, partial(open_workspace, settings), collect_from_now_on).run_on_terminal()
