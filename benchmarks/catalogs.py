"""Catalogues of any size, made from one real model file of the sample."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

SAMPLE = Path(__file__).parents[1] / "catalog"
PATTERN = SAMPLE / "models" / "prompt_to_image" / "sandbox-image.toml"

_TYPES = ("prompt_to_image", "prompt_to_speech", "prompt_to_text", "prompt_to_video")
_PROVIDERS = ("sandbox", "sandbox_east", "sandbox_north", "sandbox_south", "sandbox_west")
_CATEGORIES = ("budget", "standard", "premium")
_STATUSES = ("active", "active", "active", "beta", "experimental")
_RUN = 250
"""So many models of one type, then so many of the next."""


def values(number: int) -> dict[str, Any]:
    """What model `number` says in the fields that differ from model to model."""
    chance = blake2b(b"%d" % number, digest_size=8).digest()
    kind = _TYPES[number // _RUN % len(_TYPES)]
    return {
        "key": f"{kind}/model-{number:06d}",
        "uid": str(uuid.uuid5(uuid.NAMESPACE_URL, str(number))),
        "model_id": f"vendor/model-{number:06d}",
        "name": f"Model {number:06d}",
        "provider": _PROVIDERS[chance[0] % len(_PROVIDERS)],
        "content_type": kind,
        "family": f"Family {chance[1] % 40}",
        "version": f"{chance[2] % 5}.{chance[3] % 10}",
        "order": chance[4] * 4 + chance[5] % 4,
        "category": _CATEGORIES[chance[6] % len(_CATEGORIES)],
        "status": _STATUSES[chance[7] % len(_STATUSES)],
        "verified_on": f"2026-{chance[1] % 10 + 1:02d}-{chance[2] % 28 + 1:02d}",
        "estimated_seconds": chance[3] % 120 + 1,
        "base": f"{chance[4] % 100}.{chance[5] % 100:02d}",
    }


def haystack(count: int) -> Iterator[str]:
    """The text that a word of the filter is looked for in, one for each model."""
    tail = "\nimage\nsandbox"
    for number in range(count):
        said = values(number)
        yield (
            "\n".join(str(said[n]) for n in ("key", "uid", "model_id", "name", "provider", "family")).casefold() + tail
        )


def make_catalog(folder: Path, count: int) -> Path:
    """A catalogue of `count` unlocked, active models in `folder`; returns `folder`."""
    models = folder / "models"
    for kind in _TYPES[: (count - 1) // _RUN + 1]:
        (models / kind).mkdir(parents=True)
    (folder / "providers").mkdir()
    (folder / "catalog.toml").write_bytes((SAMPLE / "catalog.toml").read_bytes())
    provider = (SAMPLE / "providers" / "sandbox.toml").read_text(encoding="utf-8")
    for name in _PROVIDERS:
        (folder / "providers" / f"{name}.toml").write_text(
            provider.replace('id = "sandbox"', f'id = "{name}"').replace('name = "Sandbox"', f'name = "{name}"'),
            encoding="utf-8",
        )
    text = _template()
    for number in range(count):
        said = values(number)
        with open(f"{models}/{said['key']}.toml", "wb", buffering=0) as file:
            file.write((text % said).encode())
    return folder


@cache
def _template() -> str:
    """The pattern with a place for each of `values`."""
    text = PATTERN.read_text(encoding="utf-8").replace("%", "%%")
    text = re.sub(r"\n\[lock\]\n(?:[^\[\n].*\n|\n)*", "\n", text)
    places = {name: f'"%({name})s"' for name in values(0) if name != "key"}
    places |= {name: f"%({name})s" for name in ("order", "verified_on", "estimated_seconds")}
    places |= {"active": "true", "default": "false"}
    for name, place in places.items():
        text, found = re.subn(rf"^{name} = .*$", f"{name} = {place}", text, count=1, flags=re.MULTILINE)
        if not found:
            raise ValueError(f"{PATTERN} says nothing of {name}")
    return text
