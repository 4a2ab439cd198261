"""What a merge would make wrong in a model that was right on our side: fields that fit each other nowhere but there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Final

from modeltui.domain.file_paths import MODELS
from modeltui.errors import BrokenFileError
from modeltui.history.trees import NewFile
from modeltui.storage.toml.codec import fast_parse

if TYPE_CHECKING:
    from modeltui.services.sharing.pull_plan import FileSwitch
    from modeltui.services.sharing.tree_merge import MergedFile

_MOST: Final = 5


def merge_faults(files: Iterable[MergedFile], switches: Iterable[FileSwitch]) -> tuple[str, ...]:
    """Of models whose text neither side has as it would be."""
    merged = {file.key for file in files if isinstance(file.entry, NewFile)}
    found = (each for switch in switches if switch.key in merged for each in _faults(switch))
    return tuple(islice(found, _MOST))


def _faults(switch: FileSwitch) -> Iterator[str]:
    if switch.before is None or switch.after is None or not switch.path.startswith(f"{MODELS}/"):
        return
    from modeltui.domain.rules.files import check_model  # noqa: PLC0415  # loads pydantic

    try:
        before, after = fast_parse(switch.before), fast_parse(switch.after)
    except BrokenFileError:
        return
    known = {(finding.code, finding.field) for finding in check_model(switch.path, before)}
    for finding in check_model(switch.path, after):
        if finding.severity == "error" and (finding.code, finding.field) not in known:
            yield f"{switch.key} would be wrong, merged or as it comes in: {finding.message}"
