"""How the rows of a pick are drawn."""

from __future__ import annotations

from pathlib import Path

from modeltui.tui.present.pick import LeftOut
from modeltui.tui.widgets.row_list import RowList
from tui.driver import running


async def test_where_no_model_takes_it_each_reason_stands_once_below_its_heading(root: Path) -> None:
    async with running(root, (120, 40)) as console:
        await console.press("M", *"nothing=1", "enter")
        rows = console.one(RowList, "#rows").rows
        assert rows
        assert all(isinstance(row, LeftOut) for row in rows)
        lines = console.text.splitlines()
        heading = next(number for number, line in enumerate(lines) if "for these reasons" in line)
        above = [line.strip() for line in lines[2:heading] if line.strip()]
        assert above[-1].endswith("models takes it"), above
