"""Roles, read-only, limits, providers and config, as the command line has them."""

from __future__ import annotations

import json
import os
import pwd
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.small import FLUX, KLING, VEO, Line, write

ME = pwd.getpwuid(os.geteuid()).pw_name


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MODELTUI_THEME", "MODELTUI_READ_ONLY", "NO_COLOR", "VISUAL", "EDITOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def _policy(modeltui: Line, text: str) -> None:
    write(modeltui.root / "catalog.toml", f"schema = 1\n{text}")


# Roles


def test_a_viewer_is_refused_with_who_and_what_and_who_may(modeltui: Line) -> None:
    _policy(modeltui, f'[policy.roles]\nviewer = ["{ME}"]\nadmin = ["somebody-else"]\n')
    ran = modeltui("disable", KLING)
    assert ran.code == 1
    assert ran.err == (
        f"error: {ME} is a viewer here, and may not queue changes\n\nhint: an editor may: somebody-else\n"
    )
    assert modeltui("list", "--format", "json").code == 0
    assert [row["what"] for row in modeltui("history", "--audit", "--format", "json").json] == ["refused"]


def test_an_editor_is_refused_before_any_question(modeltui: Line) -> None:
    _policy(modeltui, f'[policy.roles]\neditor = ["{ME}"]\n')
    assert modeltui("disable", KLING).code == 0
    assert modeltui("apply", "--dry-run").code == 0
    for words in (["apply"], ["apply", "--yes"], ["recover"], ["unlock", VEO]):
        ran = modeltui(*words)
        assert (ran.code, ran.out) == (1, "")
        assert f"{ME} is an editor here" in ran.err
        assert "hint: catalog.toml names nobody who may" in ran.err


def test_a_policy_that_cannot_be_read_is_said(modeltui: Line) -> None:
    _policy(modeltui, f'[policy.roles]\nadmin = "{ME}"\n')
    ran = modeltui("disable", KLING)
    assert ran.code == 1
    assert "because the policy cannot be read: catalog.toml: policy.roles.admin is not a list of users" in ran.err


# Read-only


@pytest.mark.parametrize("before", [True, False])
def test_read_only(modeltui: Line, before: bool, capsys: pytest.CaptureFixture[str]) -> None:
    from modeltui.cli.main import main

    words = ["--read-only", "disable", KLING] if before else ["disable", KLING, "--read-only"]
    assert main(["-C", str(modeltui.root), *words]) == 1
    assert "this session is read-only, and does not queue changes" in capsys.readouterr().err
    assert not (modeltui.root / ".modeltui").exists()


# Limits


def test_a_large_apply_is_not_answered_by_yes(modeltui: Line, typed: Callable[[str], None]) -> None:
    _policy(modeltui, "[policy.limits]\napply_files = 1\n")
    modeltui("set", f"key:{KLING},{FLUX}", "order=7")
    assert "warning: 2 files are more than the 1" in modeltui("apply", "--dry-run").err
    refused = modeltui("apply", "--yes")
    assert refused.code == 2
    assert "hint: `--confirm 2` says that all of them are meant" in refused.err
    assert modeltui("apply", "--yes", "--confirm", "1").code == 2
    assert modeltui("apply", "--yes", "--confirm", "2").code == 0


@pytest.mark.parametrize(("answer", "code"), [("2", 0), ("3", 2), ("yes", 2), ("", 2)])
def test_the_number_is_asked_for(modeltui: Line, typed: Callable[[str], None], answer: str, code: int) -> None:
    _policy(modeltui, "[policy.limits]\napply_files = 1\n")
    modeltui("set", f"key:{KLING},{FLUX}", "order=7")
    typed(f"because\ny\n{answer}\n")
    ran = modeltui("apply")
    assert "That is a large apply. Type 2 to go on:" in ran.err
    assert ran.code == code


def test_a_price_jump_wants_a_reason(modeltui: Line) -> None:
    _policy(modeltui, "[policy.limits]\nprice_jump_percent = 10\n")
    modeltui("set", KLING, "cost.base=50")
    ran = modeltui("apply", "--yes")
    said = f"1 price rises by more than 10 %, which wants a reason: {KLING} cost.base 28.5 → 50"
    assert ran.code == 2
    assert ran.err.endswith(f"warning: {said}\nerror: {said}\n\nhint: say why with --reason\n")
    assert modeltui("apply", "--yes", "--reason", "new list").code == 0


# Providers


def test_providers_are_checked_and_what_was_found_is_kept(modeltui: Line) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        host = f"127.0.0.1:{server.getsockname()[1]}"
        text = (
            f'schema = 1\nid = "kie_ai"\nname = "K"\nbase_url = "http://{host}"\nhosts = ["{host}"]\nloopback = true\n'
        )
        write(
            modeltui.root / "providers" / "kie_ai.toml", text + '\n[auth]\nscheme = "bearer"\nenv = ["LOOPBACK_KEY"]\n'
        )
        write(modeltui.root / "providers" / "box.toml", 'schema = 1\nid = "box"\nname = "B"\ntransport = "sandbox"\n')
        first = modeltui("providers", "--format", "json")
        assert [row["last_check"] for row in first.json] == [None, None]
        good = modeltui("providers", "--check", "--format", "json")
    assert good.code == 0
    assert [row["last_check"]["reachable"] for row in good.json] == [True, True]
    bad = modeltui("providers", "--check")
    assert bad.code == 4
    assert f"kie_ai: {host}: connection refused" in bad.err
    assert "unreachable" in modeltui("providers").out
    (row,) = [each for each in modeltui("providers", "--format", "json").json if each["id"] == "kie_ai"]
    assert row["limits"] == {"concurrency": None, "requests": []}
    assert row["last_check"]["hosts"] == [
        {"host": host, "reachable": False, "problem": "connection refused", "seconds": None}
    ]


def test_no_key_is_shown(modeltui: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIE_AI_API_KEY", "sk-very-secret")
    for words in (["providers"], ["providers", "--format", "json"]):
        ran = modeltui(*words)
        assert "sk-very-secret" not in ran.out + ran.err
        assert "KIE_AI_API_KEY" in ran.out


# Config


def test_config_says_what_holds_and_where_from(modeltui: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "config" / "modeltui" / "config.toml"
    write(path, 'theme = "nord"\nmouse = 3\n[keys]\n"apply.open" = "ctrl+a"\n')
    monkeypatch.setenv("NO_COLOR", "1")
    ran = modeltui("config", "--format", "json")
    assert ran.code == 1
    assert ran.json["path"] == str(path)
    assert ran.json["exists"] is True
    found = {each["name"]: each for each in ran.json["options"]}
    assert found["theme"] == {"name": "theme", "value": "nord", "source": "file", "place": str(path)}
    assert found["color"] == {"name": "color", "value": False, "source": "environment", "place": "NO_COLOR"}
    assert found["mouse"]["source"] == "default"
    assert found["keys"]["value"] == {"apply.open": ["ctrl+a"]}
    assert ran.json["problems"] == [{"line": 2, "message": "`mouse` = '3' is ignored: it takes true or false"}]
    table = modeltui("config")
    assert "keys.apply.open" in table.out
    assert f"warning: {path}:2: `mouse`" in table.err


def test_config_needs_no_catalogue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from modeltui.cli.main import main

    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MODELTUI_CATALOG", raising=False)
    assert main(["config", "--format", "json", "--read-only"]) == 0
    found = {each["name"]: each for each in json.loads(capsys.readouterr().out)["options"]}
    assert (found["read_only"]["value"], found["read_only"]["place"]) == (True, "--read-only")


def test_a_problem_of_the_config_is_a_warning_of_every_command(modeltui: Line, tmp_path: Path) -> None:
    write(tmp_path / "config" / "modeltui" / "config.toml", "mouse = 3\n")
    ran = modeltui("list")
    assert ran.code == 0
    assert "config.toml:1: `mouse`" in ran.err
