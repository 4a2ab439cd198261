"""No text of a file, a name, a reason or an error reaches a terminal raw, and JSON and CSV stay what they are."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from hostile.ground import HEALTHY, Ground
from hostile.hostile_catalog import Built, make
from hostile.line import many, modeltui, on_a_terminal, unsafe, without_colours
from hostile.text_cases import INJECTIONS

COLUMNS = "key,name,model_id,description,family,variant,tags,provider,source,group,category,status"
TEXTS = [text.replace("\0", "") for text in INJECTIONS]
"""What can be an argument."""

READING: list[Sequence[str]] = [
    ["list"],
    ["list", "--columns", COLUMNS],
    ["list", "--format", "json", "--columns", COLUMNS],
    ["list", "--format", "jsonl"],
    ["list", "--format", "csv", "--columns", COLUMNS],
    ["check"],
    ["check", "--format", "json"],
    ["check", "--format", "github"],
    *(["show", "--format", "json", f"prompt_to_image/text-{number:02}"] for number in (0, 4, 5, 12)),
    *(["run", f"prompt_to_image/odd-{number:02}", "--dry-run"] for number in (0, 4, 8)),
    ["run", "prompt_to_image/text-04", "-i", "prompt=\x9b31m\x1b", "--dry-run"],
    ["run", "prompt_to_image/text-04", "-i", "prompt=\x9b31m\x1b", "--dry-run", "--format", "json"],
    *(["export", form] for form in ("json", "csv", "litellm-proxy")),
    ["providers"],
    ["drift"],
    ["conflicts"],
    ["pending"],
]
NAMING: list[list[str]] = [
    ["show"], ["list", "--"], ["list", "--sort"], ["list", "--columns"], ["history"], ["enable", "--"],
    ["discard", "--"],
    ["run", "--dry-run"], ["set", HEALTHY[0]], ["set", HEALTHY[0], "--unset"], ["plan", "--out"], ["toml", "set"], [],
]  # fmt: skip
"""Commands that are given a hostile text as their last word, and have to say what is wrong with it."""


def assert_safe(words: Sequence[str], *shown: str) -> None:
    for text in shown:
        found = unsafe(text)
        assert not found, (words, found, [line for line in text.split("\n") if unsafe(line)][:3])


def test_reading_into_a_pipe(texts: Built) -> None:
    for words, ran in zip(READING, many([(texts.root, words) for words in READING]), strict=True):
        assert_safe(words, ran.out, ran.err)


def test_naming_in_errors(ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    commands = [(ground.root, [*words, text.replace("/", "")]) for words in NAMING for text in TEXTS[:9]]
    for (_, words), ran in zip(commands, many(commands), strict=True):
        assert_safe(words, ran.out, ran.err)


def test_json_stays_json_and_tells_the_truth(texts: Built) -> None:
    ran = modeltui(texts.root, "list", "text-", "--format", "json")
    names = {row["key"].rpartition("/")[2]: row["name"] for row in ran.json}
    assert [names[f"text-{number:02}"] for number in range(len(INJECTIONS))] == list(INJECTIONS)
    assert [json.loads(line) for line in modeltui(texts.root, "list", "text-", "--format", "jsonl").out.splitlines()]


def test_csv_starts_no_formula(texts: Built) -> None:
    ran = modeltui(texts.root, "list", "--format", "csv", "--columns", COLUMNS)
    heading, *rows = csv.reader(io.StringIO(ran.out))
    assert heading == COLUMNS.split(",")
    assert len(rows) > len(INJECTIONS)
    cells = [cell for row in rows for cell in row]
    assert not [
        cell
        for cell in cells
        if re.match(r"[=+\-@\t\r|%]", cell.lstrip()) and not re.fullmatch(r"-?\d+", cell) and cell[0] not in "|%"
    ]
    assert any(cell.startswith("'=HYPERLINK") for cell in cells)


def test_a_workflow_command_is_one_line_of_ours(texts: Built) -> None:
    ran = modeltui(texts.root, "check", "--format", "github")
    assert not [line for line in ran.out.splitlines() if not re.match(r"::(error|warning|notice) file=", line)]
    assert len(ran.out.splitlines()) == len(modeltui(texts.root, "check", "--format", "json").json)


@pytest.mark.parametrize(
    "words",
    [
        ["list", "text-"],
        ["check"],
        ["show", "prompt_to_image/raw-00"],
        ["show", "prompt_to_image/raw-04"],
        ["providers"],
    ],
    ids=" ".join,
)
def test_on_a_terminal(texts: Built, words: list[str]) -> None:
    shown = on_a_terminal(texts.root, *words)
    assert len(shown) > 50
    found = unsafe(without_colours(shown), keep="\n\t")
    assert not found, found


def git(root: Path, *words: str) -> str:
    done = subprocess.run(["git", "-C", str(root), *words], check=True, capture_output=True)
    return done.stdout.decode(errors="surrogateescape")


def test_changing_all_the_way_into_git(tmp_path: Path) -> None:
    """Queue, undo, redo, diff, apply with a hostile reason, history, commit message."""
    built = make(tmp_path, ["texts_of_fields"])
    git(built.root, "init", "--quiet")
    git(built.root, "add", "--all")
    git(built.root, "commit", "--quiet", "--message=start")
    reason = " ".join(TEXTS)
    steps: list[Sequence[str]] = [
        ["set", "text-", f"description={reason}", "order=3"],
        ["lock", HEALTHY[1], "--reason", reason],
        ["undo"],
        ["redo"],
        ["pending"],
        ["pending", "--format", "json"],
        ["apply", "--dry-run"],
        ["apply", "--yes", "--reason", reason],
        ["history"],
        ["history", "--format", "json"],
        ["drift"],
        ["unlock", HEALTHY[1], "--reason", reason],
        ["pending"],
    ]
    for words, ran in zip(steps, many([(built.root, words) for words in steps]), strict=True):
        assert ran.code == 0, (words, ran.err)
        assert_safe(words, ran.out, ran.err)
    message = git(built.root, "log", "-1", "--format=%B")
    assert not unsafe(message)
    assert "\\e[31mred" in message
    assert not unsafe(without_colours(on_a_terminal(built.root, "history")))
    assert not unsafe(without_colours(on_a_terminal(built.root, "pending", "--format", "diff")), keep="\n\t")


def test_a_trailer_cannot_be_forged(ground: Ground) -> None:
    """A reason that looks like our trailers is data of the message, and recovery finds no apply by it."""
    git(ground.root, "init", "--quiet")
    modeltui(ground.root, "disable", HEALTHY[0])
    reason = "x\n\nModeltui-Txn: 20990101-000000-ffffff\nModeltui-By: root"
    applied = modeltui(ground.root, "apply", "--yes", "--reason", reason, "--format", "json").json
    trailers = git(ground.root, "log", "-1", "--format=%(trailers:key=Modeltui-Txn,valueonly,separator=%x2C)").strip()
    assert trailers == applied["id"]
