"""What is known of files that did not change is kept, and ignored where anything about it is not as it should be."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
import tomli
from msgspec.structs import replace

from modeltui.domain.catalog import Catalog
from modeltui.domain.finding import Finding
from modeltui.domain.lock import Lock
from modeltui.domain.model import FIELDS, Model, restored
from modeltui.domain.schema.fatal import fatal_fault
from modeltui.storage import guard, store, summary_cache, walk
from modeltui.storage.beneath import open_file
from modeltui.storage.stamps import numbers_of, stamps_of
from modeltui.storage.store import Store
from modeltui.storage.summary_cache import Known, SummaryCache
from modeltui.storage.summary_rows import columns_of, models_of
from unit.storage.kept_rows import MODEL, at_once, cold, later, make, model, same, tick, warm

FULL = Model(
    key="chat/ünï\udcff",
    path="models/chat/ünï\udcff.toml",
    digest="ab" * 32,
    uid="u",
    model_id="m",
    name="N\n",
    order=-(10**50),
    active=True,
    tags=("a", "b"),
    lock=Lock("ann", datetime(2026, 1, 2, 3, 4, 5, 6, timezone(timedelta(hours=-3, minutes=-30))), "why", "sha256:x"),
    base_cost=Decimal("-1.50E+7"),
    estimated_seconds=-0.0,
    released_on=date.min,
    deprecated_on=date.max,
    replaced_by="x/y",
    fault=Finding("bad", "error", "it is bad", "models/x.toml", 3, "a.b", "mend it", 7),
    is_drifted=True,
)
ROWS = [
    FULL,
    Model(key="b", path="models/b.toml"),
    Model(key="c", path="models/c.toml", lock=Lock(), base_cost=Decimal("-0")),
    Model(key="d", path="models/d.toml", lock=Lock(at=datetime(2026, 1, 1, tzinfo=UTC)), base_cost=Decimal("0.0")),
    Model(key="e", path="models/e.toml", lock=Lock(at=datetime(2026, 1, 1)), estimated_seconds=0.0),  # noqa: DTZ001
]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make(tmp_path / "catalogue")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "home" / "cache"


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that are read, by path."""
    found: list[str] = []

    def noting(folder: int, path: str) -> int:
        found.append(path)
        return open_file(folder, path)

    monkeypatch.setattr(guard, "open_file", noting)
    return found


def _file(root: Path, folder: Path) -> Path:
    return Path(SummaryCache(str(folder), str(root)).path)


def _models(opened: list[str]) -> list[str]:
    return [path for path in opened if path.startswith("models/")]


def test_rows_come_back_as_they_were() -> None:
    again = models_of(columns_of(ROWS))
    assert again == ROWS
    assert [repr(each) for each in again] == [repr(each) for each in ROWS]
    assert models_of(columns_of([])) == []


def test_a_row_that_is_restored_is_like_any_other() -> None:
    (again,) = restored([[getattr(FULL, name)] for name in FIELDS], 1)
    assert (again, hash(again)) == (FULL, hash(FULL))
    assert replace(again, name="other").name == "other"
    with pytest.raises(AttributeError):
        again.name = "x"  # type: ignore[misc]
    with pytest.raises(ValueError, match="number of values"):
        restored([[] for _ in FIELDS], 1)
    with pytest.raises(ValueError, match="number of values"):
        restored([["x"] for _ in FIELDS[1:]], 1)


def test_texts_that_many_have_are_kept_once(root: Path, folder: Path) -> None:
    for catalog in (warm(root, folder), warm(root, folder)):
        one, other = catalog.models["chat/a"], catalog.models["chat/b"]
        assert one.provider is other.provider
        assert one.cost_currency is other.cost_currency
        assert one.tags is other.tags
        assert one.estimated_seconds is other.estimated_seconds


def test_a_row_is_kept_by_the_very_text_of_its_key(root: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    later(monkeypatch)
    for _ in range(2):
        running = Store(str(root), fatal_fault, SummaryCache(str(folder), str(root)))
        rows = running.load().models
        assert all(key is rows[key].key for key in rows)


def test_memory_is_given_back_where_the_cache_was_written(
    root: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    later(monkeypatch)
    given: list[int] = []
    monkeypatch.setattr(store, "give_back_memory", lambda: given.append(1))
    for _ in range(2):
        warm(root, folder)
        assert given == [1]


def test_an_unchanged_file_is_not_read(
    root: Path, folder: Path, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    later(monkeypatch)
    first = warm(root, folder)
    opened.clear()
    again = warm(root, folder)
    assert same(first, again)
    opened.clear()
    assert list(warm(root, folder).models) == list(first.models)
    assert _models(opened) == ["models/image/large.toml"]  # what could not be read is tried again


def test_an_unchanged_file_is_not_read_again_by_the_same_store(
    root: Path, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    later(monkeypatch)
    running = Store(str(root), fatal_fault)
    running.load()
    opened.clear()
    tick(root)
    (root / "models/chat/a.toml").write_bytes(model("z"))
    assert running.load().models["chat/a"].name == "z"
    assert _models(opened) == ["models/chat/a.toml", "models/image/large.toml"]


def test_a_racy_file_is_read_again_until_it_is_not(
    root: Path, folder: Path, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        at_once(patch)
        warm(root, folder)
        opened.clear()
        warm(root, folder)
        assert "models/chat/a.toml" in opened
    later(monkeypatch)
    warm(root, folder)
    opened.clear()
    warm(root, folder)
    assert "models/chat/a.toml" not in opened


def test_a_change_that_no_stamp_tells_is_seen_where_the_file_is_racy(
    root: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once(monkeypatch)
    numbers: dict[int, tuple[int, int, int, int]] = {}
    real = numbers_of
    monkeypatch.setattr(walk, "numbers_of", lambda found: numbers.setdefault(found.st_ino, real(found)))
    running = Store(str(root), fatal_fault)
    running.load()
    warm(root, folder)
    (root / "models/chat/a.toml").write_bytes(model("z"))
    assert running.load().models["chat/a"].name == "z"
    assert warm(root, folder).models["chat/a"].name == "z"


def test_a_file_that_changes_while_it_is_read_is_read_again(
    root: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    later(monkeypatch)
    path = root / "models/chat/a.toml"

    def changing(folder: int, name: str) -> int:
        descriptor = open_file(folder, name)
        if path == root / name and b'"a"' in path.read_bytes():
            found = path.stat()
            tick(root)
            path.write_bytes(MODEL.format(name="z", number=1).encode())
            os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))
        return descriptor

    monkeypatch.setattr(guard, "open_file", changing)
    warm(root, folder)
    assert warm(root, folder).models["chat/a"].name == "z"


def test_fresh_reads_and_parses_all(root: Path, opened: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    later(monkeypatch)
    running = Store(str(root), fatal_fault)
    first = running.load()
    opened.clear()
    assert same(running.load(fresh=True), first)
    assert set(_models(opened)) >= {model.path for model in first.models.values() if model.digest}


def test_fresh_believes_no_cache(root: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    later(monkeypatch)
    cache = SummaryCache(str(folder), str(root))
    lying = replace(cold(root).models["chat/a"], name="lie")
    stamp = stamps_of(numbers_of((root / "models/chat/a.toml").stat()))
    cache.write(Known({"chat/a": lying}, {"models/chat": walk.Sheet("a.toml", stamp)}))
    assert warm(root, folder).models["chat/a"].name == "lie"
    running = Store(str(root), fatal_fault, cache)
    assert running.load().models["chat/a"].name == "lie"
    assert running.load(fresh=True).models["chat/a"].name == "a"


def test_few_changes_do_not_write_it_anew(root: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    later(monkeypatch)
    for number in range(70):
        (root / f"models/chat/n{number}.toml").write_bytes(model(f"n{number}", number))
    warm(root, folder)
    before = _file(root, folder).stat().st_ino
    tick(root)
    (root / "models/chat/n1.toml").write_bytes(model("z"))
    assert warm(root, folder).models["chat/n1"].name == "z"
    assert _file(root, folder).stat().st_ino == before
    for number in range(2, 9):
        (root / f"models/chat/n{number}.toml").write_bytes(model("z"))
    warm(root, folder)
    assert _file(root, folder).stat().st_ino != before


def test_it_is_this_users_alone(root: Path, folder: Path) -> None:
    old = os.umask(0)
    try:
        warm(root, folder)
    finally:
        os.umask(old)
    assert (folder.stat().st_mode & 0o777, _file(root, folder).stat().st_mode & 0o777) == (0o700, 0o600)
    assert folder.parent.stat().st_mode & 0o777 == 0o700, "what was made above it"
    assert [path.name for path in folder.iterdir()] == [_file(root, folder).name]


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


def _headed(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:30])


def _emptied(path: Path) -> None:
    path.write_bytes(b"")


def _flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-100] ^= 1
    path.write_bytes(content)


def _foreign(path: Path) -> None:
    path.write_bytes(b"\x80\x04N." * 100)


def _writable(path: Path) -> None:
    path.chmod(0o606)


def _of_the_group(path: Path) -> None:
    path.chmod(0o660)


def _in_an_open_folder(path: Path) -> None:
    path.parent.chmod(0o777)


def _linked(path: Path) -> None:
    path.rename(path.with_suffix(".real"))
    path.symlink_to(path.with_suffix(".real"))


def _in_a_linked_folder(path: Path) -> None:
    real = path.parent.with_name("real")
    path.parent.rename(real)
    path.parent.symlink_to(real)


def _a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _anothers(path: Path) -> None:
    os.chown(path, 12345, 12345)


def _in_anothers_folder(path: Path) -> None:
    os.chown(path.parent, 12345, 12345)


def _of_another_root(path: Path) -> None:
    other = make(path.parents[2] / "other")
    warm(other, path.parent)
    _file(other, path.parent).replace(path)


_AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only the superuser can give a file away")
_SPOILT = [
    *(_cut, _headed, _emptied, _flipped, _foreign, _writable, _of_the_group, _in_an_open_folder, _linked),
    *(_in_a_linked_folder, _a_folder, _a_pipe, _of_another_root),
    pytest.param(_anothers, marks=_AS_ROOT),
    pytest.param(_in_anothers_folder, marks=_AS_ROOT),
]


@pytest.mark.parametrize("spoil", _SPOILT)
def test_what_is_not_as_it_should_be_is_ignored(
    root: Path, folder: Path, spoil: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    later(monkeypatch)
    expected = warm(root, folder)
    cache = SummaryCache(str(folder), str(root))
    assert cache.read().models
    spoil(_file(root, folder))
    assert cache.read() == Known()
    assert same(warm(root, folder), expected)
    assert same(warm(root, folder), expected)


@pytest.mark.parametrize(
    ("name", "value"), [("VERSION", "9.9"), ("_FORMAT", 99), ("_MAKERS", ("version.py",)), ("_MAGIC", b"else\n")]
)
def test_of_another_program_it_is_ignored(
    root: Path, folder: Path, name: str, value: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    warm(root, folder)
    monkeypatch.setattr(summary_cache, name, value)
    assert SummaryCache(str(folder), str(root)).read() == Known()


def test_with_other_rights_it_is_ignored(root: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    warm(root, folder)
    monkeypatch.setattr(os, "getgroups", lambda: [4711])
    assert SummaryCache(str(folder), str(root)).read() == Known()


def test_of_another_parser_it_is_ignored(root: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    warm(root, folder)
    monkeypatch.setattr(tomli, "__version__", "1.0")
    assert SummaryCache(str(folder), str(root)).read() == Known()


def test_what_cannot_be_packed_is_no_error(root: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(summary_cache, "_packed", lambda _: object())
    SummaryCache(str(folder), str(root)).write(Known())
    assert not folder.exists()


def test_of_another_python_it_is_ignored(root: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    warm(root, folder)
    monkeypatch.setattr(sys, "version", "4.0")
    assert SummaryCache(str(folder), str(root)).read() == Known()


@pytest.mark.parametrize(
    "data",
    [
        *(None, (), (1, 2, 3, 4), (0, [b""], [], []), ([1], {}, [], []), ("1", {}, [], [])),
        *((0, {"models": ("a.toml", b"short")}, [], []), (0, {"models": (b"a.toml", b"")}, [], []), (0, {}, [[]], [])),
    ],
)
def test_what_has_another_shape_is_ignored(
    root: Path, folder: Path, data: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(summary_cache, "_packed", lambda _: data)
    cache = SummaryCache(str(folder), str(root))
    cache.write(Known())
    assert Path(cache.path).exists()
    assert cache.read() == Known()


def test_a_full_disk_is_no_error(root: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = cold(root)

    def failing(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "rename", failing)
    assert same(warm(root, folder), expected)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("place", ["", "catalogue/.cache", "catalogue", "file/cache"])
def test_where_nothing_can_be_kept_nothing_is(root: Path, tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    before = sorted(root.rglob("*"))
    folder = str(tmp_path / place) if place else ""
    cache = SummaryCache(folder, str(root))
    assert same(Store(str(root), fatal_fault, cache).load(), cold(root))
    assert cache.read() == Known()
    assert sorted(root.rglob("*")) == before


@pytest.mark.skipif(os.geteuid() != 0, reason="only the superuser can write what is another's")
@pytest.mark.parametrize("place", [".cache/modeltui", "modeltui"])
def test_nothing_is_made_in_the_home_of_another(root: Path, tmp_path: Path, place: str) -> None:
    home = tmp_path / "home"
    home.mkdir()
    os.chown(home, 12345, 12345)
    assert same(warm(root, home / place), cold(root))
    assert list(home.iterdir()) == []


def test_a_folder_that_is_a_link_to_ones_own_will_do(root: Path, tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / ".cache").symlink_to("disk")
    warm(root, tmp_path / ".cache/modeltui")
    assert _file(root, tmp_path / "disk/modeltui").exists()
    (tmp_path / "nowhere").symlink_to("missing")
    assert same(warm(root, tmp_path / "nowhere/modeltui"), cold(root))
    assert not (tmp_path / "missing").exists()


def test_what_a_killed_process_left_is_swept_and_what_was_long_not_written(root: Path, folder: Path) -> None:
    folder.mkdir(parents=True, mode=0o700)
    ages = {"old.tmp": 10**5, "new.tmp": 0, "gone.rows": 10**7, "there.rows": 10**6, "else": 10**9}
    for name, age in ages.items():
        (folder / name).write_bytes(b"half")
        found = (folder / name).stat().st_mtime
        os.utime(folder / name, (found - age, found - age))
    warm(root, folder)
    kept = {"new.tmp", "there.rows", "else", _file(root, folder).name}
    assert {path.name for path in folder.iterdir()} == kept


def test_two_processes_write_it_at_once(root: Path, folder: Path) -> None:
    code = (
        "import sys\n"
        "from modeltui.storage.store import Store\n"
        "from modeltui.storage.summary_cache import SummaryCache\n"
        "cache = SummaryCache(*sys.argv[1:])\n"
        "known = Store(sys.argv[2]); known.load()\n"
        "for _ in range(40):\n"
        "    cache.write(known._known)\n"
        "    assert len(cache.read().models) > 5\n"
    )
    words = [sys.executable, "-c", code, str(folder), str(root)]
    both = [subprocess.Popen(words) for _ in range(2)]
    assert [each.wait(120) for each in both] == [0, 0]
    assert [path.suffix for path in folder.iterdir()] == [".rows"]


def test_an_apply_in_progress_is_not_kept_by_stamp(root: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the overlay shows is not what the file of that stamp says."""
    later(monkeypatch)
    overlay = {"models/chat/a.toml": model("z"), "models/chat/new.toml": model("y"), "models/chat/b.toml": None}

    def at_once(_: str, load: Callable[[dict[str, bytes | None]], Catalog]) -> Catalog:
        return load(overlay)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "consistently", at_once)
        running = Store(str(root), fatal_fault, SummaryCache(str(folder), str(root)))
        seen = running.load()
    assert (seen.models["chat/a"].name, seen.models["chat/new"].name, "chat/b" in seen.models) == ("z", "y", False)
    assert same(running.load(), cold(root))
    assert same(warm(root, folder), cold(root))
