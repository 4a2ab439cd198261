"""The bulk menu, the default, and the ways in which a model ends."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from modeltui.domain.pending.plan import pending_document
from modeltui.services.changing.preview import Progress
from modeltui.tui.messages import Perform
from modeltui.tui.screens.catalog import CatalogScreen
from modeltui.tui.widgets.chooser import Chooser
from modeltui.tui.widgets.confirm import Confirm
from modeltui.tui.widgets.preview_dialog import PreviewDialog
from modeltui.tui.widgets.row_list import RowList
from modeltui.tui.widgets.type_in import TypeIn
from tui import catalogs
from tui.driver import Console, running

AURORA, BOREALIS, COMET, DAWN, ECLIPSE = (
    "prompt_to_image/aurora",
    "prompt_to_image/borealis",
    "prompt_to_image/comet",
    "prompt_to_video/dawn",
    "prompt_to_video/eclipse",
)


def now(console: Console, key: str, field: str) -> object:
    return pending_document(console.snapshot.plan, console.snapshot.catalog, key).get(field)


async def choose(console: Console, name: str) -> None:
    """Take an option of a menu."""
    assert isinstance(console.screen, Chooser)
    rows = console.one(RowList)
    assert name in [option.key for option in rows.rows]
    rows.seek(name)
    await console.press("enter")


async def type_in(console: Console, text: str) -> None:
    assert isinstance(console.screen, TypeIn)
    await console.write(text)
    await console.press("enter")


# Bulk


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_marked_models_are_previewed_then_changed_and_one_undo_takes_it_back(
    root: Path, size: tuple[int, int]
) -> None:
    async with running(root, size) as console:
        await console.press("asterisk", "b")
        await choose(console, "disable")
        assert isinstance(console.screen, PreviewDialog)
        shown = " ".join(console.text.split())
        assert "3 models will change" in shown
        assert "1 model: nothing to change" in shown
        assert "1 model locked, skipped" in shown
        assert "1 model skipped" in shown
        assert "active true → false" in shown
        assert console.pending == []
        await console.press("enter")
        assert isinstance(console.screen, CatalogScreen)
        assert console.pending == [AURORA, BOREALIS, ECLIPSE]
        await console.press("u")
        assert console.pending == []


async def test_without_marks_the_whole_filter_is_asked_about(root: Path) -> None:
    async with running(root) as console:
        await console.press("slash", *"type:prompt_to_image", "enter", "b")
        assert isinstance(console.screen, Confirm)
        assert "Act on all 3 models of this filter?" in console.text
        await console.press("enter")
        assert isinstance(console.screen, CatalogScreen)
        await console.press("b", "y")
        await choose(console, "tag")
        await type_in(console, "+new -fast")
        await console.press("enter")
        assert now(console, AURORA, "tags") == ["new"]
        assert console.pending == [AURORA, BOREALIS, COMET]


async def test_hidden_marks_are_named(root: Path) -> None:
    async with running(root) as console:
        await console.press("space", "space", "slash", *"comet", "enter", "b")
        assert "2 models, 2 hidden by the filter" in console.text


@pytest.mark.parametrize(
    ("act", "typed", "field", "expected"),
    [
        ("scale", "1.5", "cost", {"currency": "credits", "base": "3.0"}),
        ("scale", "1.33 cost.base 1", "cost", {"currency": "credits", "base": "2.7"}),
        ("tag", "+a", "tags", ["fast", "a"]),
    ],
)
async def test_what_is_typed_is_done(root: Path, act: str, typed: str, field: str, expected: object) -> None:
    file = root / f"models/{AURORA}.toml"
    file.write_text(file.read_text().replace('base = "2"', 'base = "2.0"'))
    async with running(root) as console:
        await console.press("space", "b")
        await choose(console, act)
        await type_in(console, typed)
        await console.press("enter")
        assert now(console, AURORA, field) == expected


@pytest.mark.parametrize(("act", "typed"), [("scale", "0"), ("scale", "2 name"), ("tag", "a"), ("retire", "soon")])
async def test_what_does_not_fit_is_said_where_it_is_typed(root: Path, act: str, typed: str) -> None:
    async with running(root) as console:
        await console.press("space", "b")
        await choose(console, act)
        await type_in(console, typed)
        assert isinstance(console.screen, TypeIn)
        assert console.screen.query(".problem.-shown")
        await console.press("escape")
        assert isinstance(console.screen, CatalogScreen)


async def test_a_field_is_set_taken_out_and_dated(root: Path) -> None:
    async with running(root) as console:
        await console.press("space", "b")
        await choose(console, "set")
        await choose(console, "category")
        await choose(console, "budget")
        await console.press("enter", "b")
        await choose(console, "set")
        await choose(console, "family")
        await type_in(console, "Lights")
        await console.press("enter", "b")
        await choose(console, "unset")
        await choose(console, "tags")
        await console.press("enter", "b")
        await choose(console, "retire")
        await type_in(console, "2031-01-31")
        await console.press("enter", "b")
        await choose(console, "status")
        await choose(console, "beta")
        await console.press("enter")
        assert [now(console, AURORA, field) for field in ("category", "family", "tags", "status")] == [
            "budget",
            "Lights",
            None,
            "beta",
        ]
        assert str(now(console, AURORA, "retires_on")) == "2031-01-31"


async def test_lock_and_unlock_in_bulk(root: Path) -> None:
    async with running(root) as console:
        await console.press("space", "b")
        await choose(console, "lock")
        await type_in(console, "for the launch")
        await console.press("enter")
        lock = now(console, AURORA, "lock")
        assert isinstance(lock, dict)
        assert (lock["by"], lock["reason"]) == ("bob", "for the launch")


async def test_nothing_to_change_queues_nothing(root: Path) -> None:
    async with running(root) as console:
        await console.press("space", "b")
        await choose(console, "enable")
        assert "nothing to queue" in console.text
        await console.press("enter")
        assert console.pending == []
        assert console.seen(Perform) == []


async def test_progress_is_shown_and_escape_stops(tmp_path: Path) -> None:
    root = catalogs.make(tmp_path / "catalog")
    for number in range(120):
        key = f"chat/m{number:03}"
        catalogs.write(root, f"models/{key}.toml", catalogs.model(key, f"M{number}"))
    reached, go_on = threading.Event(), threading.Event()
    async with running(root) as console:
        assert isinstance(console.screen, CatalogScreen)
        service = console.screen._bulk._bulk
        real = service.do

        def slow(keys: object, act: object, progress: Progress | None = None) -> object:
            assert progress is not None

            def told(done: int, total: int) -> None:
                if done == 60:
                    reached.set()
                    assert go_on.wait(60)
                progress(done, total)

            return real(keys, act, told)  # type: ignore[arg-type]

        service.do = slow  # type: ignore[method-assign, assignment]
        await console.press("slash", *"type:chat", "enter", "b", "y")
        await choose(console, "disable")
        console._send("enter")
        await console.until(reached.is_set)
        await console.until(lambda: "of 120" in console.text and "Queueing" in console.text)
        console._send("escape")
        await console.until(lambda: isinstance(console.screen, PreviewDialog) and console.screen._stop.is_set())
        go_on.set()
        await console.until(lambda: isinstance(console.screen, CatalogScreen))
        await console.settle()
        assert console.pending == []
        assert console.notices[-1] == "stopped: nothing was queued"


# The default


async def test_the_default_goes_over(root: Path) -> None:
    file = root / f"models/{AURORA}.toml"
    file.write_text(file.read_text().replace("default = false", "default = true"))
    async with running(root) as console:
        console.table.seek(BOREALIS)
        await console.press("D")
        assert (now(console, AURORA, "default"), now(console, BOREALIS, "default")) == (False, True)
        assert console.notices[-1] == "Borealis is the default of prompt_to_image"
        await console.press("u")
        assert console.pending == []
        console.table.seek(COMET)
        await console.press("D")
        assert "Comet is not active" in console.notices[-1]


async def test_a_locked_default_keeps_it_and_is_named(root: Path) -> None:
    file = root / f"models/{DAWN}.toml"
    file.write_text(file.read_text().replace("default = false", "default = true"))
    async with running(root) as console:
        console.table.seek(ECLIPSE)
        await console.press("D")
        assert console.pending == []
        assert "Dawn 3.1 is locked by alice" in console.notices[-1]
        console.table.seek(DAWN)
        await console.press("D")
        assert "Press l to unlock it" in console.notices[-1]


# The end


async def test_deprecated_and_restored(root: Path) -> None:
    async with running(root) as console:
        await console.press("x")
        assert "Aurora: active" in console.text
        await choose(console, "deprecate")
        await console.press("enter")
        assert (now(console, AURORA, "status"), now(console, AURORA, "active")) == ("deprecated", True)
        await console.press("x")
        await choose(console, "restore")
        await console.press("enter")
        assert console.pending == []


async def test_deprecated_with_day_and_successor(root: Path) -> None:
    async with running(root) as console:
        await console.press("x")
        await choose(console, "replace")
        await type_in(console, "2026-13-01")
        assert console.screen.query(".problem.-shown")
        await console.press(*["backspace"] * 10)
        await type_in(console, "2026-12-01")
        await choose(console, BOREALIS)
        await console.press("enter")
        assert now(console, AURORA, "replaced_by") == BOREALIS
        assert str(now(console, AURORA, "deprecated_on")) == "2026-12-01"


async def test_marked_models_are_removed_softly(root: Path) -> None:
    async with running(root) as console:
        await console.press("space", "space", "x")
        assert "2 models: 2 active" in console.text
        await choose(console, "remove")
        await console.press("enter")
        assert [now(console, key, "active") for key in (AURORA, BOREALIS)] == [False, False]


async def test_deleting_wants_a_yes_and_names_who_needs_it(root: Path) -> None:
    file = root / f"models/{BOREALIS}.toml"
    file.write_text(file.read_text().replace("default = false", f'default = false\nreplaced_by = "{AURORA}"'))
    async with running(root) as console:
        await console.press("x")
        await choose(console, "delete")
        assert f"it takes the place of {BOREALIS}" in " ".join(console.text.split())
        await console.press("escape", "j", "x")
        await choose(console, "delete")
        assert "1 model will go" in console.text
        await console.press("enter")
        assert isinstance(console.screen, PreviewDialog)
        assert console.pending == []
        await console.press("y")
        assert console.pending == [BOREALIS]
        assert console.line.split()[0] == "-"
        await console.press("u")
        assert console.pending == []
