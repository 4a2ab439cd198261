"""What a run made: a picture, a sound, a text, a tree, and one of several at a time. Any screen can hold one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.events import Resize
from textual.message import Message
from textual.widgets import Static

from modeltui.domain.job import Job, ResultFile
from modeltui.domain.text import safe
from modeltui.errors import ModeltuiError
from modeltui.services.running.results import ResultService, Text, Tree, parsed
from modeltui.services.running.waveform import Waveform
from modeltui.tui.commands import explained
from modeltui.tui.present.line import Line, content, wrapped
from modeltui.tui.present.media import facts_line, fitted, kind_of, text_lines, title_line, wave_lines
from modeltui.tui.widgets.graphics import load_graphics
from modeltui.tui.widgets.json_tree import JsonTree
from modeltui.tui.widgets.line_view import LineView
from modeltui.tui.widgets.path_question import PathQuestion
from modeltui.tui.widgets.picture import Picture

if TYPE_CHECKING:
    from PIL import Image

_MOST_PIXELS: Final = (1600, 1600)
"""Of a picture that is kept to be drawn: more than any terminal shows."""
_LEAST_ROWS: Final = 3
"""A picture in fewer says nothing."""
_WAVE_ROWS: Final = 8
_UNSEEN: Final = {
    "picture": "this picture cannot be read here",
    "sound": "it is packed: its shape cannot be drawn",
    "video": "it is packed: its first picture cannot be had",
    "text": "this text cannot be read",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a run made: a file, or the text of its answer."""

    file: ResultFile | None = None
    text: str = ""

    @property
    def kind(self) -> str:
        return kind_of(self.file) if self.file is not None else "text"


def items_of(job: Job | None) -> tuple[Item, ...]:
    if job is None:
        return ()
    files = tuple(Item(file) for file in job.files)
    is_in_file = any(each.kind == "text" for each in files)
    return (*files, Item(text=job.text)) if job.text and not is_in_file else files


class ResultView(Vertical, can_focus=True):
    BINDING_GROUP_TITLE = "Result"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "open", "Open", id="result.open", tooltip="with the system's own program"),
        Binding("s", "save", "Save as…", id="result.save", tooltip="a copy of it; nothing is overwritten"),
        Binding("right,n", "step(1)", "Next result", id="result.next", show=False),
        Binding("left,b", "step(-1)", "Previous result", id="result.previous", show=False),
    ]
    DEFAULT_CSS = """
    ResultView {
        height: 1fr;
        & > #which { height: auto; }
        & > #facts { height: auto; }
        & > Picture { margin-top: 1; }
        & > LineView, & > JsonTree { height: 1fr; margin-top: 1; }
        &.-low > Picture, &.-low > LineView, &.-low > JsonTree { margin-top: 0; }
        &:focus-within > #which { background: $cursor-dim; }
    }
    """

    class Looked(Message):
        """What an item holds, read off the loop."""

        def __init__(self, turn: int, shape: Any) -> None:
            super().__init__()
            self.turn = turn
            self.shape = shape
            """A picture, a Waveform, a Text, a Tree; None where none of them can be had."""

    def __init__(self, results: ResultService, *, id: str | None = None) -> None:  # noqa: A002  # Textual's name
        super().__init__(id=id)
        self._results = results
        self._items: tuple[Item, ...] = ()
        self._at = 0
        self._turn = 0
        self._shape: Any = None
        self._drawn: tuple[int, int] | None = None
        """Width and height that the item is drawn for."""

    def compose(self) -> ComposeResult:
        yield Static(id="which", markup=False)
        yield Static(id="facts", markup=False)
        yield Picture(self._results.pictures)
        yield LineView(id="lines")

    def on_mount(self) -> None:
        self.query_one(LineView).display = False

    def show(self, job: Job | None) -> None:
        """The results of a job from the first one on; None for nothing."""
        items = items_of(job)
        if items != self._items:
            self._items, self._at = items, 0
            self._look()

    @property
    def item(self) -> Item | None:
        """The one that is shown."""
        return self._items[self._at] if self._items else None

    @property
    def count(self) -> int:
        return len(self._items)

    def focus_result(self) -> None:
        """To where keys move through what is shown, else to the whole."""
        for node in (*self.query(JsonTree), *self.query(LineView)):
            if node.display:
                node.focus()
                return
        self.focus()

    def _look(self) -> None:
        self._turn += 1
        item = self.item
        has_focus = self.has_focus_within
        self._shape, self._drawn = None, None
        which = title_line(item.file, self._at, self.count) if item else ()
        self.query_one("#which", Static).update(content([which]))
        facts = [facts_line(item.file)] if item and item.file else []
        self.query_one("#facts", Static).update(content(facts))
        self.query_one("#facts").display = bool(facts)
        self.query_one(LineView).display = False
        if item is not None:
            self._read(self._turn, item)
        else:
            self.call_later(self._draw)
            if has_focus:
                self.screen.focus_next()
        self.refresh_bindings()

    @work(thread=True, group="result")
    def _read(self, turn: int, item: Item) -> None:
        self.post_message(self.Looked(turn, self._shape_of(item)))

    def _shape_of(self, item: Item) -> Any:
        if item.file is None:
            return parsed(item.text)
        path = item.file.path
        match item.kind:
            case "text":
                return self._results.text(path)
            case "sound":
                return self._results.waveform(path, 400)
            case "picture" | "video":
                frame = self._results.frame(path, item.file.media_type, _MOST_PIXELS)
                if frame is not None and self._results.pictures in {"kitty", "sixel"}:
                    load_graphics()
                return frame
        return None

    @on(Looked)
    async def _show_looked(self, event: Looked) -> None:
        event.stop()
        if event.turn == self._turn:
            self._shape = event.shape
            await self._draw()

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.height < 8, "-low")
        if self._shape is not None and self._drawn is not None and self._room != self._drawn:
            self.call_after_refresh(self._draw)

    @property
    def _room(self) -> tuple[int, int]:
        """Columns and rows below the lines at the top."""
        top = 1 + (2 if self.size.width < 60 else 1) if self.item and self.item.file else 1
        return self.size.width, self.size.height - top - (not self.has_class("-low"))

    async def _draw(self) -> None:
        """What was read, in the room that there is."""
        self._drawn = (columns, rows) = self._room
        shape, item = self._shape, self.item
        picture, view = self.query_one(Picture), self.query_one(LineView)
        is_picture = shape is not None and not isinstance(shape, Waveform | Text | Tree)
        await self._show_picture(shape if is_picture else None, columns, rows)
        if not isinstance(shape, Tree):
            await self.query(JsonTree).remove()
        elif not self.query(JsonTree):
            await self.mount(JsonTree(shape.value))
        lines = self._lines(shape, item, columns, rows)
        view.display = bool(lines) and not picture.has_class("-shown")
        if view.display:
            view.show_lines(lines)
        if self.has_focus_within:
            self.focus_result()

    async def _show_picture(self, image: Image.Image | None, columns: int, rows: int) -> None:
        is_worth_it = rows >= _LEAST_ROWS
        await self.query_one(Picture).show(image if is_worth_it else None, columns, rows)

    def _lines(self, shape: Any, item: Item | None, columns: int, rows: int) -> list[Line]:
        if item is None or isinstance(shape, Tree):
            return []
        if isinstance(shape, Waveform):
            return wave_lines(fitted(shape.peaks, columns - 2), max(1, min(_WAVE_ROWS, rows - 1)))
        if isinstance(shape, Text):
            more: list[Line] = [(("cut here: it is too long to show", "warn"),)] if shape.is_cut else []
            return [*text_lines(shape.text, columns - 2), *more]
        is_drawn = self.query_one(Picture).has_class("-shown")
        return [] if is_drawn else wrapped([((self._in_words(item, shape), "muted"),)], max(columns - 2, 10))

    def _in_words(self, item: Item, shape: Any) -> str:
        """Why there is nothing to look at, and what helps."""
        opens = "o opens it" if self._results.why_no_opener() is None else "y copies its path"
        if shape is not None:
            is_low = self._room[1] < _LEAST_ROWS
            why = "there is no room here for the picture" if is_low else "this terminal shows too few colours for it"
            return f"{why}; {opens}"
        return f"{_UNSEEN.get(item.kind, 'nothing of it can be shown here')}; {opens}"

    def why_not(self, action: str) -> str | None:
        item = self.item
        if item is None:
            return "there is no result yet"
        if action == "step" and self.count < 2:
            return "there is one result only"
        if action in {"open", "save"} and item.file is None:
            return "a text is no file; y copies it"
        return self._results.why_no_opener() if action == "open" else None

    def refuse(self, reason: str) -> None:
        self.notify(safe(reason), severity="warning", markup=False)

    def action_step(self, step: int) -> None:
        if (reason := self.why_not("step")) is not None:
            self.refuse(reason)
            return
        self._at = (self._at + step) % self.count
        self._look()

    @explained
    def action_open(self) -> None:
        if self.item is not None and self.item.file is not None:
            self._hand_over(self.item.file.path)

    @work(thread=True, group="open")
    def _hand_over(self, path: str) -> None:
        try:
            self._results.open(path)
        except ModeltuiError as error:
            self.app.call_from_thread(self.refuse, error.message)

    @explained
    def action_save(self) -> None:
        if self.item is None or self.item.file is None:
            return
        path = self.item.file.path

        def answered(target: str | None) -> None:
            if target is not None:
                self._save(path, target)

        name = path.rpartition("/")[2]
        self.app.push_screen(PathQuestion("Save a copy", value=f"~/{name}", does="save"), answered)

    @work(thread=True, group="save")
    def _save(self, path: str, target: str) -> None:
        try:
            text = f"saved {self._results.save(path, target)}"
        except ModeltuiError as error:
            self.app.call_from_thread(self.refuse, "; ".join(filter(None, (error.message, error.hint))))
        else:
            self.app.call_from_thread(self.notify, safe(text), markup=False)
