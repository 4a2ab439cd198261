"""Which paths can be sent below a provider's address: asked by `check` and again of each request."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote

from msgspec import Struct

_PATH: Final = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@%/-]*")
_PLACEHOLDER: Final = re.compile(r"(?<!\$)\$\{[^{}]*\}")


class PathFault(Struct, frozen=True):
    says: str
    """The rest of a sentence that begins with the path."""
    hint: str


def path_fault(path: str) -> PathFault | None:
    """Why no request can have this path, or None."""
    if not _PATH.fullmatch(path):
        return PathFault("is not a path", "percent-encode it; the query has a table of its own")
    if any(unquote(part) in (".", "..") for part in path.split("/")):
        return PathFault("leads out of itself", "write the path without . and ..")
    return None


def template_fault(path: str) -> PathFault | None:
    """The same of a path with placeholders: what holds whatever their values are."""
    return path_fault(_PLACEHOLDER.sub("x", path))
