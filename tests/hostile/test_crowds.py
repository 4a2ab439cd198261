"""Very many files, most of them alike: nothing grows with the square of their number.

`MODELTUI_CROWD=200000` (as `make hostile` has it) makes it as large as a catalogue can reasonably be.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hostile import line
from hostile.ground import HEALTHY
from hostile.hostile_catalog import Built, crowd
from hostile.line import modeltui

COUNT = int(os.environ.get("MODELTUI_CROWD", "2000"))


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return crowd(tmp_path_factory.mktemp("crowd"), COUNT)


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A millisecond more for each file beyond those of the default run."""
    monkeypatch.setattr(line, "KILLED_AFTER_S", line.KILLED_AFTER_S + max(0, COUNT - 2000) / 500)


def test_a_crowd_is_listed_and_checked(crowded: Built, tmp_path: Path) -> None:
    assert len(modeltui(crowded.root, "list", "--format", "json").json) == COUNT + len(HEALTHY) + 1
    table = modeltui(crowded.root, "list").out
    assert len(table) < 300_000 + COUNT * 400, "one wide name pads every line"
    ran = modeltui(crowded.root, "check")
    assert len(ran.out) < 1_000_000 + COUNT * 2_000, "a message names everybody"
    assert "duplicate-uid" in ran.out
    assert "several-defaults" in ran.out


def test_a_name_that_many_have_is_refused_shortly(crowded: Built) -> None:
    ran = modeltui(crowded.root, "show", "alike")
    assert (ran.code, len(ran.err) < 1000) == (1, True)
    assert modeltui(crowded.root, "show", "many-00").code == 1


def test_one_of_a_crowd_is_edited(crowded: Built) -> None:
    modeltui(crowded.root, "disable", HEALTHY[0])
    applied = modeltui(crowded.root, "apply", "--yes", "--format", "json")
    assert applied.json["files"] == [f"models/{HEALTHY[0]}.toml"]
