"""Undo and redo tell what they took back, however fast the keys come."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from modeltui.bootstrap import open_workspace
from modeltui.services.outcome import Outcome, Refusal
from modeltui.tui.present.outcome import of_result
from tui.driver import running, settings_for

AURORA, BOREALIS = "prompt_to_image/aurora", "prompt_to_image/borealis"


async def test_one_model_is_named_and_many_are_counted(root: Path) -> None:
    async with running(root) as console:
        await console.press("t", "u")
        assert console.notices[-1] == f"undone: toggle · {AURORA}"
        await console.press("space", "space", "t", "u")
        assert console.notices[-1] == "undone: toggle · 2 models"
        await console.press("ctrl+r")
        assert console.notices[-1] == "done again: toggle · 2 models"


async def test_keys_in_a_burst_tell_each_its_own_step(root: Path) -> None:
    async with running(root) as console:
        await console.press("t", "j", "t")
        await console.burst("uu")
        assert console.pending == []
        assert console.notices[-2:] == [f"undone: toggle · {BOREALIS}", f"undone: toggle · {AURORA}"]


async def test_a_burst_longer_than_the_queue_says_so(root: Path) -> None:
    async with running(root) as console:
        await console.press("t")
        await console.burst("uu")
        assert console.notices[-2] == f"undone: toggle · {AURORA}"
        assert console.notices[-1].endswith("nothing to undo")


async def test_a_step_of_the_command_line_is_told_as_well(root: Path) -> None:
    async with running(root) as console:
        await console.press("t")
        open_workspace(settings_for(root)).changes.lock([BOREALIS], "live")
        await console.press("u")
        assert console.notices[-1] == f"undone: lock: live · {BOREALIS}"
        assert console.pending == [AURORA]


async def test_a_drop_is_undone_by_name(root: Path) -> None:
    async with running(root) as console:
        await console.press("t", "p", "x", "u")
        assert console.notices[-1] == f"undone: drop · {AURORA}"


async def test_an_apply_is_a_floor(root: Path) -> None:
    async with running(root) as console:
        await console.press("t", "p", "x", "escape")
        assert console.pending == []
        workspace = open_workspace(settings_for(root))
        workspace.changes.set_active([BOREALIS], None)
        workspace.applying.apply("out of testing")
        await console.press("f5", "u")
        assert console.notices[-1].startswith("there is nothing to undo: what was applied is rolled back in history (R")
        assert console.pending == []
        await console.press("t", "u")
        assert console.notices[-1] == f"undone: toggle · {AURORA}"


def test_a_notice_counts_every_model(root: Path) -> None:
    snapshot = open_workspace(settings_for(root)).catalog.snapshot()
    outcome = Outcome(snapshot, ("a", "b"), ("c",), (_no("d"), _no("e")))
    assert [notice.title for notice in of_result(outcome, "")] == ["2 changed, 2 refused, 1 already so"]
    one = replace(outcome, refused=(_no("d"),))
    assert [notice.title for notice in of_result(one, "")] == ["2 changed, 1 refused, 1 already so"]
    alone = replace(outcome, changed=(), unchanged=(), refused=(_no("d"),))
    assert [notice.title for notice in of_result(alone, "")] == [""]
    none = replace(outcome, refused=())
    assert [notice.text for notice in of_result(none, "disabled")] == ["disabled: 2 models, 1 already so"]


def _no(key: str) -> Refusal:
    return Refusal(key, f"{key} is locked")
