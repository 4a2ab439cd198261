"""The copy that is edited, and the words that start the editor."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from modeltui.errors import BrokenFileError, ConfigError
from modeltui.services.changing.editor import command, copy_of, run_editor


@pytest.mark.parametrize(
    ("editor", "line", "words"),
    [
        ("", None, ["vi", "f.toml"]),
        ("", 7, ["vi", "+7", "f.toml"]),
        ("/usr/bin/nano -w", 7, ["/usr/bin/nano", "-w", "+7", "f.toml"]),
        ("hx", 7, ["hx", "f.toml:7"]),
        ("code --wait", 7, ["code", "--wait", "f.toml"]),
        ("sed -i 's/a b/c/'", 7, ["sed", "-i", "s/a b/c/", "f.toml"]),
    ],
)
def test_the_editor_is_opened_at_the_line_where_it_takes_one(editor: str, line: int | None, words: list[str]) -> None:
    assert command(editor, "f.toml", line) == words


def test_an_editor_that_cannot_be_read_or_run_is_told() -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        command("vi 'x", "f")
    copy = copy_of(b"", "chat/a")
    try:
        with pytest.raises(ConfigError, match="cannot be run"):
            run_editor("/nonesuch/editor", copy)
    finally:
        copy.remove()


def test_the_copy_is_private_and_has_the_name_of_the_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = os.umask(0)
    try:
        copy = copy_of(b"a = 1\n", "chat/veo-3")
    finally:
        os.umask(before)
    path = Path(copy.path)
    assert path.name == "veo-3.toml"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    script = "import sys; open(sys.argv[1], 'a').write('b = 2\\n')"
    assert run_editor(f'{sys.executable} -c "{script}"', copy) == 0
    assert copy.read() == b"a = 1\nb = 2\n"
    assert not copy.holds(b"a = 1\n")
    copy.remove()
    assert list(tmp_path.iterdir()) == []


def test_what_came_back_is_a_file_of_bounded_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    copy = copy_of(b"a = 1\n", "chat/a")
    path = Path(copy.path)
    path.write_bytes(b"#" * 300_000)
    with pytest.raises(BrokenFileError, match="300,000 bytes"):
        copy.read()
    path.unlink()
    with pytest.raises(BrokenFileError, match="gone"):
        copy.read()
    path.symlink_to("/etc/passwd")
    with pytest.raises(BrokenFileError):
        copy.read()
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(BrokenFileError, match="not a file"):
        copy.read()
    assert not copy.holds(b"")
