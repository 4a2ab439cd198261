"""What lies outside the catalogue, or is more than one file, is refused with a clear word and never written."""

from __future__ import annotations

import os
import shutil
import stat
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.small import write
from hostile.ground import HEALTHY, TYPE, Ground
from hostile.hostile_catalog import fingerprint
from hostile.line import many, modeltui


def linked_file(ground: Ground) -> str:
    ground.file("x").symlink_to(write(ground.outside / "x.toml", ground.sound("x")))
    return "link"


def file_behind_a_linked_folder(ground: Ground) -> str:
    write(ground.outside / "x.toml", ground.sound("x"))
    (ground.root / "models" / TYPE).rename(ground.root / "away")
    (ground.root / "models" / TYPE).symlink_to(ground.outside)
    return "no model"


def models_that_are_a_link(ground: Ground) -> str:
    write(ground.outside / TYPE / "x.toml", ground.sound("x"))
    (ground.root / "models").rename(ground.root / "away")
    (ground.root / "models").symlink_to(ground.outside)
    return "no model"


def hard_linked_file(ground: Ground) -> str:
    os.link(write(ground.outside / "x.toml", ground.sound("x")), ground.file("x"))
    return "hard links"


def one_of_two_twins(ground: Ground) -> str:
    ground.write("X", ground.sound("X"))
    ground.write("x", ground.sound("x"))
    return "only in case"


def locked_by_an_escape(ground: Ground) -> str:
    ground.write("x", '"\\u006cock" = { "\\u006cocked" = true, by = "eve" }\n' + ground.sound("x"))
    return "locked by eve"


def locked_by_a_dotted_key(ground: Ground) -> str:
    ground.write("x", "lock . 'locked' = true\nlock.by = 'eve'\n" + ground.sound("x"))
    return "locked by eve"


@pytest.mark.parametrize(
    "build",
    [
        linked_file, file_behind_a_linked_folder, models_that_are_a_link, hard_linked_file, one_of_two_twins,
        locked_by_an_escape, locked_by_a_dotted_key,
    ],
)  # fmt: skip
def test_it_is_not_edited(ground: Ground, build: Callable[[Ground], str]) -> None:
    word = build(ground)
    before = fingerprint(ground.root.parent)
    steps = (["disable", f"{TYPE}/x"], ["set", f"{TYPE}/x", "order=9"], ["lock", f"{TYPE}/x"], ["apply", "--yes"])
    said = "".join(ran.err for ran in many((ground.root, words) for words in steps))
    if "link" in word:
        assert "hint: " in said
    assert word in said, said
    assert "locked" not in word or " queued" not in said.replace("0 models queued", "")
    assert fingerprint(ground.root.parent) == before


def swapped_for_a_link(ground: Ground) -> None:
    ground.file("healthy-one").rename(ground.outside / "was.toml")
    ground.file("healthy-one").symlink_to(ground.outside / "was.toml")


def swapped_for_a_pipe(ground: Ground) -> None:
    ground.file("healthy-one").unlink()
    os.mkfifo(ground.file("healthy-one"))


def given_a_second_name(ground: Ground) -> None:
    os.link(ground.file("healthy-one"), ground.outside / "second.toml")


def folder_swapped_for_a_link(ground: Ground) -> None:
    (ground.root / "models" / TYPE).rename(ground.outside / "type")
    (ground.root / "models" / TYPE).symlink_to(ground.outside / "type")


@pytest.mark.parametrize(
    "swap", [swapped_for_a_link, swapped_for_a_pipe, given_a_second_name, folder_swapped_for_a_link]
)
def test_it_is_not_applied_once_it_became_something_else(ground: Ground, swap: Callable[[Ground], None]) -> None:
    modeltui(ground.root, "disable", HEALTHY[0])
    swap(ground)
    before = fingerprint(ground.root.parent)
    ran = modeltui(ground.root, "apply", "--yes")
    assert ran.code in {1, 3}
    assert "error: " in ran.err
    assert fingerprint(ground.root.parent) == before


@pytest.mark.parametrize("kind", ["link", "pipe", "folder", "dangling"])
def test_settings_that_are_no_file(ground: Ground, kind: str) -> None:
    """Models stay readable, and `check` says what is wrong with `catalog.toml`."""
    settings = ground.root / "catalog.toml"
    settings.unlink()
    make: dict[str, Callable[[], object]] = {
        "link": lambda: settings.symlink_to(ground.victim("settings.toml")),
        "dangling": lambda: settings.symlink_to("nowhere"),
        "pipe": lambda: os.mkfifo(settings),
        "folder": settings.mkdir,
    }
    make[kind]()
    assert [row["key"] for row in modeltui(ground.root, "list", "--format", "json").json] == list(HEALTHY)
    codes = {each["path"]: each["code"] for each in modeltui(ground.root, "check", "--format", "json").json}
    assert codes["catalog.toml"] == ("link" if kind in {"link", "dangling"} else "not-a-file")


def test_providers_that_are_a_link(ground: Ground) -> None:
    shutil.rmtree(ground.root / "providers")
    write(ground.outside / "kie_ai.toml", "schema = 1\nid = 'kie_ai'\nbase_url = 'https://evil.example'\n")
    (ground.root / "providers").symlink_to(ground.outside)
    codes = {each["path"]: each["code"] for each in modeltui(ground.root, "check", "--format", "json").json}
    assert codes["providers"] == "link"
    assert "evil" not in modeltui(ground.root, "run", HEALTHY[0], "-i", "prompt=x", "--dry-run").out


def test_models_that_are_a_link_to_everything(ground: Ground) -> None:
    """The whole file system is not searched for models."""
    shutil.rmtree(ground.root / "models")
    (ground.root / "models").symlink_to("/")
    assert modeltui(ground.root, "list", "--format", "json").json == []


@pytest.mark.skipif(sys.platform != "linux", reason="modes are left aside by dropping a capability of Linux")
def test_files_that_cannot_be_read(ground: Ground) -> None:
    """As root too: without the capability that lets root read everything."""
    before: list[str] = []
    if os.geteuid() == 0:
        if (setpriv := shutil.which("setpriv")) is None:
            pytest.skip("root reads everything, and there is no setpriv to take that away")
        before = [setpriv, "--bounding-set=-dac_override,-dac_read_search"]
    ground.write("closed", ground.sound("closed")).chmod(0)
    closed = ground.root / "models" / "closed-type"
    write(closed / "inside.toml", ground.sound("inside"))
    closed.chmod(0)
    try:
        ran = modeltui(ground.root, "check", "--format", "json", before=before)
        codes = {each["path"]: each["code"] for each in ran.json}
        assert codes[ground.path("closed")] == codes["models/closed-type"] == "unreadable"
        listed = modeltui(ground.root, "list", "--format", "json", before=before).json
        assert {row["key"] for row in listed} == {*HEALTHY, f"{TYPE}/closed"}
        assert modeltui(ground.root, "disable", f"{TYPE}/closed", before=before).code == 1
    finally:
        closed.chmod(0o755)
    assert stat.S_IMODE(ground.file("closed").stat().st_mode) == 0


def test_files_that_come_and_go_and_change_kind_meanwhile(ground: Ground) -> None:
    """A file replaced by a pipe, a link or a folder at any moment, hundreds of times while it is read."""
    stop = threading.Event()
    victim = ground.victim("victim.toml")

    def restless() -> None:
        target, spare = ground.file("restless"), ground.root / "spare"
        while not stop.is_set():
            for make in (lambda: os.mkfifo(spare), lambda: spare.symlink_to(victim), lambda: write(spare, "a = 1\n")):
                make()
                spare.replace(target)
            target.unlink()

    thread = threading.Thread(target=restless)
    thread.start()
    try:
        for words in (["list"], ["check"], ["list", "--format", "json"], ["disable", TYPE], ["apply", "--dry-run"]):
            ran = modeltui(ground.root, *words)
            assert "must never be shown" not in ran.out + ran.err
    finally:
        stop.set()
        thread.join()
    assert victim.read_text().startswith("outside")


def test_a_folder_that_is_swapped_while_it_is_scanned(ground: Ground, tmp_path: Path) -> None:
    stop = threading.Event()
    for number in range(200):
        write(ground.outside / "many" / f"secret-{number}.toml", "a = 1\n")
    home, real = ground.root / "models" / "swapped", ground.root / "real"
    write(home / "inside.toml", "a = 1\n")

    def restless() -> None:
        while not stop.is_set():
            home.rename(real)
            home.symlink_to(ground.outside / "many")
            home.unlink()
            real.rename(home)

    thread = threading.Thread(target=restless)
    thread.start()
    try:
        for _ in range(3):
            assert "secret-" not in modeltui(ground.root, "list", "--format", "json").out
    finally:
        stop.set()
        thread.join()
