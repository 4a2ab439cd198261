"""What the user of the console may do: asked before a dialog opens, so that nobody types what is refused afterwards.

The services refuse all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Protocol, runtime_checkable

from textual.message_pump import MessagePump

from modeltui.services.permissions import Deed, Standing

NEEDS: Final[Mapping[str, Deed]] = {
    **dict.fromkeys(("switch", "lock", "life", "act", "remedy", "make", "roll_back", "undo", "redo"), Deed.QUEUE),
    **dict.fromkeys(("edit", "edit_cell", "edit_field", "edit_form", "edit_text"), Deed.QUEUE),
    **dict.fromkeys(("queue", "drop", "drop_all", "rebase", "rebase_all", "mine", "follow"), Deed.QUEUE),
    **dict.fromkeys(("new", "duplicate", "bulk", "restore", "rollout"), Deed.QUEUE),
    "relock": Deed.UNLOCK,
    **dict.fromkeys(("send", "run_many", "compare_many", "retry", "pause", "stop", "stop_now"), Deed.RUN),
    **dict.fromkeys(("resume", "again", "send_again", "forget"), Deed.RUN),
    "remove_file": Deed.REMOVE,
    "apply": Deed.APPLY,
    "apply_plan": Deed.APPLY,
    "take_in": Deed.APPLY,
    "give_out": Deed.APPLY,
    **dict.fromkeys(("forward", "back", "accept"), Deed.RECOVER),
}
"""By the name of an action; where it takes a text, by the text."""

_OF_OURS: Final[Mapping[str, Deed]] = {"run": Deed.RUN, "pick": Deed.RUN}
"""What anybody may look at in a catalogue of ours, and says nothing of use in a tree of others."""


@runtime_checkable
class HasStanding(Protocol):
    """The app, once the catalogue is open."""

    standing: Standing | None

    def tried(self, action: str, why: str) -> None:
        """Somebody wanted what they may not."""


def standing_of(node: MessagePump) -> Standing | None:
    standing: Standing | None = getattr(node.app, "standing", None)  # of a HasStanding; asked for every key
    return standing


def note_tried(node: MessagePump, action: str) -> None:
    """Leave a trace of what was refused here, before a service was asked."""
    if (why := not_permitted(node, action)) is not None and isinstance(node.app, HasStanding):
        node.app.tried(action, why)


def not_permitted(node: MessagePump, action: str) -> str | None:
    """Why this user may not do it; None where they may."""
    deed, standing = NEEDS.get(action), standing_of(node)
    if standing is not None and standing.read_as:
        deed = _OF_OURS.get(action, deed)
    if deed is None or standing is None:
        return None
    refusal = standing.refusal(deed)
    return None if refusal is None else f"{refusal.message}; {refusal.hint}" if refusal.hint else refusal.message
