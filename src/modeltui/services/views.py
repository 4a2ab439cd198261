"""What the console remembers for a user: saved views, and where the user stood."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from typing import Any, TypeVar

from msgspec.structs import replace

from modeltui.domain.browse.place import Place, place_data, place_of
from modeltui.domain.browse.views import ALL, View, checked_name, in_order, view_data, view_of
from modeltui.domain.text import some_of
from modeltui.errors import BrokenFileError, InvalidValueError, ModeltuiError, NotFoundError
from modeltui.storage.console_state import ConsoleState, Part

ReadT = TypeVar("ReadT")


class ViewService:
    """Views are read anew each time, so that two consoles see each other's; a place is read once."""

    def __init__(self, state: ConsoleState, *, is_fresh: bool = False, usual: View = ALL) -> None:
        """is_fresh: the last place is not gone back to; views stay.

        usual: columns and order of the user's config, for views that say none.
        """
        self._state = state
        self._usual = usual
        self._place: Place | None = self._filled_place(Place()) if is_fresh else None
        self._notices: list[str] = []
        self._keeping = Lock()

    @property
    def is_kept(self) -> bool:
        """Whether anything outlives the program."""
        return self._state.is_kept

    def notices(self) -> tuple[str, ...]:
        """What was wrong with the files, each told once."""
        told, self._notices = tuple(self._notices), []
        return told

    def all(self) -> tuple[View, ...]:
        """Every view, in the order of their numbers: everything, a user's own, the other built-in ones."""
        return tuple(map(self._filled, in_order(self._own())))

    def own(self) -> tuple[View, ...]:
        """The views that the user saved."""
        return self._own()

    def named(self, name: str) -> View:
        """Raises NotFoundError."""
        views = self.all()
        for view in views:
            if view.name == name:
                return view
        names = [view.name for view in views]
        raise NotFoundError(f"no view {name!r}", hint=f"known are {some_of(names, len(names), 12)}")

    def save(self, view: View) -> View:
        """Keep a view under its name, in place of the user's own of that name.

        Raises InvalidValueError for a name that cannot be, QueryError for a query or an order with a mistake.
        """
        from modeltui.domain.browse.sort import parse_sort  # noqa: PLC0415
        from modeltui.domain.query import parse_query  # noqa: PLC0415  # to read views takes neither

        kept = replace(view, name=checked_name(view.name))
        parse_query(kept.query)
        parse_sort(kept.sort)
        own = self._own()
        if any(each.name == kept.name for each in own):
            self._write([kept if each.name == kept.name else each for each in own])
        else:
            self._write([*own, kept])
        return kept

    def rename(self, old: str, new: str) -> View:
        """Raises NotFoundError for what is none of the user's own, InvalidValueError for a name that cannot be."""
        own = self._own()
        view = replace(self._one_of(own, old), name=checked_name(new))
        if any(each.name == view.name != old for each in own):
            raise InvalidValueError(f"there is a view {view.name!r} already", hint="choose another name")
        self._write([view if each.name == old else each for each in own])
        return view

    def delete(self, name: str) -> None:
        """Raises NotFoundError for what is none of the user's own."""
        own = self._own()
        gone = self._one_of(own, name)
        self._write([each for each in own if each is not gone])

    def place(self) -> Place:
        """Where the user stood when the console ended."""
        if self._place is None:
            self._place = self._filled_place(self._read("place", place_of, Place()))
        return self._place

    def keep(self, place: Place) -> None:
        """Remember where the user stands. Raises UsageError where that cannot be written."""
        self._place = place
        with self._keeping:
            self._state.write("place", place_data(self._without_usual(self._place)))

    def keep_copy(self, text: str) -> str | None:
        """Write what was copied to a file of the user's, and return its path; None where nothing is kept."""
        return self._state.keep_copy(text)

    def _filled(self, view: View) -> View:
        return replace(view, columns=view.columns or self._usual.columns, sort=view.sort or self._usual.sort)

    def _without_usual(self, place: Place) -> Place:
        """What the config says is not kept, so that another config counts."""
        shown = place.shown
        columns = () if shown.columns == self._usual.columns else shown.columns
        return replace(
            place, shown=replace(shown, columns=columns, sort="" if shown.sort == self._usual.sort else shown.sort)
        )

    def _filled_place(self, place: Place) -> Place:
        return replace(place, shown=self._filled(place.shown))

    def _own(self) -> tuple[View, ...]:
        return self._read("views", _views_of, ())

    def _one_of(self, own: Sequence[View], name: str) -> View:
        for view in own:
            if view.name == name:
                return view
        self.named(name)
        raise NotFoundError(f"{name!r} is built in", hint="only views of your own are renamed and deleted")

    def _write(self, views: Sequence[View]) -> None:
        self._state.write("views", {"views": [view_data(view) for view in views]})

    def _read(self, part: Part, value_of: Callable[[Mapping[str, Any]], ReadT], default: ReadT) -> ReadT:
        """What a file says. One that is damaged is set aside, and said; the console works without it."""
        try:
            data = self._state.read(part)
            return value_of(data) if data else default
        except ModeltuiError as error:
            what = "saved views" if part == "views" else "last place in the console"
            self._notices.append(f"the {what} could not be read ({error.message}); {self._aside(part)}")
            return default

    def _aside(self, part: Part) -> str:
        try:
            return f"the file is kept as {self._state.set_aside(part)}"
        except ModeltuiError as error:
            return error.message


def _views_of(data: Mapping[str, Any]) -> tuple[View, ...]:
    views = data.get("views", [])
    if not isinstance(views, list):
        raise BrokenFileError("it holds no views")
    found = {view.name: view for view in map(view_of, views)}
    return tuple(view for view in found.values() if view.name)
