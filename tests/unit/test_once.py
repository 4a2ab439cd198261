"""What is made once is one thing, whoever asks first."""

from __future__ import annotations

from threading import Barrier, Thread

from modeltui.bootstrap.once import Made, once


class House(Made):
    def __init__(self) -> None:
        super().__init__()
        self.built = 0

    @once
    def door(self) -> list[str]:
        self.built += 1
        return ["door"]

    @once
    def front(self) -> tuple[list[str], str]:
        """A part that is made with another."""
        return self.door, "front"


def test_it_is_made_when_it_is_first_asked_for() -> None:
    house = House()
    assert house.built == 0
    assert house.front[0] is house.door
    assert house.built == 1
    assert House().door is not house.door
    assert House.front.__doc__ == "A part that is made with another."


def test_threads_that_ask_at_once_get_the_same() -> None:
    for _ in range(20):
        house, start = House(), Barrier(4)
        found: list[list[str]] = []

        def ask(house: House = house, start: Barrier = start, found: list[list[str]] = found) -> None:
            start.wait()
            found.append(house.door)

        threads = [Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert house.built == 1
        assert all(door is house.door for door in found)
