"""Views and the last place, as the console and the command line find them."""

from __future__ import annotations

from pathlib import Path

import pytest

from modeltui.domain.browse.place import Place
from modeltui.domain.browse.views import ShownColumn, View
from modeltui.errors import InvalidValueError, NotFoundError, QueryError
from modeltui.services.views import ViewService
from modeltui.storage.console_state import ConsoleState

CHEAP = View("cheap", "cost<5", "cost", (ShownColumn("name", 30),), "provider")


@pytest.fixture
def state(tmp_path: Path) -> ConsoleState:
    return ConsoleState(str(tmp_path / "state"), str(tmp_path / "catalogue"))


@pytest.fixture
def views(state: ConsoleState) -> ViewService:
    return ViewService(state)


def test_a_saved_view_is_there_for_another_console(views: ViewService, state: ConsoleState) -> None:
    views.save(CHEAP)
    other = ViewService(state)
    assert other.named("cheap") == CHEAP
    assert other.all()[1] == CHEAP
    assert other.own() == (CHEAP,)


def test_saving_again_replaces_and_keeps_the_number(views: ViewService) -> None:
    views.save(CHEAP)
    views.save(View("second"))
    views.save(View("cheap", "cost<1"))
    assert [(view.name, view.query) for view in views.own()] == [("cheap", "cost<1"), ("second", "")]


def test_renaming_and_deleting(views: ViewService) -> None:
    views.save(CHEAP)
    views.save(View("second"))
    assert views.rename("cheap", "  low   cost ").name == "low cost"
    assert [view.name for view in views.own()] == ["low cost", "second"]
    with pytest.raises(InvalidValueError, match="already"):
        views.rename("low cost", "second")
    views.rename("second", "second")
    views.delete("low cost")
    assert [view.name for view in views.own()] == ["second"]


@pytest.mark.parametrize("name", ["locked", "nowhere"])
def test_what_is_not_the_users_own_is_neither_renamed_nor_deleted(views: ViewService, name: str) -> None:
    with pytest.raises(NotFoundError):
        views.delete(name)
    with pytest.raises(NotFoundError):
        views.rename(name, "other")


def test_a_view_that_would_not_work_is_not_saved(views: ViewService) -> None:
    with pytest.raises(QueryError):
        views.save(View("bad", "cost<x"))
    with pytest.raises(QueryError):
        views.save(View("bad", "", "nonsense"))
    with pytest.raises(InvalidValueError):
        views.save(View("all"))
    assert views.own() == ()


def test_the_place_is_gone_back_to_unless_one_starts_afresh(views: ViewService, state: ConsoleState) -> None:
    place = Place(CHEAP, "chat/a", "cost", frozenset({"chat/b"}), ("veo",))
    views.save(CHEAP)
    views.keep(place)
    assert ViewService(state).place() == place
    fresh = ViewService(state, is_fresh=True)
    assert fresh.place() == Place()
    assert fresh.own() == (CHEAP,)


@pytest.mark.parametrize("part", ["place", "views"])
def test_a_damaged_file_is_said_once_and_kept_aside(views: ViewService, state: ConsoleState, part: str) -> None:
    views.save(CHEAP)
    views.keep(Place(key="chat/a"))
    path = Path(state.path("place" if part == "place" else "views"))
    path.write_text('{"torn')
    again = ViewService(state)
    assert (again.place(), again.own()) == ((Place(), (CHEAP,)) if part == "place" else (Place(key="chat/a"), ()))
    (notice,) = again.notices()
    assert "could not be read" in notice
    assert again.notices() == ()
    assert Path(notice.rpartition(" ")[2]).read_text() == '{"torn'
    again.save(CHEAP)
    assert again.own() == (CHEAP,)


def test_a_file_of_another_shape_is_damaged_too(views: ViewService, state: ConsoleState) -> None:
    state.write("views", {"views": {"a": 1}})
    state.write("place", {"marks": "all"})
    assert views.own() == ()
    assert views.place() == Place()
    assert len(views.notices()) == 2


def test_without_a_folder_everything_works_and_nothing_stays(tmp_path: Path) -> None:
    views = ViewService(ConsoleState("", str(tmp_path)))
    views.save(CHEAP)
    views.keep(Place(key="x"))
    assert not views.is_kept
    assert views.own() == ()
