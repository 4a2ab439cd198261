"""Every call of an apply fails once, or from then on: nothing is half done, nothing is lost, and the error says so."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator

import pytest

from crash import scenario
from crash.conftest import Tell
from crash.crash_fs import CrashFs, Loss
from crash.scenario import Tally
from modeltui.errors import ApplyError, InDoubtError, ModeltuiError
from modeltui.storage.applying import stage
from modeltui.storage.applying.applier import Applied, Recovered

CUTS_APART, CALLS_APART = (1, 1) if os.environ.get("MODELTUI_CRASH") == "all" else (5, 11)
CODES = {"ENOSPC": errno.ENOSPC, "EIO": errno.EIO, "EACCES": errno.EACCES, "EROFS": errno.EROFS}


def _failing(number: int, code: int, *, is_sticky: bool) -> Callable[[int, str], None]:
    def fail(step: int, label: str) -> None:
        if step == number or (is_sticky and step > number):
            raise OSError(code, os.strerror(code), label)

    return fail


def _applied(fs: CrashFs) -> Applied | ModeltuiError:
    result = scenario.cut_off(fs)
    assert result is not None
    return result


def _steps(can_exchange: bool) -> int:
    fs = scenario.catalogue(can_exchange=can_exchange)
    scenario.run_until(fs, -1)
    return len(fs.steps)


def _calls(act: Callable[[CrashFs], object], fs: CrashFs) -> int:
    """How many calls, of those that only look too, `act` makes."""
    act(fs)
    return len(fs.calls)


def _check(fs: CrashFs, result: Applied | ModeltuiError) -> str:
    """What was said is so, at once and after the next start."""
    fs.at = fs.at_call = lambda _step, _label: None
    assert scenario.seen(fs) in (scenario.OLD, scenario.NEW), "readers saw a mix"
    if isinstance(result, ApplyError):
        assert "nothing was written" in result.message
        assert scenario.seen(fs) == scenario.OLD
        assert scenario.queue(fs).load().changes == scenario.changes()
    was_in_doubt = isinstance(result, InDoubtError)
    assert (scenario.applier(fs).status().state != "idle") == was_in_doubt
    assert (scenario.applier(fs).recover() is not None) == was_in_doubt
    name = scenario.outcome(fs)
    assert name == "new" if isinstance(result, Applied) else result.hint
    return f"{name} {type(result).__name__}"


@pytest.mark.parametrize("is_sticky", [False, True], ids=["once", "from-then-on"])
@pytest.mark.parametrize("code", CODES.values(), ids=CODES)
@pytest.mark.parametrize("can_exchange", [True, False], ids=["exchange", "links"])
def test_an_error_at_any_call(can_exchange: bool, code: int, is_sticky: bool, tell: Tell) -> None:
    """Of those that only look as well: open, stat, read, list, lock."""
    tally = Tally()
    for number in range(_calls(_applied, scenario.catalogue(can_exchange=can_exchange))):
        fs = scenario.catalogue(can_exchange=can_exchange)
        fs.at_call = _failing(number, code, is_sticky=is_sticky)
        tally.add(_check(fs, _applied(fs)))
    tell(tally.outcomes)
    assert {"old ApplyError", "new Applied"} <= tally.outcomes.keys()
    assert ("new InDoubtError" in tally.outcomes) or not is_sticky


def _recovered(fs: CrashFs) -> Recovered | ModeltuiError | None:
    try:
        return scenario.applier(fs).recover()
    except ModeltuiError as error:
        return error


def _check_recovery(fs: CrashFs, result: Recovered | ModeltuiError | None) -> str:
    """A recovery that met an error is ended by the next start."""
    fs.at_call = lambda _step, _label: None
    assert scenario.seen(fs) in (scenario.OLD, scenario.NEW), "readers saw a mix"
    if isinstance(result, ModeltuiError):
        assert isinstance(result, InDoubtError)
        assert result.hint
    again = scenario.applier(fs).recover()
    assert again is None or not isinstance(result, Recovered)
    assert scenario.applier(fs).recover() is None
    return f"{scenario.outcome(fs)} {'nothing said' if result is None else type(result).__name__}"


def _copy(fs: CrashFs) -> CrashFs:
    """Of what is all on disk."""
    return fs.after_power_cut(Loss(frozenset(), ()))


def _cut_everywhere(can_exchange: bool) -> Iterator[CrashFs]:
    """What is left of an apply that is cut off before each step in turn, with nothing lost."""
    for number in range(0, _steps(can_exchange), CUTS_APART):
        fs = scenario.catalogue(can_exchange=can_exchange)
        assert not scenario.run_until(fs, number)
        yield fs.after_power_cut(Loss(frozenset(range(len(fs.changes))), ()))


@pytest.mark.parametrize("is_sticky", [False, True], ids=["once", "from-then-on"])
@pytest.mark.parametrize("code", CODES.values(), ids=CODES)
@pytest.mark.parametrize("can_exchange", [True, False], ids=["exchange", "links"])
def test_an_error_at_any_call_of_a_recovery(can_exchange: bool, code: int, is_sticky: bool, tell: Tell) -> None:
    tally = Tally()
    for left in _cut_everywhere(can_exchange):
        for number in range(0, _calls(_recovered, _copy(left)), CALLS_APART):
            fs = _copy(left)
            fs.at_call = _failing(number, code, is_sticky=is_sticky)
            tally.add(_check_recovery(fs, _recovered(fs)))
    tell(tally.outcomes)
    assert {name[:3] for name in tally.outcomes} == {"old", "new"}
    assert "new InDoubtError" in tally.outcomes


def test_an_error_at_any_call_of_one_sync_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage, "FEW", 0)
    for number in range(_steps(can_exchange=True)):
        fs = scenario.catalogue()
        fs.at = _failing(number, errno.EIO, is_sticky=False)
        _check(fs, _applied(fs))


def test_a_power_cut_after_an_error(tell: Tell) -> None:
    """An undo in progress, or one that failed, is ended by the next start like any other."""
    tally = Tally()
    for number in range(0, _steps(can_exchange=True), 2):
        for is_sticky in (False, True):
            fs = scenario.catalogue()
            fs.at = _failing(number, errno.EIO, is_sticky=is_sticky)
            is_done = isinstance(_applied(fs), Applied)
            for loss in fs.losses(seed=number):
                left = fs.after_power_cut(loss)
                assert scenario.seen(left) in (scenario.OLD, scenario.NEW)
                scenario.applier(left).recover()
                name = scenario.outcome(left)
                assert name == "new" or not is_done
                tally.add(name)
    tell(tally.outcomes)
    assert tally.outcomes.keys() == {"old", "new"}


def test_an_undo_decided_is_never_turned_into_an_apply() -> None:
    """Once the journal is called `journal.abort`, durably, every start goes back."""
    fs = scenario.catalogue()
    scenario.run_until(fs, -1)
    failing = fs.steps.index("rename_new models/.modeltui-20300102-abc-4.tmp models/video/e.toml")
    number, is_over = failing, False
    while not is_over:
        number += 1
        fs = scenario.catalogue()
        fs.at = _failing_then_cut(failing, number)
        is_over = scenario.cut_off(fs) is not None
        turned = [step for step, label in enumerate(fs.steps) if label.endswith("journal.abort")]
        for loss in fs.losses(0):
            name = scenario.after(fs, loss)
            assert name == "old" or not turned or number <= turned[0] + 1


def _failing_then_cut(failing: int, number: int) -> Callable[[int, str], None]:
    fail, cut = _failing(failing, errno.EIO, is_sticky=False), scenario.cut_before(number)

    def both(step: int, label: str) -> None:
        cut(step, label)
        fail(step, label)

    return both
