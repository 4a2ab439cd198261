"""A request body as form data, with files where values are data URLs."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from modeltui.errors import InvalidValueError
from modeltui.providers.data_url import DataUrl, parse_data_url

_LINE = re.compile(r'[\r\n"]')


class Part(NamedTuple):
    name: str
    content: bytes
    file_name: str | None = None
    media_type: str | None = None


def parts_of(body: Any) -> list[Part]:
    """One part for each value, several for a list. Raises InvalidValueError for a body that is no table."""
    if not isinstance(body, Mapping):
        raise InvalidValueError("a multipart body is a table of fields", hint="see [request.body] of the model file")
    return [part for name, value in body.items() for part in _parts(str(name), value)]


def encoded(parts: list[Part]) -> tuple[str, bytes]:
    """Content type and body. The boundary follows from the content, so it is in none of it but by intent."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.content)
    boundary = f"modeltui-{digest.hexdigest()[:32]}"
    lines: list[bytes] = []
    for part in parts:
        lines += [f"--{boundary}\r\n{_header(part)}\r\n\r\n".encode(), part.content, b"\r\n"]
    lines.append(f"--{boundary}--\r\n".encode())
    return f"multipart/form-data; boundary={boundary}", b"".join(lines)


def _parts(name: str, value: Any) -> Iterator[Part]:
    if isinstance(value, list):
        for item in value:
            yield from _parts(name, item)
    elif isinstance(value, str) and (file := parse_data_url(value)) is not None:
        yield _file(name, file)
    elif value is not None:
        yield Part(name, (value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)).encode())


def _file(name: str, file: DataUrl) -> Part:
    suffix = file.media_type.partition("/")[2].partition("+")[0] or "bin"
    return Part(name, file.content, f"{name.rstrip('[]')}.{suffix}", file.media_type)


def _header(part: Part) -> str:
    disposition = f'Content-Disposition: form-data; name="{_quoted(part.name)}"'
    if part.file_name is None:
        return disposition
    return f'{disposition}; filename="{_quoted(part.file_name)}"\r\nContent-Type: {part.media_type}'


def _quoted(text: str) -> str:
    return _LINE.sub(lambda match: f"%{ord(match[0]):02X}", text)
