"""The process ends at once where it may, and no sooner."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


def _ended(code: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a process that does this and then leaves with 3."""
    script = f"import sys\nfrom modeltui.__main__ import _leave\n{code}\n_leave(3)"
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    done = subprocess.run([sys.executable, "-c", script], env=buffered, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("first", ["", "import sqlite3", "sys.setprofile(lambda *_: None)"])
def test_what_was_written_is_out(first: str) -> None:
    assert _ended(f"{first}\nsys.stdout.write('data')\nsys.stderr.write('talk')") == (3, "data", "talk")


def test_who_asked_to_be_told_is_told() -> None:
    code = "import atexit\natexit.register(sys.stdout.write, 'told')"
    assert _ended(code) == (3, "told", "")


def test_another_thread_is_waited_for() -> None:
    code = (
        "import os, threading\n"
        "def late():\n"
        "    threading.main_thread().join()\n"
        "    os.write(1, b'late')\n"
        "threading.Thread(target=late).start()"
    )
    assert _ended(code) == (3, "late", "")


def test_streams_that_are_gone_are_no_failure() -> None:
    assert _ended("sys.stdout = sys.stderr = None") == (3, "", "")


def test_a_stream_that_cannot_be_written_is_told_as_ever() -> None:
    code, _, said = _ended("import os\nsys.stdout.write('data')\nos.close(1)")
    assert code in {3, 120}
    assert "Bad file descriptor" in said
