"""`views` and `list --view`."""

from __future__ import annotations

import os
from pathlib import Path

from cli.small import FLUX, KLING, VEO, Line
from modeltui.config import load_settings
from modeltui.domain.browse.views import ShownColumn, View
from modeltui.services.views import ViewService
from modeltui.storage.console_state import ConsoleState


def saved(root: Path, view: View) -> ViewService:
    service = ViewService(ConsoleState(load_settings(str(root)).state, str(root)))
    service.save(view)
    return service


def test_a_view_of_the_console_is_listed_and_shown(modeltui: Line) -> None:
    saved(modeltui.root, View("mine", "-broken:yes", "-cost", (ShownColumn("key"), ShownColumn("cost", 9))))
    rows = modeltui("views", "--format", "json").json
    assert [(row["number"], row["name"], row["is_own"]) for row in rows[:3]] == [
        (1, "all", False),
        (2, "mine", True),
        (3, "active", False),
    ]
    assert rows[1]["columns"] == [{"name": "key", "width": 0}, {"name": "cost", "width": 9}]
    table = modeltui("views").out.splitlines()
    assert table[2].split() == ["2", "mine", "you", "-broken:yes", "-cost", "key,cost"]
    shown = modeltui("list", "--view", "mine").out.splitlines()
    assert shown[0].split() == ["Key", "Cost"]
    assert [line.split()[0] for line in shown[1:3]] == [VEO, KLING]


def test_query_sort_and_columns_come_on_top_of_a_view(modeltui: Line) -> None:
    saved(modeltui.root, View("mine", "-broken:yes", "-cost", (ShownColumn("cost"),)))
    shown = modeltui("list", "prompt_to_image", "--view", "mine", "--columns", "key").out.split()
    assert shown == ["Key", FLUX]
    keys = [row["key"] for row in modeltui("list", "--view", "mine", "--sort", "cost", "--format", "json").json]
    assert keys == list(reversed([row["key"] for row in modeltui("list", "--view", "mine", "--format", "json").json]))


def test_built_in_views_and_their_groups(modeltui: Line) -> None:
    assert [row["key"] for row in modeltui("list", "--view", "locked", "--format", "json").json] == [VEO]
    assert modeltui("list", "--view", "by type", "--format", "json").code == 0


def test_a_view_that_is_not_there_is_exit_1_with_those_that_are(modeltui: Line) -> None:
    ran = modeltui("list", "--view", "nowhere")
    assert (ran.code, ran.out) == (1, "")
    assert "error: no view 'nowhere'" in ran.err
    assert "known are all, active" in ran.err


def test_damaged_views_are_said_on_stderr(modeltui: Line) -> None:
    saved(modeltui.root, View("mine"))
    folder = Path(os.environ["HOME"]) / ".local" / "state" / "modeltui"
    (path,) = folder.glob("*.views.json")
    path.write_text("torn")
    ran = modeltui("views")
    assert ran.code == 0
    assert "the saved views could not be read" in ran.err
    assert "mine" not in ran.out
