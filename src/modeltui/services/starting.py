"""A new catalogue, empty or a copy of the sample that ships."""

from __future__ import annotations

import os
import shutil
from importlib.resources import files

from modeltui.errors import NotFoundError, RefusedError

_SHIPPED = "sample_catalog"
_EMPTY = """\
schema = 1

[policy]
reason_required = false

[units]
credits_per_usd = "50"
margin = "1"
"""


def init_catalog(folder: str, *, sample: bool = False) -> str:
    """Make a catalogue in `folder`, which must be new or empty; returns its absolute path. Raises RefusedError."""
    target = os.path.abspath(folder)
    if os.path.lexists(target) and (not os.path.isdir(target) or os.listdir(target)):
        raise RefusedError(f"{folder} exists and is not an empty folder", hint="name a new folder")
    if sample:
        shutil.copytree(sample_catalog(), target, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".*"))
    else:
        for name in ("models", "providers", "presets"):
            os.makedirs(os.path.join(target, name), exist_ok=True)
        with open(os.path.join(target, "catalog.toml"), "x", encoding="utf-8") as file:
            file.write(_EMPTY)
    return target


def sample_catalog() -> str:
    """The folder of the sample catalogue: inside the installed package, or beside `src` in a checkout."""
    package = str(files("modeltui"))
    for folder in (os.path.join(package, _SHIPPED), os.path.join(package, "..", "..", "catalog")):
        if os.path.isfile(os.path.join(folder, "catalog.toml")):
            return os.path.abspath(folder)
    raise NotFoundError("the sample catalogue is not part of this installation")
