"""Where the files of a foreign tree lie: patterns of paths with named parts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from msgspec import Struct

from modeltui.errors import ConfigError

_PART: Final = re.compile(r"\{(?P<name>[a-z][a-z0-9_]*)(?P<deep>:path)?\}|(?P<all>\*\*)|(?P<some>\*)")
_LEFT: Final = re.compile(r"[{}]")
_SUFFIX: Final = ".toml"


class Layout(Struct, frozen=True):
    pattern: str
    """Such as `providers/{provider}/models/{id:path}.toml`."""
    names: tuple[str, ...]
    """The named parts, in their order."""
    matcher: re.Pattern[str]
    top: str
    """The folder below which all files of it lie; `.` where its first part may be any."""

    def parts_of(self, path: str) -> Mapping[str, str] | None:
        """The named parts of a path; None for a path of another layout."""
        found = self.matcher.fullmatch(path)
        return None if found is None else found.groupdict()

    def paths_of(self, text: str) -> str | None:
        """The path that a name such as `anthropic/claude-opus` leads to; None where it has too few parts.

        The last part takes all that is left of the name.
        """
        values = text.split("/", len(self.names) - 1)
        if len(values) != len(self.names) or any(part in {"", ".", ".."} for part in text.split("/")):
            return None
        given = iter(values)
        return _PART.sub(lambda match: next(given) if match["name"] else match[0], self.pattern)


def layout_of(pattern: str) -> Layout:
    """Raises ConfigError for what is no pattern."""
    parts = pattern.split("/")
    if not pattern.endswith(_SUFFIX) or any(part in {"", ".", ".."} or part.startswith(".") for part in parts):
        raise ConfigError(
            f"{pattern!r} is no layout", hint="write it as folder/{provider}/{id:path}.toml, relative to the tree"
        )
    names = tuple(match["name"] for match in _PART.finditer(pattern) if match["name"])
    if len(set(names)) != len(names) or _LEFT.search(_PART.sub("", pattern)):
        raise ConfigError(f"{pattern!r} is no layout", hint="each {name} or {name:path} stands in it once")
    first = parts[0]
    top = first if len(parts) > 1 and not _PART.search(first) else "."
    return Layout(pattern, names, re.compile("".join(_expression(pattern)), re.DOTALL), top)


def _expression(pattern: str) -> Iterator[str]:
    at = 0
    for match in _PART.finditer(pattern):
        yield re.escape(pattern[at : match.start()])
        at = match.end()
        if match["name"]:
            yield f"(?P<{match['name']}>{'.+' if match['deep'] else '[^/]+'})"
        else:
            yield ".*" if match["all"] else "[^/]*"
    yield re.escape(pattern[at:])
