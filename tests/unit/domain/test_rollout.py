"""Who is in a rollout: the same callers everywhere, more of them as it grows, and as many as it says."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from typing import Any

import pytest

from modeltui.domain.model import model_of
from modeltui.domain.ramp import Ramp, jump, parse_percent, ramp
from modeltui.domain.rollout import (
    STEPS,
    Reason,
    Rollout,
    bucket_of,
    is_within,
    percent_text,
    rollout_of,
    shown_bucket,
)
from modeltui.errors import RefusedError, UsageError

VECTORS = (
    ("veo-4", "alice", "70d86e00ba12b87f", 44.080245),
    ("veo-4", "1042", "a10ee13b77847a59", 62.913329),
    ("veo-4", "Zoë", "16eea7fb4453bf1a", 8.95791),
    ("veo-4", "😀", "0378ff2362e5a70f", 1.356501),
    ("a242fdba-b712-50f1-a2fb-ee8725399741", "user-1042", "998f0012d7f9799d", 59.983826),
)
"""As docs/api.md has them; they hold for ever."""
MANY = 100_000
LAST = 2**64 - 1


@pytest.mark.parametrize(("salt", "caller", "bytes_", "percent"), VECTORS)
def test_the_bucket_is_what_the_page_says(salt: str, caller: str, bytes_: str, percent: float) -> None:
    assert f"{bucket_of(salt, caller):016x}" == bytes_
    assert shown_bucket(bucket_of(salt, caller)) == percent


def test_another_process_says_the_same() -> None:
    code = "from modeltui.domain.rollout import bucket_of; print(bucket_of('veo-4', 'alice'))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": "7"}
    )
    assert int(done.stdout) == bucket_of("veo-4", "alice")


@pytest.fixture(scope="module")
def buckets() -> list[int]:
    return [bucket_of("one", f"user-{number}") for number in range(MANY)]


@pytest.mark.parametrize("percent", [1, 10, 50])
def test_as_many_are_in_as_it_says(buckets: list[int], percent: int) -> None:
    share = sum(is_within(bucket, percent) for bucket in buckets) * 100 / MANY
    assert abs(share - percent) < 0.5


def test_models_of_other_salts_draw_other_callers(buckets: list[int]) -> None:
    other = [bucket_of("two", f"user-{number}") for number in range(MANY)]
    both = sum(is_within(one, 10) and is_within(two, 10) for one, two in zip(buckets, other, strict=True))
    assert abs(both * 100 / MANY - 1) < 0.5
    assert buckets != other


def test_the_ends_are_exact(buckets: list[int]) -> None:
    assert not any(is_within(bucket, 0) for bucket in (*buckets, 0, LAST))
    assert all(is_within(bucket, 100) for bucket in (*buckets, 0, LAST))
    assert all(is_within(bucket, 100.0) for bucket in (0, LAST))
    assert is_within(0, 5e-324)
    assert shown_bucket(LAST) == 99.999999


def test_lists_come_before_the_percentage() -> None:
    nobody = Rollout(0, "s", frozenset({"ann", "bob"}), frozenset({"bob"}))
    assert [nobody.has(caller) for caller in ("ann", "bob", "cid")] == [True, False, False]
    assert [nobody.answer(caller).reason for caller in ("ann", "bob", "cid")] == ["allowed", "denied", "beyond"]
    all_but_one = Rollout(100, "s", frozenset({"ann"}), frozenset({"bob"}))
    assert [all_but_one.has(caller) for caller in ("ann", "bob", "cid")] == [True, False, True]
    assert [all_but_one.answer(caller).reason for caller in ("ann", "bob")] == [Reason.EVERYBODY, Reason.DENIED]


def document(**table: Any) -> dict[str, Any]:
    return {"rollout": table}


def test_a_file_without_a_table_is_for_everybody() -> None:
    assert rollout_of({}, "uid") == Rollout(100, "uid")
    assert model_of("a/b", "", "", {}).rollout is None


def test_the_salt_is_the_uid_until_one_is_said() -> None:
    assert rollout_of(document(percent=10), "uid").salt == "uid"
    assert rollout_of(document(percent=10, salt=" "), "uid").salt == "uid"
    assert rollout_of(document(percent=10, salt="x"), "uid").salt == "x"


@pytest.mark.parametrize("percent", ["10", True, -1, 101, float("nan"), float("inf"), None, [1]])
def test_what_is_no_percentage_is_nobody(percent: object) -> None:
    assert rollout_of(document(percent=percent, allow=["ann", 3]), "uid") == Rollout(0, "uid", frozenset({"ann"}))
    assert model_of("a/b", "", "", document(percent=percent)).rollout == 0
    assert model_of("a/b", "", "", {"rollout": percent or 3}).rollout == 0


def test_percentages_as_they_are_typed() -> None:
    assert [parse_percent(text) for text in ("0", "10", "10%", " 0.5 ", "100", "10.0")] == [0, 10, 10, 0.5, 100, 10]
    assert isinstance(parse_percent("10.0"), int)
    for wrong in ("", "ten", "-1", "100.1", "1e1", "nan", "0,5", "101", "٣", "5 5"):
        with pytest.raises(UsageError):
            parse_percent(wrong)
    assert [percent_text(number) for number in (0, 10.0, 0.5, 100)] == ["0 %", "10 %", "0.5 %", "100 %"]


def test_a_jump_of_more_than_one_step_is_told() -> None:
    assert [jump(one, two) for one, two in pairwise(STEPS)] == [None] * 4
    assert jump(50, 1) is None
    assert jump(5, 10) is None
    assert jump(5, 11) == "from 5 % to 11 % at once; the usual next step is 10 %"
    assert jump(0.5, 50) == "from 0.5 % to 50 % at once; the usual next step is 1 %"


def test_a_ramp_changes_what_it_says_and_keeps_the_rest() -> None:
    before = document(percent=10, salt="s", allow=["ann", "bob"], deny=["cid"])
    assert Ramp(50).values(before) == [(("rollout", "percent"), 50)]
    assert Ramp(10).values(before) == []
    assert Ramp(100).values(before) == [(("rollout", "percent"), 100)]
    assert ramp(salt="").values(before)[0][0] == ("rollout", "salt")
    moved = dict(ramp(allow=["cid"], drop=["ann"]).values(before))
    assert moved[("rollout", "allow")] == ["bob", "cid"]
    assert repr(moved[("rollout", "deny")]) == "ABSENT"


def test_a_ramp_of_a_model_that_has_none() -> None:
    assert Ramp(100).values({}) == []
    assert ramp(drop=["ann"]).values({}) == []
    assert Ramp(1).values({}) == [(("rollout",), {"percent": 1})]
    assert ramp(deny=["ann"], salt="s").values({}) == [(("rollout",), {"percent": 100, "salt": "s", "deny": ["ann"]})]
    for odd in ({"rollout": 3}, document(percent=1, allow="ann")):
        with pytest.raises(RefusedError):
            ramp(allow=["bob"]).values(odd)


def test_what_contradicts_itself_is_refused() -> None:
    for wrong in ({}, {"allow": ["a"], "deny": ["a"]}, {"drop": [" "]}, {"allow": ["a"], "drop": ["a"]}, {"salt": " "}):
        with pytest.raises(UsageError):
            ramp(**wrong)
    assert ramp(10, allow=["a", "a"]).said == "rollout 10 %; allow a"
