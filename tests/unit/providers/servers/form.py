"""Reading form data strictly, as the servers of the providers do."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from unit.providers.loopback import Seen
from unit.providers.servers.base import Refusal

_NAME = re.compile(r'form-data; name="([^"]*)"(?:; filename="([^"]*)")?')


class Field(NamedTuple):
    name: str
    content: bytes
    file_name: str | None
    content_type: str | None

    @property
    def text(self) -> str:
        return self.content.decode()


class Form(NamedTuple):
    fields: tuple[Field, ...]

    def texts(self) -> dict[str, str]:
        return {each.name: each.text for each in self.fields if each.file_name is None}

    def files(self, *names: str) -> list[Field]:
        return [each for each in self.fields if each.file_name is not None and each.name in names]


def form_of(seen: Seen, texts: Sequence[str], files: Sequence[str] = (), code: int = 400) -> Form:
    """Raises Refusal for what is no form, and for a field that is not known, twice there, or of the wrong kind."""
    fields = tuple(_fields(seen))
    for each in fields:
        if each.name not in (texts if each.file_name is None else files):
            kind = "text" if each.file_name is None else "file"
            raise Refusal(code, f"{each.name} is not known as a {kind}")
        if each.file_name is not None and (not each.file_name or not each.content_type):
            raise Refusal(code, f"{each.name} has no file name or no type")
    names = [each.name for each in fields if each.file_name is None]
    if len(set(names)) != len(names):
        raise Refusal(code, "a field is there twice")
    return Form(fields)


def need_choice(texts: Mapping[str, str], name: str, choices: Sequence[str], code: int = 400) -> None:
    """Raises Refusal where a field that is there is none of `choices`."""
    if name in texts and texts[name] not in choices:
        raise Refusal(code, f"{name} must be one of {', '.join(choices)}")


def _fields(seen: Seen) -> list[Field]:
    match = re.fullmatch(r"multipart/form-data; boundary=(\S+)", seen.headers.get("content-type", ""))
    if match is None:
        raise Refusal(400, "multipart/form-data is taken here")
    mark = b"--" + match[1].encode()
    first, *parts, last = seen.content.split(mark)
    if first or last.strip() != b"--":
        raise Refusal(400, "the form has no proper end")
    return [_field(part) for part in parts]


def _field(part: bytes) -> Field:
    head, blank, content = part.partition(b"\r\n\r\n")
    lines = [line.partition(": ") for line in head.decode().strip().splitlines()]
    headers = {name.lower(): value for name, _, value in lines}
    match = _NAME.fullmatch(headers.get("content-disposition", ""))
    if match is None or not blank or not content.endswith(b"\r\n"):
        raise Refusal(400, "a part of the form cannot be read")
    return Field(match[1], content[:-2], match[2], headers.get("content-type"))
