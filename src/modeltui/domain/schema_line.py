"""The comment at the top of a file that names its schema to an editor: `#:schema ../schemas/model.schema.json`."""

from __future__ import annotations

from typing import Final

_BEGINS: Final = "#:schema "


def schema_line(text: str) -> str | None:
    """The line, without its end; None where no comment above the first field is one."""
    for line in text.split("\n"):
        if line.startswith(_BEGINS):
            return line.rstrip()
        if line.strip() and not line.startswith("#"):
            break
    return None


def with_schema_line(text: str, line: str | None) -> str:
    """With `line` in place of the one that is there; without any for None."""
    if (own := schema_line(text)) is not None:
        kept = text.split("\n")
        kept.pop(next(place for place, each in enumerate(kept) if each.rstrip() == own))
        text = "\n".join(kept)
    if line is None:
        return text
    end = "\r\n" if "\r\n" in text else "\n"
    return f"{line}{end}{text}"
