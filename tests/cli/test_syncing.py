"""`sync`: shown first, queued as one step, and what it leaves alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cli.small import FLUX, KLING, VEO, Line


@pytest.fixture
def registry(tmp_path: Path) -> Callable[..., str]:
    def write(**changes: Any) -> str:
        base = {"limit": {"context": 10}, "release_date": "2025-10-01"}
        models = {name: {**base, **changes.get(name, {})} for name in ("kling", "veo", "flux")}
        path = tmp_path / "api.json"
        path.write_text(json.dumps({"kie-ai": {"models": models | changes.get("more", {})}}))
        return str(path)

    return write


def test_it_shows_every_field_and_queues_after_a_yes(
    modeltui: Line, registry: Callable[..., str], typed: Callable[[str], None]
) -> None:
    path = registry()
    ran = modeltui("sync", "models.dev", path)
    assert (ran.code, "--yes" in ran.err) == (2, True)
    typed("n\n")
    assert modeltui("sync", "models.dev", path).code == 1
    ran = modeltui("sync", "models.dev", path, "--dry-run")
    assert ran.code == 0
    assert ran.out.splitlines()[:6] == [
        f"~ {FLUX}  (kie-ai/flux)",
        "    differs  limits.context: –, theirs 10",
        f"~ {KLING}  (kie-ai/kling)",
        "    differs  limits.context: –, theirs 10",
        f"= {VEO}  (kie-ai/veo)",
        "    locked  limits.context: –, theirs 10",
    ]
    assert modeltui("pending", "--format", "json").json == []
    typed("y\n")
    assert modeltui("sync", "models.dev", path).code == 0
    assert modeltui("apply", "--yes").code == 0
    assert "context" not in modeltui.file(KLING).read_text().partition("[upstream")[0]
    again = modeltui("sync", "models.dev", path, "--yes")
    assert (again.code, "nothing was queued" in again.err) == (0, True)


def test_models_with_something_to_decide_come_first(modeltui: Line, registry: Callable[..., str]) -> None:
    modeltui("lock", FLUX, "--reason", "in production")
    assert modeltui("apply", "--yes").code == 0
    lines = modeltui("sync", "models.dev", registry(), "--dry-run").out.splitlines()
    assert [line.split()[1] for line in lines if not line.startswith(" ")][:3] == [KLING, FLUX, VEO]


def test_taking_theirs_of_some_models_and_fields(modeltui: Line, registry: Callable[..., str]) -> None:
    path = registry(kling={"status": "beta"})
    words = ("sync", "models.dev", path, KLING, "--field", "limits.context", "--take", "theirs", "--yes")
    assert modeltui(*words).code == 0
    [row] = modeltui("pending", "--format", "json").json
    assert row["key"] == KLING
    assert "limits" in json.dumps(row)
    assert '"beta"' not in json.dumps(row)


def test_json_tells_all_of_it(modeltui: Line, registry: Callable[..., str]) -> None:
    path = registry(more={"new": {"name": "New"}})
    ran = modeltui("sync", "models.dev", path, "--dry-run", "--format", "json", "--only", "limit,release")
    assert ran.json["rows"][0] == {
        "key": FLUX,
        "id": "kie-ai/flux",
        "field": "limits.context",
        "kind": "limit",
        "verdict": "differs",
        "old": None,
        "new": 10,
        "base": None,
        "taken": False,
    }
    assert ran.json["new"] == [{"id": "kie-ai/new", "name": "New", "content_type": None}]
    assert (ran.json["gone"], ran.json["ambiguous"], ran.json["queued"], ran.json["noted"]) == ([], [], 0, 2)
    assert [each["key"] for each in ran.json["unreadable"]] == ["prompt_to_image/broken"]


def test_a_conflict_is_shown_with_three_values_and_settled(modeltui: Line, registry: Callable[..., str]) -> None:
    modeltui("sync", "models.dev", registry(), "--take", "theirs", "--yes")
    modeltui("apply", "--yes")
    modeltui("set", KLING, "limits.context=30")
    modeltui("apply", "--yes")
    path = registry(kling={"limit": {"context": 20}})
    ran = modeltui("sync", "models.dev", path, "--yes")
    assert "    conflict  limits.context: 30, theirs 20, was 10" in ran.out.splitlines()
    assert "nothing was queued" in ran.err
    table = modeltui("sync", "models.dev", path, "--dry-run", "--format", "table").out
    assert table.splitlines()[1].split() == [KLING, "limits.context", "conflict", "30", "20", "10"]
    assert modeltui("sync", "models.dev", path, "--take", "ours", "--yes").code == 0
    modeltui("apply", "--yes")
    ran = modeltui("sync", "models.dev", path, "--dry-run")
    assert "conflict" not in ran.out
    assert "kept  limits.context: 30, theirs 20" in modeltui("sync", "models.dev", path, "--dry-run", "--all").out


def test_a_mapping_is_set_and_one_to_nothing(modeltui: Line, registry: Callable[..., str]) -> None:
    path = registry()
    ran = modeltui("sync", "models.dev", path, KLING, "--map", f"{KLING}=kie-ai/flux", "--map", f"{FLUX}=", "--yes")
    assert ran.code == 0
    modeltui("apply", "--yes")
    assert 'id = "kie-ai/flux"' in modeltui.file(KLING).read_text()
    assert "ignore = true" in modeltui.file(FLUX).read_text()
    assert modeltui("sync", "models.dev", path, "--map", "kling").code == 2
    assert modeltui("sync", "models.dev", path, "--map", "kling=nobody/x").code == 2


def test_a_pin_is_set_as_any_field(modeltui: Line, registry: Callable[..., str]) -> None:
    assert modeltui("set", KLING, 'upstream.pinned=["limits"]').code == 0
    ran = modeltui("sync", "models.dev", registry(), "--dry-run", "--take", "theirs")
    assert "    pinned  limits.context: –, theirs 10" in ran.out.splitlines()
    assert modeltui("set", KLING, 'upstream.pinned=["limit"]').code == 1


def test_what_is_gone_is_told_with_what_it_may_be_now(modeltui: Line, registry: Callable[..., str]) -> None:
    modeltui("sync", "models.dev", registry(), "--yes")
    modeltui("apply", "--yes")
    path = Path(registry(more={"kling-2": {}}))
    models = json.loads(path.read_text())
    del models["kie-ai"]["models"]["kling"]
    path.write_text(json.dumps(models))
    ran = modeltui("sync", "models.dev", str(path), "--dry-run")
    assert f"- {KLING}: kie-ai/kling is not there any more; is it kie-ai/kling-2 now?" in ran.out.splitlines()
    [gone] = modeltui("sync", "models.dev", str(path), "--dry-run", "--format", "json").json["gone"]
    assert gone == {
        "key": KLING,
        "id": "kie-ai/kling",
        "reason": "its entry is not there any more",
        "near": ["kie-ai/kling-2"],
    }
    path.write_text('{"acme": {"models": {"x": {}}}}')
    assert "the snapshot has nothing of their provider" in modeltui("sync", "models.dev", str(path), "--dry-run").out


def test_a_secret_of_a_url_is_nowhere(modeltui: Line) -> None:
    for url in ("https://h:bad/a?key=hush", "https://me:hush@h.invalid/a", "http://h.invalid/?key=hush"):
        ran = modeltui("sync", "models.dev", url, "--dry-run")
        assert (ran.code, "hush" in ran.out + ran.err) == (2, False)


def test_it_comes_through_stdin(modeltui: Line, registry: Callable[..., str], piped: Callable[[bytes], None]) -> None:
    content = Path(registry()).read_bytes()
    piped(content)
    assert "limits.context" in modeltui("sync", "models.dev", "-", "--dry-run").out


def test_what_cannot_be_is_refused(modeltui: Line, registry: Callable[..., str]) -> None:
    path = registry()
    assert modeltui("sync", "models.dev", path, "--only", "names").code == 2
    assert modeltui("sync", "models.dev", "/no/such/file").code == 2
    assert modeltui("sync", "models.dev", "http://models.example/api.json").code == 2
    assert modeltui("--read-only", "sync", "models.dev", path, "--yes").code == 1
    assert modeltui("--read-only", "sync", "models.dev", path, "--dry-run").code == 0
    Path(path).write_text('{"other": {"models": {"x": {}}}}')
    ran = modeltui("sync", "models.dev", path, "--yes")
    assert (ran.code, "--provider" in ran.err) == (1, True)


def test_a_hostile_entry_is_shown_and_nothing_more(modeltui: Line, registry: Callable[..., str]) -> None:
    path = registry(more={"\u001b[2J": {"name": "\u001b]0;x\u0007"}})
    ran = modeltui("sync", "models.dev", path, "--dry-run", "--new")
    assert "\x1b" not in ran.out + ran.err
    assert "\\e[2J" in ran.out
