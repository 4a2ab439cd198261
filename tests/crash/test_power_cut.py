"""A power cut at every step of an apply, with unsynced names and data lost: all files are old or all are new."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from crash import scenario
from crash.conftest import Tell
from crash.crash_fs import CrashFs, PowerCut
from crash.scenario import Tally
from modeltui.errors import ModeltuiError
from modeltui.storage.applying import stage

THOROUGH = os.environ.get("MODELTUI_CRASH") == "all"
"""`make crash`: every state instead of a spread of them."""


@pytest.fixture(params=[stage.FEW, 0], ids=["sync-each", "sync-all"], autouse=True)
def few(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    number: int = request.param
    monkeypatch.setattr(stage, "FEW", number)
    return number


@pytest.fixture(params=[True, False], ids=["exchange", "links"])
def can_exchange(request: pytest.FixtureRequest) -> bool:
    answer: bool = request.param
    return answer


def _cuts(
    *, can_exchange: bool = True, dropped: frozenset[int] = frozenset(), start: int = 0
) -> Iterator[tuple[int, CrashFs, bool]]:
    """An apply cut off at each of its steps from `start`, and one that came to its end."""
    number, is_done = start, False
    while not is_done:
        fs = scenario.catalogue(can_exchange=can_exchange)
        fs.dropped_syncs = dropped
        is_done = scenario.run_until(fs, number)
        yield number, fs, is_done
        number += 1


def test_all_files_are_old_or_all_are_new(can_exchange: bool, tell: Tell) -> None:
    tally = Tally()
    for number, fs, is_done in _cuts(can_exchange=can_exchange):
        for loss in fs.every_loss() if THOROUGH else fs.losses(seed=number):
            tally.add(scenario.after(fs, loss, is_done=is_done))
    tell(tally.outcomes)
    assert tally.outcomes.keys() == {"old", "new"}
    assert tally.states > 400


def test_what_is_not_in_the_history_can_be_taken_back(can_exchange: bool, tell: Tell) -> None:
    tally = Tally()
    for number, fs, _ in _cuts(can_exchange=can_exchange):
        for loss in fs.losses(seed=number):
            tally.add(scenario.after_going_back(fs, loss))
    tell(tally.outcomes)
    assert tally.outcomes.keys() == {"old", "new"}
    assert tally.states > 400


def test_the_commit_point_divides_old_from_new() -> None:
    """Before the journal has its name nothing makes it new; once that name is synced nothing makes it old."""
    fs = scenario.catalogue()
    scenario.run_until(fs, -1)
    point = fs.steps.index("rename .modeltui/journal.tmp .modeltui/journal")
    assert fs.steps[point + 1] == "sync_directory .modeltui"
    found = {number: {scenario.after(fs, loss) for loss in fs.losses(0)} for number, fs, _ in _cuts()}
    assert all(found[number] == {"old"} for number in range(point + 1))
    assert found[point + 1] == {"old", "new"}
    assert all(found[number] == {"new"} for number in range(point + 2, len(found)))


def test_recovery_may_be_cut_off_as_well(few: int, tell: Tell) -> None:
    if not few and not THOROUGH:
        pytest.skip("tried with one sync for all by `make crash`")
    tally = Tally()
    for number, fs, _ in _cuts():
        if number % 5 and not THOROUGH:
            continue
        for loss in [*fs.losses(seed=number)][: None if THOROUGH else 3]:
            for left in _recoveries(fs.after_power_cut(loss)):
                for second in [*left.losses(seed=number)][: None if THOROUGH else 3]:
                    tally.add(scenario.after(left, second))
    tell(tally.outcomes)
    assert tally.outcomes.keys() == {"old", "new"}
    assert tally.states > 400


def _recoveries(fs: CrashFs) -> Iterator[CrashFs]:
    """A recovery of `fs` cut off at each of its steps."""
    number, is_done = 0, False
    while not is_done:
        copy = fs.after_power_cut(next(fs.losses(0)))
        copy.at = scenario.cut_before(number)
        try:
            scenario.applier(copy).recover()
            is_done = True
        except PowerCut:
            yield copy
        number += 1


def test_no_sync_can_be_left_out(few: int, can_exchange: bool, tell: Tell) -> None:
    """Each sync of an apply is dropped in turn, and a power cut must then do harm."""
    if not can_exchange and not THOROUGH:
        pytest.skip("the mutants of the fall-back are tried by `make crash`")
    fs = scenario.catalogue(can_exchange=can_exchange)
    scenario.run_until(fs, -1)
    alive = [label for number, label in enumerate(fs.syncs) if not _does_harm(number, fs, can_exchange)]
    tell({"mutants caught": len(fs.syncs) - len(alive), "implied by order": len(alive)})
    assert alive == (_IMPLIED_BY_ORDER if few and not can_exchange else [])


_IMPLIED_BY_ORDER = [
    "sync_directory .modeltui/txn-20300102-abc",
    "sync_directory models/chat",
    "sync_directory models/video",
]
"""Without exchange each file has had syncs of its own, and changes of one name never overtake each other."""


def _does_harm(dropped: int, whole: CrashFs, can_exchange: bool) -> bool:
    start = whole.sync_steps[dropped]
    for number, fs, is_done in _cuts(can_exchange=can_exchange, dropped=frozenset({dropped}), start=start):
        for loss in fs.losses(seed=number):
            try:
                scenario.after(fs, loss, is_done=is_done)
                if not can_exchange:
                    scenario.after_going_back(fs, loss)
            except (AssertionError, ModeltuiError):
                return True
    return False
