"""`edit`: the text of models in the user's own editor."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.small import BROKEN, FLUX, KLING, UIDS, VEO, Line


@pytest.fixture(autouse=True)
def copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the copies are made."""
    folder = tmp_path / "copies"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    monkeypatch.delenv("VISUAL", raising=False)
    return folder


@pytest.fixture
def editor(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Path]:
    """An editor that makes these replacements, one pair each time it is opened. Gives the log of its arguments."""

    def use(*pairs: tuple[str, str], code: int = 0) -> Path:
        log = tmp_path / "opened.log"
        script = tmp_path / "vim"
        script.write_text(
            f"#!{sys.executable}\n"
            "import sys, pathlib\n"
            f"log = pathlib.Path({str(log)!r})\n"
            "turn = len(log.read_text().splitlines()) if log.exists() else 0\n"
            "log.open('a').write(' '.join(sys.argv[1:]) + '\\n')\n"
            f"pairs = {pairs!r}\n"
            "path = pathlib.Path(sys.argv[-1])\n"
            "old, new = pairs[turn % len(pairs)]\n"
            "path.write_text(path.read_text().replace(old, new))\n"
            f"sys.exit({code})\n"
        )
        script.chmod(0o755)
        monkeypatch.setenv("EDITOR", shlex.quote(str(script)))
        return log

    return use


def _fields(modeltui: Line) -> dict[str, list[str]]:
    return {
        each["key"]: [change["field"] for change in each["changes"]]
        for each in modeltui("pending", "--format", "json").json
    }


def test_values_are_queued_by_field_and_the_copy_goes(
    modeltui: Line, editor: Callable[..., Path], copies: Path
) -> None:
    log = editor(("active = true", "active = false"))
    ran = modeltui("edit", UIDS[KLING])
    assert (ran.code, ran.out, ran.err) == (0, "", f"{KLING}: queued (1 field pending)\n")
    assert _fields(modeltui) == {KLING: ["active"]}
    assert log.read_text().strip().endswith("/kling.toml")
    assert list(copies.iterdir()) == []


def test_comments_and_form_are_kept_byte_for_byte(modeltui: Line, editor: Callable[..., Path]) -> None:
    editor(("# on or off", "# by hand,  twice"))
    before = modeltui.file(KLING).read_text()
    ran = modeltui("edit", KLING)
    assert ran.err == f"{KLING}: queued (as text)\n"
    assert modeltui("apply", "--yes", "--reason", "x").code == 0
    assert modeltui.file(KLING).read_text() == before.replace("# on or off", "# by hand,  twice")


def test_nothing_changed_is_nothing_queued(modeltui: Line, editor: Callable[..., Path], copies: Path) -> None:
    editor(("nothing like this", ""))
    ran = modeltui("edit", KLING)
    assert (ran.code, ran.err) == (0, f"{KLING}: nothing changed\n")
    assert _fields(modeltui) == {}
    assert list(copies.iterdir()) == []


def test_several_models_one_after_the_other(modeltui: Line, editor: Callable[..., Path]) -> None:
    log = editor(("order = ", "order = 1"))
    assert modeltui("edit", KLING, FLUX).code == 0
    assert set(_fields(modeltui)) == {KLING, FLUX}
    assert len(log.read_text().splitlines()) == 2


@pytest.mark.parametrize("key", [VEO, BROKEN])
def test_locked_and_broken_models_are_refused_before_the_editor_opens(
    modeltui: Line, editor: Callable[..., Path], key: str
) -> None:
    log = editor(("a", "b"))
    ran = modeltui("edit", key)
    assert ran.code == 1
    assert ran.err.startswith("error: ")
    assert not log.exists()


def test_an_error_without_a_terminal_keeps_the_copy_and_says_where(modeltui: Line, editor: Callable[..., Path]) -> None:
    editor(("active = true", "active = yes"))
    ran = modeltui("edit", KLING)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(f"models/{KLING}.toml:10: yes is not TOML [toml-syntax]\n")
    found = re.search(r"the edited copy is kept: (.+)\n", ran.err)
    assert found is not None
    assert "active = yes" in Path(found[1]).read_text()
    assert _fields(modeltui) == {}


def test_it_is_opened_again_at_the_line_of_the_error(
    modeltui: Line, editor: Callable[..., Path], typed: Callable[[str], None], copies: Path
) -> None:
    log = editor(("active = true", "active = 7"), ("active = 7", "active = false"))
    typed("y\n")
    ran = modeltui("edit", KLING)
    assert ran.code == 0, ran.err
    assert "Open it again at line 10?" in ran.err
    first, second = log.read_text().splitlines()
    assert not first.startswith("+")
    assert second.startswith("+10 ")
    assert _fields(modeltui) == {KLING: ["active"]}
    assert list(copies.iterdir()) == []


def test_no_is_the_answer_of_enter(
    modeltui: Line, editor: Callable[..., Path], typed: Callable[[str], None], copies: Path
) -> None:
    log = editor(("active = true", "active = 7"))
    typed("\n")
    assert modeltui("edit", KLING).code == 1
    assert len(log.read_text().splitlines()) == 1
    assert len(list(copies.iterdir())) == 1


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('uid = "3', 'uid = "4', "`uid` never changes"),
        ("schema = 1", "schema = 2", "`schema` never changes"),
        ("[timing]", "[lock]\nlocked = true\n[timing]", "a lock is not set as a field"),
        ("${inputs.seconds}", "${inputs.second}", "second"),
    ],
)
def test_what_no_editor_may_do(modeltui: Line, editor: Callable[..., Path], old: str, new: str, said: str) -> None:
    editor((old, new))
    ran = modeltui("edit", KLING)
    assert ran.code == 1
    assert said in ran.err
    assert _fields(modeltui) == {}


def test_a_file_that_changed_meanwhile_is_a_conflict_and_nothing_is_lost(
    modeltui: Line, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = modeltui.file(KLING)
    script = tmp_path / "both.sh"
    script.write_text(f"sed -i 's/order = 2/order = 8/' {path}\nsed -i 's/order = 2/order = 9/' \"$1\"\n")
    monkeypatch.setenv("EDITOR", f"sh {script}")
    ran = modeltui("edit", KLING)
    assert ran.code == 3
    assert "changed on disk while you edited" in ran.err
    assert "order = 8" in path.read_text()
    (conflict,) = modeltui("conflicts", "--format", "json").json
    assert [(each["base"], each["theirs"], each["mine"]) for each in conflict["fields"]] == [(2, 8, 9)]


def test_an_editor_that_fails_queues_nothing(modeltui: Line, editor: Callable[..., Path], copies: Path) -> None:
    editor(("active = true", "active = false"), code=1)
    ran = modeltui("edit", KLING)
    assert ran.code == 1
    assert "the editor ended with 1" in ran.err
    assert len(list(copies.iterdir())) == 1
    assert _fields(modeltui) == {}


def test_an_editor_that_is_not_there_is_told(modeltui: Line, monkeypatch: pytest.MonkeyPatch, copies: Path) -> None:
    monkeypatch.setenv("VISUAL", "/nonesuch/vi")
    ran = modeltui("edit", KLING)
    assert ran.code == 2
    assert ran.err.startswith("error: the editor '/nonesuch/vi' cannot be run")
    assert list(copies.iterdir()) == []
