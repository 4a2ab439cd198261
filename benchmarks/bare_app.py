"""The least that a Textual program can be: a stock DataTable of N rows. `python -m benchmarks.bare_app N`."""

from __future__ import annotations

import sys

from textual.app import App, ComposeResult
from textual.widgets import DataTable


class BareApp(App[None]):
    def compose(self) -> ComposeResult:
        yield DataTable()

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        table.add_columns("name", "provider", "type", "cost", "status")
        table.add_rows((f"Model {n:06d}", "sandbox", "prompt_to_image", "1", "active") for n in range(int(sys.argv[1])))


if __name__ == "__main__":
    BareApp().run()
