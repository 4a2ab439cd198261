"""tomlkit, for edits that splicing cannot prove; the net judges both."""

from __future__ import annotations

from typing import Any

from modeltui.domain.document import ABSENT, Absent, Document, FieldPath, Value, differences
from modeltui.errors import EditRefusedError


def rewritten(content: bytes, before: Document, wanted: Document) -> bytes:
    """`content` edited to say `wanted`. Raises EditRefusedError where tomlkit cannot, or would not keep the rest."""
    import tomlkit  # noqa: PLC0415  # 30 ms, and hardly ever wanted
    from tomlkit.exceptions import TOMLKitError  # noqa: PLC0415

    try:
        document = tomlkit.parse(content)
        if tomlkit.dumps(document).encode() != content:
            raise EditRefusedError("this file cannot be edited without changing other lines")
        for path, _, new in differences(before, wanted):
            _set(document, path, new)
        return tomlkit.dumps(document).encode()
    except (TOMLKitError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise EditRefusedError(
            "the edit could not be made", hint="nothing was written; change the field by hand"
        ) from error


def _set(document: Any, path: FieldPath, value: Value | Absent) -> None:
    *above, name = path
    table: Any = document
    for part in above:
        if part not in table:
            table[part] = {}
        table = table[part]
    if value is ABSENT:
        del table[name]
    else:
        table[name] = value
