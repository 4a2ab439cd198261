"""One act on many models: the preview, the step, stopping."""

from __future__ import annotations

from datetime import date

import pytest

from modeltui.domain.document import Document
from modeltui.domain.pending.plan import pending_document
from modeltui.errors import ModeltuiError, UsageError
from modeltui.services.changing import acts
from modeltui.services.workspace import Workspace

A, B, C, HELD = "chat/a", "chat/b", "chat/c", "chat/held"
ALL = (A, B, C, HELD)


def now(workspace: Workspace, key: str) -> Document:
    snapshot = workspace.catalog.snapshot()
    return pending_document(snapshot.plan, snapshot.catalog, key)


def test_a_preview_counts_and_queues_nothing(workspace: Workspace) -> None:
    workspace.changes.set_text([B], [("category", "budget")])
    preview = workspace.bulk.preview(ALL, acts.set_fields([("category", "budget")]))
    assert list(preview.changed) == [A, C]
    assert preview.unchanged == (B,)
    assert [(refusal.key, refusal.reason) for refusal in preview.refused] == [
        (HELD, "Model HELD is locked by ops (in production)")
    ]
    assert list(workspace.catalog.snapshot().plan.files) == [B]


@pytest.mark.parametrize(
    "make",
    [
        lambda workspace: acts.set_fields([("category", "budget")], ["tags"]),
        lambda workspace: acts.tag(["new"], ["test"]),
        lambda workspace: acts.scale("cost", "1.5"),
        lambda workspace: acts.retire(date(2027, 1, 1)),
        lambda workspace: acts.switch(False),
        lambda workspace: workspace.lifecycle.deprecation(),
        lambda workspace: workspace.bulk.lock("why"),
        lambda workspace: workspace.bulk.unlock("why"),
    ],
)
def test_what_is_done_is_what_was_foreseen_and_one_undo(workspace: Workspace, make: object) -> None:
    assert callable(make)
    preview = workspace.bulk.preview(ALL, make(workspace))
    outcome = workspace.bulk.do(ALL, make(workspace))
    assert outcome.changed == tuple(preview.changed)
    assert outcome.unchanged == preview.unchanged
    assert outcome.refused == preview.refused
    assert outcome.warnings == preview.warnings
    assert {key: tuple(edit.path for edit in file.edits) for key, file in outcome.snapshot.plan.files.items()} == {
        key: tuple(edit.path for edit in edits) for key, edits in preview.changed.items()
    }
    assert workspace.changes.undo().plan.files == {}


def test_tags_come_and_go(workspace: Workspace) -> None:
    workspace.bulk.do([A], acts.tag(["x", "test", "x"], []))
    assert now(workspace, A)["tags"] == ["test", "x"]
    workspace.bulk.do([A], acts.tag([], ["test", "gone"]))
    assert now(workspace, A)["tags"] == ["x"]
    workspace.changes.set_text([B], [], ["tags"])
    assert workspace.bulk.do([B], acts.tag([], ["x"])).unchanged == (B,)


@pytest.mark.parametrize(("add", "remove"), [(["a"], ["a"]), ([], []), ([" "], [])])
def test_tags_that_make_no_sense(add: list[str], remove: list[str]) -> None:
    with pytest.raises(UsageError):
        acts.tag(add, remove)


def test_a_value_that_does_not_fit_is_a_refusal_of_each_model(workspace: Workspace) -> None:
    preview = workspace.bulk.preview([A, B], acts.set_fields([("status", "odd")]))
    assert preview.count == 0
    assert len(preview.refused) == 2


def test_a_model_without_the_price_is_refused(workspace: Workspace) -> None:
    preview = workspace.bulk.preview([A], acts.scale("cost.tokens.input", "2"))
    assert preview.refused[0].reason == "it has no price in `cost.tokens.input`"


def test_progress_is_told_and_can_stop_it(workspace: Workspace) -> None:
    told: list[tuple[int, int]] = []

    def progress(done: int, total: int) -> None:
        told.append((done, total))
        if done == 2:
            raise ModeltuiError("stopped")

    with pytest.raises(ModeltuiError, match="stopped"):
        workspace.bulk.do(ALL, acts.switch(False), progress)
    assert told == [(0, 4), (1, 4), (2, 4)]
    assert workspace.catalog.snapshot().plan.files == {}


def test_an_act_on_a_new_model(workspace: Workspace) -> None:
    draft = workspace.creating.copy(A)
    workspace.creating.create(draft)
    workspace.bulk.do([draft.key], acts.tag(["fresh"], []))
    assert 'tags = ["test", "fresh"]' in workspace.catalog.source(draft.key)
