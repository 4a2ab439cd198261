"""What the console's table says, for others to show the same: `rows.json`, `rows.csv`, `rows.txt` in one folder."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from modeltui.bootstrap import open_workspace
from modeltui.config import load_settings
from modeltui.domain.browse.views import shown_columns
from modeltui.domain.text import safe


def write_rows(catalog: str, folder: Path) -> Path:
    """Every model in the console's order, in its usual columns; returns `folder`."""
    folder.mkdir(parents=True)
    service = open_workspace(load_settings(catalog)).catalog
    snapshot = service.snapshot()
    columns = shown_columns((), snapshot.shown)
    titles = [column.title for column in columns]
    rows = [[safe(column.text(model, snapshot.plan)) for column in columns] for model in service.select("")]
    (folder / "rows.json").write_text(json.dumps({"columns": titles, "rows": rows}), encoding="utf-8")
    with (folder / "rows.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([titles, *rows])
    widths = [column.width for column in columns]
    lines = ("  ".join(cell[:width].ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    (folder / "rows.txt").write_text("".join(f"{line.rstrip()}\n" for line in lines), encoding="utf-8")
    return folder


def names(folder: Path) -> list[str]:
    """What stands in the first column, row by row."""
    return [row[0] for row in json.loads((folder / "rows.json").read_text(encoding="utf-8"))["rows"]]
