"""git itself merges models by field, once it is told how."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from modeltui.cli.main import main
from modeltui.storage.toml.codec import parse
from sharing.clones import Clone

BASE = b'name = "A"\norder = 1\n\n[cost]\nbase = "5"\n'


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path, Path]:
    found = tuple(tmp_path / name for name in ("base", "ours", "theirs"))
    for path in found:
        path.write_bytes(BASE)
    return found  # type: ignore[return-value]


def _driven(files: tuple[Path, Path, Path], *more: str) -> int:
    return main(["merge-driver", *map(str, files), *more])


def test_fields_of_both_sides_are_written_into_ours(files: tuple[Path, Path, Path]) -> None:
    _, ours, theirs = files
    ours.write_bytes(BASE.replace(b'"A"', b'"B"'))
    theirs.write_bytes(BASE.replace(b"order = 1", b"order = 2"))
    assert _driven(files, "models/chat/a.toml") == 0
    assert ours.read_bytes() == BASE.replace(b'"A"', b'"B"').replace(b"order = 1", b"order = 2")


def test_a_conflict_is_marked_and_named(files: tuple[Path, Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    base, ours, theirs = files
    ours.write_bytes(BASE.replace(b'"5"', b'"6"'))
    theirs.write_bytes(BASE.replace(b'"5"', b'"7"').replace(b"order = 1", b"order = 2"))
    assert _driven(files, "models/chat/a\x1b.toml") == 1
    said = capsys.readouterr().err
    assert "in conflict: cost.base" in said
    assert "\x1b" not in said
    marked = b'<<<<<<< ours\nbase = "6"\n=======\nbase = "7"\n>>>>>>> theirs\n'
    assert ours.read_bytes() == BASE.replace(b"order = 1", b"order = 2").replace(b'base = "5"\n', marked)
    assert (base.read_bytes(), theirs.read_bytes().count(b'"7"')) == (BASE, 1)


@pytest.mark.parametrize(
    "content", [b"no = toml here\n" * 3, b"\x00\x01\xff" * 100, b"[[[[" * 200, b"a." * 99 + b"b = 1\n"]
)
def test_what_is_no_toml_is_merged_by_its_lines(files: tuple[Path, Path, Path], content: bytes) -> None:
    _, ours, theirs = files
    theirs.write_bytes(content)
    assert _driven(files) == 0, "only they changed it"
    assert ours.read_bytes() == content
    ours.write_bytes(BASE.replace(b"order = 1", b"order = 3"))
    assert _driven(files) == 1


def test_a_locked_file_is_not_broken_by_a_merge(files: tuple[Path, Path, Path]) -> None:
    locked = BASE + b"\n[lock]\nlocked = true\n"
    for path in files:
        path.write_bytes(locked)
    files[2].write_bytes(b"broken = \n")
    assert _driven(files) == 1
    assert files[1].read_bytes() == b"<<<<<<< ours\n" + locked + b"=======\nbroken = \n>>>>>>> theirs\n"


def test_larger_than_any_model_is_merged_by_its_lines(files: tuple[Path, Path, Path]) -> None:
    base, ours, theirs = files
    large = b"# line\n" * 100_000
    base.write_bytes(large)
    ours.write_bytes(b"# ours\n" + large)
    theirs.write_bytes(large + b"# theirs\n")
    assert _driven(files) == 0
    assert ours.read_bytes() == b"# ours\n" + large + b"# theirs\n"


def test_wrong_use_is_told(files: tuple[Path, Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    base, ours, theirs = map(str, files)
    assert main(["merge-driver", base, ours]) == 2
    assert main(["merge-driver", base, ours, str(tmp_path / "none")]) == 2
    assert main(["merge-driver", base, str(tmp_path), theirs]) == 2
    assert main(["merge-driver", "--install", "--uninstall"]) == 2
    assert "Traceback" not in capsys.readouterr().err
    assert Path(ours).read_bytes() == BASE


# Installed


@pytest.fixture
def on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As an installed program is found by git."""
    program = tmp_path / "bin" / "modeltui"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m modeltui "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")


def _merge(clone: Clone, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["git", *words], cwd=clone.tree, capture_output=True, text=True, check=False)


def test_git_merges_with_it(ann: Clone, bob: Clone, on_path: None) -> None:
    ann.done("merge-driver", "--install")
    attributes = ann.root / ".gitattributes"
    assert "/models/**/*.toml merge=modeltui\n" in attributes.read_text()
    ann.git("add", "-A")
    ann.git("commit", "-qm", "attributes")
    ann.apply("chat/a", "order=4", "cost.base=1")
    ann.push()
    bob.done("merge-driver", "--install")
    bob.git("add", "-A")
    bob.git("commit", "-qm", "attributes too")
    bob.apply("chat/a", "active=false")
    bob.git("fetch", "-q")
    done = _merge(bob, "merge", "-q", "--no-edit", "origin/main")
    assert done.returncode == 0, done.stdout + done.stderr
    said = parse(bob.path("chat/a").read_bytes())
    assert (said["order"], said["active"]) == (4, False)


def test_git_leaves_marks_and_check_says_so(ann: Clone, bob: Clone, on_path: None) -> None:
    ann.apply("chat/a", "cost.base=1")
    ann.push()
    bob.done("merge-driver", "--install")
    bob.git("add", "-A")
    bob.git("commit", "-qm", "attributes")
    bob.apply("chat/a", "cost.base=2", "order=7")
    bob.git("fetch", "-q")
    assert _merge(bob, "merge", "-q", "--no-edit", "origin/main").returncode == 1
    assert bob.text("chat/a").count("<<<<<<<") == 1
    [finding] = [each for each in bob("check", "--format", "json").json if each["severity"] == "error"]
    assert "merge conflict" in finding["message"]
    assert "a merge is under way" in bob("pull", "--yes").err


def test_it_is_taken_away_again(ann: Clone) -> None:
    attributes = ann.root / ".gitattributes"
    attributes.write_text("*.png binary\n")
    ann.done("merge-driver", "--install")
    assert "the merge driver is installed" in ann.done("merge-driver", "--install").err
    assert attributes.read_text().startswith("*.png binary\n/models")
    ann.done("merge-driver", "--uninstall")
    assert attributes.read_text() == "*.png binary\n"
    assert "modeltui" not in ann.git("config", "--list", "--local")
    assert ann.done("merge-driver", "--uninstall").code == 0


def test_a_read_only_session_installs_nothing(ann: Clone) -> None:
    assert ann("--read-only", "merge-driver", "--install").code == 1
    assert not (ann.root / ".gitattributes").exists()


def test_without_git_there_is_nothing_to_install(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = tmp_path / "alone"
    assert main(["init", str(root)]) == 0
    assert "modeltui merge-driver --install" in capsys.readouterr().err
    assert main(["-C", str(root), "merge-driver", "--install"]) == 2


@pytest.mark.parametrize("program", ["exit 127", "echo broken >&2; exit 1", "exit 2", "kill -9 $$"])
def test_a_driver_that_is_not_there_any_more_hides_no_conflict(
    ann: Clone, bob: Clone, on_path: None, tmp_path: Path, program: str
) -> None:
    """git takes what such a driver leaves for ours with a conflict, in which nobody sees theirs."""
    ann.apply("chat/a", "cost.base=1", "active=false")
    ann.push()
    bob.done("merge-driver", "--install")
    bob.git("add", "-A")
    bob.git("commit", "-qm", "attributes")
    bob.apply("chat/a", "cost.base=2")
    bob.git("fetch", "-q")
    (tmp_path / "bin" / "modeltui").write_text(f"#!/bin/sh\n{program}\n")
    assert _merge(bob, "merge", "-q", "--no-edit", "origin/main").returncode == 1
    marked = '<<<<<<< ours\nbase = "2"\n=======\nbase = "1"\n>>>>>>> theirs\n'
    assert marked in bob.text("chat/a")
    assert "active = false" in bob.text("chat/a")


@pytest.mark.parametrize("how", ["merge", "rebase", "cherry-pick"])
def test_a_file_that_is_broken_on_one_side_has_ordinary_marks(ann: Clone, bob: Clone, on_path: None, how: str) -> None:
    bob.done("merge-driver", "--install")
    bob.git("add", "-A")
    bob.git("commit", "-qm", "attributes")
    bob.push()
    ann.pull()
    ann.commit("chat/a", 'name = "Model 1"', 'name = "odd')
    ann.push()
    bob.apply("chat/a", "name=Mine")
    bob.git("fetch", "-q")
    words = (how, "--no-edit", "-q") if how == "merge" else (how,)
    assert _merge(bob, *words, "origin/main").returncode == 1
    text = bob.text("chat/a")
    assert text.count("<<<<<<<") == text.count(">>>>>>>") == 1
    assert 'name = "odd\n' in text
    assert 'name = "Mine"\n' in text


def test_attributes_of_others_keep_their_bytes(ann: Clone) -> None:
    attributes = ann.root / ".gitattributes"
    attributes.write_bytes(b"*.png binary\r\n*.txt text")
    ann.done("merge-driver", "--install")
    assert attributes.read_bytes().startswith(b"*.png binary\r\n*.txt text\n/models")
    ann.done("merge-driver", "--uninstall")
    assert attributes.read_bytes() == b"*.png binary\r\n*.txt text\n"
