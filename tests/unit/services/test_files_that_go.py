"""A file that goes, or breaks, after the catalogue was read: nothing is queued on what it does not say any more."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from modeltui.errors import ConflictError
from modeltui.services.workspace import Workspace

A = "chat/a"


@pytest.mark.parametrize("spoil", [Path.unlink, lambda path: path.write_bytes(b"a = \n")])
def test_an_edit_of_it_is_refused(workspace: Workspace, root: Path, spoil: Callable[[Path], object]) -> None:
    workspace.catalog.snapshot()
    spoil(root / "models" / f"{A}.toml")
    outcome = workspace.changes.set_text([A], [("tags", '["new"]')])
    assert [refusal.key for refusal in outcome.refused] == [A]
    assert outcome.snapshot.queue.changes == ()


def test_an_edit_of_a_file_that_changed_is_stale_at_the_apply(workspace: Workspace, root: Path) -> None:
    workspace.catalog.snapshot()
    path = root / "models" / f"{A}.toml"
    content = path.read_bytes() + b"# by hand\n"
    path.write_bytes(content)
    assert workspace.changes.set_text([A], [("order", "7")]).changed == (A,)
    with pytest.raises(ConflictError):
        workspace.applying.apply("why")
    assert path.read_bytes() == content
