"""A small catalogue on disk, and a workspace on it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from modeltui.bootstrap import open_workspace
from modeltui.config import Settings
from modeltui.services.workspace import Workspace

_MODEL = """\
schema = 1
uid = "{uid}"
model_id = "vendor/{slug}"
name = "{name}"
provider = "sandbox"
content_type = "chat"
description = "A model for tests."
active = {active}   # kept
default = {default}
status = "active"
tags = ["test"]
released_on = 2025-10-01
{lock}
[timing]
estimated_seconds = 2

[inputs.prompt]
type = "string"
required = true

[request]
method = "POST"
path = "/chat"

[request.body]
prompt = "${{inputs.prompt}}"

[result]
kind = "text"
select = "text"

[cost]
currency = "credits"
base = "1"
"""

_PROVIDER = """\
schema = 1
id = "sandbox"
name = "Sandbox"
base_url = "https://sandbox.invalid"
hosts = ["sandbox.invalid"]
transport = "sandbox"

[auth]
scheme = "none"
"""

_LOCK = '\n[lock]\nlocked = true\nby = "ops"\nat = 2026-01-01T00:00:00Z\nreason = "in production"\n'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Models chat/a (the default), chat/b, chat/c, and chat/held, which is locked."""
    folder = tmp_path / "catalogue"
    (folder / "models" / "chat").mkdir(parents=True)
    (folder / "providers").mkdir()
    (folder / "catalog.toml").write_text("schema = 1\n")
    (folder / "providers" / "sandbox.toml").write_text(_PROVIDER)
    for slug in ("a", "b", "c", "held"):
        text = _MODEL.format(
            uid=uuid.uuid5(uuid.NAMESPACE_URL, slug),
            slug=slug,
            name=f"Model {slug.upper()}",
            active="true",
            default="true" if slug == "a" else "false",
            lock=_LOCK if slug == "held" else "",
        )
        (folder / "models" / "chat" / f"{slug}.toml").write_text(text)
    return folder


@pytest.fixture
def settings_for(root: Path) -> Callable[[str], Settings]:
    def settings(user: str) -> Settings:
        return Settings(
            root=str(root), user=user, host="here", secret=lambda _: None, log_file=str(root.parent / "log")
        )

    return settings


@pytest.fixture
def workspace(settings_for: Callable[[str], Settings]) -> Workspace:
    return open_workspace(settings_for("alice"))
