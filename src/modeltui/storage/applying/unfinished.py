"""Whether an apply may be under way or was interrupted: a look at names, for which no more than that is loaded."""

from __future__ import annotations

import os

from modeltui.storage.state_names import ABORT, JOURNAL, STATE


def has_journal(root: str) -> bool:
    """Whether a catalogue has the journal of an apply, as far as this user may see.

    The order matters: an apply that turns back renames the first name to the second.
    """
    return any(os.path.lexists(os.path.join(root, name)) for name in (JOURNAL, ABORT))


def may_be_unfinished(root: str) -> bool:
    """False where nothing in the state directory of a catalogue can be of an apply that did not end.

    True where that cannot be told: the applier looks closer.
    """
    state = os.path.join(root, STATE)
    try:
        names = os.listdir(state)
    except FileNotFoundError:
        return os.path.lexists(state)
    except OSError:
        return True
    return os.path.islink(state) or any(name.startswith(("journal", "txn-")) for name in names)
