"""The one form of the files that ship: said of a file that has another, never insisted on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Final, TypeAlias

from modeltui.domain.catalog import Catalog
from modeltui.domain.finding import Finding
from modeltui.domain.rules.report import found
from modeltui.errors import BrokenFileError

Sources: TypeAlias = Callable[[str], bytes]
"""The bytes of a file, by its path in the catalogue. Raises BrokenFileError."""

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


_DOUBTFUL: Final = (b"'", b" \n", b"\n ", b"\n\n\n", b"\r", b"\t", b"  =", b"=  ")


def form_of_others(catalog: Catalog, sources: Sources) -> Iterator[Finding]:
    """A note for each readable file of no model that is not in the form of the shipped ones."""
    unread = {fault.path for fault in catalog.faults}
    others = [workflow.path for workflow in catalog.workflows.values() if not workflow.is_broken]
    for path in ("catalog.toml", *(f"providers/{name}.toml" for name in catalog.providers), *others):
        if path not in unread:
            with suppress(BrokenFileError):
                yield from form_of(path, sources(path))


def form_of(path: str, content: bytes) -> Iterator[Finding]:
    """A note on a file that is not in the form of the shipped ones."""
    if (deviation := deviation_of(content)) is not None:
        hint = "its own form is kept by every edit; nothing needs to be done"
        yield found("form", path, f"the file {deviation}", hint=hint)


def deviation_of(content: bytes) -> str | None:
    """The first way in which a file is not in the form of the shipped ones, as the rest of a sentence; else None."""
    if not content.endswith(b"\n"):
        return "does not end with a line end"
    if _is_plain(content):
        return None
    has_long_strings = b'"""' in content or b"'''" in content
    if not has_long_strings and _is_plain(_SHORT_TOKENS.sub(b'""', content)):
        return None
    bare = _bare(content)
    return next((said for pattern, said in _DEVIATIONS if pattern.search(bare)), None)


def _is_plain(content: bytes) -> bool:
    """Whether there is nothing in it that could be a deviation; what stands in strings and comments counts too."""
    return (
        not content.startswith(b" ")
        and not any(sign in content for sign in _DOUBTFUL)
        and content.count(b"=") == content.count(b" = ")
    )


def _bare(content: bytes) -> bytes:
    """The file without what its strings and comments hold."""
    return _TOKENS.sub(_emptied, content)


_SHORT_TOKENS = re.compile(_STRING.pattern + b"|" + _COMMENT.pattern)
_TOKENS = re.compile(b"|".join(pattern.pattern for pattern in (_LONG_STRING, _STRING, _COMMENT)))


def _emptied(match: re.Match[bytes]) -> bytes:
    token = match[0]
    if token.startswith(b"#"):
        return b"#"
    return token if token.startswith(b"'") else b'""'
