"""Rows that are made when they are first asked for."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from modeltui.domain.model import Model
from modeltui.storage.late_rows import LateRows

ROWS = [Model(key=name, path=f"models/{name}.toml", name=name.upper()) for name in ("a", "b", "c")]


class Making:
    def __init__(self) -> None:
        self.times = 0
        self.rows = LateRows(len(ROWS), self)

    def __call__(self) -> list[Model]:
        self.times += 1
        return list(ROWS)


def test_to_count_and_to_name_them_makes_none() -> None:
    making = Making()
    assert len(making.rows) == 3
    assert bool(making.rows)
    assert repr(making.rows) == "LateRows(3)"
    assert making.rows == making.rows
    assert not making.rows.is_made
    assert making.times == 0


@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        (lambda rows: rows["b"].name, "B"),
        (lambda rows: rows.get("none"), None),
        (lambda rows: rows.get("none", 5), 5),
        (lambda rows: "b" in rows, True),
        (lambda rows: "none" in rows, False),
        (list, ["a", "b", "c"]),
        (lambda rows: [row.name for row in rows.values()], ["A", "B", "C"]),
        (lambda rows: next(iter(rows.items())), ("a", ROWS[0])),
        (lambda rows: rows.keys() & {"a", "z"}, {"a"}),
        (lambda rows: rows == {row.key: row for row in ROWS}, True),
        (lambda rows: {row.key: row for row in ROWS} == rows, True),
        (lambda rows: rows == LateRows(3, lambda: list(ROWS)), True),
        (lambda rows: rows == LateRows(2, lambda: ROWS[:2]), False),
        (lambda rows: rows == 5, False),
    ],
)
def test_they_are_as_a_dictionary_is(ask: Callable[[LateRows], object], answer: object) -> None:
    making = Making()
    assert [ask(making.rows), ask(making.rows)] == [answer, answer]
    assert making.times == 1
    with pytest.raises(KeyError):
        making.rows["none"]


def test_threads_that_ask_at_once_are_given_the_same_rows() -> None:
    both, begun = threading.Barrier(4), []

    def make() -> list[Model]:
        begun.append(1)
        return [Model(key="a", path="models/a.toml")]

    rows, found = LateRows(1, make), list[Model]()

    def ask() -> None:
        both.wait()
        found.append(rows["a"])

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(begun) == 1
    assert all(each is found[0] for each in found)


def test_what_cannot_be_made_is_told_and_tried_again() -> None:
    results: list[object] = [ValueError("damaged"), ROWS[:1]]

    def make() -> list[Model]:
        result = results.pop(0)
        if isinstance(result, ValueError):
            raise result
        assert isinstance(result, list)
        return result

    rows = LateRows(1, make)
    with pytest.raises(ValueError, match="damaged"):
        list(rows)
    assert list(rows) == ["a"]
