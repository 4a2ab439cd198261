"""Which file a key of the queue stands for: `chat/a` is `models/chat/a.toml`, `workflows/a` is `workflows/a.toml`."""

from __future__ import annotations

from typing import Final

MODELS: Final = "models"
WORKFLOWS: Final = "workflows"
SETTINGS: Final = "catalog.toml"
_SETTINGS_FOLDERS: Final = frozenset({"providers", "presets"})
_SUFFIX: Final = ".toml"


def path_of(key: str) -> str:
    """Relative to the catalogue."""
    return f"{key}{_SUFFIX}" if is_workflow(key) else f"{MODELS}/{key}{_SUFFIX}"


def key_of(path: str) -> str:
    return path.removeprefix(f"{MODELS}/").removesuffix(_SUFFIX)


def is_workflow(name: str) -> bool:
    """Of a key or of a path. A model of a content type `workflows` has such a key too: see `Catalog.row`."""
    return name.startswith(f"{WORKFLOWS}/")


def is_of_catalog(path: str) -> bool:
    """Whether it is the path of a model's file, or of a workflow's: of what a change may write."""
    parts = path.split("/")
    if "\0" in path or "\\" in path or any(part == "" or part.startswith(".") for part in parts):
        return False
    if not path.endswith(_SUFFIX):
        return False
    return (parts[0] == MODELS and len(parts) > 1) or (parts[0] == WORKFLOWS and len(parts) == 2)


def is_of_settings(path: str) -> bool:
    """Whether it is the path of `catalog.toml`, of a provider's file or of a preset: of what only people change."""
    parts = path.split("/")
    if "\0" in path or "\\" in path or not path.endswith(_SUFFIX) or any(part.startswith(".") for part in parts):
        return False
    return path == SETTINGS or (len(parts) == 2 and parts[0] in _SETTINGS_FOLDERS and parts[1] != _SUFFIX)
