"""What a reader answers while files change: always of one state, and no more is read than is asked for."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from decimal import Decimal
from pathlib import Path

import pytest

from modeltui.api import CatalogReader, open_catalog
from modeltui.cli.main import main
from modeltui.domain.catalog import Catalog
from modeltui.errors import BrokenFileError, ConfigError, NotFoundError
from modeltui.storage import model_reading, workflow_reading
from modeltui.storage.documents import DocumentCache
from modeltui.storage.late_rows import LateRows
from modeltui.storage.toml import codec
from modeltui.storage.walk import Found

A, B = "chat/a", "chat/b"

MODEL = """\
schema = 1
uid = "00000000-0000-4000-8000-00000000000{number}"
model_id = "{name}"
name = "{title}"
provider = "acme"
content_type = "chat"
active = true

[cost]
currency = "credits"
base = "{cost}"
"""


def put(root: Path, name: str, cost: int = 1, title: str = "") -> None:
    """As an apply puts it there: another file in the place of the one before."""
    path = root / "models" / "chat" / f"{name}.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".tmp")
    draft.write_text(MODEL.format(name=name, number=ord(name) % 10, title=title or f"Model {cost}", cost=cost))
    draft.replace(path)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "catalog"
    root.mkdir()
    (root / "catalog.toml").write_text("schema = 1\n")
    for name in "ab":
        put(root, name)
    return root


def cost(reader: CatalogReader, key: str) -> Decimal:
    found = reader.cost(key).cost
    assert found is not None
    return found.amount


def test_a_file_that_changed_before_it_was_read_brings_a_refresh_of_all(root: Path) -> None:
    reader = open_catalog(root)
    held = reader.get(B)
    for name in "ab":
        put(root, name, 2)
    assert reader.get(B) == held
    assert reader.generation == 1
    assert cost(reader, A) == 2
    assert reader.generation == 2
    assert reader.get(B).name == "Model 2"
    assert held.name == "Model 1"


def test_what_was_read_already_stays_until_a_refresh(root: Path) -> None:
    reader = open_catalog(root)
    assert cost(reader, A) == 1
    put(root, "a", 2)
    assert cost(reader, A) == 1
    assert reader.refresh()
    assert cost(reader, A) == 2


def test_an_apply_between_opening_and_asking(root: Path) -> None:
    reader = open_catalog(root)
    assert main(["-C", str(root), "set", "key:chat/*", "cost.base=7", "name=New"]) == 0
    assert main(["-C", str(root), "apply", "--yes"]) == 0
    assert {each.name for each in reader.all()} == {"Model 1"}
    assert cost(reader, B) == 7
    assert {each.name for each in reader.all()} == {"New"}


def test_a_file_that_is_gone_or_broken_by_now_says_so(root: Path) -> None:
    reader = open_catalog(root)
    (root / "models/chat/a.toml").unlink()
    with pytest.raises(NotFoundError):
        reader.cost(A)
    reader = open_catalog(root)
    (root / "models/chat/b.toml").write_text("not toml")
    with pytest.raises(BrokenFileError):
        reader.validate(B, {})
    assert reader.all() == ()


def test_files_that_change_faster_than_they_are_read_are_read_in_one_pass(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document, count = DocumentCache.document, 1

    def outrun(self: DocumentCache, path: str, digest: str) -> object:
        nonlocal count
        count += 1
        put(root, "a", count)
        self._kept.clear()
        return document(self, path, digest)

    monkeypatch.setattr(DocumentCache, "document", outrun)
    reader = open_catalog(root)
    assert cost(reader, A) == count


def test_a_pick_is_of_one_state(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document, did = DocumentCache.document, list[str]()

    def between(self: DocumentCache, path: str, digest: str) -> object:
        found = document(self, path, digest)
        if not did:
            did.append(path)
            for name in "ab":
                put(root, name, 9)
        return found

    reader = open_catalog(root)
    monkeypatch.setattr(DocumentCache, "document", between)
    assert [each.cost.cost.amount for each in reader.pick("chat") if each.cost.cost] == [9, 9]


def test_a_refresh_says_whether_anything_changed(root: Path) -> None:
    reader = open_catalog(root)
    assert not reader.refresh()
    assert reader.generation == 1
    (root / "catalog.toml").write_text('schema = 1\n\n[units]\nmargin = "2"\n')
    assert reader.refresh()
    assert reader.cost(A).margin == 2
    assert reader.generation == 2


def warm(root: Path, **more: object) -> tuple[CatalogReader, list[str]]:
    """A reader, and the names of the files that it read."""
    read: list[str] = []
    look = model_reading.ModelReading._look

    def noted(self: model_reading.ModelReading, found: Found, key: str) -> None:
        read.append(key)
        look(self, found, key)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(model_reading.ModelReading, "_look", noted)
        return open_catalog(root, **more), read  # type: ignore[arg-type]


def test_what_is_known_is_not_read_again(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_reading, "is_racy", lambda stamp, moment: False)
    own = tmp_path / "own"
    assert [len(warm(root, cache=own)[1]) for _ in range(2)] == [2, 0]
    assert list(own.iterdir())
    assert [len(warm(root, cache=False)[1]) for _ in range(2)] == [2, 2]
    assert [len(warm(root)[1]) for _ in range(2)] == [2, 0]
    assert (Path(os.environ["XDG_CACHE_HOME"]) / "modeltui").is_dir()
    assert cost(warm(root)[0], A) == 1


def test_the_usual_cache_may_be_switched_off(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODELTUI_CACHE", "off")
    open_catalog(root)
    assert not Path(os.environ["XDG_CACHE_HOME"]).exists()


def test_no_document_is_parsed_before_it_is_asked_for(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_catalog(root)
    monkeypatch.setattr(model_reading, "is_racy", lambda stamp, moment: False)
    open_catalog(root)
    monkeypatch.setattr(codec, "fast_parse", None)
    reader = open_catalog(root)
    assert [each.key for each in reader.query("cost<5")] == [A, B]
    assert [each.key for each in reader] == [A, B]


def apply_often(root: Path, rounds: int) -> None:
    """Real applies, by another process: each changes both files at once, to the same name and price."""
    code = (
        "import sys\nfrom modeltui.cli.main import main\n"
        f"for n in range(2, {rounds + 2}):\n"
        f"    assert main(['-C', {str(root)!r}, 'set', 'key:chat/*', f'cost.base={{n}}', f'name=Model {{n}}']) == 0\n"
        f"    assert main(['-C', {str(root)!r}, 'apply', '--yes']) == 0\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_threads_read_whole_states_while_another_process_applies(root: Path) -> None:
    reader, done, wrong, seen = open_catalog(root), threading.Event(), [], set()

    def ask(refreshes: bool) -> None:
        while not done.is_set():
            if refreshes:
                reader.refresh()
            before = reader.generation
            names = {each.name for each in reader.all()}
            costs = {each.cost.cost.amount for each in reader.pick("chat") if each.cost.cost}
            same = {
                (each.model.name, f"Model {each.cost.cost.amount}") for each in reader.pick("chat") if each.cost.cost
            }
            if len(names) > 1 or len(costs) > 1 or any(name != of for name, of in same) or reader.generation < before:
                wrong.append((names, costs, same))
            seen.update(names)

    threads = [threading.Thread(target=ask, args=(number < 1,)) for number in range(3)]
    for thread in threads:
        thread.start()
    try:
        apply_often(root, 8)
    finally:
        done.set()
        for thread in threads:
            thread.join()
    assert wrong == []
    reader.refresh()
    assert {each.name for each in reader.all()} == {"Model 9"}
    assert cost(reader, A) == 9
    assert len(seen) > 1


def test_a_query_is_that_of_the_filter_bar(root: Path) -> None:
    put(root, "b", 5)
    reader = open_catalog(root)
    assert [each.key for each in reader.query("type:chat cost>=5")] == [B]
    assert [each.key for each in reader.query("", "-cost")] == [B, A]
    assert [each.key for each in reader.query("-tested:*", "-key")] == [B, A]
    assert [each.key for each in reader.query("cost.base:5")] == [B]
    assert len(reader) == 2
    assert A in reader
    assert reader.get(A) in reader
    assert "chat/none" not in reader
    assert 5 not in reader


def test_the_environment_is_asked_by_the_settings_alone() -> None:
    sources = (Path(__file__).parents[3] / "src" / "modeltui" / "api").glob("*.py")
    assert not any(re.search(r"os\.environ|getenv|expanduser", path.read_text()) for path in sources)


def test_a_catalogue_is_not_held_twice(root: Path) -> None:
    """An unchanged refresh leaves what was worked out as it is."""
    reader = open_catalog(root)
    before: Catalog = reader._state.catalog
    reader.refresh()
    assert reader._state.catalog is before


def rows_are_made(reader: CatalogReader) -> bool:
    rows = reader._state.catalog.models
    assert isinstance(rows, LateRows)
    return rows.is_made


def test_to_open_and_to_look_again_makes_no_rows(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing changed, that is a look at names and stamps."""
    monkeypatch.setattr(model_reading, "is_racy", lambda stamp, moment: False)
    open_catalog(root)
    reader = open_catalog(root)
    assert not reader.refresh()
    assert not reader.refresh()
    assert not rows_are_made(reader)
    assert reader.get(A).name == "Model 1"
    assert rows_are_made(reader)
    put(root, "a", 2)
    assert reader.refresh()
    assert {each.name for each in reader} == {"Model 1", "Model 2"}


def test_a_model_is_made_once_for_each_version_of_its_file(root: Path) -> None:
    reader = open_catalog(root)
    before = reader.all()
    assert all(one is other for one, other in zip(before, reader.all(), strict=True))
    put(root, "a", 2)
    reader.refresh()
    assert reader.get(A) is not before[0]
    assert reader.get(B) is before[1]
    assert reader.active() == (reader.get(A), before[1])


WORKFLOW = """\
schema = 1
name = "{name}"
description = "d"
active = true

[[steps]]
id = "one"
model = "{model}"
"""


def work(root: Path, model: str, name: str = "Flow") -> None:
    path = root / "workflows" / "flow.toml"
    path.parent.mkdir(exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.write_text(WORKFLOW.format(name=name, model=model))
    draft.replace(path)


def moved(root: Path) -> None:
    """As one apply: the model has another key, and the workflow names that."""
    (root / "models/chat/a.toml").rename(root / "models/chat/c.toml")
    work(root, "chat/c")


@pytest.mark.parametrize("first", ["cost", "workflow", "workflows"])
def test_a_workflow_and_its_models_are_of_one_state(root: Path, first: str) -> None:
    work(root, A)
    reader = open_catalog(root)
    moved(root)
    if first == "workflow":
        assert reader.workflow("flow").steps[0].model in reader
    elif first == "workflows":
        assert reader.workflows()[0].steps[0].model in reader
    assert reader.workflow_cost("flow").unpriced == ()
    assert reader.generation == 2
    assert A not in reader


def test_what_was_read_of_workflows_stays_until_a_refresh(root: Path) -> None:
    work(root, A)
    reader = open_catalog(root)
    assert reader.workflow("flow").name == "Flow"
    assert reader.generation == 1
    work(root, A, "Other")
    assert reader.workflow("flow").name == "Flow"
    assert reader.refresh()
    assert (reader.workflow("flow").name, reader.generation) == ("Other", 2)
    assert not reader.refresh()


def test_of_a_whole_catalogue_workflows_stay_too(root: Path) -> None:
    work(root, A)
    reader = open_catalog(root, whole=True)
    moved(root)
    assert reader.workflow_cost("flow").unpriced == ()
    assert [each.steps[0].model for each in reader.workflows()] == [A]
    reader.refresh()
    assert [each.steps[0].model for each in reader.workflows()] == ["chat/c"]


def test_workflows_are_not_parsed_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    work(root, A)
    reader = open_catalog(root)
    reader.workflows()
    monkeypatch.setattr(workflow_reading, "workflow_of", None)
    assert not reader.refresh()
    put(root, "b", 2)
    assert reader.refresh()
    assert reader.workflow("flow").name == "Flow"


BAD_SETTINGS = [
    ("schema = \n", "catalog.toml:1"),
    ("", "schema"),
    ("schema = 2\n", "schema"),
    ('schema = 1\n[units]\nmargin = "1,32"\n', "units.margin"),
    ("schema = 1\n[units]\nmargin = 1.32\n", "units.margin"),
    ('schema = 1\n[units]\ncredits_per_usd = "0"\n', "units.credits_per_usd"),
    ("schema = 1\nunits = 5\n", "units"),
    (None, "it has no catalog.toml"),
]


@pytest.mark.parametrize(("text", "said"), BAD_SETTINGS)
@pytest.mark.parametrize("whole", [False, True])
def test_without_settings_that_can_be_used_nothing_is_priced(
    root: Path, text: str | None, said: str, whole: bool
) -> None:
    """A margin that is not known is none of 1: an application would charge what the run costs it."""
    reader, path, good = open_catalog(root, whole=whole), root / "catalog.toml", (root / "catalog.toml").read_text()
    put(root, "a", 5)
    path.unlink() if text is None else path.write_text(text)
    for ask in (reader.refresh, lambda: open_catalog(root, whole=whole)):
        with pytest.raises(ConfigError, match=re.escape(said)) as caught:
            ask()
        assert caught.value.hint
    assert (reader.generation, reader.get(A).name) == (1, "Model 1")
    path.write_text(good)
    assert reader.refresh()
    assert cost(reader, A) == 5


def test_what_is_left_out_is_said(root: Path) -> None:
    reader = open_catalog(root)
    assert reader.faults() == ()
    (root / "models/chat/b.toml").write_text("a = \n")
    (root / "models/chat/nameless.toml").write_text("schema = 1\n")
    (root / "providers").mkdir()
    (root / "providers/acme.toml").write_text("id = ")
    assert reader.refresh()
    found = reader.faults()
    assert [(each.path, each.code, each.line) for each in found] == [
        ("models/chat/b.toml", "toml-syntax", 1),
        ("models/chat/nameless.toml", "missing-key", None),
        ("providers/acme.toml", "toml-syntax", 1),
    ]
    assert all(each.message for each in found)
    assert [each.key for each in reader] == [A]
    assert len(reader) == 1
    for key in (B, "chat/nameless"):
        assert key not in reader
        for ask in (reader.get, reader.cost, reader.supports, reader.stats, reader.document):
            with pytest.raises(BrokenFileError, match=f"models/{key}.toml"):
                ask(key)
    assert not reader.refresh()
    (root / "providers/acme.toml").unlink()
    assert reader.refresh(), "a fault less"


def test_a_document_is_a_copy(root: Path) -> None:
    reader = open_catalog(root)
    found = reader.document(A)
    assert found["cost"] == {"currency": "credits", "base": "1"}
    found["cost"]["base"] = "9"
    assert reader.document(reader.get(A))["cost"]["base"] == "1"
    assert cost(reader, A) == 1
    put(root, "b", 2)
    put(root, "a", 2)
    assert reader.document(B)["name"] == "Model 2"
    assert reader.get(A).name == "Model 2"
