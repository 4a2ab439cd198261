"""Many small calls side by side: each name once, and the first error told when all have ended."""

from __future__ import annotations

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
