"""A reader at any moment sees all files old or all new, however slowly it reads."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from crash import real, scenario
from crash.crash_fs import CrashFs
from modeltui.errors import BusyError
from modeltui.storage import state_dir
from modeltui.storage.applying.overlay import Overlay, consistently, generation, overlay
from modeltui.storage.mutex import Mutex

WHOLE = (scenario.OLD, scenario.NEW)


@pytest.mark.parametrize("can_exchange", [True, False], ids=["exchange", "links"])
def test_a_quick_reader_at_every_step(can_exchange: bool) -> None:
    fs = scenario.catalogue(can_exchange=can_exchange)
    views: list[bool] = []

    def look(_step: int, _label: str) -> None:
        view = scenario.seen(fs)
        assert view in WHOLE
        views.append(view == scenario.NEW)

    fs.at = look
    scenario.applier(fs).apply(scenario.request())
    assert set(views) == {False, True}
    assert all(earlier <= later for earlier, later in pairwise(views)), "new became old again"


def test_a_slow_reader_between_any_two_steps() -> None:
    """It reads half of the files at one step of an apply and half at a later one: then it begins again, or is right."""
    whole = scenario.catalogue()
    scenario.run_until(whole, -1)
    steps = len(whole.steps)
    again = 0
    for first in range(steps):
        fs = scenario.catalogue()
        readers_of: list[_SlowReader] = []
        fs.at = _watching(fs, first, readers_of)
        scenario.applier(fs).apply(scenario.request())
        again += sum(reader.must_begin_again for reader in readers_of)
    assert again > 0


class _SlowReader:
    """Reads the journal and the first half of the files when made."""

    def __init__(self, fs: CrashFs) -> None:
        self._fs = fs
        self._generation = generation(fs)
        self._overlay = overlay(fs)
        self._paths = sorted(scenario.OLD.keys() | scenario.NEW.keys())
        half = len(self._paths) // 2
        self._early = self._read(self._paths[:half])
        self._late = self._paths[half:]
        self.must_begin_again = False

    def finish(self) -> None:
        view = {**self._early, **self._read(self._late)}
        self.must_begin_again = generation(self._fs) != self._generation
        assert self.must_begin_again or view in WHOLE

    def _read(self, paths: list[str]) -> dict[str, bytes]:
        there = scenario.files(self._fs)
        found = {path: self._overlay.get(path, there.get(path)) for path in paths}
        return {path: content for path, content in found.items() if content is not None}


def _watching(fs: CrashFs, first: int, begun: list[_SlowReader]) -> Callable[[int, str], None]:
    def at(step: int, _label: str) -> None:
        if step == first:
            begun.append(_SlowReader(fs))
        for reader in begun:
            reader.finish()

    return at


def test_a_load_begins_again_when_an_apply_began_meanwhile(tmp_path: Path) -> None:
    fs = real.catalogue(tmp_path)
    calls: list[dict[str, bytes]] = []

    def load(_seen_instead: Overlay) -> dict[str, bytes]:
        calls.append(scenario.files(fs))
        if len(calls) == 1:
            scenario.applier(fs).apply(scenario.request())
        return calls[-1]

    assert consistently(str(tmp_path), load) == scenario.NEW
    assert calls == [scenario.OLD, scenario.NEW]


def test_a_reader_that_is_always_overtaken_waits_for_the_writers(tmp_path: Path) -> None:
    fs = real.catalogue(tmp_path)
    calls = 0

    def load(_seen_instead: Overlay) -> bool:
        nonlocal calls
        calls += 1
        is_held = not Mutex(fs, "x").is_free()
        if not is_held:
            (tmp_path / state_dir.GENERATION).write_text(str(calls))
        return is_held

    assert consistently(str(tmp_path), load) is True
    assert calls == 5


def test_a_reader_that_waits_in_vain_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fs = real.catalogue(tmp_path)
    monkeypatch.setattr("modeltui.storage.mutex.Waiting", lambda: scenario.NEVER)

    def load(_seen_instead: Overlay) -> None:
        (tmp_path / state_dir.GENERATION).write_text(generation(fs).decode() + "x")

    with Mutex(fs, "bob", host="there").held("applying"), pytest.raises(BusyError, match="bob on there"):
        consistently(str(tmp_path), load)


def test_nothing_is_overlaid_without_an_apply(tmp_path: Path) -> None:
    fs = real.catalogue(tmp_path)
    assert overlay(fs) == {}
    (tmp_path / state_dir.JOURNAL).write_bytes(b"broken")
    assert overlay(fs) == {}
    assert consistently(str(tmp_path), dict) == {}
