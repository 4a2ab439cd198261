"""The ground that hostile cases are built on, and the list that they enter themselves in."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from cli.small import PROVIDER, SETTINGS, model_text, write

TYPE = "prompt_to_image"
HEALTHY = (f"{TYPE}/healthy-one", f"{TYPE}/healthy-two")
"""Keys of models that must stay fully usable, whatever lies around them."""

SECRET = "outside = 'this must stay as it is, and must never be shown'\n"


class UnsupportedError(Exception):
    """This system cannot hold such a case; says why."""


@dataclass(frozen=True)
class Expected:
    """A finding that `check` must have."""

    path: str
    code: str
    line: int | None = None
    """None where the file as a whole is at fault."""


@dataclass(frozen=True)
class Ground:
    root: Path
    """The catalogue."""
    outside: Path
    """A folder beside it, whose files nobody may touch."""

    def path(self, slug: str) -> str:
        return f"models/{TYPE}/{slug}.toml"

    def file(self, slug: str) -> Path:
        return self.root / self.path(slug)

    def write(self, slug: str, content: str | bytes) -> Path:
        """A model file of exactly these bytes."""
        return write(self.file(slug), content)

    def sound(self, slug: str, name: str = "Sound", **fields: object) -> str:
        """The text of a model without any fault, for a case that lies elsewhere."""
        identity = {"uid": uuid.uuid5(uuid.NAMESPACE_URL, slug), "model_id": "hostile", "content_type": TYPE}
        return model_text(f"{TYPE}/{slug}", name, **(identity | fields))

    def victim(self, name: str) -> Path:
        """A file outside, for links to lead to."""
        return write(self.outside / name, SECRET)


Case: TypeAlias = Callable[[Ground], Iterator[Expected]]

CASES: dict[str, Case] = {}


def case(build: Case) -> Case:
    """Enter a case by its function's name."""
    CASES[build.__name__] = build
    return build


def small(root: Path, outside: Path) -> Ground:
    """A catalogue of the healthy models alone."""
    ground = Ground(root, outside)
    write(root / "catalog.toml", SETTINGS)
    write(root / "providers" / "kie_ai.toml", PROVIDER)
    for key in HEALTHY:
        slug = key.rpartition("/")[2]
        ground.write(slug, ground.sound(slug))
    outside.mkdir(exist_ok=True)
    return ground
