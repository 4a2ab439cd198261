"""A failed job that can be fetched is taken up again, and its share of the statistics with it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from modeltui.domain.job import JobState
from modeltui.errors import BusyError, RefusedError
from unit.jobs.making import START, in_credits, job, kept, store

UID = "11111111-1111-4111-8111-111111111111"
LONG = "data:image/png;base64," + "A" * 5000


def test_it_goes_on_as_if_it_had_not_failed(tmp_path: Path) -> None:
    now = [START]
    mine = store(tmp_path, now=lambda: now[0])
    first = job(id="first", state=JobState.POLLING)
    mine.begin(kept(first))
    mine.note(replace(first, state=JobState.SUCCEEDED))
    before = mine.stats()[UID]
    one = job(id="one", state=JobState.POLLING, remote_id="r", estimate=in_credits("3"))
    now[0] += timedelta(hours=1)
    mine.begin(kept(one, inputs={"image": LONG}), "/out")
    failed = replace(one, state=JobState.FAILED, error="no", is_fetchable=True)
    mine.note(failed)
    stats = mine.stats()[UID]
    assert (stats.failed, str(stats.spend["credits"]), stats.trend) == (1, "3", (True, False))
    assert mine.get("one").job == failed
    claim = mine.claim("one")
    assert (claim.is_held, claim.inputs, claim.out_dir) == (True, {"image": LONG}, "/out")
    with pytest.raises(BusyError):
        store(tmp_path).claim("one")
    mine.note(replace(one, is_fetchable=False))
    assert mine.stats()[UID] == before
    found = mine.get("one")
    assert (found.job.state, found.job.is_fetchable, found.ended_at) == (JobState.POLLING, False, None)
    mine.note(replace(one, state=JobState.SUCCEEDED))
    stats = mine.stats()[UID]
    assert (stats.succeeded, stats.failed, stats.trend) == (2, 0, (True, True))
    with pytest.raises(RefusedError, match="has ended"):
        mine.claim("one")


def test_the_only_run_of_a_model_leaves_nothing_behind(tmp_path: Path) -> None:
    mine, one = store(tmp_path), job(state=JobState.POLLING)
    mine.begin(kept(one))
    mine.note(replace(one, state=JobState.FAILED, is_fetchable=True))
    mine.claim(one.id)
    mine.note(one)
    assert mine.stats() == {}
    mine.note(replace(one, state=JobState.FAILED))
    assert mine.stats()[UID].trend == (False,)


def test_what_failed_by_the_providers_word_is_not_taken_up(tmp_path: Path) -> None:
    mine, one = store(tmp_path), job(state=JobState.POLLING, remote_id="r")
    mine.begin(kept(one))
    mine.note(replace(one, state=JobState.FAILED, error="no"))
    with pytest.raises(RefusedError, match="it failed"):
        mine.claim(one.id, reopens=True)
