"""Documents are read when they are asked for, and not before."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from msgspec.structs import replace

from modeltui.domain.catalog import Catalog
from modeltui.domain.schema.fatal import fatal_fault
from modeltui.errors import BrokenFileError
from modeltui.storage import documents, store
from modeltui.storage.documents import DocumentCache
from modeltui.storage.store import Store
from modeltui.storage.toml import codec
from unit.storage.kept_rows import make, model


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make(tmp_path / "catalogue")


@pytest.fixture
def catalog(root: Path) -> Catalog:
    return Store(str(root), fatal_fault).load()


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    found: list[bytes] = []
    real = codec.fast_parse

    def noting(content: bytes) -> dict[str, object]:
        found.append(content)
        return real(content)

    monkeypatch.setattr(codec, "fast_parse", noting)
    return found


def test_to_count_and_name_them_parses_none(catalog: Catalog, parsed: list[bytes]) -> None:
    readable = ["chat/a", "chat/b", "chat/drifted", "chat/held", "chat/nameless", "image/deep/c"]
    assert list(catalog.documents) == readable
    assert len(catalog.documents) == len(readable)
    assert "chat/a" in catalog.documents
    assert not {"chat/broken", "chat/link", "x"} & set(catalog.documents)
    assert "chat/broken" not in catalog.documents
    assert catalog == replace(catalog)
    assert parsed == []


def test_one_is_parsed_once(catalog: Catalog, parsed: list[bytes]) -> None:
    assert catalog.documents["chat/a"]["name"] == "a"
    assert catalog.documents.get("chat/a") is catalog.documents["chat/a"]
    assert len(parsed) == 1


def test_a_broken_file_has_none(catalog: Catalog) -> None:
    for key in ("chat/broken", "chat/bytes", "chat/link", "image/large", "no/such"):
        with pytest.raises(KeyError):
            catalog.documents[key]
        assert catalog.documents.get(key, "default") == "default"
    assert catalog.documents["chat/nameless"] == {"schema": 1}


def test_a_file_that_changed_says_what_it_says_now(root: Path, catalog: Catalog) -> None:
    (root / "models/chat/a.toml").write_bytes(model("z"))
    assert not catalog.is_newer("chat/a")
    assert catalog.documents["chat/a"]["name"] == "z"
    assert catalog.models["chat/a"].name == "a"
    assert catalog.is_newer("chat/a")
    assert catalog.documents["chat/b"]["name"] == "b"
    assert not catalog.is_newer("chat/b")


def test_that_a_document_was_of_another_file_stays_known(root: Path, catalog: Catalog) -> None:
    path = root / "models/chat/a.toml"
    before = path.read_bytes()
    for content in (model("z"), b"a = \n"):
        changed = Store(str(root), fatal_fault).load()
        path.write_bytes(content)
        changed.documents.get("chat/a")
        path.write_bytes(before)
        assert changed.documents["chat/a"]["name"] == "a"
        assert changed.is_newer("chat/a")
    assert not Store(str(root), fatal_fault).load().is_newer("chat/a")


@pytest.mark.parametrize("spoil", [Path.unlink, lambda path: path.write_bytes(b"a = \n")])
def test_a_file_that_went_raises_where_it_is_asked_for(
    root: Path, catalog: Catalog, spoil: Callable[[Path], object]
) -> None:
    before = dict(catalog.documents.items())
    fresh = Store(str(root), fatal_fault).load()
    spoil(root / "models/chat/a.toml")
    with pytest.raises(BrokenFileError, match=r"^models/chat/a\.toml"):
        fresh.documents["chat/a"]
    with pytest.raises(BrokenFileError):
        fresh.document("chat/a")
    assert fresh.documents.get("chat/a", "default") == "default"
    del before["chat/a"]
    assert dict(fresh.documents.items()) == before
    assert list(fresh.documents.values()) == list(before.values())
    assert "chat/a" in fresh.documents


def test_during_an_apply_the_document_is_that_of_the_row(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = model("z")

    def at_once(_: str, load: Callable[[dict[str, bytes]], Catalog]) -> Catalog:
        return load({"models/chat/a.toml": content})

    monkeypatch.setattr(store, "consistently", at_once)
    monkeypatch.setattr(store, "overlay", lambda _: {"models/chat/a.toml": content})
    catalog = Store(str(root), fatal_fault).load()
    assert (catalog.models["chat/a"].name, catalog.documents["chat/a"]["name"]) == ("z", "z")


def test_a_reload_keeps_what_was_parsed(root: Path, parsed: list[bytes]) -> None:
    running = Store(str(root), fatal_fault)
    first = running.load()
    document = first.documents["chat/a"]
    parsed.clear()
    assert running.load().documents["chat/a"] is document
    assert parsed == []


def test_as_many_are_kept_as_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "_MOST", 3)
    asked: list[str] = []

    def read(path: str, _: str) -> bytes:
        asked.append(path)
        return f'path = "{path}"'.encode()

    cache = DocumentCache(read)
    digests = {name: hashlib.sha256(f'path = "{name}"'.encode()).hexdigest() for name in "abcde"}
    for _ in range(2):
        assert [cache.document(name, digest)[0]["path"] for name, digest in digests.items()] == list("abcde")
    assert asked == [*"abcde", *"cde"]
    monkeypatch.setattr(documents, "_MOST_BYTES", 25)
    for name in "xyz":
        assert cache.document(name, "")[0]["path"] == name
    assert len(cache._kept) == 2
    assert cache._bytes == sum(size for _, size in cache._kept.values()) <= 25


def test_from_many_threads(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "_MOST", 2)
    catalog = Store(str(root), fatal_fault).load()
    keys = list(catalog.documents) * 30
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda key: catalog.documents[key].get("name"), keys))
    assert found == [catalog.models[key].name for key in keys]


def test_drafts_stand_beside_files(root: Path) -> None:
    from modeltui.domain.pending.drafts import _WithDrafts

    both = _WithDrafts({"chat/new": {"name": "new"}}, Store(str(root), fatal_fault).load().documents)
    assert (both["chat/new"], both["chat/a"]["name"], both.get("x")) == ({"name": "new"}, "a", None)
    assert list(both)[-1] == "chat/new"
    assert len(both) == 7
    (root / "models/chat/b.toml").unlink()
    assert both.get("chat/b", "default") == "default"
    assert dict(both.items()).keys() == set(both) - {"chat/b"}
