"""Letters in order, and which text they mean."""

from __future__ import annotations

import pytest

from modeltui.domain.fuzzy import ranked, score


@pytest.mark.parametrize(
    ("letters", "better", "worse"),
    [
        ("veo", "Google Veo 3.1", "video editor one"),
        ("v3f", "Veo 3.1 Fast", "oven 13 half"),
        ("fast", "Veo Fast", "Veo breakfast"),
        ("fast", "Veo Fast", "f a s t"),
        ("kling26", "Kling 2.6", "Kling 2.1 and 16"),
        ("banana", "Nano Banana", "ban the anagram a"),
    ],
)
def test_the_better_text_is_first(letters: str, better: str, worse: str) -> None:
    assert ranked(letters, [("worse", worse), ("better", better)], 9) == ["better", "worse"]


def test_texts_without_the_letters_are_left_out() -> None:
    assert ranked("vx", [("a", "Veo"), ("b", "xv")], 9) == []
    assert score("aa", "a") is None
    assert score("ba", "ab") is None


def test_the_shorter_of_two_equal_ones_is_first_and_no_more_than_asked_come() -> None:
    texts = [("long", "Veo 3.1 Reference"), ("short", "Veo 3")]
    assert ranked("VEO", texts, 9) == ["short", "long"]
    assert ranked("VEO", texts, 1) == ["short"]


def test_blanks_and_case_do_not_count_and_nothing_fits_all() -> None:
    assert ranked("V E O", [("a", "veo")], 9) == ["a"]
    assert ranked("", [("b", "bb"), ("a", "a")], 9) == ["a", "b"]


def test_a_long_stretch_is_shortened_from_its_end() -> None:
    tight = score("ab", "axxxxxxxxab")
    assert tight is not None
    loose = score("ab", "axxxxxxxxxb")
    assert loose is not None
    assert tight > loose
