"""The table draws the rows in view and no others, whatever their number."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace
from textual.app import App, ComposeResult

from modeltui.domain.browse.columns import COLUMNS, Column
from modeltui.domain.catalog import Catalog
from modeltui.domain.model import Model
from modeltui.domain.pending.plan import Plan
from modeltui.domain.pending.queue import Queue
from modeltui.domain.snapshot import Snapshot
from modeltui.tui.themes import with_roles
from modeltui.tui.widgets.grid import GAP, Grid
from modeltui.tui.widgets.model_table import ModelTable

HEIGHT = 20
MANY = 100_000


class TableApp(App[None]):
    """The table alone."""

    def __init__(self, columns: list[Column]) -> None:
        super().__init__()
        self.table = ModelTable(columns)

    def get_css_variables(self) -> dict[str, str]:
        return with_roles(super().get_css_variables(), is_ansi=False)

    def compose(self) -> ComposeResult:
        yield self.table


def counting(columns: tuple[str, ...]) -> tuple[list[Column], list[str]]:
    """Columns that note the key of each row whose text is asked for."""
    asked: list[str] = []

    def noted(column: Column) -> Column:
        def text(model: Model, plan: Plan) -> str:
            asked.append(model.key)
            return column.text(model, plan)

        return replace(column, text=text)

    return [noted(COLUMNS[name]) for name in columns], asked


def snapshot_of(models: dict[str, Model]) -> Snapshot:
    return Snapshot(Catalog("/catalog", models, {}), Queue(), Plan({}), "bob")


def rows(count: int) -> dict[str, Model]:
    keys = (f"chat/m{number:06}" for number in range(count))
    return {key: Model(key=key, path=f"models/{key}.toml", name=key, provider="acme") for key in keys}


async def test_a_hundred_thousand_rows_cost_what_is_in_view() -> None:
    columns, asked = counting(("name", "provider", "cost"))
    models = rows(MANY)
    app = TableApp(columns)
    async with app.run_test(size=(80, HEIGHT)) as pilot:
        app.table.show_models(list(models.values()), snapshot_of(models))
        await pilot.pause()
        assert len(set(asked)) <= HEIGHT
        assert len(asked) <= 3 * HEIGHT * 2

        for key in ("G", "g", "g", "pagedown", "ctrl+d"):
            asked.clear()
            await pilot.press(key)
            await pilot.pause()
            assert len(set(asked)) <= HEIGHT + 1, key

        asked.clear()
        await pilot.press("j")
        await pilot.pause()
        assert len(set(asked)) <= 2, "moving draws the row left and the row reached"


async def test_drawn_rows_are_kept_for_scrolling_back() -> None:
    columns, asked = counting(("name", "provider"))
    models = rows(1000)
    app = TableApp(columns)
    async with app.run_test(size=(80, HEIGHT)) as pilot:
        app.table.show_models(list(models.values()), snapshot_of(models))
        await pilot.press("pagedown")
        await pilot.pause()
        asked.clear()
        await pilot.press("pageup")
        await pilot.pause()
        assert len(set(asked)) <= 2


async def test_the_cursor_comes_back_to_its_key_after_it_was_filtered_away() -> None:
    columns, _ = counting(("name",))
    models = rows(100)
    every = list(models.values())
    app = TableApp(columns)
    async with app.run_test(size=(80, HEIGHT)) as pilot:
        table = app.table
        table.show_models(every, snapshot_of(models))
        await pilot.press("5", "0", "G")
        await pilot.pause()
        from_top = table.cursor - table.scroll_offset.y
        table.show_models(every[:10], snapshot_of(models))
        assert table.cursor_key == "chat/m000009"
        table.show_models([], snapshot_of(models))
        assert table.cursor_key is None
        table.show_models(every, snapshot_of(models))
        await pilot.pause()
        assert table.cursor_key == "chat/m000049"
        assert table.cursor - table.scroll_offset.y == from_top


async def test_every_line_is_as_wide_as_the_table() -> None:
    columns, _ = counting(("name", "provider", "type", "cost", "time", "status"))
    wide = {"a/漢": Model(key="a/漢", path="", name="漢字" * 40, provider="e\u0301" * 30)}
    app = TableApp(columns)
    async with app.run_test(size=(61, HEIGHT)) as pilot:
        app.table.show_models(list(wide.values()), snapshot_of(wide))
        for _ in range(6):
            await pilot.press("right")
            assert {app.table.render_line(y).cell_length for y in range(HEIGHT)} == {61}


def columns_of(*widths: int) -> list[Column]:
    text: Any = COLUMNS["name"].text
    return [Column(f"c{index}", "", width, "left", text) for index, width in enumerate(widths)]


def test_the_first_column_takes_the_cells_that_no_other_whole_column_fits_in() -> None:
    grid = Grid(columns_of(10, 8, 8, 20), lead=4, viewport=40)
    assert grid.widths == (15, 8, 8, 20)
    assert grid.starts[2] + grid.widths[2] == 39
    assert grid.total == 4 + sum(grid.widths) + 4 * GAP


def test_a_column_is_scrolled_into_view_and_no_further() -> None:
    grid = Grid(columns_of(10, 8, 8, 15), lead=4, viewport=40)
    assert grid.scroll_for(1, 0) == 0
    scroll = grid.scroll_for(3, 0)
    assert grid.starts[3] + grid.widths[3] - scroll == 40
    assert grid.scroll_for(2, scroll) == min(scroll, grid.starts[2] - grid.frozen)
    assert grid.scroll_for(0, scroll) == 0
