"""A registry held against a catalogue: chosen from, queued as one step, applied, and then nothing to do."""

from __future__ import annotations

import gzip
import io
import json
import shutil
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from modeltui.domain.document import Document
from modeltui.domain.sync import planning
from modeltui.errors import NotFoundError, ProviderError, UsageError
from modeltui.services.changing.sync import SyncForm, SyncOptions, SyncPlan, SyncService, all_theirs, usual
from modeltui.services.workspace import Workspace

ENTRY: Mapping[str, Any] = {"name": "A", "limit": {"context": 1000, "output": 10}, "release_date": "2025-10-01"}
NAMES = ("a", "b", "c", "held")


def snapshot(**changes: Any) -> bytes:
    """What models.dev says of the four models; None takes one out."""
    models = {f"vendor/{name}": dict(ENTRY) for name in NAMES}
    for name, change in changes.items():
        models[f"vendor/{name}"] = {**models.get(f"vendor/{name}", {}), **(change or {})}
        if change is None:
            del models[f"vendor/{name}"]
    return json.dumps({"sandbox": {"models": models}}).encode()


def preview(workspace: Workspace, content: bytes, **more: Any) -> SyncPlan:
    keys = more.pop("keys", None)
    return workspace.sync.preview("models.dev", "api.json", SyncOptions(**more), content=content, keys=keys)


def queue(workspace: Workspace, plan: SyncPlan) -> tuple[str, ...]:
    return workspace.sync.queue(plan, workspace.sync.resolve(plan, usual(plan))).changed


def synced(workspace: Workspace, content: bytes) -> SyncPlan:
    """Queue the usual of a snapshot, and apply it."""
    plan = preview(workspace, content)
    queue(workspace, plan)
    workspace.applying.apply("synced")
    return plan


def document(workspace: Workspace, key: str) -> Document:
    return workspace.catalog.snapshot().catalog.document(key)


def found(plan: SyncPlan) -> set[tuple[str, str, str]]:
    return {(row.key, row.field, row.verdict.value) for row in plan.rows if row.verdict != "same"}


def test_a_preview_queues_nothing(workspace: Workspace) -> None:
    plan = preview(workspace, snapshot())
    assert ("chat/a", "limits.context", "differs") in found(plan)
    assert ("chat/held", "limits.context", "locked") in found(plan)
    assert workspace.catalog.snapshot().plan.files == {}


def test_local_decisions_survive_and_the_rest_follows(workspace: Workspace, root: Path) -> None:
    synced(workspace, snapshot())
    first = preview(workspace, snapshot())
    workspace.sync.queue(first, workspace.sync.resolve(first, all_theirs(first, with_kept=True)))
    workspace.applying.apply("taken over")
    assert document(workspace, "chat/a")["limits"] == {"context": 1000, "output_tokens": 10}
    held = (root / "models/chat/held.toml").read_bytes()
    path = root / "models/chat/b.toml"
    path.write_text(path.read_text().replace("context = 1000\n", "context = 4242\n", 1))
    workspace.catalog.reload()

    changed = {"limit": {"context": 2000, "output": 10}}
    plan = synced(workspace, snapshot(a=changed, b=changed, c={"status": "deprecated"}))
    assert found(plan) >= {
        ("chat/a", "limits.context", "take"),
        ("chat/b", "limits.context", "conflict"),
        ("chat/c", "status", "take"),
    }
    assert document(workspace, "chat/a")["limits"]["context"] == 2000
    assert document(workspace, "chat/b")["limits"]["context"] == 4242
    assert document(workspace, "chat/c")["status"] == "deprecated"
    assert "   # kept" in (root / "models/chat/c.toml").read_text()
    assert (root / "models/chat/held.toml").read_bytes() == held

    again = preview(workspace, snapshot(a=changed, b=changed, c={"status": "deprecated"}))
    assert workspace.sync.resolve(again, usual(again)).edits == {}
    assert {row for row in found(again) if row[2] != "locked"} == {("chat/b", "limits.context", "conflict")}


def test_all_of_it_is_one_step_and_counts_at_once(workspace: Workspace) -> None:
    plan = preview(workspace, snapshot())
    assert queue(workspace, plan) == ("chat/a", "chat/b", "chat/c")
    assert queue(workspace, preview(workspace, snapshot())) == ()
    assert len(workspace.catalog.snapshot().queue.done) == 1
    assert workspace.changes.undo().plan.files == {}


def test_only_the_models_that_were_asked_for(workspace: Workspace) -> None:
    plan = preview(workspace, snapshot(), keys=["chat/b"])
    assert [held.key for held in plan.held] == ["chat/b"]
    assert plan.new == ()


def test_what_is_gone_what_is_new_and_what_nobody_knows(workspace: Workspace) -> None:
    assert preview(workspace, snapshot(b=None)).unmatched == ("chat/b",)
    synced(workspace, snapshot())
    plan = preview(workspace, snapshot(b=None, fresh={"name": "Fresh"}))
    assert [(each.key, each.ids) for each in plan.gone] == [("chat/b", ("sandbox/vendor/b",))]
    assert [(each.id, each.name) for each in plan.new] == [("sandbox/vendor/fresh", "Fresh")]
    unread = preview(workspace, snapshot().replace(b'"vendor/b": {', b'"vendor/b": {"twice": 1, "twice": 2, '))
    assert (unread.gone, [each.key for each in unread.unreadable]) == ((), ["chat/b"])


def test_one_field_that_cannot_be_read_is_named_and_the_others_count(workspace: Workspace) -> None:
    synced(workspace, snapshot())
    plan = preview(workspace, snapshot(b={"limit": {"context": "much", "output": 99}, "cost": 7, "status": "resting"}))
    assert {row for row in found(plan) if row[0] == "chat/b" and row[2] != "kept"} == {
        ("chat/b", "limits.output_tokens", "conflict")
    }
    reasons = ("context is no whole number: much", "cost is no table", "its status is no known status: resting")
    assert [plan.notes[f"theirs cannot be read: {reason}"] for reason in reasons] == [("chat/b",)] * 3


def test_what_is_gone_may_have_another_name_or_be_left_out_with_its_provider(workspace: Workspace) -> None:
    synced(workspace, snapshot())
    plan = preview(workspace, snapshot(b=None, b2={"name": "B2"}))
    assert [(each.key, each.near) for each in plan.missing] == [("chat/b", ("sandbox/vendor/b2",))]
    assert plan.without_provider == ()
    smaller = preview(workspace, b'{"elsewhere": {"models": {"x": {}}}}')
    assert smaller.without_provider == ("chat/a", "chat/b", "chat/c")
    assert (smaller.missing, len(smaller.gone)) == ((), 3)


def test_near_names_are_looked_for_a_few_times_only(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    synced(workspace, snapshot())
    monkeypatch.setattr(planning, "_GUESSED", 1)
    plan = preview(workspace, snapshot(a=None, b=None, a2={"name": "A2"}, b2={"name": "B2"}))
    assert [(each.key, each.near != ()) for each in plan.missing] == [("chat/a", True), ("chat/b", False)]


def test_a_model_is_mapped_to_an_entry_and_to_none(workspace: Workspace) -> None:
    content = snapshot(b=None, other={"name": "Other"})
    plan = preview(workspace, content, mapped={"chat/b": "sandbox/vendor/other", "vendor/c": ""})
    assert (plan.ignored, plan.unmatched) == (("chat/c",), ())
    queue(workspace, plan)
    workspace.applying.apply("mapped")
    assert document(workspace, "chat/b")["upstream"]["models_dev"]["id"] == "sandbox/vendor/other"
    assert document(workspace, "chat/c")["upstream"] == {"models_dev": {"ignore": True}}
    later = preview(workspace, content)
    assert ({held.id for held in later.held if held.key == "chat/b"}, later.ignored) == (
        {"sandbox/vendor/other"},
        ("chat/c",),
    )
    assert "sandbox/vendor/c" not in {each.id for each in preview(workspace, content, keys=["chat/a"]).new}
    back = preview(workspace, content, mapped={"chat/c": "sandbox/vendor/c"})
    queue(workspace, back)
    assert workspace.catalog.snapshot().plan.files.keys() == {"chat/c"}


def test_a_mapping_of_a_locked_model_is_refused(workspace: Workspace) -> None:
    plan = preview(workspace, snapshot(), mapped={"chat/held": "sandbox/vendor/a"})
    assert "locked by ops" in workspace.sync.resolve(plan, usual(plan)).refused["chat/held"].message
    nothing = preview(workspace, snapshot(), mapped={"chat/held": ""})
    assert "chat/held" in workspace.sync.resolve(nothing, usual(nothing)).refused


def test_a_mapping_names_what_there_is(workspace: Workspace) -> None:
    with pytest.raises(UsageError, match="no entry") as caught:
        preview(workspace, snapshot(), mapped={"chat/a": "sandbox/vendor/x"})
    assert caught.value.hint is not None
    with pytest.raises(NotFoundError):
        preview(workspace, snapshot(), mapped={"chat/nobody": ""})


def test_two_entries_for_one_model_are_no_guess(workspace: Workspace) -> None:
    models = {"vendor/a": {"litellm_provider": "sandbox"}, "sandbox/vendor/a": {"litellm_provider": "sandbox"}}
    content = json.dumps(models).encode()
    plan = workspace.sync.preview("litellm", "map.json", SyncOptions(), content=content)
    assert [(each.key, set(each.ids)) for each in plan.ambiguous] == [("chat/a", set(models))]
    assert plan.held == ()
    chosen = SyncOptions(mapped={"chat/a": "vendor/a"})
    plan = workspace.sync.preview("litellm", "map.json", chosen, content=content)
    assert [(held.key, held.id) for held in plan.held] == [("chat/a", "vendor/a")]


def test_each_registry_has_its_own_memory(workspace: Workspace) -> None:
    synced(workspace, snapshot())
    content = json.dumps({"vendor/a": {"litellm_provider": "sandbox", "max_output_tokens": 9}}).encode()
    plan = workspace.sync.preview("litellm", "map.json", SyncOptions(), content=content)
    assert found(plan) == {("chat/a", "limits.output_tokens", "differs")}
    queue(workspace, plan)
    workspace.applying.apply("both")
    assert document(workspace, "chat/a")["upstream"].keys() == {"models_dev", "litellm"}


def test_a_model_that_changed_since_the_preview_refuses(workspace: Workspace) -> None:
    synced(workspace, snapshot())
    changed = snapshot(a={"limit": {"context": 5}}, b={"limit": {"context": 5}})
    plan = preview(workspace, changed)
    resolution = workspace.sync.resolve(plan, all_theirs(plan, with_kept=True))
    workspace.changes.set_text(["chat/a"], [("limits.context", "77")])
    outcome = workspace.sync.queue(plan, resolution)
    assert [refusal.key for refusal in outcome.refused] == ["chat/a"]
    assert "changed since the preview" in outcome.refused[0].reason


def test_prices_in_credits_are_not_compared_and_the_rest_is(workspace: Workspace) -> None:
    synced(workspace, snapshot())
    plan = preview(workspace, snapshot(a={"cost": {"input": 1}}, b={"status": "beta"}))
    resolution = workspace.sync.resolve(plan, usual(plan))
    assert resolution.edits.keys() == {"chat/b"}
    assert plan.notes == {"its price is in credits, theirs in USD; prices are not compared": ("chat/a",)}


def test_a_tree_and_an_archive_say_the_same(workspace: Workspace, tmp_path: Path) -> None:
    text = b'name = "A"\nrelease_date = "2025-10-01"\n[limit]\ncontext = 1_000\noutput = 10\n'
    path = tmp_path / "tree/providers/sandbox/models/vendor/a.toml"
    path.parent.mkdir(parents=True)
    path.write_bytes(text)
    (path.parent / "b.toml").symlink_to(path)
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as file:
        file.add(tmp_path / "tree", "tree")
    tree = workspace.sync.preview("models.dev", str(tmp_path / "tree"), SyncOptions())
    packed = preview(workspace, archive.getvalue())
    listed = preview(workspace, snapshot(), keys=["chat/a"])
    assert found(tree) == found(packed) == found(listed)
    assert tree.unreadable == ()
    assert tree.unmatched == ("chat/b", "chat/c", "chat/held")


def test_every_form_of_a_snapshot_says_the_same(workspace: Workspace, tmp_path: Path) -> None:
    content = snapshot()
    (tmp_path / "api.json").write_bytes(content)
    (tmp_path / "api.json.gz").write_bytes(gzip.compress(content))
    wrapped = json.dumps({"models": {}, "providers": json.loads(content)}).encode()
    (tmp_path / "catalog.json").write_bytes(b"\xef\xbb\xbf\r\n" + wrapped)
    for name, entry in json.loads(content)["sandbox"]["models"].items():
        path = tmp_path / "tree" / "providers/sandbox/models" / f"{name}.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        limit = entry["limit"]
        path.write_text(
            f'release_date = "2025-10-01"\n[limit]\ncontext = {limit["context"]}\noutput = {limit["output"]}\n'
        )
    shutil.make_archive(str(tmp_path / "packed"), "gztar", tmp_path, "tree")
    shutil.make_archive(str(tmp_path / "plain"), "tar", tmp_path, "tree")
    shutil.make_archive(str(tmp_path / "zipped"), "zip", tmp_path, "tree")
    names = ("api.json", "api.json.gz", "catalog.json", "tree", "packed.tar.gz", "plain.tar", "zipped.zip")
    plans = [workspace.sync.preview("models.dev", str(tmp_path / name), SyncOptions()) for name in names]
    assert len(found(plans[0])) == 8
    assert [found(plan) for plan in plans[1:]] == [found(plans[0])] * 6


def test_a_packed_price_map_is_read(workspace: Workspace, tmp_path: Path) -> None:
    content = json.dumps({"vendor/a": {"litellm_provider": "sandbox", "max_output_tokens": "9"}}).encode()
    (tmp_path / "map.json.gz").write_bytes(gzip.compress(content))
    plan = workspace.sync.preview("litellm", str(tmp_path / "map.json.gz"), SyncOptions())
    assert found(plan) == {("chat/a", "limits.output_tokens", "differs")}


@pytest.mark.parametrize("form", ["models.dev", "litellm"])
def test_a_page_in_place_of_the_file_is_said_so(workspace: Workspace, form: SyncForm) -> None:
    with pytest.raises(UsageError, match="page for a browser"):
        workspace.sync.preview(form, "x", SyncOptions(), content=b"\n<!DOCTYPE html><title>404</title>")


@pytest.mark.parametrize("content", [b"", b"{", b'{"a": NaN}', b"\x1f\x8b\x08nonsense", b"\xff\xfe", b"[" * 100_000])
def test_a_file_that_is_none_is_said_so(workspace: Workspace, content: bytes) -> None:
    for form in ("models.dev", "litellm"):
        with pytest.raises(UsageError):
            workspace.sync.preview(form, "x", SyncOptions(), content=content)


def test_only_https_is_fetched_and_within_the_limit(workspace: Workspace) -> None:
    asked: list[tuple[str, int]] = []

    def fetch(url: str, most: int) -> bytes:
        asked.append((url, most))
        return snapshot()

    service = SyncService(workspace.sync._current, workspace.sync._queueing, fetch)
    plan = service.preview("models.dev", "https://models.example/api.json", SyncOptions())
    assert (len(plan.held), plan.label) == (4, "sync models.dev api.json")
    assert asked == [("https://models.example/api.json", 32 * 2**20)]
    for url in ("http://models.example/api.json", "file:///etc/passwd", "ftp://x/y"):
        with pytest.raises(UsageError, match="only https"):
            service.preview("models.dev", url, SyncOptions())
    assert len(asked) == 1


def test_what_may_be_a_key_in_a_url_is_never_told(workspace: Workspace) -> None:
    def fetch(url: str, most: int) -> bytes:
        if "fails" in url:
            raise ProviderError("no")
        return snapshot()

    service = SyncService(workspace.sync._current, workspace.sync._queueing, fetch)
    plan = service.preview("models.dev", "https://me:hush@models.example/a/api.json?key=hush#hush", SyncOptions())
    assert plan.label == "sync models.dev api.json"
    with pytest.raises(UsageError) as caught:
        service.preview("models.dev", "https://me:hush@models.example/fails?key=hush", SyncOptions())
    assert caught.value.message == "cannot read https://models.example/fails: no"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"{",
        b"junk",
        b"\x1f\x8b\x08junk",
        b"PK\x03\x04junk",
        b"[]",
        b"\xff\xfe{",
        b"7",
        gzip.compress(b"7", mtime=0),
    ],
)
@pytest.mark.parametrize("form", ["models.dev", "litellm"])
def test_nor_where_the_body_is_no_snapshot(workspace: Workspace, form: SyncForm, body: bytes) -> None:
    service = SyncService(workspace.sync._current, workspace.sync._queueing, lambda *_: body)
    with pytest.raises(UsageError) as caught:
        service.preview(form, "https://me:hush@models.example/api.json?key=hush#hush", SyncOptions())
    assert "hush" not in f"{caught.value.message} {caught.value.hint}"


@pytest.mark.parametrize(
    "url",
    [
        "https://host:bad/a?key=hush",
        "https:///x?key=hush",
        "https://a b/?key=hush",
        "https://u:hush@h:bad/",
        "https://u:hush/word@h/",
        "https://u:hush#word@h/",
        "https://u:hush?word@h/",
        "HTTPS://",
    ],
)
def test_nor_where_the_url_is_none(workspace: Workspace, url: str) -> None:
    with pytest.raises(UsageError) as caught:
        workspace.sync.preview("models.dev", url, SyncOptions())
    assert "hush" not in f"{caught.value.message} {caught.value.hint}"
    assert "only https" not in caught.value.message
