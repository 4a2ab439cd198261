"""The only way to change the bytes of a TOML file: field by field, everything else byte for byte as it was."""

from __future__ import annotations

from collections.abc import Sequence

from modeltui.domain.change import Edit
from modeltui.domain.document import Document, same, with_value
from modeltui.domain.syntax import BOM
from modeltui.errors import EditRefusedError, UsageError
from modeltui.storage.toml import codec, net
from modeltui.storage.toml.second_engine import rewritten
from modeltui.storage.toml.splice import spliced


def edited(content: bytes, edits: Sequence[Edit]) -> bytes:
    """`content` with `edits` made, in order; `content` itself where nothing differs.

    An edit's `old` is not looked at. Raises BrokenFileError where `content` is not TOML, and EditRefusedError where
    the result cannot be proved right.
    """
    before = codec.fast_parse(content)
    wanted = _wanted(before, edits)
    if same(before, wanted):
        return content
    try:
        return _proved(content, _framed(content, before, wanted), before, wanted)
    except EditRefusedError as refusal:
        return _by_second_engine(content, before, wanted, refusal)


def _proved(content: bytes, new: bytes, before: Document, wanted: Document) -> bytes:
    net.prove(content, new, before, wanted)
    return new


def _by_second_engine(content: bytes, before: Document, wanted: Document, refusal: EditRefusedError) -> bytes:
    """The same edit by another hand; the first refusal is the one to tell."""
    try:
        return _proved(content, rewritten(content, before, wanted), before, wanted)
    except EditRefusedError:
        raise refusal from None


def _wanted(before: Document, edits: Sequence[Edit]) -> Document:
    wanted = before
    try:
        for edit in edits:
            wanted = with_value(wanted, edit.path, edit.new)
    except UsageError as error:
        raise EditRefusedError(error.message, hint=error.hint) from error
    return wanted


def _framed(content: bytes, before: Document, wanted: Document) -> bytes:
    """Edit without the byte order mark and with an end to the last line; give both back as they were."""
    mark = BOM if content.startswith(BOM) else b""
    body = content[len(mark) :]
    if not body or body.endswith(b"\n"):
        return mark + spliced(body, before, wanted)
    line_end = b"\r\n" if b"\r\n" in body else b"\n"
    return mark + spliced(body + line_end, before, wanted).rstrip(b"\r\n")
