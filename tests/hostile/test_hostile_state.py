"""A `.modeltui` that somebody else made: believed only where it should be, followed never, and in nobody's way."""

from __future__ import annotations

import getpass
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cli.small import Ran, write
from hostile.ground import HEALTHY, SECRET, Ground, small
from hostile.hostile_catalog import fingerprint
from hostile.line import many, modeltui, unsafe

NOBODY = 65534
USER = getpass.getuser()
PLACES = (
    "", "mutex", "mutex.json", "journal", "journal.abort", "journal.tmp", "generation", "history.jsonl",
    "history.jsonl.lock", "queue", f"queue/{USER}.jsonl", f"queue/{USER}.jsonl.lock", "queue/mallory.jsonl",
    "queue/%1B%5D52.jsonl", ".gitignore", "rescued", "txn-20260101-000000-abcdef",
)  # fmt: skip
COMMANDS = (
    ["list", "--format", "json"], ["check"], ["disable", HEALTHY[0]], ["pending"], ["history"], ["recover"],
    ["apply", "--yes"], ["undo"],
)  # fmt: skip


def a_link_out(place: Path, ground: Ground) -> None:
    place.symlink_to(ground.victim("state"))


def a_link_to_a_folder(place: Path, ground: Ground) -> None:
    write(ground.outside / "folder" / "inside.jsonl", SECRET)
    place.symlink_to(ground.outside / "folder", target_is_directory=True)


def a_dangling_link(place: Path, ground: Ground) -> None:
    place.symlink_to(ground.outside / "made-by-following")


def a_pipe(place: Path, _: Ground) -> None:
    os.mkfifo(place)


def a_folder(place: Path, _: Ground) -> None:
    place.mkdir()
    write(place / "inside", "x")


def garbage(place: Path, _: Ground) -> None:
    write(place, b"\x1b]52;c;aGVsbG8=\x07\0\xff\n{}\n[]\nnull\n1e999\n" * 3)


def deep_json(place: Path, _: Ground) -> None:
    write(place, b"[" * 200_000 + b"\n" + b'{"a":' * 100_000)


def much_garbage(place: Path, _: Ground) -> None:
    write(place, (b"\x9b" * 63 + b"\n") * 50_000)


def one_endless_line(place: Path, _: Ground) -> None:
    write(place, b'{"op":' * 500_000)


def written_by_all(place: Path, _: Ground) -> None:
    garbage(place, _)
    place.chmod(0o666)


KINDS: tuple[Callable[[Path, Ground], None], ...] = (
    a_link_out, a_link_to_a_folder, a_dangling_link, a_pipe, a_folder, garbage, deep_json, much_garbage,
    one_endless_line, written_by_all,
)  # fmt: skip


IS_WHOLE = "MODELTUI_HOSTILE" in os.environ
"""Each kind at each place, as `make hostile` has it; else a third of them, all kinds and all places among them."""


def _grounds(folder: Path, place: str) -> Iterator[Ground]:
    at = PLACES.index(place)
    for number, kind in enumerate(KINDS):
        if place and not IS_WHOLE and (number + at) % 3:
            continue
        home = folder / kind.__name__
        home.mkdir()
        ground = small(home / "catalog", home / "outside")
        target = ground.root / ".modeltui" / place
        if place:
            target.parent.mkdir(parents=True)
        kind(target if place else ground.root / ".modeltui", ground)
        yield ground


@pytest.mark.parametrize("place", PLACES)
def test_a_hostile_file_of_the_state(tmp_path: Path, place: str) -> None:
    """Reading works all the same; writing works or says why; nothing outside is touched or shown."""
    grounds = list(_grounds(tmp_path, place))
    ran_all = many((ground.root, words) for ground in grounds for words in COMMANDS)
    for ground in grounds:
        before = fingerprint(ground.outside)
        answers = [next(ran_all) for _ in COMMANDS]
        assert [row["key"] for row in answers[0].json] == list(HEALTHY), ground.root
        for words, ran in zip(COMMANDS, answers, strict=True):
            assert not unsafe(ran.out) | unsafe(ran.err), (ground.root, words)
            assert "must never be shown" not in ran.out + ran.err
            said = ran.out if words == ["check"] else ran.err  # what `check` says is data
            assert ran.code == 0 or said.startswith(("error: ", "warning: ")) or "error: " in said, (words, ran)
        assert fingerprint(ground.outside) == before, ground.root
        _check_models(ground, answers)


def _check_models(ground: Ground, answers: list[Ran]) -> None:
    """The one model is as it was or as it was meant to be, and as the command said."""
    text = ground.file("healthy-one").read_text()
    applied = answers[6]
    is_off = "active = false" in text
    assert is_off == ("applied " in applied.err), (ground.root, applied)


def _journal(ground: Ground, path: str, spare: str, apply_id: str = "20260101-000000-abcdef") -> None:
    """A journal with a right checksum that asks for `path` to be exchanged with `spare`."""
    old = hashlib.sha256(SECRET.encode()).hexdigest()
    new = hashlib.sha256(b"owned\n").hexdigest()
    record = {
        "id": apply_id,
        "at": "2026-01-01T00:00:00+00:00",
        "by": "m",
        "host": "h",
        "reason": "",
        "changes": [],
        "files": [],
    }
    moves = [[path, "update", old, new, spare]]
    body = json.dumps(
        {"id": apply_id, "by": "m", "moves": moves, "directories": [], "change_ids": [], "record": record}
    )
    head = f"modeltui-journal 1 {hashlib.sha256(body.encode()).hexdigest()}\n"
    write(ground.root / ".modeltui" / "journal", head + body + "\n")
    write(ground.root / ".modeltui" / f"txn-{apply_id}" / "0", "owned\n")


LEADING_OUT = ["../outside/victim.toml", "models/../../outside/victim.toml", "link/victim.toml", "models/out.toml"]


@pytest.mark.parametrize(
    "path", [*LEADING_OUT, ".git/hooks/x.toml", "/tmp/x.toml", "models/a\0.toml", ".modeltui/x.toml"]
)
def test_a_forged_journal_leads_nowhere(ground: Ground, path: str) -> None:
    ground.victim("victim.toml")
    (ground.root / "link").symlink_to(ground.outside)
    (ground.root / "models" / "out.toml").symlink_to(ground.outside / "victim.toml")
    _journal(ground, path, ".modeltui/txn-20260101-000000-abcdef/0")
    before = fingerprint(ground.outside)
    steps = (["list"], ["recover"], ["disable", HEALTHY[0]], ["apply", "--yes"])
    for ran in many((ground.root, words) for words in steps):
        assert "must never be shown" not in ran.out + ran.err
    assert fingerprint(ground.outside) == before


@pytest.mark.parametrize(
    "spare", ["../outside/victim.toml", ".modeltui/txn-x/../../../outside/victim.toml", "catalog.toml"]
)
def test_a_forged_spare_leads_nowhere(ground: Ground, spare: str) -> None:
    ground.victim("victim.toml")
    write(ground.file("target"), SECRET)
    _journal(ground, ground.path("target"), spare)
    before = fingerprint(ground.root.parent)
    modeltui(ground.root, "recover")
    assert fingerprint(ground.root.parent) == before


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to somebody else")
@pytest.mark.parametrize("place", ["journal", f"queue/{USER}.jsonl", "history.jsonl"])
def test_a_file_of_a_stranger_is_not_believed(ground: Ground, place: str) -> None:
    modeltui(ground.root, "disable", HEALTHY[0])
    modeltui(ground.root, "apply", "--yes", "--reason", "first")
    modeltui(ground.root, "disable", HEALTHY[1])
    if place == "journal":
        write(ground.file("target"), SECRET)
        _journal(ground, ground.path("target"), ".modeltui/txn-20260101-000000-abcdef/0")
    os.chown(ground.root / ".modeltui" / place, NOBODY, NOBODY)
    before = fingerprint(ground.root)
    listed = modeltui(ground.root, "list")
    assert listed.code == 0
    if place == "journal":
        assert "belongs to" in listed.err
    elif place == "history.jsonl":
        assert "first" not in modeltui(ground.root, "history").out
    else:
        assert modeltui(ground.root, "pending", "--format", "json").json == []
    assert fingerprint(ground.root) == before
