"""The front door: help, mistakes, exit codes, bugs, and where output goes when it cannot be written."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.small import KLING, Line
from modeltui.cli import report
from modeltui.cli.commands import ENTRIES, load
from modeltui.cli.main import main
from modeltui.config import Settings, log_file
from modeltui.errors import (
    ApplyError,
    BrokenFileError,
    BusyError,
    ConfigError,
    ConflictError,
    EditRefusedError,
    InDoubtError,
    InvalidValueError,
    LockedError,
    ModeltuiError,
    NotFoundError,
    ProviderError,
    QueryError,
    UsageError,
)


@pytest.mark.parametrize("command", ENTRIES)
def test_every_command_has_a_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "--help"]) == 0
    captured = capsys.readouterr()
    assert captured.out.startswith(f"usage: modeltui {command}")
    assert load(command).description.splitlines()[0] in captured.out
    assert captured.err == ""


def test_the_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    out = capsys.readouterr().out
    assert all(f"\n  {name:<13}{summary}\n" in out for name, (_, summary) in ENTRIES.items())


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("modeltui 0.")


@pytest.mark.parametrize(
    ("words", "err"),
    [
        (["lits"], "error: no command 'lits'\n\nhint: did you mean list?\n"),
        (["xyzzy"], "error: no command 'xyzzy'\n\nhint: `modeltui --help` lists all commands\n"),
        (
            ["list", "--bogus"],
            "error: unrecognized arguments: --bogus\n\nhint: `modeltui list --help` shows what it takes\n",
        ),
        (["--bogus"], "error: unrecognized arguments: --bogus\n\nhint: `modeltui --help` shows what it takes\n"),
    ],
)
def test_wrong_use_is_exit_2(words: list[str], err: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", err)


def test_no_catalogue_is_exit_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["list"]) == 2
    assert main(["-C", str(tmp_path / "none"), "list"]) == 2
    assert "modeltui init" in capsys.readouterr().err


def test_the_catalogue_may_be_named_after_the_command(catalog: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", KLING, "-C", str(catalog), "--columns", "name"]) == 0
    assert capsys.readouterr().out == "Name\nKling 2.6\n"


def test_bare_without_a_terminal_prints_the_table(modeltui: Line) -> None:
    assert modeltui().out == modeltui("list").out
    assert modeltui("console").out == modeltui("list").out


def test_without_a_command_the_options_of_console_are_taken_and_no_others(
    catalog: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("modeltui.cli.console._is_capable", lambda: True)
    opened: list[Settings] = []

    def open_console(settings: Settings) -> int:
        opened.append(settings)
        return 0

    for words in ([], ["--no-lowband"], ["--fresh", "--no-lowband"], ["console", "--fresh"]):
        assert main(["-C", str(catalog), *words], open_console) == 0
    assert [(each.fresh, each.lowband) for each in opened] == [
        (False, True),
        (False, False),
        (True, False),
        (True, True),
    ]
    assert capsys.readouterr().err == ""
    for words in (["--bogus"], ["--fresh", "--bogus"], ["--fresh", "list"], ["list", "--fresh"]):
        assert main(["-C", str(catalog), *words], open_console) == 2
        assert "unrecognized arguments: --" in capsys.readouterr().err
    assert len(opened) == 4


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("x"), 2),
        (ConfigError("x"), 2),
        (QueryError("x", position=0), 2),
        (NotFoundError("x"), 1),
        (LockedError("x"), 1),
        (InvalidValueError("x"), 1),
        (EditRefusedError("x"), 1),
        (BrokenFileError("x"), 1),
        (ApplyError("x"), 1),
        (ConflictError("x"), 3),
        (BusyError("x"), 3),
        (InDoubtError("x"), 3),
        (ProviderError("x"), 4),
    ],
)
def test_each_error_has_its_exit_code(error: ModeltuiError, code: int) -> None:
    assert report.failure(error) == code


def test_what_an_error_says_is_safe(capsys: pytest.CaptureFixture[str]) -> None:
    report.failure(NotFoundError("\x1b]52;c;x\x07", hint="a\u202eb"))
    assert capsys.readouterr().err == "error: \\e]52;c;x\\x07\n\nhint: a\\u202eb\n"


@pytest.fixture
def breaks(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], None]:
    """Makes the next command fail in a way that nobody meant."""

    def with_error(error: BaseException) -> None:
        def fail(*_: object) -> int:
            raise error

        monkeypatch.setattr("modeltui.cli.main.load", fail)

    return with_error


def test_a_bug_is_a_line_for_the_user_and_a_traceback_in_a_private_log(
    breaks: Callable[[BaseException], None], capsys: pytest.CaptureFixture[str]
) -> None:
    breaks(ZeroDivisionError("by \x1b nothing"))
    assert main(["list"]) == 1
    path = Path(log_file())
    assert capsys.readouterr().err == f"error: this is a bug in modeltui: ZeroDivisionError; details are in {path}\n"
    assert "ZeroDivisionError: by" in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_bug_is_told_even_where_no_log_can_be_written(
    breaks: Callable[[BaseException], None], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", os.devnull)
    breaks(ZeroDivisionError())
    assert main(["list"]) == 1
    assert capsys.readouterr().err == "error: this is a bug in modeltui: ZeroDivisionError\n"


def test_an_interruption_is_exit_130(breaks: Callable[[BaseException], None]) -> None:
    breaks(KeyboardInterrupt())
    assert main(["list"]) == 130


def test_init_makes_a_catalogue_that_works(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "new"
    assert main(["init", str(folder)]) == 0
    assert capsys.readouterr().out == f"{folder}\n"
    assert main(["-C", str(folder), "list", "--format", "json"]) == 0
    assert capsys.readouterr().out == "[]\n"
    assert main(["init", str(folder)]) == 1
    assert capsys.readouterr().err.startswith("error: ")
