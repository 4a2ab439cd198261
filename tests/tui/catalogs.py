"""Catalogues to try the console on: a small one of plain models, and one whose texts attack the terminal."""

from __future__ import annotations

import json
import uuid
from pathlib import Path

SHIPPED = Path(__file__).parents[2] / "catalog"
SHIPPED_WAIT = "\ninterval_s = 0.4\n"
"""Between two polls of a job of the sandbox."""

PROVIDER = """\
schema = 1
id = "{name}"
name = "{name}"
base_url = "https://api.{name}.example/v1"
hosts = ["api.{name}.example"]

[auth]
scheme = "none"
"""

MODEL = """\
schema = 1
uid = {uid}
model_id = {model_id}
name = {name}
provider = {provider}
content_type = "{content_type}"
active = {active}
default = false
premium = false
internal = false
status = "active"
category = "standard"
tags = {tags}

[timing]
estimated_seconds = {seconds}

[inputs.prompt]
type = "string"
required = true
max_length = 100

[request]
path = "/run"

[request.body]
prompt = "${{inputs.prompt}}"

[result]
kind = "text"
select = "text"

[cost]
currency = "credits"
base = "{cost}"
"""

LOCK = """
[lock]
locked = true
by = "alice"
at = 2026-11-20T10:00:00Z
reason = "in production"
"""


def model(
    key: str,
    name: str,
    *,
    provider: str = "acme",
    active: bool = True,
    cost: str = "10",
    seconds: int = 30,
    tags: tuple[str, ...] = (),
    locked: bool = False,
) -> str:
    """The text of a model file that keeps every rule."""
    text = MODEL.format(
        uid=_toml(str(uuid.uuid5(uuid.NAMESPACE_URL, key))),
        model_id=_toml(key.rpartition("/")[2]),
        name=_toml(name),
        provider=_toml(provider),
        content_type=key.partition("/")[0],
        active=str(active).lower(),
        tags=json.dumps(tags),
        seconds=seconds,
        cost=cost,
    )
    return text + LOCK if locked else text


def _toml(text: str) -> str:
    """A TOML string of the same text: what is not plain is escaped."""
    return (
        '"'
        + "".join(each if " " <= each <= "~" and each not in '"\\' else f"\\U{ord(each):08x}" for each in text)
        + '"'
    )


def write(root: Path, path: str, text: str) -> Path:
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    return target


def make(root: Path) -> Path:
    """Six models of two content types: one of them locked, one inactive, one broken."""
    write(root, "catalog.toml", "schema = 1\n\n[policy]\nreason_required = false\n")
    for provider in ("acme", "globex"):
        write(root, f"providers/{provider}.toml", PROVIDER.format(name=provider))
    models = {
        "prompt_to_image/aurora": model("prompt_to_image/aurora", "Aurora", cost="2", tags=("fast",)),
        "prompt_to_image/borealis": model("prompt_to_image/borealis", "Borealis", provider="globex", cost="9"),
        "prompt_to_image/comet": model("prompt_to_image/comet", "Comet", active=False, cost="4"),
        "prompt_to_video/dawn": model("prompt_to_video/dawn", "Dawn 3.1", cost="60", locked=True),
        "prompt_to_video/eclipse": model("prompt_to_video/eclipse", "Eclipse", provider="globex", cost="28"),
        "prompt_to_video/fault": "name = \n",
    }
    for key, text in models.items():
        write(root, f"models/{key}.toml", text)
    return root


def add_sandbox(root: Path) -> Path:
    """The shipped models that run inside the process, asked without long waits."""
    names = ("providers/sandbox.toml", "models/prompt_to_image/sandbox-image.toml")
    for name in (*names, "models/prompt_to_image/sandbox-instant.toml"):
        text = (SHIPPED / name).read_text(encoding="utf-8")
        write(root, name, text.replace(SHIPPED_WAIT, "\ninterval_s = 0.02\n"))
    return root


HOSTILE = (
    "plain \x1b[31mred\x1b[0m",
    "osc \x1b]52;c;aGVsbG8=\x07",
    "c1 \x9b31m csi",
    "bidi \u202eevil\u2066",
    "nul \x00 and bell \x07",
    "markup [/] [/bold] [bold",
    "click [@click=app.quit]here[/]",
    "zero\u200bwidth \ufeff \u2028 line",
    "wide 漢字 and e\u0301 combining",
)
"""Names that a terminal, or markup, would act on."""


def make_hostile(root: Path) -> Path:
    """A catalogue whose every text is hostile, and a file that is broken in a hostile way."""
    make(root)
    for number, name in enumerate((*HOSTILE, " ".join(HOSTILE))):
        text = model(f"prompt_to_image/hostile-{number}", name, provider=name, tags=(name.replace("\x00", ""),))
        lock = LOCK.replace('"in production"', _toml(name)).replace('"alice"', _toml(name))
        write(root, f"models/prompt_to_image/hostile-{number}.toml", text + (lock if number % 2 else ""))
    write(root, "models/prompt_to_image/torn.toml", 'name = "\x1b[31m\n[/]')
    return root
