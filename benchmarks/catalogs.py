"""Catalogues of any size, made from one real model file of the sample."""

from __future__ import annotations

import re
import uuid
from pathlib import Path

SAMPLE = Path(__file__).parents[1] / "catalog"
PATTERN = SAMPLE / "models" / "prompt_to_image" / "sandbox-image.toml"


def make_catalog(folder: Path, count: int) -> Path:
    """A catalogue of `count` unlocked, active models in `folder`; returns `folder`."""
    text = PATTERN.read_text(encoding="utf-8")
    text = re.sub(r"\n\[lock\]\n(?:[^\[\n].*\n|\n)*", "\n", text)
    models = folder / "models" / "prompt_to_image"
    models.mkdir(parents=True)
    (folder / "providers").mkdir()
    (folder / "catalog.toml").write_bytes((SAMPLE / "catalog.toml").read_bytes())
    (folder / "providers" / "sandbox.toml").write_bytes((SAMPLE / "providers" / "sandbox.toml").read_bytes())
    for number in range(count):
        (models / f"model-{number:06d}.toml").write_text(_variant(text, number), encoding="utf-8")
    return folder


def _variant(text: str, number: int) -> str:
    values = {
        "uid": f'"{uuid.uuid5(uuid.NAMESPACE_URL, str(number))}"',
        "name": f'"Model {number:06d}"',
        "model_id": f'"vendor/model-{number:06d}"',
        "active": "true",
        "default": "false",
    }
    for key, value in values.items():
        text = re.sub(rf"^{key} = .*$", f"{key} = {value}", text, count=1, flags=re.MULTILINE)
    return text
