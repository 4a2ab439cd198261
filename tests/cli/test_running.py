"""`run`: verdicts without sending, one line or thousands, and the questions before money is spent."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.small import BROKEN, FLUX, KLING, UIDS, VEO, Line, asked_often

SHIPPED = Path(__file__).parents[2] / "catalog"
PICTURE = "prompt_to_image/sandbox-image"
REQUEST = {
    "method": "POST",
    "url": "https://api.kie.ai/v1/generate",
    "query": {},
    "headers": {"authorization": "***"},
    "body": {"model": "kling", "prompt": "hi", "duration": 5},
}
VERDICT = {
    "model": KLING,
    "uid": UIDS[KLING],
    "valid": True,
    "errors": [],
    "cost": {"amount": "28.5", "currency": "credits"},
    "request": REQUEST,
}


def test_dry_run_shows_price_and_exact_request(modeltui: Line) -> None:
    ran = modeltui("run", KLING, "-i", "prompt=hi", "--dry-run", "--format", "json")
    assert (ran.code, ran.json) == (0, {**VERDICT, "units_problem": None})
    assert list(ran.json) == ["model", "uid", "valid", "errors", "cost", "request", "units_problem"]
    ran = modeltui("run", KLING, "-i", "prompt=hi", "--dry-run")
    assert (ran.code, ran.json) == (0, REQUEST)
    assert ran.err == "Kling 2.6 would cost 28.5 credits; nothing was sent\n"


def test_values_are_read_by_the_inputs_types(modeltui: Line) -> None:
    words = ["run", KLING, "--dry-run", "--format", "json", "-i", "prompt=5", "-i", "seconds=10"]
    assert modeltui(*words).json["request"]["body"] == {"model": "kling", "prompt": "5", "duration": 10}


def test_inputs_come_from_json_or_a_file_and_single_ones_win(modeltui: Line, tmp_path: Path) -> None:
    path = tmp_path / "inputs.json"
    path.write_text('{"prompt": "from the file", "seconds": 10}')
    words = ["run", KLING, "--dry-run", "--format", "json", "--inputs"]
    assert modeltui(*words, f"@{path}").json["request"]["body"]["prompt"] == "from the file"
    assert modeltui(*words, '{"prompt": "x"}', "-i", "prompt=y").json["request"]["body"]["prompt"] == "y"


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["--inputs", "{"], 2, "not JSON"),
        (["--inputs", "[]"], 2, "not a JSON object"),
        (["--inputs", '{"a": NaN}'], 2, "not JSON"),
        (["--inputs", "[" * 100_000], 2, "not JSON"),
        (["--inputs", "@/no/such/file"], 2, "cannot read '/no/such/file'"),
        (["-i", "prompt"], 2, "'prompt' is not NAME=VALUE"),
        (["-i", "seconds=7"], 1, "prompt"),
        (["-i", "prompt=x", "-i", "seconds=7"], 1, "seconds"),
        (["-i", "prompt=x", "-i", "sconds=5"], 1, "sconds"),
    ],
)
def test_inputs_that_do_not_fit_are_named(modeltui: Line, words: list[str], code: int, message: str) -> None:
    for mode in ([], ["--dry-run"]):
        ran = modeltui("run", KLING, *words, *mode)
        assert (ran.code, ran.out) == (code, "")
        assert message in ran.err
        assert "bug" not in ran.err


def test_an_invalid_dry_run_as_json_is_a_verdict_and_exit_1(modeltui: Line) -> None:
    ran = modeltui("run", KLING, "-i", f"prompt={'x' * 21}", "--dry-run", "--format", "json")
    assert ran.code == 1
    assert (ran.json["valid"], ran.json["request"], ran.json["uid"]) == (False, None, UIDS[KLING])
    assert [error["input"] for error in ran.json["errors"]] == ["prompt"]


def test_money_is_spent_only_after_a_yes(modeltui: Line, typed: Callable[[str], None]) -> None:
    ran = modeltui("run", KLING, "-i", "prompt=hi")
    assert (ran.code, ran.out) == (2, "")
    assert "--yes" in ran.err
    typed("n\n")
    ran = modeltui("run", KLING, "-i", "prompt=hi")
    assert (ran.code, ran.err) == (1, "Run Kling 2.6 for 28.5 credits? [y/N] nothing was sent\n")


@pytest.fixture
def sandbox(modeltui: Line) -> Line:
    """With the sandbox of the catalogue that ships."""
    for path in [SHIPPED / "providers" / "sandbox.toml", *SHIPPED.glob("models/*/sandbox-*.toml")]:
        target = modeltui.root / path.relative_to(SHIPPED)
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(asked_often(path.read_bytes()))
    return modeltui


def test_a_run_leaves_its_files_and_names_them(sandbox: Line, tmp_path: Path) -> None:
    ran = sandbox("run", PICTURE, "-i", "prompt=a cat", "--yes", "--out", str(tmp_path / "out"))
    assert ran.code == 0
    (path,) = map(Path, ran.out.splitlines())
    assert path.parent == tmp_path / "out"
    assert path.read_bytes().startswith(b"\x89PNG")
    assert "polling" in ran.err


def test_a_run_as_json(sandbox: Line, tmp_path: Path) -> None:
    job = sandbox("run", PICTURE, "-i", "prompt=a cat", "-y", "--out", str(tmp_path), "--format", "json").json
    assert (job["model"], job["state"], job["error"], job["text"]) == (PICTURE, "succeeded", None, None)
    assert [(file["media_type"], Path(file["path"]).stat().st_size == file["size"]) for file in job["files"]] == [
        ("image/png", True)
    ]


def test_what_is_free_is_not_asked_about_and_text_goes_to_stdout(sandbox: Line) -> None:
    ran = sandbox("run", "chat/sandbox-chat", "-i", "prompt=hello")
    assert ran.code == 0
    assert "hello" in ran.out


def test_a_job_that_fails_is_exit_4(sandbox: Line) -> None:
    ran = sandbox("run", PICTURE, "-i", "prompt=x", "-i", "sandbox_mode=fail", "--yes", "--format", "json")
    assert (ran.code, ran.json["state"]) == (4, "failed")
    assert ran.err.splitlines()[-1].startswith(("error: ", "hint: "))


def test_without_a_key_nothing_is_sent(modeltui: Line) -> None:
    ran = modeltui("run", KLING, "-i", "prompt=hi", "--yes")
    assert (ran.code, ran.out) == (4, "")
    assert "KIE_AI_API_KEY" in ran.err


def test_lines_are_answered_in_order_and_a_bad_one_is_an_error_line(
    modeltui: Line, piped: Callable[[bytes], None]
) -> None:
    lines: list[bytes] = [
        json.dumps({"model": KLING, "inputs": {"prompt": "hi"}}).encode(),
        b"{",
        b"",
        b"[]",
        json.dumps({"model": UIDS[FLUX], "inputs": {"prompt": "hi"}, "media_seconds": 7.3}).encode(),
        json.dumps({"model": "no/such", "inputs": {}}).encode(),
        json.dumps({"model": KLING, "inputs": {}}).encode(),
        json.dumps({"model": BROKEN, "inputs": {}}).encode(),
        json.dumps({"model": 5, "inputs": {}}).encode(),
        json.dumps({"model": KLING}).encode(),
        json.dumps({"model": KLING, "inputs": {}, "media_seconds": "7"}).encode(),
        b"\xff\xfe{}",
        b'{"model": "x", "inputs": {"a": 1e999}}',
        b"[" * 100_000,
        json.dumps({"model": VEO, "inputs": {"prompt": "last"}}).encode(),
    ]
    piped(b"\n".join(lines))
    ran = modeltui("run", "--dry-run", "--jsonl", "-")
    assert (ran.code, ran.err) == (0, "")
    answers = [json.loads(line) for line in ran.out.splitlines()]
    assert len(answers) == len(lines) - 1, "a blank line asks nothing"
    assert all(list(answer) == list(VERDICT) for answer in answers)
    assert answers[0] == VERDICT
    assert answers[1] == {
        "model": None,
        "uid": None,
        "valid": False,
        "errors": [{"input": None, "message": answers[1]["errors"][0]["message"]}],
        "cost": None,
        "request": None,
    }
    assert [answer["valid"] for answer in answers] == [True, *[False] * 2, True, *[False] * 9, True]
    assert [answer["model"] for answer in answers[3:6]] == [FLUX, "no/such", KLING]
    assert answers[5]["errors"][0]["input"] == "prompt"
    assert answers[-1]["request"]["body"]["prompt"] == "last"


def test_lines_may_come_from_a_file(modeltui: Line, tmp_path: Path) -> None:
    path = tmp_path / "asked.jsonl"
    path.write_text(json.dumps({"model": KLING, "inputs": {"prompt": "hi"}}) * 1)
    assert modeltui("run", "--dry-run", "--jsonl", str(path)).json == VERDICT


@pytest.mark.parametrize(
    "words",
    [["--jsonl", "-"], ["--dry-run", "--jsonl", "-", KLING], ["--dry-run", "--jsonl", "/no/such"], ["--dry-run"]],
)
def test_wrong_use_is_exit_2(modeltui: Line, words: list[str]) -> None:
    assert modeltui("run", *words).code == 2


@pytest.mark.parametrize("inputs", ['{"prompt": "a\\ud800"}', '{"prompt": "a", "\\udfff": 1}'])
def test_half_a_character_is_a_problem_of_its_input(modeltui: Line, tmp_path: Path, inputs: str) -> None:
    ran = modeltui("run", KLING, "--dry-run", "--format", "json", "--inputs", inputs)
    assert (ran.code, ran.json["valid"], len(ran.json["errors"])) == (1, False, 1)
    assert modeltui("run", KLING, "--yes", "--inputs", inputs).code == 1
    assert modeltui("cost", KLING, "--inputs", inputs).code == 1
    (tmp_path / "runs.jsonl").write_text(f'{{"model": "{KLING}", "inputs": {inputs}}}\n')
    ran = modeltui("run", "--dry-run", "--jsonl", str(tmp_path / "runs.jsonl"))
    assert (ran.code, json.loads(ran.out)["valid"]) == (0, False)


def test_bytes_that_are_no_text_are_a_problem_of_their_input(modeltui: Line) -> None:
    ran = modeltui("run", KLING, "--dry-run", "--format", "json", "-i", "prompt=\udcff")
    assert (ran.code, [each["input"] for each in ran.json["errors"]]) == (1, ["prompt"])
