"""The console as its user wants it, and within what its user may: keys, colours, read-only."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from modeltui.domain.policy import policy_of
from modeltui.domain.text import safe
from modeltui.services.permissions import foreign_refusal
from modeltui.tui.keymap import problems_of
from modeltui.tui.present.notice import Notice
from modeltui.tui.shell import Shell
from modeltui.tui.themes import AUTO, theme_options
from modeltui.tui.widgets.header_line import HeaderLine

if TYPE_CHECKING:
    from modeltui.domain.snapshot import Snapshot
    from modeltui.services.permissions import Standing
    from modeltui.services.workspace import Workspace

_MOST_TOLD = 4
"""Lines of one notice: it is to be read, and not to hide the table."""


class Governed(Shell):
    standing: Standing | None = None
    """What the user may do, by the catalogue as it is shown."""
    _governing: Workspace | None = None

    def govern(self, workspace: Workspace, snapshot: Snapshot) -> None:
        """Once the catalogue is open, and a first screen."""
        self._governing = workspace
        self._stand(snapshot)
        told, keymap = problems_of(self._settings.keys)
        self.set_keymap(keymap)
        wanted = self._settings.theme
        if wanted and wanted != AUTO and wanted not in self.available_themes:
            told.append(f"there is no theme {wanted!r}; T lists those that there are")
        if problems := [*self._settings.problems, *told]:
            more = [f"and {len(problems) - _MOST_TOLD} more"] if len(problems) > _MOST_TOLD else []
            text = "\n".join(map(safe, [*problems[:_MOST_TOLD], *more]))
            self.tell(Notice(text, title="config.toml", severity="warning"))

    def watch_snapshot(self, snapshot: Snapshot | None) -> None:
        if snapshot is not None:
            self._stand(snapshot)

    def _stand(self, snapshot: Snapshot) -> None:
        if self._governing is None:
            return
        standing = self._governing.permissions.standing(policy_of(snapshot.catalog))
        if standing != self.standing:
            self.standing = standing
            for screen in self.screen_stack:
                for header in screen.query(HeaderLine):
                    header.refresh()
            self.refresh_bindings()

    def tried(self, action: str, why: str) -> None:
        """Into the audit log, off the event loop."""
        if self._governing is not None and not self._governing.permissions.is_read_only:
            note = partial(self._governing.permissions.note_refused, f"{action} in the console", why)
            self.run_worker(note, thread=True, group="tried")

    def switch_read_only(self, snapshot: Snapshot | None) -> None:
        """Change nothing from now on, or as before."""
        if self._governing is None or snapshot is None:
            return
        permissions = self._governing.permissions
        if permissions.read_as:
            self.tell(Notice(safe(foreign_refusal(permissions.read_as).message), severity="warning"))
            return
        permissions.is_read_only = not permissions.is_read_only
        self._stand(snapshot)
        self.tell(Notice("read-only: nothing is changed" if permissions.is_read_only else "changes are possible again"))

    def action_theme(self) -> None:
        """Choose colours, and keep them for the next start."""

        from modeltui.tui.widgets.chooser import Chooser, within

        def answered(name: str | None) -> None:
            if name is None:
                return
            self.wear(name)
            if self._governing is not None and not self._governing.looks.keep_theme(name):
                self.tell(Notice("this theme could not be kept for the next start", severity="warning"))

        self.push_screen(
            Chooser("Theme", within(theme_options(self.available_themes)), at=self.theme, has_filter=True), answered
        )
