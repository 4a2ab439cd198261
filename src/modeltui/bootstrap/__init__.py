"""Puts the program together: Settings in, Workspace out.

What nearly every command needs is loaded with this package; each other service when it is first asked for.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from modeltui.bootstrap.ground import ground
from modeltui.bootstrap.looking import Looking
from modeltui.config import Settings
from modeltui.storage.state_dir import STATE

if TYPE_CHECKING:
    from modeltui.services.workspace import Workspace


def open_workspace(settings: Settings, *, recovers: bool = True) -> Workspace:
    """Everything that a front end needs, on the catalogue that `settings` names.

    An apply that was interrupted is finished or undone first, unless its user is about to decide on that.
    """
    workspace = Looking(ground(settings), settings)
    if recovers and os.path.lexists(os.path.join(settings.root, STATE)):
        workspace.applying.recover_at_start()
    return workspace
