"""Files that the user names are read within bounds: a pipe is not waited for, and no size fills the memory."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli.small import KLING
from modeltui.cli.reading import content_of
from modeltui.errors import UsageError

_BOUNDED = """\
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
from modeltui.cli.main import main
sys.exit(main(sys.argv[1:]))
"""
DEADLINE = 120


@pytest.fixture(params=["fifo", "huge", "device"])
def hostile(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    path = tmp_path / request.param
    if request.param == "fifo":
        os.mkfifo(path)
    elif request.param == "huge":
        path.touch()
        os.truncate(path, 1 << 33)
    elif not os.path.exists("/dev/zero"):
        pytest.skip("no /dev/zero on this system")
    else:
        return "/dev/zero"
    return str(path)


@pytest.mark.parametrize(
    "words",
    [
        ["toml", "set", "{}", "a=1"],
        ["run", KLING, "--dry-run", "--inputs", "@{}"],
        ["apply", "--plan", "{}", "--yes"],
        ["import", "json", "{}", "--yes"],
    ],
    ids=lambda words: words[0],
)
def test_what_is_no_file_of_a_believable_size_is_refused(words: list[str], hostile: str, catalog: Path) -> None:
    command, *rest = [word.format(hostile) for word in words]
    place = [] if command == "toml" else ["-C", str(catalog)]
    done = subprocess.run(
        [sys.executable, "-c", _BOUNDED, command, *place, *rest],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert done.stderr.startswith("error: ")
    assert hostile in done.stderr
    assert "\nhint: " in done.stderr


def test_a_file_of_just_the_limit_is_read(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * 10)
    assert content_of(str(path), 10) == b"x" * 10
    with pytest.raises(UsageError, match="9 bytes"):
        content_of(str(path), 9)


def test_a_link_that_the_user_names_is_followed(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    (tmp_path / "link").symlink_to("file")
    assert content_of(str(tmp_path / "link")) == b"x"


@pytest.mark.parametrize("name", ["none", "", "a\0b", "."])
def test_what_cannot_be_opened_is_said(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        content_of(str(tmp_path / name) if name else name)
