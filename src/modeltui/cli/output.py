"""The only writer of stdout, which is for data."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from modeltui.domain.json_text import json_line, json_pretty
from modeltui.domain.text import LONGEST_LINE, cut, safe
from modeltui.errors import ModeltuiError

if TYPE_CHECKING:
    from modeltui.cli.layout import Cells, Heading

_CHUNK: Final = 1 << 16
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_DIFF_STYLES = (("---", "1"), ("+++", "1"), ("@@", "36"), ("-", "31"), ("+", "32"))
"""What a line begins with, and its SGR parameter: bold, cyan, red, green."""


class OutputClosedError(Exception):
    """Whoever read stdout has seen enough."""


def is_terminal() -> bool:
    return sys.stdout is not None and sys.stdout.isatty()


def terminal_width() -> int | None:
    """Cells in a line; None where stdout is no terminal, so that nothing limits it."""
    if not is_terminal():
        return None
    from shutil import get_terminal_size  # noqa: PLC0415  # 5 ms, for terminals only

    return get_terminal_size().columns


def lines(texts: Iterable[str]) -> None:
    """Each text on a line of its own, a long one by its two ends. Control characters come as visible escapes."""
    _write_all(f"{safe(cut(text, LONGEST_LINE))}\n" for text in texts)


def paths(names: Iterable[str]) -> None:
    """Paths of files, a line each: exact into a pipe or a file, safe on a terminal."""
    if is_terminal():
        _write_all(f"{safe(name)}\n" for name in names)
    else:
        file_content(b"".join(os.fsencode(name) + b"\n" for name in names))


def text(content: str) -> None:
    """Text of several lines. Control characters come as visible escapes but for line feeds and tabs."""
    _write(safe(content.replace("\r\n", "\n"), keep="\n\t"))


def diff(content: str, *, color: bool) -> None:
    """A unified diff; coloured on a terminal that wants it. The signs at the line starts say the same."""
    if not (color and is_terminal()):
        text(content)
        return
    shown = safe(content.replace("\r\n", "\n"), keep="\n\t")
    _write_all(f"{_coloured(line)}\n" for line in shown.splitlines())


def file_content(content: bytes) -> None:
    """The bytes of a file: exact into a pipe or a file, safe on a terminal."""
    if is_terminal():
        text(content.decode("utf-8", errors="replace"))
    elif sys.stdout is not None:
        flush()
        _guarded(lambda: sys.stdout.buffer.write(content))


def table(headings: Sequence[Heading], rows: Iterable[Cells]) -> None:
    """Columns that fit the terminal; as wide as they are where there is none."""
    from modeltui.cli.layout import laid_out  # noqa: PLC0415  # for tables only

    cells = zip(*(_safe_cells(column) for column in zip(*rows, strict=True)), strict=True)
    _write_all(f"{line}\n" for line in laid_out(headings, cells, terminal_width(), "…" if _speaks_unicode() else "..."))


def json_document(value: Any) -> None:
    """One JSON value over several lines."""
    _write(f"{json_pretty(value, ascii_only=_wants_ascii())}\n")


def json_array(rows: Iterable[Any]) -> None:
    """A JSON array with a line for each element."""
    ascii_only = _wants_ascii()
    body = ",\n".join(json_line(row, ascii_only=ascii_only) for row in rows)
    _write(f"[\n{body}\n]\n" if body else "[]\n")


def json_lines(batches: Iterable[Iterable[Any]]) -> None:
    """A line of JSON for each value. A batch is out before the next one is asked for."""
    ascii_only = _wants_ascii()
    for batch in batches:
        _write("".join([f"{json_line(row, ascii_only=ascii_only)}\n" for row in batch]))
        flush()


def csv_rows(names: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Comma-separated values with a heading. No cell starts a formula."""
    import csv  # noqa: PLC0415  # not wanted for any other form
    import io  # noqa: PLC0415

    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([_csv_cell(row[name]) for name in names] for row in rows)
    _write(buffer.getvalue())


def flush() -> None:
    """Everything out. Raises OutputClosedError, or ModeltuiError where it cannot be written."""
    if sys.stdout is not None:
        _guarded(sys.stdout.flush)


def abandon() -> None:
    """Send what is still to come nowhere, so that the interpreter does not fail on it at its end."""
    with suppress(OSError, ValueError):
        descriptor = sys.stdout.fileno()
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, descriptor)
        os.close(nowhere)


def _safe_cells(column: Sequence[str]) -> Sequence[str]:
    """Most columns are plain as a whole, which one look tells."""
    together = "".join(column)
    return column if together.isascii() and together.isprintable() else [safe(cell) for cell in column]


def _coloured(line: str) -> str:
    style = next((style for start, style in _DIFF_STYLES if line.startswith(start)), None)
    return line if style is None else f"\x1b[{style}m{line}\x1b[0m"


def _csv_cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        value = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    cell = safe(value)
    return f"'{cell}" if cell.startswith(_FORMULA) and not _is_number(cell) else cell


def _is_number(cell: str) -> bool:
    import re  # noqa: PLC0415  # few cells begin like a formula

    return re.fullmatch(r"-?\d+(\.\d+)?", cell) is not None


def _write_all(pieces: Iterable[str]) -> None:
    held: list[str] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= _CHUNK:
            _write("".join(held))
            held, size = [], 0
    _write("".join(held))


def _write(content: str) -> None:
    if sys.stdout is None or not content:
        return
    encoding = sys.stdout.encoding or "utf-8"
    writable = content if content.isascii() else content.encode(encoding, errors="backslashreplace").decode(encoding)
    _guarded(lambda: sys.stdout.write(writable))


def _guarded(act: Callable[[], object]) -> None:
    try:
        act()
    except BrokenPipeError as error:
        raise OutputClosedError from error
    except OSError as error:
        abandon()
        raise ModeltuiError(f"the output could not be written: {error.strerror}") from error


def _wants_ascii() -> bool:
    return is_terminal() or not _speaks_unicode()


def _speaks_unicode() -> bool:
    encoding = getattr(sys.stdout, "encoding", None) or ""
    return encoding.casefold().replace("-", "").startswith("utf")
