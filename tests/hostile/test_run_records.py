"""Hostile runs that take more than one command: providers that change, forged records, batches, the console."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from hostile.run_cases import FOLLOWED, PICTURE
from hostile.run_world import (
    KEY,
    OTHER,
    SECRET,
    Case,
    World,
    check_requests,
    check_secrets,
    check_tree,
    environment,
    make,
    servers,
    tree,
)
from hostile.wild import A, Seen, Wild
from modeltui.bootstrap import open_workspace
from modeltui.config import Settings
from modeltui.errors import ModeltuiError, ProviderError
from modeltui.providers.auth import Target
from modeltui.providers.http import Http
from modeltui.providers.retry import retry_after
from modeltui.providers.wire import Outgoing
from modeltui.services.running.results import ResultService
from tui.driver import running, settings_for
from unit.providers.loopback import PNG

_FINE = Case(name="fine", point=7, code=0, state="succeeded", api={"/run": PICTURE})


def set_up(world: World, case: Case, wild: dict[str, Wild]) -> None:
    environment(world, case, world.patch)
    servers(world, case, wild)
    make(world, case)


def ran_once(world: World, case: Case, wild: dict[str, Wild]) -> str:
    """The id of a job that has succeeded; what was asked is forgotten."""
    set_up(world, case, wild)
    done = world.line("run", KEY, "--yes", "--format", "json")
    assert done.code == 0, done.err
    for seen in (world.api, world.media):
        seen.clear()
    return str(done.json["id"])


def forge(world: World, job_id: str, **columns: Any) -> None:
    """As a colleague could who may write the database: the job is interrupted, with other values in it."""
    row = {"state": "downloading", "owner": None, "ended_at": None, **columns}
    with closing(sqlite3.connect(world.root / ".modeltui" / "jobs.db")) as db, db:
        pairs = ", ".join(f"{name} = ?" for name in row)
        db.execute(f"UPDATE jobs SET {pairs} WHERE id = ?", (*row.values(), job_id))
        db.execute("DELETE FROM files")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("base_url", "{evil}"),
        ("hosts", ["{api_host}", "{evil_host}"]),
        ("bases", {"upload": "{api}/elsewhere"}),
        ("auth", {"scheme": "header", "header": "x-any"}),
        ("auth", {"env": ["LOOPBACK_OTHER"]}),
    ],
)
def test_a_provider_that_moved_gets_nothing_before_somebody_says_yes(
    world: World, wild: dict[str, Wild], name: str, text: Any
) -> None:
    """Point 7: hosts, base URL and auth change by an action of their own."""
    ran_once(world, _FINE, wild)
    (world.root / "providers" / "loop.toml").unlink()
    (world.root / "models" / f"{KEY}.toml").unlink()
    (world.home / "outside" / "victim.txt").unlink()
    (world.home / "outside").rmdir()
    hosts = {"hosts": ["{api_host}", "{evil_host}"]} if name == "base_url" else {}
    make(world, replace(_FINE, provider={name: text, **hosts}))
    world.set("LOOPBACK_OTHER", OTHER)
    before = tree(world.home)
    one = world.line("run", KEY, "--yes")
    many = world.line("batch", "hostile", "--yes")
    assert one.code == 1, one.err
    assert "has changed where keys go" in one.err
    assert many.code == 1
    assert "there is nothing to run" in many.err
    assert (world.api, world.media, world.evil) == ([], [], [])
    check_tree(before, tree(world.home), frozenset())
    check_secrets(world, one, many)


@pytest.mark.parametrize(
    ("columns", "model"),
    [
        ({"remote_files": '["{evil}/x.png"]'}, {}),
        ({"remote_files": '["file:///etc/passwd"]'}, {}),
        ({"remote_files": '["http://{media_host}@{evil_host}/x"]'}, {"result": {"authorized": True}}),
        ({"remote_files": '["{evil}/x"]'}, {"result": {"authorized": True}}),
        ({"state": "polling", "saved": '{"task_id": "7", "where": "{evil}/x"}'}, FOLLOWED),
        ({"state": "polling", "saved": '{"task_id": "7", "where": "\\\\u0000"}'}, FOLLOWED),
    ],
)
def test_a_forged_record_sends_nothing_elsewhere(
    world: World, wild: dict[str, Wild], columns: dict[str, str], model: dict[str, Any]
) -> None:
    """Points 1 and 4, for what a record says in the provider's place."""
    job_id = ran_once(world, _FINE, wild)
    path = world.root / "models" / f"{KEY}.toml"
    path.unlink()
    (world.home / "outside" / "victim.txt").unlink()
    (world.home / "outside").rmdir()
    make(world, replace(_FINE, model=model))
    forge(world, job_id, **world.filled(columns))
    before = tree(world.home)
    ran = world.line("jobs", "resume", job_id, "--format", "json")
    assert ran.code == 4, ran.err
    assert (world.api, world.media, world.evil) == ([], [], [])
    check_tree(before, {**before, **tree(world.home)}, frozenset())
    check_secrets(world, ran, world.line("jobs", "show", job_id))


def test_an_id_in_a_forged_record_leads_nowhere(world: World, wild: dict[str, Wild]) -> None:
    job_id = ran_once(world, _FINE, wild)
    strange = "../../../outside"
    forge(world, job_id, id=strange, remote_files=json.dumps([f"{world.names['media']}/a.png"]))
    ran = world.line("jobs", "resume", strange)
    assert ran.code == 1, ran.err
    assert "no id of a job" in ran.err
    assert os.listdir(world.home / "outside") == ["victim.txt"]
    assert world.media == []


def test_a_folder_of_a_job_that_became_a_link_is_not_written_through(world: World, wild: dict[str, Wild]) -> None:
    job_id = ran_once(world, _FINE, wild)
    forge(world, job_id, remote_files=json.dumps([f"{world.names['media']}/a.png"]))
    folder = world.root / ".modeltui" / "jobs" / job_id
    (folder / "result-1.png").unlink()
    folder.rmdir()
    folder.symlink_to(world.home / "outside")
    ran = world.line("jobs", "resume", job_id)
    assert ran.code == 4, ran.err
    assert "is a link" in ran.err
    assert os.listdir(world.home / "outside") == ["victim.txt"]


def test_a_link_that_the_user_names_is_followed_and_kept_as_where_it_leads(world: World, wild: dict[str, Wild]) -> None:
    set_up(world, _FINE, wild)
    (world.home / "real").mkdir()
    (world.home / "link").symlink_to(world.home / "real")
    ran = world.line("run", KEY, "--yes", "--out", str(world.home / "link"))
    assert ran.code == 0, ran.err
    assert ran.out == f"{world.home}/real/result-1.png\n"


@pytest.mark.parametrize("name", ["victim.txt", "result-1.desktop", "result-2.png", "result-3.png", "result-4.png"])
def test_what_a_forged_record_calls_a_result_is_not_opened_or_copied(tmp_path: Path, name: str) -> None:
    (tmp_path / "victim.txt").write_text("mine")
    (tmp_path / "result-1.desktop").write_text("[Desktop Entry]\nExec=evil")
    (tmp_path / "result-2.png").symlink_to(tmp_path / "victim.txt")
    os.mkfifo(tmp_path / "result-3.png")
    (tmp_path / "result-4.png").mkdir()
    service = ResultService(opener="true")
    path = str(tmp_path / name)
    with pytest.raises(ModeltuiError):
        service.open(path)
    with pytest.raises(ModeltuiError):
        service.save(path, str(tmp_path / "copy"))
    assert not (tmp_path / "copy").exists()
    if name[7:8] in "234":
        assert service.text(path) is None
        assert service.frame(path, "image/png", (9, 9)) is None
        assert service.waveform(path, 9) is None


def test_a_token_made_of_a_key_is_blotted_out_too(world: World, wild: dict[str, Wild]) -> None:
    """It is as good as the key for half an hour."""
    signed = {"scheme": "jwt_hs256", "secret_env": ["LOOPBACK_SECOND"]}
    set_up(world, replace(_FINE, provider={"auth": signed}), wild)
    world.set("LOOPBACK_SECOND", OTHER)
    tokens: list[str] = []

    def echo(seen: Seen) -> A:
        tokens.append(seen.headers["authorization"].removeprefix("Bearer "))
        return A({"error": {"message": f"{'x' * 1900} no use for {tokens[-1]}"}}, 401)

    wild["api"].answer = echo
    ran = world.line("run", KEY, "--yes", "--format", "json")
    assert "no use for ***" in ran.err
    kept = b"".join(path.read_bytes() for path in world.home.rglob("*") if path.is_file())
    for part in tokens[0].split(".")[1:]:
        assert part not in ran.out + ran.err
        assert part.encode() not in kept
    check_secrets(world, ran)


def test_a_batch_keeps_no_key_either(world: World, wild: dict[str, Wild]) -> None:
    case = replace(_FINE, api={"/run": A({"error": {"message": "bad key {key}"}}, 401)})
    set_up(world, case, wild)
    before = tree(world.home)
    ran = world.line("batch", "hostile", "--yes", "--format", "json")
    assert "bad key ***" in ran.out + ran.err
    assert len(world.api) == 1
    check_requests(world, case)
    check_tree(before, tree(world.home), frozenset(before))
    check_secrets(world, ran, world.line("batch", "--list"), world.line("jobs"))


@pytest.mark.parametrize(
    "case",
    [
        replace(_FINE, api={"/run": A({"error": {"message": "bad key {key} \x1b]0;evil\x07"}}, 401)}),
        replace(
            _FINE,
            api={"/run": A({"url": "your key is {key} \x1b[2J"})},
            model={"result": {"kind": "text", "media": None}},
        ),
        replace(_FINE, model=FOLLOWED, api={"/run": A({"id": "{key}", "where": "{evil}/{key}"})}),
    ],
    ids=["error", "text", "id and URL"],
)
async def test_the_console_shows_no_key(world: World, wild: dict[str, Wild], case: Case) -> None:
    set_up(world, case, wild)
    held = {"LOOPBACK_KEY": SECRET}
    made: Settings = replace(settings_for(world.root), secret=held.get)
    async with running(world.root, (120, 40), workspace=open_workspace(made)) as console:
        await console.press("slash", *"hostile", "enter", "r")
        await console.press("ctrl+s")
        await console.settle()
        shown = [console.text]
        await console.press("f2")
        shown.append(console.text)
    assert len(world.api) == 1
    assert any(sign in "".join(shown) for sign in ("***", "nothing was"))
    assert not {sign for text in shown for sign in text if sign < " " and sign != "\n"}
    assert SECRET[:10] not in "".join(shown)
    check_requests(world, case)
    check_secrets(world)


async def test_a_loopback_provider_downloads_from_nowhere_inside_but_this_machine() -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return ["10.0.0.1"]

    def permit(target: Target) -> dict[str, str]:
        return {}

    async with Http(resolve=resolve, is_loopback=True) as http:
        with pytest.raises(ProviderError, match="not on the open internet"):
            async with http.download(Outgoing("GET", "https://media.example.com/x", {}), permit, timeout_s=5):
                raise AssertionError(PNG)


@pytest.mark.parametrize("text", ["9" * 400, "1e400", "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_nobody_is_believed_who_wants_more_than_a_day(text: str) -> None:
    """One provider could hold back all of a batch for ever."""
    assert (retry_after({"retry-after": text}, "", datetime.now(UTC)) or 0) <= 86_400


def test_a_long_text_is_not_searched_for_a_wait() -> None:
    """It would take hours."""
    assert retry_after({}, "1" * 3_000_000, datetime.now(UTC)) is None
