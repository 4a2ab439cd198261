"""`toml`: any file through the editor, one at a time or a line each."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import tomli

from modeltui.cli.main import main

TEXT = '# kept\r\nname = "a"   # as it is\r\n\r\n[poll]\r\ninterval_s = 5'


def test_set_and_unset_touch_only_their_lines(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    path = tmp_path / "any.toml"
    path.write_bytes(TEXT.encode())
    assert main(["toml", "set", str(path), "name=b c", "poll.interval_s=0.25", 'x={y = [1, "2"]}']) == 0
    out = capfdbinary.readouterr().out
    assert out.startswith(b'# kept\r\nname = "b c"   # as it is\r\n')
    assert b"[poll]\r\ninterval_s = 0.25\r\n" in out
    assert tomli.loads(out.decode())["x"] == {"y": [1, "2"]}
    assert path.read_bytes() == TEXT.encode()
    assert main(["toml", "set", str(path), "--unset", "poll.interval_s"]) == 0
    assert b"interval_s" not in capfdbinary.readouterr().out


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["toml"], 2),
        (["toml", "set"], 2),
        (["toml", "get", "x"], 2),
        (["toml", "set", "/no/such/file", "a=1"], 2),
        (["toml", "set", "{broken}", "a=1"], 1),
        (["toml", "set", "{latin}", "a=1"], 1),
        (["toml", "--jsonl", "-", "--unset", "a"], 2),
    ],
)
def test_what_cannot_be_done_says_why(
    words: list[str], code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {"broken": tmp_path / "broken.toml", "latin": tmp_path / "latin.toml"}
    files["broken"].write_text('a = "')
    files["latin"].write_bytes(b'a = "\xe9"')
    assert main([word.format(**files) for word in words]) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("error: ")
    assert "bug" not in captured.err


def test_each_line_gives_a_text_or_a_refusal(
    piped: Callable[[bytes], None], capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[object] = [
        {"text": 'a = 1\n[b]\n"c d" = 2 # x\n', "set": [[["a"], 2], [["b", "c d"], "y"]], "unset": []},
        {"text": "a = 1\nb = 2\n", "unset": [["a"]]},
        {"text": "a = ", "set": [[["a"], 1]]},
        {"text": "a = 1\n", "set": [[["a"], None]]},
        {"text": "a = 1\n", "set": [["a", 1]]},
        {"text": "a = 1\n", "set": [[[], 1]]},
        {"text": "a = 1\n", "unset": "a"},
        {"text": 5},
        {"text": "a = 1\n", "set": [[["a", "b"], 1]]},
        {"text": 'a = "\ud800"\n'},
        "text",
    ]
    piped("\n".join(map(json.dumps, asked)).encode() + b"\n{\n")
    assert main(["toml", "--jsonl", "-"]) == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert answers[:2] == [{"text": 'a = 2\n[b]\n"c d" = "y" # x\n'}, {"text": "b = 2\n"}]
    assert len(answers) == len(asked) + 1
    assert all(list(answer) == ["refused"] and answer["refused"] for answer in answers[2:])
