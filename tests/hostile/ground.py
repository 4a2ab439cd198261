"""The ground that hostile cases are built on, and the list that they enter themselves in."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from cli.small import model_text

TYPE = "prompt_to_image"
HEALTHY = (f"{TYPE}/healthy-one", f"{TYPE}/healthy-two")
"""Keys of models that must stay fully usable, whatever lies around them."""

PROVIDER = """\
schema = 1
id = "kie_ai"
name = "KIE.ai"
base_url = "https://api.kie.ai"
hosts = ["api.kie.ai"]

[auth]
scheme = "bearer"
env = ["KIE_AI_API_KEY"]
"""
SETTINGS = "schema = 1\n\n[policy]\nreason_required = false\n"
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
        return put(self.file(slug), content)

    def sound(self, slug: str, name: str = "Sound", **fields: object) -> str:
        """The text of a model without any fault, for a case that lies elsewhere."""
        identity = {"uid": uuid.uuid5(uuid.NAMESPACE_URL, slug), "model_id": "hostile", "content_type": TYPE}
        return model_text(f"{TYPE}/{slug}", name, **(identity | fields))

    def victim(self, name: str) -> Path:
        """A file outside, for links to lead to."""
        return put(self.outside / name, SECRET)


Case: TypeAlias = Callable[[Ground], Iterator[Expected]]

CASES: dict[str, Case] = {}


def case(build: Case) -> Case:
    """Enter a case by its function's name."""
    CASES[build.__name__] = build
    return build


def put(target: Path, content: str | bytes) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
    return target


def small(root: Path, outside: Path) -> Ground:
    """A catalogue of the healthy models alone."""
    ground = Ground(root, outside)
    put(root / "catalog.toml", SETTINGS)
    put(root / "providers" / "kie_ai.toml", PROVIDER)
    for key in HEALTHY:
        slug = key.rpartition("/")[2]
        ground.write(slug, ground.sound(slug))
    outside.mkdir(exist_ok=True)
    return ground
