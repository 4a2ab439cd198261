"""The one form of the files that ship: said of a file that has another, never insisted on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from modeltui.domain.catalog import Catalog
from modeltui.domain.finding import Finding
from modeltui.domain.rules.locks import Sources
from modeltui.domain.rules.report import found
from modeltui.errors import BrokenFileError

_LONG_STRING = re.compile(rb'"""(?:[^"\\]|\\[\s\S]|""?(?!"))*"""|\'\'\'(?:[^\']|\'\'?(?!\'))*\'\'\'')
_STRING = re.compile(rb'"(?:[^"\\\n]|\\.)*"')
_COMMENT = re.compile(rb"#[^\n]*")

_DEVIATIONS: Final = (
    (re.compile(rb"\r"), "has CR LF line ends"),
    (re.compile(rb"\t"), "has a tab"),
    (re.compile(rb"[ ]+$", re.MULTILINE), "has blanks at the end of a line"),
    (re.compile(rb"'"), "has single quotes"),
    (re.compile(rb"[^ ]=|=[^ ]|  =|=  "), "has not one blank on each side of ="),
    (re.compile(rb"^ +(?=[\w\"-]+ *=|\[)", re.MULTILINE), "is indented"),
    (re.compile(rb"\n\n\n"), "has more than one empty line in a row"),
)


def check_form(catalog: Catalog, sources: Sources) -> Iterator[Finding]:
    """One note for each readable file that is not in the form of the shipped ones."""
    paths = [model.path for model in catalog.models.values() if model.key in catalog.documents]
    unread = {fault.path for fault in catalog.faults}
    others = ("catalog.toml", *(f"providers/{name}.toml" for name in catalog.providers))
    for path in (*(path for path in others if path not in unread), *paths):
        try:
            content = sources(path)
        except BrokenFileError:
            continue
        if (deviation := deviation_of(content)) is not None:
            hint = "its own form is kept by every edit; nothing needs to be done"
            yield found("form", path, f"the file {deviation}", hint=hint)


def deviation_of(content: bytes) -> str | None:
    """The first way in which a file is not in the form of the shipped ones, as the rest of a sentence; else None."""
    if not content.endswith(b"\n"):
        return "does not end with a line end"
    bare = _bare(content)
    return next((said for pattern, said in _DEVIATIONS if pattern.search(bare)), None)


def _bare(content: bytes) -> bytes:
    """The file without what its strings and comments hold."""
    return _TOKENS.sub(_emptied, content)


_TOKENS = re.compile(b"|".join(pattern.pattern for pattern in (_LONG_STRING, _STRING, _COMMENT)))


def _emptied(match: re.Match[bytes]) -> bytes:
    token = match[0]
    if token.startswith(b"#"):
        return b"#"
    return token if token.startswith(b"'") else b'""'
