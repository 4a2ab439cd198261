"""Many small calls side by side: each name once, and the first error told when all have ended."""

from __future__ import annotations

import signal
import threading

import pytest

from modeltui.storage.at_once import at_once


@pytest.mark.parametrize("count", [0, 1, 255, 256, 1_003])
def test_each_name_is_called_once(count: int) -> None:
    names = [str(number) for number in range(count)]
    called: list[str] = []
    at_once(names, called.append)
    assert sorted(called) == sorted(names)
    if count < 256:
        assert called == names, "few go in their order"


def test_many_go_in_several_threads() -> None:
    threads: set[int] = set()
    at_once([str(number) for number in range(1_000)], lambda _name: threads.add(threading.get_ident()))
    assert threading.get_ident() not in threads


@pytest.mark.parametrize("at", ["0", "750"], ids=["in the first part", "in the last part"])
def test_where_it_is_interrupted_no_call_is_left_on_its_way(at: str) -> None:
    """The caller closes then what they work on."""
    on_their_way = set[str]()
    may_go, main = threading.Event(), threading.main_thread().ident
    assert main is not None

    def stopped(*_: object) -> None:
        may_go.set()
        raise KeyboardInterrupt

    def call(name: str) -> None:
        on_their_way.add(name)
        if name == at:
            signal.pthread_kill(main, signal.SIGINT)
        assert may_go.wait(60)
        on_their_way.remove(name)

    before = signal.signal(signal.SIGINT, stopped)
    try:
        with pytest.raises(KeyboardInterrupt):
            at_once([str(number) for number in range(1_000)], call)
        assert on_their_way == set()
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("count", [3, 1_000])
def test_the_first_error_is_raised_and_other_parts_come_to_their_end(count: int) -> None:
    called: list[str] = []

    def call(name: str) -> None:
        called.append(name)
        if name == "1":
            raise PermissionError(name)

    with pytest.raises(PermissionError, match="1"):
        at_once([str(number) for number in range(count)], call)
    assert called[:2] == ["0", "1"] or count > 3
    assert count < 256 or str(count - 1) in called
