"""What is behind is not sent; only a terminal that answers is asked."""

from __future__ import annotations

from modeltui.tui.lowband.pacing import LONGEST_WAIT_S, Pacing


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def answering(clock: Clock, took_s: float = 0.01) -> Pacing:
    pacing = Pacing(clock)
    pacing.asking()
    clock.now += took_s
    pacing.answered()
    return pacing


def test_a_terminal_that_never_answered_is_not_asked_and_never_waited_for() -> None:
    pacing = Pacing(Clock())
    pacing.asking()
    assert not any(pacing.sending(4000) for _ in range(100))
    assert pacing.wait_s() is None


def test_what_is_small_is_not_asked_about() -> None:
    pacing = answering(Clock())
    assert [pacing.sending(400) for _ in range(6)] == [False, False, True, False, False, True]


def test_too_much_under_way_holds_what_follows_until_it_has_arrived() -> None:
    clock = Clock()
    pacing = answering(clock)
    assert pacing.sending(200_000)
    wait_s = pacing.wait_s()
    assert wait_s is not None
    assert wait_s > 1
    pacing.answered()
    assert pacing.wait_s() is None


def test_a_line_on_which_bytes_wait_gets_less_at_once() -> None:
    clock = Clock()
    pacing = answering(clock)
    for _ in range(8):
        assert pacing.sending(3000)
        clock.now += 1
        pacing.answered()
    assert pacing.sending(2500)
    assert pacing.wait_s() is not None


def test_a_line_on_which_nothing_waits_gets_more_at_once() -> None:
    clock = Clock()
    pacing = answering(clock)
    for _ in range(30):
        assert pacing.sending(3000)
        clock.now += 0.01
        pacing.answered()
    assert pacing.sending(30_000)
    assert pacing.wait_s() is None


def test_an_answer_that_is_lost_does_not_stop_the_screen() -> None:
    clock = Clock()
    pacing = answering(clock)
    for _ in range(3):
        assert pacing.sending(200_000)
        assert pacing.wait_s() is not None
        clock.now += LONGEST_WAIT_S
        assert pacing.wait_s() is None
    assert not pacing.sending(200_000), "asked no more after so many"
    assert not pacing.awaits


def test_who_comes_back_waits_for_nothing() -> None:
    pacing = answering(Clock())
    pacing.sending(200_000)
    assert pacing.awaits
    pacing.restarted()
    assert not pacing.awaits
    assert pacing.wait_s() is None


def test_an_answer_to_nothing_is_no_answer() -> None:
    pacing = Pacing(Clock())
    pacing.answered()
    assert not pacing.sending(4000)
