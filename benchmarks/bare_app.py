"""The least that a Textual program can be: a stock DataTable of given rows; `python -m benchmarks.bare_app ROWS.json`.

The rows are read as the app comes up, as any program would have to.
"""

from __future__ import annotations

import json
import sys

from textual.app import App, ComposeResult
from textual.widgets import DataTable


class BareApp(App[None]):
    def compose(self) -> ComposeResult:
        yield DataTable()

    def on_mount(self) -> None:
        with open(sys.argv[1], encoding="utf-8") as file:
            given = json.load(file)
        table = self.query_one(DataTable)
        table.add_columns(*given["columns"])
        table.add_rows(given["rows"])


if __name__ == "__main__":
    BareApp().run()
