"""Puts the program together: Settings in, Workspace out.

What nearly every command needs is loaded with this package; each other service when it is first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modeltui.bootstrap.ground import Ground
from modeltui.bootstrap.looking import Looking
from modeltui.config import Settings
from modeltui.storage.applying.unfinished import may_be_unfinished

if TYPE_CHECKING:
    from modeltui.services.workspace import Workspace


def open_workspace(settings: Settings, *, recovers: bool = True) -> Workspace:
    """Everything that a front end needs, on the catalogue that `settings` names.

    An apply that was interrupted is finished or undone first, unless its user is about to decide on that.
    """
    if settings.mapping:
        from modeltui.bootstrap.foreign import ForeignGround, ForeignWorkspace

        return ForeignWorkspace(ForeignGround(settings), settings)
    workspace = Looking(Ground(settings), settings)
    if recovers and may_be_unfinished(settings.root):
        workspace.applying.recover_at_start()
    return workspace
