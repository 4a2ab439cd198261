"""However a catalogue is changed, a load that knows it from before gives what a load gives that knows nothing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from modeltui.domain.catalog import Catalog
from modeltui.domain.document import FieldPath
from modeltui.domain.schema.fatal import fatal_fault
from modeltui.storage.store import Store
from modeltui.storage.summary_cache import SummaryCache
from unit.storage import kept_rows

_FILES = ("chat/a", "chat/b", "chat/held", "chat/drifted", "chat/broken", "image/deep/c", "new/d")


def _path(root: Path, at: int) -> Path:
    return root / "models" / f"{_FILES[at % len(_FILES)]}.toml"


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_symlink():
        path.unlink()
    path.write_bytes(content)


def _edited(root: Path, at: int) -> None:
    """Of the same size, and with the time that it had."""
    path = _path(root, at)
    if path.is_file():
        found = path.stat()
        path.write_bytes(path.read_bytes().swapcase())
        os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))


def _replaced(root: Path, at: int) -> None:
    """By another file of the same size and time."""
    path = _path(root, at)
    if path.is_file():
        found, other = path.stat(), root / "other"
        other.write_bytes(path.read_bytes().replace(b"1", b"2"))
        os.utime(other, ns=(found.st_atime_ns, found.st_mtime_ns))
        other.replace(path)


def _swapped(root: Path, at: int) -> None:
    one, other, aside = _path(root, at), _path(root, at + 1), root / "aside"
    if one.exists() and other.exists():
        one.replace(aside)
        other.replace(one)
        aside.replace(other)


def _renamed(root: Path, at: int) -> None:
    if _path(root, at).exists():
        _path(root, at + 3).parent.mkdir(parents=True, exist_ok=True)
        _path(root, at).replace(_path(root, at + 3))


def _linked(root: Path, at: int) -> None:
    _path(root, at).unlink(missing_ok=True)
    _path(root, at).parent.mkdir(parents=True, exist_ok=True)
    _path(root, at).symlink_to("b.toml")


def _closed(root: Path, at: int) -> None:
    """For whoever is not the superuser."""
    if _path(root, at).is_file():
        _path(root, at).chmod(0o000)


def _opened(root: Path, at: int) -> None:
    if _path(root, at).is_file():
        _path(root, at).chmod(0o644)


_CHANGES: tuple[Callable[[Path, int], object], ...] = (
    _edited,
    _replaced,
    _swapped,
    _renamed,
    _linked,
    _closed,
    _opened,
    lambda root, at: _path(root, at).unlink(missing_ok=True),
    lambda root, at: _put(_path(root, at), kept_rows.model(f"m{at}", at)),
    lambda root, at: _put(_path(root, at), kept_rows.locked(f"l{at}")),
    lambda root, at: _put(_path(root, at), kept_rows.locked(f"l{at}", drifted=True)),
    lambda root, at: _put(_path(root, at), b"a = [\n" * at),
    lambda root, at: _put(_path(root, at), b'schema = 1\nuid = "x"\n'),
    lambda root, at: shutil.rmtree(root / "models" / "image", ignore_errors=True),
    lambda root, at: (root / "providers" / "acme.toml").write_bytes(b"id = %d\n" % at),
    lambda root, at: (root / "catalog.toml").write_bytes(b"schema = \n" if at % 2 else b"schema = 1\n"),
)


def _nowhere(_: FieldPath) -> int | None:
    return None


def _told(catalog: Catalog) -> Catalog:
    """Without what looks things up later, which is another for each load."""
    return replace(catalog, read_workflows=dict, line_of_setting=_nowhere)


@pytest.mark.parametrize("is_racy", [False, True])
@settings(max_examples=25)
@given(rounds=st.lists(st.lists(st.tuples(st.sampled_from(_CHANGES), st.integers(0, 9)), max_size=3), max_size=4))
def test_warm_is_as_cold(
    is_racy: bool,
    rounds: list[list[tuple[Callable[[Path, int], object], int]]],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("warm")
    root, cache = kept_rows.make(folder / "catalogue"), folder / "cache"
    with pytest.MonkeyPatch.context() as patch:
        (kept_rows.at_once if is_racy else kept_rows.later)(patch)
        running = Store(str(root), fatal_fault, SummaryCache(str(cache), str(root)))
        assert kept_rows.same(running.load(), kept_rows.cold(root))
        for changes in rounds:
            if not is_racy:
                kept_rows.tick(folder)
            for change, at in changes:
                change(root, at)
            expected = kept_rows.cold(root)
            assert kept_rows.same(kept_rows.warm(root, cache), expected)
            assert kept_rows.same(running.load(), expected)
            assert _told(running.load()) == _told(expected)
