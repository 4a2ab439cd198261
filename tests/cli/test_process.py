"""The command line as a process of its own: pipes that close, disks that are full, signals, coprocesses."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.small import KLING, model_text, write

SHIPPED = Path(__file__).parents[2] / "catalog"
VIDEO = "prompt_to_video/sandbox-video"
RUN = [sys.executable, "-m", "modeltui"]


def test_a_reader_that_leaves_early_is_no_failure(catalog: Path) -> None:
    for number in range(400):
        key = f"prompt_to_video/many-{number}"
        write(catalog / "models" / f"{key}.toml", model_text(key, "Many " * 40))
    process = subprocess.Popen(
        [*RUN, "-C", str(catalog), "list", "--format", "jsonl"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    error = process.stderr.read()
    process.stderr.close()
    assert (process.wait(), error) == (0, b"")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full on this system")
def test_a_full_disk_is_told(catalog: Path) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run([*RUN, "-C", str(catalog), "list"], stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 1
    assert done.stderr == b"error: the output could not be written: No space left on device\n"


def test_a_locale_without_unicode_loses_nothing(catalog: Path) -> None:
    path = catalog / "models" / f"{KLING}.toml"
    path.write_text(path.read_text().replace("Kling 2.6", "Kling ü 模"))
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    words = [*RUN, "-C", str(catalog), "list", KLING]
    table = subprocess.run(words, env=environment, capture_output=True, check=True).stdout
    assert rb"Kling \xfc \u6a21" in table
    (row,) = json.loads(
        subprocess.run([*words, "--format", "json"], env=environment, capture_output=True, check=True).stdout
    )
    assert row["name"] == "Kling ü 模"


def _on_a_terminal(columns: int, *words: str, **environment: str) -> str:
    """What a person sees; the program's lines without the terminal's carriage returns."""
    primary, secondary = pty.openpty()
    fcntl.ioctl(secondary, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    with subprocess.Popen(
        [*RUN, *words], stdout=secondary, stdin=secondary, env={**os.environ, **environment}
    ) as process:
        os.close(secondary)
        shown = b""
        while piece := _read(primary):
            shown += piece
    os.close(primary)
    assert process.returncode == 0
    return shown.decode().replace("\r\n", "\n")


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:  # how Linux tells that the other side was closed
        return b""


def test_a_table_fits_the_terminal(catalog: Path) -> None:
    lines = _on_a_terminal(60, "-C", str(catalog), "list").splitlines()
    assert lines[0].startswith("Key ")
    assert len(lines) == 5
    assert max(map(len, lines)) <= 60


def test_a_dumb_terminal_gets_the_table(catalog: Path) -> None:
    assert "\x1b" not in _on_a_terminal(80, "-C", str(catalog), TERM="dumb")


def test_colours_are_for_terminals_that_want_them(catalog: Path) -> None:
    subprocess.run([*RUN, "-C", str(catalog), "disable", KLING], check=True, capture_output=True)
    words = ["-C", str(catalog), "pending", "--format", "diff"]
    assert "\n\x1b[32m+active = false     # on or off\x1b[0m\n" in _on_a_terminal(80, *words)
    assert "\x1b" not in _on_a_terminal(80, *words, NO_COLOR="1")


def test_json_on_a_terminal_is_ascii_and_a_file_is_safe(catalog: Path) -> None:
    path = catalog / "models" / f"{KLING}.toml"
    path.write_text(path.read_text().replace("# Kling 2.6, kept by hand", "# ü \u202e\r"))
    path.write_text(path.read_text().replace('"Kling 2.6"', '"Kling ü"'))
    assert '"name": "Kling \\u00fc"' in _on_a_terminal(80, "-C", str(catalog), "list", KLING, "--format", "json")
    shown = _on_a_terminal(80, "-C", str(catalog), "show", KLING)
    assert shown.startswith("# ü \\u202e\n")


def test_a_coprocess_gets_each_answer_as_it_asks(catalog: Path) -> None:
    process = subprocess.Popen(
        [*RUN, "-C", str(catalog), "run", "--dry-run", "--jsonl", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    for prompt in ("one", "two"):
        process.stdin.write(json.dumps({"model": KLING, "inputs": {"prompt": prompt}}).encode() + b"\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["request"]["body"]["prompt"] == prompt
    process.stdin.close()
    assert process.wait() == 0
    process.stdout.close()


@pytest.fixture
def heard_interrupts() -> Iterator[None]:
    """Children hear ctrl+c also where the tests were started in the background, which turns it off for all below."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heard_interrupts")
def test_ctrl_c_is_exit_130_and_says_no_more_than_needed(catalog: Path) -> None:
    process = subprocess.Popen(
        [*RUN, "-C", str(catalog), "run", "--dry-run", "--jsonl", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b"{}\n")
    process.stdin.flush()
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, error = process.communicate()
    assert (process.returncode, error) == (130, b"")


@pytest.mark.usefixtures("heard_interrupts")
def test_ctrl_c_cancels_a_run(catalog: Path) -> None:
    for path in [SHIPPED / "providers" / "sandbox.toml", SHIPPED / "models" / f"{VIDEO}.toml"]:
        write(catalog / path.relative_to(SHIPPED), path.read_text())
    words = [*RUN, "-C", str(catalog), "run", VIDEO, "-i", "prompt=x", "--yes", "--format", "json"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        assert process.stderr.readline().startswith(b"job ")
        assert b"submitting" in process.stderr.readline()
        assert b"polling" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        out, error = process.communicate()
    assert (process.returncode, json.loads(out)["state"]) == (130, "cancelled")
    assert b"Traceback" not in error


def test_a_hundred_thousand_lines_do_not_fill_the_memory(catalog: Path) -> None:
    line = json.dumps({"model": KLING, "inputs": {"prompt": "hi"}}) + "\n"
    script = f"import sys\nfor _ in range(60): sys.stdout.write({line!r} * 500)"
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as source:
        done = subprocess.run(
            [*RUN, "-C", str(catalog), "run", "--dry-run", "--jsonl", "-"],
            stdin=source.stdout,
            capture_output=True,
            check=True,
        )
    assert done.stdout.count(b"\n") == 30_000


def test_closed_streams_are_no_crash(catalog: Path) -> None:
    done = subprocess.run(
        ["sh", "-c", f'"{sys.executable}" -m modeltui -C "{catalog}" list >&- 2>&-'], capture_output=True, check=False
    )
    assert done.returncode == 0
