"""A small catalogue, and the command line run on it inside this process."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from modeltui.cli.main import main

KLING, VEO, FLUX, BROKEN = (
    "prompt_to_video/kling",
    "prompt_to_video/veo",
    "prompt_to_image/flux",
    "prompt_to_image/broken",
)
UIDS = {
    KLING: "3f0c2a9e-5a53-4d0c-9a51-2f6a4c1d0001",
    VEO: "3f0c2a9e-5a53-4d0c-9a51-2f6a4c1d0002",
    FLUX: "3f0c2a9e-5a53-4d0c-9a51-2f6a4c1d0003",
}

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

_MODEL = """\
# {name}, kept by hand
schema = 1
uid = "{uid}"
model_id = "{model_id}"
name = "{name}"
provider = "kie_ai"
content_type = "{content_type}"
family = "{family}"
order = {order}
active = {active}     # on or off
default = {default}
status = "active"
tags = ["fast"]
released_on = 2025-10-01

[timing]
estimated_seconds = {seconds}

[inputs.prompt]
type = "string"
required = true
max_length = 20

[inputs.seconds]
type = "integer"
enum = [5, 10]
default = 5

[request]
method = "POST"
path = "/v1/generate"

[request.body]
model = "{model_id}"
prompt = "${{inputs.prompt}}"
duration = "${{inputs.seconds}}"

[result]
kind = "url"
select = "data.url"
media = "video/mp4"

[cost]
currency = "credits"
base = "{cost}"
"""

_LOCK = """
[lock]
locked = true
by = "alice"
at = 2026-11-01T10:00:00Z
reason = "in production"
"""


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class Line:
    """The command line on one catalogue."""

    root: Path
    _capsys: pytest.CaptureFixture[str]

    def __call__(self, *words: str, given: str | None = None) -> Ran:
        """`given`: what comes through a pipe."""
        self._capsys.readouterr()
        with pytest.MonkeyPatch.context() as patch:
            if given is not None:
                patch.setattr("sys.stdin", io.StringIO(given))
            code = main(["-C", str(self.root), *words])
        captured = self._capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    def file(self, key: str) -> Path:
        return self.root / "models" / f"{key}.toml"


def write(path: Path, content: str | bytes) -> Path:
    """A file of exactly these bytes, and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
    return path


def asked_often(content: bytes) -> bytes:
    """A shipped file of the sandbox whose jobs are asked for without waiting."""
    return content.replace(b"\ninterval_s = 0.4\n", b"\ninterval_s = 0.01\n")


def model_text(key: str, name: str, **fields: object) -> str:
    """The file of a model that is valid and unlocked."""
    given: dict[str, object] = {
        "uid": UIDS.get(key, "3f0c2a9e-5a53-4d0c-9a51-2f6a4c1dffff"),
        "model_id": key.partition("/")[2],
        "content_type": key.partition("/")[0],
        "family": name.split(maxsplit=1)[0],
        "order": 1,
        "active": "true",
        "default": "false",
        "seconds": 120,
        "cost": "60",
    }
    return _MODEL.format(name=name, **(given | fields))


def make_catalog(root: Path) -> None:
    """kling (active), veo (active, default, locked), flux (inactive), and one file that is broken."""
    write(root / "catalog.toml", SETTINGS)
    write(root / "providers" / "kie_ai.toml", PROVIDER)
    write(root / "models" / f"{KLING}.toml", model_text(KLING, "Kling 2.6", cost="28.5", seconds=180, order=2))
    write(root / "models" / f"{VEO}.toml", model_text(VEO, "Veo 3.1", default="true") + _LOCK)
    write(root / "models" / f"{FLUX}.toml", model_text(FLUX, "Flux", active="false", cost="5", seconds=9))
    write(root / "models" / f"{BROKEN}.toml", 'name = "odd\n')
