"""Bytes of a file to its data, or to a plain sentence on what is wrong and where."""

from __future__ import annotations

import re
from itertools import count
from typing import Any, Final

import tomli

from modeltui.domain.syntax import BOM
from modeltui.errors import BrokenFileError
from modeltui.storage.limits import check_limits

_LONG_NUMBER: Final = rb"[0-9_]{4301}"
"""What Python refuses to turn into an integer."""
_FEW: Final = 100
"""Files that take as long as to load the fast parser does."""
_asked = count()


def parse(content: bytes) -> dict[str, Any]:
    """The data of a TOML file; a byte order mark in front is let pass. Raises BrokenFileError."""
    check_limits(content)
    body = content.removeprefix(BOM)
    try:
        return tomli.loads(body.decode())
    except UnicodeDecodeError as error:
        raise _not_utf8(body, error) from error
    except tomli.TOMLDecodeError as error:
        from modeltui.storage.toml.diagnosis import diagnosed  # noqa: PLC0415  # few files are broken

        raise diagnosed(error, body) from error
    except RecursionError as error:
        raise BrokenFileError("nested too deep", code="limits", hint="use fewer levels") from error
    except ValueError as error:
        line = body.count(b"\n", 0, found.start()) + 1 if (found := re.search(_LONG_NUMBER, body)) else None
        raise BrokenFileError("a number of too many digits", code="limits", line=line, hint="shorten it") from error


def fast_parse(content: bytes) -> dict[str, Any]:
    """As `parse`, in three fifths of the time once many files were parsed. Raises BrokenFileError."""
    if next(_asked) < _FEW:
        return parse(content)
    from modeltui.storage.toml.fast_toml import fast_loads  # noqa: PLC0415  # for many files only

    check_limits(content)
    try:
        found = fast_loads(content.removeprefix(BOM).decode())
    except UnicodeDecodeError:
        found = None
    return parse(content) if found is None else found


def _not_utf8(body: bytes, error: UnicodeDecodeError) -> BrokenFileError:
    line_start = body.rfind(b"\n", 0, error.start) + 1
    return BrokenFileError(
        f"byte 0x{body[error.start]:02x} at offset {error.start} is not UTF-8",
        code="not-utf8",
        line=body.count(b"\n", 0, error.start) + 1,
        column=len(body[line_start : error.start].decode()) + 1,
        hint="save the file as UTF-8",
    )
