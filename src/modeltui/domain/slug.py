"""Keys for new models: what one may look like, and one that is free."""

from __future__ import annotations

import re
from collections.abc import Container
from itertools import count
from typing import Final

from modeltui.domain.catalog import folded_key
from modeltui.domain.file_paths import WORKFLOWS
from modeltui.errors import RefusedError

_SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_FOLDER: Final = re.compile(r"[a-z][a-z0-9_]*")
_LONGEST: Final = 120
"""Characters of a key: file systems end at 255 bytes for a name."""


def slug(text: str) -> str:
    """`Flux.1 [dev]` as `flux-1-dev`; empty where nothing is left."""
    return "-".join(re.findall("[a-z0-9]+", text.lower()))


def name_from(key: str) -> str:
    """A name for people from a key: `Flux 1 Dev` of `prompt_to_image/flux-1-dev`."""
    return " ".join(word.capitalize() for word in key.rpartition("/")[2].split("-"))


def parse_key(key: str) -> tuple[str, str]:
    """Content type and slug of a key for a new model. Raises RefusedError for one that no new model should have."""
    folder, _, name = key.partition("/")
    if not _FOLDER.fullmatch(folder) or not _SLUG.fullmatch(name):
        hint = "write content_type/name, the name in lower case letters and digits, with - between words"
        near = f"{folder}/{slug(name)}" if _FOLDER.fullmatch(folder) and slug(name) else None
        raise RefusedError(f"{key!r} is no key for a new model", hint=f"{hint}: {near}" if near else hint)
    if folder == WORKFLOWS:
        raise RefusedError(f"{folder} is no content type: the queue calls workflows so", hint="choose another one")
    if len(key) > _LONGEST:
        raise RefusedError(f"the key has {len(key)} characters; {_LONGEST} are the most", hint="choose a shorter one")
    return folder, name


def workflow_key(name: str) -> str:
    """What the queue calls a new workflow. Raises RefusedError for a name that no new one should have."""
    if not _SLUG.fullmatch(name) or len(name) > _LONGEST:
        near = f": {slug(name)}" if slug(name) else ""
        hint = f"write it in lower case letters and digits, with - between words{near}"
        raise RefusedError(f"{name!r} is no name for a new workflow", hint=hint)
    return f"{WORKFLOWS}/{name}"


def free_key(folder: str, name: str, taken: Container[str]) -> str:
    """`folder/name`, or with the first of -2, -3 … that is free. `taken` holds folded keys."""
    return _first_free(f"{folder}/{name}", taken)


def copy_key(key: str, taken: Container[str]) -> str:
    """The key of a copy: `…-copy`, then `…-copy-2`, also of what is a copy itself."""
    folder, _, name = key.rpartition("/")
    stem = re.sub(r"-copy(?:-[0-9]+)?$", "", slug(name)) or "model"
    return _first_free(f"{folder}/{stem}-copy", taken)


def _first_free(key: str, taken: Container[str]) -> str:
    if folded_key(key) not in taken:
        return key
    return next(made for number in count(2) if folded_key(made := f"{key}-{number}") not in taken)
