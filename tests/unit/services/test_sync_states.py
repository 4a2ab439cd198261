"""Two real states of models.dev: what people changed between them arrives, and what was decided here stays."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from modeltui.bootstrap import open_workspace
from modeltui.config import Settings
from modeltui.domain.document import Document, FieldPath, get
from modeltui.services.changing.exchange import Options
from modeltui.services.changing.sync import SyncOptions, SyncPlan, Verdict, usual
from modeltui.services.workspace import Workspace

LIMIT, PRICE = ("limits", "output_tokens"), ("cost", "tokens", "output")


def edits_in(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Path, before and after of every model that people edited; the first edit of each."""
    seen: set[str] = set()
    for name in ("value_edits", "mixed", "pure_add", "pure_remove"):
        for line in (folder / "edits" / f"{name}.jsonl").read_text().splitlines():
            edit = json.loads(line)
            path = edit["path"]
            if path.startswith("providers/") and "/models/" in path and path not in seen:
                seen.add(path)
                yield path, edit["before"], edit["after"]


@pytest.fixture
def states(shared_data: Path, tmp_path: Path) -> tuple[Path, Path]:
    trees = tmp_path / "before", tmp_path / "after"
    for path, *texts in edits_in(shared_data):
        for tree, text in zip(trees, texts, strict=True):
            (tree / path).parent.mkdir(parents=True, exist_ok=True)
            (tree / path).write_text(text, newline="")
    return trees


@pytest.fixture
def own(root: Path, states: tuple[Path, Path], settings_for: Callable[[str], Settings]) -> Workspace:
    """A catalogue with a model of each entry of the first state, synced with that."""
    sandbox = (root / "providers/sandbox.toml").read_text()
    for folder in (states[0] / "providers").iterdir():
        name = folder.name.replace("-", "_")
        (root / f"providers/{name}.toml").write_text(sandbox.replace('id = "sandbox"', f'id = "{name}"'))
    workspace = open_workspace(settings_for("alice"))
    made = workspace.exchange.preview("models.dev", str(states[0]), Options(creates=True))
    workspace.exchange.queue(made)
    workspace.applying.apply("made")
    take(workspace, states[0])
    return workspace


def plan_of(workspace: Workspace, state: Path) -> SyncPlan:
    return workspace.sync.preview("models.dev", str(state), SyncOptions())


def take(workspace: Workspace, state: Path) -> SyncPlan:
    plan = plan_of(workspace, state)
    outcome = workspace.sync.queue(plan, workspace.sync.resolve(plan, usual(plan)))
    assert outcome.refused == ()
    workspace.applying.apply("synced")
    return plan


def documents(workspace: Workspace) -> dict[str, Document]:
    return dict(workspace.catalog.snapshot().catalog.documents)


def keys_with(plan: SyncPlan, path: FieldPath) -> list[str]:
    return sorted(row.key for row in plan.rows if row.path == path and row.verdict is Verdict.TAKE)


def test_what_people_changed_arrives_and_every_decision_stays(
    own: Workspace, root: Path, states: tuple[Path, Path]
) -> None:
    assert not {row.verdict for row in plan_of(own, states[0]).rows} - {Verdict.SAME, Verdict.KEPT}
    expected = plan_of(own, states[1])
    assert len({row.key for row in expected.rows if row.verdict is Verdict.TAKE}) > 60
    kinds = {row.kind for row in expected.rows if row.verdict is Verdict.TAKE}
    assert kinds == {"price", "limit", "modality", "capability", "release", "retirement"}

    limits, prices = keys_with(expected, LIMIT), keys_with(expected, PRICE)
    changed, locked = limits[:2], limits[2]
    pinned = next(key for key in prices if key not in limits)
    for key in changed:
        own.changes.set_text([key], [("limits.output_tokens", "77")])
    own.changes.set_text([pinned], [("upstream.pinned", '["cost"]')])
    own.changes.lock([locked], "in production")
    own.applying.apply("decided here")
    before, held = documents(own), (root / f"models/{locked}.toml").read_bytes()

    plan = take(own, states[1])
    after = documents(own)
    assert [get(after[key], LIMIT) for key in changed] == [77, 77]
    assert get(after[pinned], PRICE) == get(before[pinned], PRICE)
    assert (root / f"models/{locked}.toml").read_bytes() == held
    found = {(row.key, row.path): row.verdict for row in plan.rows}
    assert [found[key, LIMIT] for key in (*changed, locked)] == [Verdict.CONFLICT] * 2 + [Verdict.LOCKED]
    assert found[pinned, PRICE] is Verdict.PINNED
    kept = {changed[0], changed[1], pinned, locked}
    for row in expected.rows:
        if row.verdict is Verdict.TAKE and row.key not in kept and "above" not in row.path:
            assert same_text(get(after[row.key], row.path), row.theirs), row
    again = plan_of(own, states[1])
    assert own.sync.resolve(again, usual(again)).edits == {}


def same_text(left: Any, right: Any) -> bool:
    return str(left) == str(right)
