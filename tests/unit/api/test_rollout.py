"""Which model of a content type a caller gets."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from modeltui.api import CatalogReader, Model, open_catalog
from modeltui.domain.rollout import STEPS, bucket_of, is_within, shown_bucket
from modeltui.errors import BrokenFileError, InvalidValueError, NotFoundError

ROOT = Path(__file__).parents[3]
CALLERS = [f"user-{number}" for number in range(200)]

MODEL = """\
schema = 1
uid = "00000000-0000-4000-8000-{number:012d}"
model_id = "{name}"
name = "{name}"
provider = "acme"
content_type = "chat"
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "catalog.toml").write_text("schema = 1\n")
    return tmp_path


def put(root: Path, name: str, rollout: str = "", *, active: bool = True, default: bool = False, **more: object) -> str:
    """A model file; returns its key."""
    lines = [MODEL.format(name=name, number=sum(name.encode())), f"active = {str(active).lower()}"]
    lines += [f"{field} = {value}" for field, value in more.items()]
    lines += ["default = true"] if default else []
    lines += [f"\n[rollout]\n{rollout}"] if rollout else []
    path = root / "models" / "chat" / f"{name}.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n")
    return f"chat/{name}"


def got(reader: CatalogReader, caller: str, **more: Any) -> str | None:
    model = reader.resolve("chat", caller, **more)
    return None if model is None else model.key.removeprefix("chat/")


def test_who_is_in_gets_the_new_one_and_everybody_else_the_default(root: Path) -> None:
    put(root, "old", default=True)
    put(root, "new", "percent = 30\nsalt = 's'")
    reader = open_catalog(root)
    for caller in CALLERS:
        is_in = shown_bucket(bucket_of("s", caller)) < 30
        assert got(reader, caller) == ("new" if is_in else "old")
        assert reader.is_in_rollout("chat/new", caller) == is_in
        assert reader.rollout("chat/new", caller).reason == ("within" if is_in else "beyond")
    assert {got(reader, caller) for caller in CALLERS} == {"old", "new"}


def test_of_several_the_order_decides_then_the_key(root: Path) -> None:
    put(root, "default", default=True, order=0)
    put(root, "a", "percent = 0\nallow = ['ann']")
    for name, order in (("b", 2), ("d", 1), ("c", 1)):
        put(root, name, "percent = 0\nallow = ['ann']", order=order)
    reader = open_catalog(root)
    assert got(reader, "ann") == "c"
    assert got(reader, "bob") == "default"
    assert got(reader, "ann", accepts=lambda model: model.key not in {"chat/c", "chat/d"}) == "b"
    assert got(reader, "ann", accepts=lambda model: model.key == "chat/a") == "a"
    assert got(reader, "ann", accepts=lambda _: False) is None


def test_without_the_default_it_is_the_first_for_everybody(root: Path) -> None:
    put(root, "default", "percent = 0\nallow = ['ann']", default=True, order=0)
    put(root, "second", order=2)
    put(root, "first", order=1)
    put(root, "off", order=0, active=False)
    reader = open_catalog(root)
    assert [got(reader, caller) for caller in ("ann", "bob", "cid")] == ["default", "first", "first"]
    assert got(reader, "bob", accepts=lambda model: model.key != "chat/first") == "second"


def test_who_gets_a_model_keeps_it_up_to_the_last_step(root: Path) -> None:
    put(root, "old", default=True, order=0)
    put(root, "other", order=0)
    key = put(root, "new", "percent = 0")
    reader = open_catalog(root)
    before: set[str] = set()
    for percent in STEPS:
        put(root, "new", f"percent = {percent}")
        reader.refresh()
        given = {caller for caller in CALLERS if got(reader, caller) == "new"}
        assert given == {caller for caller in CALLERS if reader.is_in_rollout(key, caller)}
        assert before <= given
        assert {got(reader, caller) for caller in CALLERS} - {"new"} <= {"old"}
        before = given
    assert given == set(CALLERS)


def test_a_rollout_at_its_end_leaves_callers_to_one_that_begins(root: Path) -> None:
    put(root, "old", default=True)
    put(root, "full", "percent = 100\ndeny = ['cid']", order=1)
    put(root, "next", "percent = 0\nallow = ['ann']", order=2)
    reader = open_catalog(root)
    assert [got(reader, caller) for caller in ("ann", "bob", "cid")] == ["next", "full", "old"]


def test_a_default_with_a_rollout_is_the_default(root: Path) -> None:
    put(root, "old", "percent = 100", default=True, order=0)
    put(root, "new", "percent = 100", order=1)
    assert got(open_catalog(root), "ann") == "new"


def test_there_may_be_none(root: Path) -> None:
    put(root, "only", "percent = 0", default=True)
    reader = open_catalog(root)
    assert got(reader, "ann") is None
    assert reader.resolve("prompt_to_video", "ann") is None
    assert reader.default("chat") is not None


def test_broken_and_inactive_models_are_never_given(root: Path) -> None:
    put(root, "gone", "percent = 50\nallow = ['ann']", active=False)
    key = put(root, "odd", "percent = 50\nallow = ['ann']")
    (root / "models" / f"{key}.toml").write_text("not toml")
    reader = open_catalog(root)
    assert got(reader, "ann") is None
    assert reader.is_in_rollout("chat/gone", "ann")
    with pytest.raises(BrokenFileError):
        reader.is_in_rollout(key, "ann")
    with pytest.raises(NotFoundError):
        reader.is_in_rollout("chat/none", "ann")


def test_a_table_that_cannot_be_read_gives_a_model_to_nobody(root: Path) -> None:
    put(root, "old", default=True)
    for name, table in (("a", "percent = 'all'"), ("b", "salt = 'x'"), ("c", "percent = 101")):
        put(root, name, table)
    reader = open_catalog(root)
    assert {got(reader, caller) for caller in CALLERS} == {"old"}
    assert [reader.get(f"chat/{name}").rollout_percent for name in ("a", "b", "c", "old")] == [0, 0, 0, None]


def test_the_uid_is_the_salt(root: Path) -> None:
    key = put(root, "new", "percent = 10")
    reader = open_catalog(root)
    uid = reader.get(key).uid
    assert reader.rollout(key, "ann").bucket == shown_bucket(bucket_of(uid, "ann"))
    assert reader.rollout(reader.get(key), "ann") == reader.rollout(uid, "ann")


def test_a_refresh_takes_over_what_changed(root: Path) -> None:
    put(root, "old", default=True)
    put(root, "new", "percent = 0")
    reader = open_catalog(root)
    assert got(reader, "ann") == "old"
    put(root, "new", "percent = 0.5\nallow = ['ann']")
    assert got(reader, "ann") == "old"
    reader.refresh()
    assert got(reader, "ann") == "new"
    assert reader.rollout("chat/new", "ann").percent == 0.5


def test_files_are_read_once_for_all_callers(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(root, "old", default=True)
    put(root, "new", "percent = 50")
    reader = open_catalog(root)
    first = [got(reader, caller) for caller in CALLERS]
    read: list[str] = []
    monkeypatch.setattr("modeltui.api.choices.rollout_in", lambda _, model: read.append(model.key))
    assert [got(reader, caller) for caller in CALLERS] == first
    reader.refresh()
    assert [got(reader, caller) for caller in CALLERS] == first
    assert read == []


@pytest.mark.parametrize("caller", ["", "  ", None, 5, b"ann", "\udc9b"])
def test_a_caller_is_text(root: Path, caller: Any) -> None:
    key = put(root, "new", "percent = 10")
    reader = open_catalog(root)
    for ask in (lambda: reader.resolve("chat", caller), lambda: reader.is_in_rollout(key, caller)):
        with pytest.raises(InvalidValueError, match="caller_id") as caught:
            ask()
        assert caught.value.hint
    with pytest.raises(InvalidValueError, match="content_type"):
        reader.resolve(caller, "ann")


def test_threads_may_share_it(root: Path) -> None:
    put(root, "old", default=True)
    put(root, "new", "percent = 50")
    reader, wrong = open_catalog(root), []
    expected = {caller: got(reader, caller) for caller in CALLERS}

    def ask(number: int) -> None:
        for caller in CALLERS:
            if number == 0:
                reader.refresh()
            if got(reader, caller) != expected[caller]:
                wrong.append(caller)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_it_loads_no_more_than_reading_does(root: Path) -> None:
    put(root, "new", "percent = 50")
    code = (
        "import sys\nfrom modeltui import open_catalog\n"
        f"c = open_catalog({os.fspath(root)!r})\nc.resolve('chat', 'ann'), c.is_in_rollout('chat/new', 'ann')\n"
        "print([name for name in ('textual', 'httpx', 'pydantic', 'sqlite3') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_vectors_of_the_page_are_true() -> None:
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(.+?)` \| `(.+?)` \| `([0-9a-f]{16})` \| ([\d.]+) \|$", page, re.MULTILINE)
    assert len(rows) == 5
    for salt, caller, bytes_, bucket in rows:
        assert f"{bucket_of(salt, caller):016x}" == bytes_
        assert f"{shown_bucket(bucket_of(salt, caller)):.6f}" == bucket


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node.js")
def test_the_page_is_right_in_another_language() -> None:
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    [code] = re.findall(r"^```js\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    cases = [("s", caller, percent) for caller in CALLERS for percent in (0, 1e-9, 0.1, 33.3, 50, 99.999999, 100)]
    edges = [(bucket, percent) for bucket in (0, 2**64 // 10 * 3, 2**64 - 1) for percent in (0, 5e-324, 30, 30.1, 100)]
    asked = json.dumps([[salt, caller, percent] for salt, caller, percent in cases])
    pairs = json.dumps([[str(bucket), percent] for bucket, percent in edges])
    more = f"""
    const all = {asked}.map(([salt, caller, percent]) => isWithin(bucketOf(salt, caller), percent))
    const edges = {pairs}.map(([bucket, percent]) => isWithin(BigInt(bucket), percent))
    console.log(JSON.stringify([all, edges]))
    """
    done = subprocess.run(["node", "-"], input=code + more, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [
        [is_within(bucket_of(salt, caller), percent) for salt, caller, percent in cases],
        [is_within(bucket, percent) for bucket, percent in edges],
    ]


def test_what_it_gives_is_a_model(root: Path) -> None:
    put(root, "new", "percent = 0.5\nallow = ['ann']")
    model = open_catalog(root).resolve("chat", "ann")
    assert isinstance(model, Model)
    assert model.rollout_percent == 0.5
