"""A small catalogue of all kinds of rows, and a file system's clock that moves on."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from modeltui.domain.catalog import Catalog
from modeltui.domain.lock_text import lock_digest
from modeltui.domain.schema.fatal import fatal_fault
from modeltui.storage.store import Store
from modeltui.storage.summary_cache import SummaryCache

MODEL = """\
schema = 1
uid = "3f0c3a52-8f0e-4f1e-9b1e-{number:012d}"
model_id = "acme/{name}"
name = "{name}"
provider = "acme"
content_type = "chat"
active = true
default = false
tags = ["new", "fast"]
order = {number}
released_on = 2026-01-02
replaced_by = "chat/b"

[cost]
base = "1.50"
currency = "USD"

[timing]
estimated_seconds = 1.5
"""
LOCK = '\n[lock]\nlocked = true\nby = "ann"\nat = 2026-01-02T03:04:05Z\nreason = "held"\ndigest = "{digest}"\n'
DEADLINE_S = 60


def model(name: str, number: int = 1) -> bytes:
    return MODEL.format(name=name, number=number).encode()


def locked(name: str, *, drifted: bool = False) -> bytes:
    content = model(name)
    lock = LOCK.format(digest=lock_digest(content)).encode()
    return (content.replace(b"1.50", b"9.50") if drifted else content) + lock


def make(root: Path) -> Path:
    files = {
        "catalog.toml": b"schema = 1\n",
        "providers/acme.toml": b'id = "acme"\n',
        "models/chat/a.toml": model("a"),
        "models/chat/b.toml": model("b", 2),
        "models/chat/held.toml": locked("held"),
        "models/chat/drifted.toml": locked("drifted", drifted=True),
        "models/chat/broken.toml": b"a = \n",
        "models/chat/bytes.toml": b"a = '\xff'\n",
        "models/chat/nameless.toml": b"schema = 1\n",
        "models/image/deep/c.toml": model("c", 3),
        "models/image/large.toml": b"#" * 300_000,
    }
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    (root / "models/chat/link.toml").symlink_to("a.toml")
    return root


def cold(root: Path) -> Catalog:
    return Store(str(root), fatal_fault).load()


def warm(root: Path, folder: Path) -> Catalog:
    return Store(str(root), fatal_fault, SummaryCache(str(folder), str(root))).load()


def same(one: Catalog, other: Catalog) -> bool:
    """To the last document."""
    return (
        list(one.models.items()) == list(other.models.items())
        and dict(one.documents.items()) == dict(other.documents.items())
        and list(one.documents) == list(other.documents)
        and (one.providers, one.settings, one.faults) == (other.providers, other.settings, other.faults)
    )


def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are read long after they were written: none is racy."""
    real = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: real() + 10**11)


def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are read as soon as they were written: all are racy."""
    monkeypatch.setattr(time, "time_ns", lambda: 0)


def tick(folder: Path) -> None:
    """Wait until a file that is written now gets another time than one that was written before."""
    path, deadline = folder / "clock", time.monotonic() + DEADLINE_S
    path.write_bytes(b"")
    before = path.stat().st_ctime_ns
    while path.stat().st_ctime_ns == before:
        assert time.monotonic() < deadline
        path.write_bytes(b"")
