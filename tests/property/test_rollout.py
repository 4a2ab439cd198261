"""Whatever the ids and salts: nobody falls out while a rollout grows, and its ends are exact."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from modeltui.domain.ramp import Ramp, ramp
from modeltui.domain.rollout import Rollout, bucket_of, callers_of, is_within, rollout_of, shown_bucket

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
IDS = TEXTS.filter(str.strip)
PERCENTS = st.one_of(st.integers(0, 100), st.floats(0, 100))
LISTS = st.lists(st.sampled_from(["ann", "bob", "cid", "Zoë"]), unique=True)


@given(TEXTS, IDS, PERCENTS, PERCENTS)
def test_who_is_in_stays_in(salt: str, caller: str, one: float, other: float) -> None:
    low, high = sorted((one, other))
    if Rollout(low, salt).has(caller):
        assert Rollout(high, salt).has(caller)


@given(TEXTS, IDS)
def test_nobody_is_in_at_0_and_everybody_at_100(salt: str, caller: str) -> None:
    assert not Rollout(0, salt).has(caller)
    assert Rollout(100, salt).has(caller)


@given(TEXTS, IDS, PERCENTS)
def test_the_same_question_has_the_same_answer(salt: str, caller: str, percent: float) -> None:
    answer = Rollout(percent, salt).answer(caller)
    assert answer == rollout_of({"rollout": {"percent": percent, "salt": ""}}, salt).answer(caller)
    assert answer.is_in == is_within(bucket_of(salt, caller), percent)
    assert 0 <= answer.bucket < 100


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1))
def test_what_is_shown_has_the_order_of_what_is_meant(one: int, other: int) -> None:
    low, high = sorted((one, other))
    assert shown_bucket(low) <= shown_bucket(high) < 100


@given(PERCENTS, LISTS, LISTS, IDS)
def test_deny_beats_allow_beats_percent(percent: float, allow: list[str], deny: list[str], caller: str) -> None:
    rollout = Rollout(percent, "s", frozenset(allow), frozenset(deny))
    for each in {*allow, *deny, caller}:
        expected = each not in deny and (each in allow or Rollout(percent, "s").has(each))
        assert rollout.has(each) == expected


@given(PERCENTS, LISTS, LISTS, st.sampled_from(["ann", "dan"]))
def test_who_is_put_on_a_list_is_on_that_list_only(percent: float, allow: list[str], deny: list[str], who: str) -> None:
    table = {"percent": percent, "allow": allow, "deny": [each for each in deny if each not in allow]}
    after = dict(table)
    for path, value in ramp(allow=[who]).values({"rollout": table}):
        after[str(path[-1])] = value
    assert who in callers_of(after, "allow")
    assert who not in callers_of(after, "deny")
    assert set(callers_of(after, "allow")) == {*allow, who}
    assert not ramp(allow=[who]).values(
        {"rollout": {k: v for k, v in after.items() if isinstance(v, list | int | float)}}
    )
    assert Ramp(percent).values({"rollout": table}) == []
