"""The text of a model in the user's own editor, from the console."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from modeltui.tui.messages import OpenText
from modeltui.tui.screens.catalog import CatalogScreen
from modeltui.tui.screens.detail import DetailScreen
from modeltui.tui.screens.text import TextScreen
from modeltui.tui.shell import Shell
from tui.driver import running

AURORA, DAWN = "prompt_to_image/aurora", "prompt_to_video/dawn"


@pytest.fixture(autouse=True)
def suspensions(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """How often the console stepped aside."""
    seen: list[str] = []

    @contextmanager
    def suspend(_: Shell) -> Iterator[None]:
        seen.append("aside")
        yield

    monkeypatch.setattr(Shell, "suspend", suspend)
    return seen


@pytest.fixture(autouse=True)
def copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "copies"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


@pytest.fixture
def editor(tmp_path: Path) -> Callable[..., str]:
    """The command of an editor that makes one replacement each time it is opened, and logs its arguments."""

    def make(*pairs: tuple[str, str], code: int = 0) -> str:
        script, log = tmp_path / "vim", tmp_path / "opened.log"
        script.write_text(
            f"#!{sys.executable}\n"
            "import sys, pathlib\n"
            f"log, pairs = pathlib.Path({str(log)!r}), {pairs!r}\n"
            "turn = len(log.read_text().splitlines()) if log.exists() else 0\n"
            "log.open('a').write(' '.join(sys.argv[1:]) + '\\n')\n"
            "path, (old, new) = pathlib.Path(sys.argv[-1]), pairs[turn % len(pairs)]\n"
            "path.write_text(path.read_text().replace(old, new))\n"
            f"sys.exit({code})\n"
        )
        script.chmod(0o755)
        return shlex.quote(str(script))

    return make


def left(folder: Path) -> int:
    """How many copies are there."""
    return len(list(folder.iterdir()))


def opened(tmp_path: Path) -> list[str]:
    log = tmp_path / "opened.log"
    return log.read_text().splitlines() if log.exists() else []


async def test_what_comes_back_is_queued(
    root: Path, tmp_path: Path, editor: Callable[..., str], suspensions: list[str], copies: Path
) -> None:
    async with running(root, editor=editor(("active = true", "active = false"))) as console:
        await console.press("E")
        assert [wish.key for wish in console.seen(OpenText)] == [AURORA]
        assert isinstance(console.screen, CatalogScreen)
        assert suspensions == ["aside"]
        (edit,) = console.snapshot.plan.files[AURORA].edits
        assert (edit.path, edit.new) == (("active",), False)
        assert left(copies) == 0
        await console.press("u")
        assert console.pending == []


async def test_a_comment_is_queued_as_text(root: Path, editor: Callable[..., str]) -> None:
    async with running(root, editor=editor(("[timing]", "# long\n[timing]"))) as console:
        await console.press("enter", "E")
        assert isinstance(console.screen, DetailScreen)
        assert "# long" in (console.snapshot.plan.files[AURORA].text or "")


async def test_an_error_is_shown_with_its_line_and_the_editor_opens_there_again(
    root: Path, tmp_path: Path, editor: Callable[..., str], suspensions: list[str], copies: Path
) -> None:
    pairs = (("active = true", "active = yes"), ("active = yes", "active = false"))
    async with running(root, editor=editor(*pairs)) as console:
        await console.press("E")
        assert isinstance(console.screen, TextScreen)
        assert "line 7" in console.text
        assert "yes is not TOML" in console.text
        assert console.pending == []
        await console.press("enter")
        assert isinstance(console.screen, CatalogScreen)
        assert console.pending == [AURORA]
        assert [line.split()[0] for line in opened(tmp_path)][1] == "+7"
        assert len(suspensions) == 2
        assert left(copies) == 0


@pytest.mark.parametrize(("key", "kept"), [("x", 0), ("k", 1), ("escape", 1)])
async def test_a_text_with_an_error_is_given_up_or_kept(
    root: Path, editor: Callable[..., str], copies: Path, key: str, kept: int
) -> None:
    async with running(root, editor=editor(("active = true", "active = yes"))) as console:
        await console.press("E", key)
        assert isinstance(console.screen, CatalogScreen)
        assert console.pending == []
        assert left(copies) == kept
        said = console.notices[-1]
        assert "nothing was queued" in said
        assert (str(copies) in said) is bool(kept)


async def test_a_locked_model_is_refused_before_the_editor_opens(
    root: Path, editor: Callable[..., str], suspensions: list[str]
) -> None:
    async with running(root, editor=editor(("a", "b"))) as console:
        console.table.seek(DAWN)
        await console.press("E")
        assert isinstance(console.screen, CatalogScreen)
        assert suspensions == []
        assert "locked by alice" in console.notices[-1]


@pytest.mark.parametrize("pair", [("nothing like it", "")])
async def test_nothing_changed_is_told(
    root: Path, editor: Callable[..., str], copies: Path, pair: tuple[str, str]
) -> None:
    async with running(root, editor=editor(pair)) as console:
        await console.press("E")
        assert console.notices == ["nothing changed"]
        assert left(copies) == 0


@pytest.mark.parametrize(
    ("settings", "said"),
    [({"editor": "/nonesuch/vi"}, "cannot be run"), ({"editor": "false"}, "ended with 1"), ({"editor": "'"}, "read")],
)
async def test_an_editor_that_fails_is_told(root: Path, copies: Path, settings: dict[str, Any], said: str) -> None:
    async with running(root, **settings) as console:
        await console.press("E")
        assert isinstance(console.screen, CatalogScreen)
        assert said in console.notices[-1]
        assert left(copies) == 0


async def test_a_file_that_changed_meanwhile_is_stale(root: Path, tmp_path: Path) -> None:
    script = tmp_path / "both.sh"
    theirs = root / f"models/{AURORA}.toml"
    script.write_text(f'sed -i \'s/base = "2"/base = "3"/\' {theirs}\nsed -i \'s/base = "2"/base = "4"/\' "$1"\n')
    async with running(root, editor=f"sh {script}") as console:
        await console.press("E")
        assert console.snapshot.plan.files[AURORA].is_stale
        assert any("changed on disk while you edited" in each for each in console.notices)
        assert 'base = "3"' in theirs.read_text()
