"""The texts that changes are made on, kept with them: what there was can be shown although the file changed since."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from modeltui.domain.change import Action, Change
from modeltui.domain.digest import digest
from modeltui.domain.pending.queue import Step
from modeltui.errors import BrokenFileError, ConfigError
from modeltui.storage.guard import Folder

_MOST_OF_EDITS: Final = 100
"""Changes of a step up to which edits of fields keep it."""


def with_base_texts(step: Step, root: str) -> Step:
    """`step` with the text that each change it adds was made on, as far as the file of `root` still holds it.

    A rewrite or a removal always keeps it: nothing else says what there was. An edit of fields says that itself, by its
    old values and the uid, so a step of more than 100 edits keeps no text of them.
    """
    wanted = [change for change in step.added if _is_wanted(change, step)]
    if not wanted:
        return step
    try:
        with Folder(root) as folder:
            texts = dict(_texts(folder, wanted))
    except ConfigError:
        return step
    return replace(
        step, added=tuple(replace(each, base_text=texts.get(each.id, each.base_text)) for each in step.added)
    )


def _is_wanted(change: Change, step: Step) -> bool:
    if change.base is None:
        return False
    is_by_field = change.text is None and change.action is Action.UPDATE
    return not is_by_field or len(step.added) <= _MOST_OF_EDITS


def _texts(folder: Folder, changes: list[Change]) -> Iterator[tuple[str, str]]:
    """By the ids of changes. A file that holds other bytes by now has none."""
    for change in changes:
        try:
            content = folder.read(change.path)
            if digest(content) == change.base:
                yield change.id, content.decode()
        except (BrokenFileError, UnicodeDecodeError):
            continue
