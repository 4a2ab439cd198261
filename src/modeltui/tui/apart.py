"""How far the branch is from the one that it follows: counted when branches moved, on no clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.worker import get_current_worker

from modeltui.tui import messages as ask
from modeltui.tui.at_work import AtWork
from modeltui.tui.widgets.header_line import HeaderLine

if TYPE_CHECKING:
    from modeltui.domain.snapshot import Snapshot
    from modeltui.services.sharing.apart import ApartService
    from modeltui.tui.present.line import Line


class Apart(AtWork):
    apart_said: Line = ()
    """The line at the top has it."""
    _apart: ApartService | None = None
    _apart_stamp: object = None

    def look_how_far_apart(self) -> None:
        """Once the first table is there. Asks no other machine."""
        assert self._working is not None
        self._apart = self._working.apart
        self._look_if_moved(self._apart)

    def watch_snapshot(self, snapshot: Snapshot | None) -> None:
        super().watch_snapshot(snapshot)
        if snapshot is not None:
            self._look_again()

    @on(ask.Performed)
    @on(ask.BranchesSeen)
    def _look_again(self) -> None:
        if self._apart is not None:
            self._look_if_moved(self._apart)

    def _look_if_moved(self, service: ApartService) -> None:
        stamp = service.stamp()
        if stamp == self._apart_stamp:
            return
        self._apart_stamp = stamp
        if stamp is None:
            self._show_apart(())
        else:
            self.run_worker(lambda: self._count_apart(service), thread=True, exclusive=True, group="apart")

    def _count_apart(self, service: ApartService) -> None:
        """Off the event loop."""
        from modeltui.tui.present.header import apart_line

        known = service.known()
        said = apart_line(known.ahead, known.behind) if known else ()
        if self.is_running and not get_current_worker().is_cancelled:  # else branches moved meanwhile
            self.call_from_thread(self._show_apart, said)

    def _show_apart(self, said: Line) -> None:
        if said == self.apart_said:
            return
        self.apart_said = said
        for screen in self.screen_stack:
            for line in screen.query(HeaderLine):
                line.refresh()
