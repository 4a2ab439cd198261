"""A catalogue is read in one pass; a file that cannot be used is a row with a fault, and never more than that."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from modeltui.domain.catalog import Catalog
from modeltui.domain.document import Document
from modeltui.domain.finding import Finding
from modeltui.domain.rules import check
from modeltui.domain.schema.fatal import fatal_fault
from modeltui.errors import BrokenFileError, ConfigError
from modeltui.storage import guard, store, walk
from modeltui.storage.beneath import open_file, open_folder
from modeltui.storage.store import Store
from modeltui.storage.toml import codec

GOOD = b'name = "Veo"\nactive = true\n\n[cost]\nbase = "60"\n'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    files = {
        "catalog.toml": b"schema = 1\n",
        "providers/acme.toml": b'id = "acme"\n',
        "models/chat/veo.toml": GOOD,
        "models/image/flux.toml": GOOD,
    }
    for path, content in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    return tmp_path


def load(root: Path) -> Catalog:
    return Store(str(root)).load()


def fault_of(root: Path, key: str) -> Finding:
    catalog = load(root)
    fault = catalog.models[key].fault
    assert fault is not None
    assert key not in catalog.documents
    assert not catalog.models["chat/veo"].is_broken
    return fault


def test_a_catalogue_is_read(root: Path) -> None:
    catalog = load(root)
    assert catalog.root == str(root)
    assert list(catalog.models) == ["chat/veo", "image/flux"]
    veo = catalog.models["chat/veo"]
    assert (veo.name, veo.active, veo.path) == ("Veo", True, "models/chat/veo.toml")
    assert veo.digest == hashlib.sha256(GOOD).hexdigest()
    assert catalog.documents["chat/veo"] == {"name": "Veo", "active": True, "cost": {"base": "60"}}
    assert catalog.providers == {"acme": {"id": "acme"}}
    assert catalog.settings == {"schema": 1}
    assert catalog.faults == ()


def test_files_at_any_depth_are_models(root: Path) -> None:
    (root / "models" / "top.toml").write_bytes(GOOD)
    (root / "models" / "a" / "b" / "c").mkdir(parents=True)
    (root / "models" / "a" / "b" / "c" / "deep.toml").write_bytes(GOOD)
    assert list(load(root).models) == ["a/b/c/deep", "chat/veo", "image/flux", "top"]


def test_what_is_not_ours_is_passed_over(root: Path) -> None:
    for name in ("README.md", ".hidden.toml", ".modeltui-1-2.tmp", "veo.toml~", "VEO.TOML", ".toml"):
        (root / "models" / "chat" / name).write_bytes(b"\xff")
    (root / "models" / ".git").mkdir()
    (root / "models" / ".git" / "a.toml").write_bytes(b"\xff")
    (root / "models" / "chat" / "notes").symlink_to("README.md")
    catalog = load(root)
    assert list(catalog.models) == ["chat/veo", "image/flux"]
    assert catalog.faults == ()


def test_a_broken_file_is_a_row_with_its_line_and_hint(root: Path) -> None:
    content = b"a = 1\nb = null\n"
    (root / "models" / "chat" / "bad.toml").write_bytes(content)
    fault = fault_of(root, "chat/bad")
    assert fault == Finding(
        "toml-syntax", "error", "null is not TOML", "models/chat/bad.toml", 2, hint="leave the key out", column=5
    )
    assert load(root).models["chat/bad"].digest == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("target", ["veo.toml", "nowhere.toml", "/etc/hostname", "../image"])
def test_a_link_is_a_row_and_is_never_opened(root: Path, target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "models" / "chat" / "link.toml").symlink_to(target)
    opened: list[str] = []

    def noting(folder: int, path: str) -> int:
        opened.append(path)
        return open_file(folder, path)

    monkeypatch.setattr(guard, "open_file", noting)
    assert fault_of(root, "chat/link").code == "link"
    assert "models/chat/veo.toml" in opened
    assert "models/chat/link.toml" not in opened


def test_a_linked_folder_is_told_and_not_entered(root: Path) -> None:
    (root / "models" / "more").symlink_to("chat")
    catalog = load(root)
    assert list(catalog.models) == ["chat/veo", "image/flux"]
    assert [(fault.code, fault.path) for fault in catalog.faults] == [("link", "models/more")]


def test_a_models_folder_that_is_a_link_is_told_and_not_entered(root: Path) -> None:
    (root / "models").rename(root / "elsewhere")
    (root / "models").symlink_to("elsewhere")
    catalog = load(root)
    assert catalog.models == {}
    assert [(fault.code, fault.path) for fault in catalog.faults] == [("link", "models")]


def test_a_link_that_leads_in_a_circle_is_no_crash(root: Path) -> None:
    (root / "models" / "turning").symlink_to("turning")
    catalog = load(root)
    assert list(catalog.models) == ["chat/veo", "image/flux"]
    assert not catalog.faults


def test_a_backslash_in_a_name_is_a_fault(root: Path) -> None:
    (root / "models" / "chat" / "a\\b.toml").write_bytes(GOOD)
    (root / "models" / "a\\b").mkdir()
    assert fault_of(root, "chat/a\\b").code == "bad-name"
    assert [(fault.code, fault.path) for fault in load(root).faults] == [("bad-name", "models/a\\b")]


def test_a_folder_named_like_a_file_is_a_row(root: Path) -> None:
    (root / "models" / "chat" / "folder.toml").mkdir()
    (root / "models" / "chat" / "folder.toml" / "a.toml").write_bytes(GOOD)
    assert fault_of(root, "chat/folder").code == "not-a-file"
    assert "chat/folder.toml/a" not in load(root).models


def test_a_pipe_is_a_row(root: Path) -> None:
    os.mkfifo(root / "models" / "chat" / "pipe.toml")
    assert fault_of(root, "chat/pipe").code == "not-a-file"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"#" * 300_000, "too-large"),
        (b"a = " + b"[" * 100, "limits"),
        (b"a = '\xff'", "not-utf8"),
        (b"a = 1\0", "limits"),
    ],
)
def test_other_faults_have_their_codes(root: Path, content: bytes, code: str) -> None:
    (root / "models" / "chat" / "bad.toml").write_bytes(content)
    assert fault_of(root, "chat/bad").code == code


def test_a_file_that_cannot_be_read_is_a_row(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "models" / "chat" / "bad.toml").write_bytes(GOOD)
    _failing(monkeypatch, "models/chat/bad.toml", PermissionError(13, "Permission denied"))
    assert fault_of(root, "chat/bad").code == "unreadable"


def test_a_file_that_vanishes_meanwhile_is_no_row(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _failing(monkeypatch, "models/image/flux.toml", FileNotFoundError(2, "No such file"))
    assert list(load(root).models) == ["chat/veo"]


def _failing(monkeypatch: pytest.MonkeyPatch, name: str, error: OSError) -> None:
    def failing(folder: int, path: str) -> int:
        if path == name:
            raise error
        return open_file(folder, path)

    monkeypatch.setattr(guard, "open_file", failing)


def test_a_folder_that_cannot_be_read_is_a_fault(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refusing(folder: int, path: str) -> int:
        if path == "models/chat":
            raise PermissionError(13, "Permission denied")
        return open_folder(folder, path)

    monkeypatch.setattr(walk, "open_folder", refusing)
    catalog = load(root)
    assert list(catalog.models) == ["image/flux"]
    assert [(fault.code, fault.path) for fault in catalog.faults] == [("unreadable", "models/chat")]


def test_a_name_that_is_not_utf8_is_a_row(root: Path) -> None:
    (root / "models" / "chat" / os.fsdecode(b"\xff.toml")).write_bytes(GOOD)
    assert load(root).models["chat/\udcff"].name == "Veo"


def test_faults_outside_the_models(root: Path) -> None:
    (root / "catalog.toml").write_bytes(b"a = \n")
    (root / "providers" / "bad.toml").write_bytes(b"a = 1\na = 2\n")
    (root / "providers" / "link.toml").symlink_to("acme.toml")
    catalog = load(root)
    assert catalog.settings == {}
    assert list(catalog.providers) == ["acme"]
    assert [(fault.code, fault.where) for fault in catalog.faults] == [
        ("toml-syntax", "providers/bad.toml:2"),
        ("link", "providers/link.toml"),
        ("toml-syntax", "catalog.toml:1"),
    ]


def test_an_empty_folder_is_an_empty_catalogue(tmp_path: Path) -> None:
    catalog = load(tmp_path)
    assert catalog.models == {}
    assert [(fault.code, fault.path) for fault in catalog.faults] == [("missing", "catalog.toml")]


def test_no_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        load(tmp_path / "none")


def test_a_fault_of_the_schema_keeps_the_document(root: Path) -> None:
    def validate(path: str, document: Document) -> Finding | None:
        return Finding("schema", "error", "no uid", path, field="uid") if "chat" in path else None

    catalog = Store(str(root), validate).load()
    veo = catalog.models["chat/veo"]
    assert veo.fault == Finding("schema", "error", "no uid", "models/chat/veo.toml", field="uid")
    assert veo.name == "Veo"
    assert catalog.documents["chat/veo"]["active"] is True
    assert catalog.models["image/flux"].fault is None


def test_all_faults_of_a_row_without_identity_are_found(root: Path) -> None:
    path = "models/chat/veo.toml"
    (root / path).write_bytes(b"schema = 1\nname = 5\nactiv = true\n")
    a_store = Store(str(root), fatal_fault)
    catalog = a_store.load()
    assert catalog.models["chat/veo"].is_broken
    for sources in (None, a_store.read):
        findings = check(catalog, date(2026, 11, 20), sources)
        found = [(each.code, each.field) for each in findings if each.path == path]
        assert {("missing-key", "uid"), ("wrong-type", "name"), ("unknown-key", "activ")} <= set(found)
        assert found.count(("missing-key", "uid")) == 1


def test_the_bytes_of_one_file(root: Path) -> None:
    assert Store(str(root)).read("models/chat/veo.toml") == GOOD
    with pytest.raises(BrokenFileError):
        Store(str(root)).read("models/chat/none.toml")


def test_only_what_changed_is_parsed_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[bytes] = []
    real = codec.parse

    def noting(content: bytes) -> dict[str, Any]:
        parsed.append(content)
        return real(content)

    monkeypatch.setattr(codec, "parse", noting)
    kept = Store(str(root))
    first = kept.load()
    parsed.clear()
    assert kept.load() == first
    assert GOOD not in parsed
    path = root / "models" / "chat" / "veo.toml"
    status = path.stat()
    path.write_bytes(GOOD.replace(b"Veo", b"Sky"))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    (root / "models" / "image" / "flux.toml").unlink()
    again = kept.load()
    assert again.models["chat/veo"].name == "Sky"
    assert list(again.models) == ["chat/veo"]
    assert first.models["chat/veo"].name == "Veo"


def test_what_stands_beside_the_models_is_parsed_when_it_changed(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Store(str(root))
    before = kept.load()
    parsed: list[bytes] = []
    parse = codec.parse

    def noting(content: bytes) -> dict[str, Any]:
        parsed.append(content)
        return parse(content)

    monkeypatch.setattr(codec, "parse", noting)
    assert kept.load().providers == before.providers
    assert parsed == []
    (root / "providers/acme.toml").write_bytes(b'id = "other"\n')
    (root / "catalog.toml").write_bytes(b"broken\n")
    after = kept.load()
    assert after.providers == {"acme": {"id": "other"}}
    assert [fault.path for fault in after.faults] == ["catalog.toml"]
    (root / "catalog.toml").write_bytes(b"schema = 1\n")
    assert kept.load().faults == ()


def test_an_apply_in_progress_is_seen_as_done(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    overlay: Mapping[str, bytes | None] = {
        "models/chat/veo.toml": GOOD.replace(b"Veo", b"Sky"),
        "models/chat/new.toml": GOOD,
        "models/image/flux.toml": None,
        "providers/acme.toml": b'id = "new"\n',
    }

    def at_once(root: str, load: Callable[[Mapping[str, bytes | None]], Catalog]) -> Catalog:
        return load(overlay)

    monkeypatch.setattr(store, "consistently", at_once)
    catalog = load(root)
    assert {key: model.name for key, model in catalog.models.items()} == {"chat/new": "Veo", "chat/veo": "Sky"}
    assert catalog.providers == {"acme": {"id": "new"}}
