"""Real processes killed while they apply forty files: the next start makes all of them old or all new."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from crash import forty
from crash.conftest import Tell

TESTS = Path(__file__).parents[1]
THOROUGH = os.environ.get("MODELTUI_CRASH") == "all"
KILLS = 20


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS.parent / "src"), str(TESTS)])}


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "crash.forty", *arguments]


def _recovered(root: Path) -> str:
    """The outcome of the next start, and whether it had something to finish."""
    found = forty.recover(root)
    assert forty.recover(root) is None
    name = forty.outcome(root)
    assert found is None or found.outcome == ("finished" if name == "new" else "undone")
    return f"{name}, recovered" if found else name


def test_killed_at_twenty_moments(tmp_path: Path, tell: Tell) -> None:
    forty.build(tmp_path / "whole")
    effects = forty.apply(str(tmp_path / "whole"))
    assert forty.outcome(tmp_path / "whole") == "new"
    count = effects if THOROUGH else KILLS
    points = [effects * n // count for n in range(count)]
    for point in points:
        forty.build(tmp_path / str(point))
    roots = [f"{tmp_path / str(point)}={point}" for point in points]
    said = subprocess.run(_command("each", *roots), env=_environment(), capture_output=True, text=True, check=True)
    assert [int(line) for line in said.stdout.split()] == [-signal.SIGKILL] * count
    outcomes = Counter(_recovered(tmp_path / str(point)) for point in points)
    tell(outcomes)
    assert outcomes.keys() == {"old", "new, recovered", "new"}


STRACED = {"fsync", "renameat", "renameat2", "unlinkat"}
if THOROUGH:
    STRACED |= {"flock", "mkdirat", "openat2", "syncfs", "write"}


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_killed_inside_system_calls(tmp_path: Path, tell: Tell) -> None:
    """strace kills the process as it enters the n-th call of a name; the names are counted one by one."""
    counts = _calls(tmp_path)
    points = [(name, when) for name in sorted(counts) for when in _spread(counts[name])]
    outcomes: Counter[str] = Counter()
    for name, when in points:
        root = tmp_path / f"{name}-{when}"
        forty.build(root)
        done = _traced(["-e", f"inject={name}:signal=SIGKILL:when={when}", "-o", "/dev/null"], root)
        assert done.returncode == -signal.SIGKILL, f"{name} {when}: the child did not die"
        outcomes[_recovered(root)] += 1
    tell(outcomes)
    assert outcomes.keys() == {"old", "new, recovered", "new"}
    assert outcomes.total() == len(points)


def _calls(tmp_path: Path) -> Counter[str]:
    """How often a whole apply makes each call."""
    forty.build(tmp_path / "counted")
    log = tmp_path / "calls"
    done = _traced(["-o", str(log)], tmp_path / "counted")
    if "ptrace" in done.stderr:
        pytest.skip(f"strace may not trace here: {done.stderr.strip()[:100]}")
    assert done.returncode == 0, done.stderr
    return Counter(re.findall(r"^\d+ +(\w+)\(", log.read_text(), flags=re.MULTILINE))


def _spread(count: int) -> list[int]:
    """Every call for `make crash`; else one in the middle, and the last."""
    return list(range(1, count + 1)) if THOROUGH else sorted({1 + count // 2, count})


def _traced(options: list[str], root: Path) -> subprocess.CompletedProcess[str]:
    traced = f"trace={','.join(sorted(STRACED))}"
    command = ["strace", "-f", "-qq", "-e", traced, *options, *_command("one", str(root))]
    return subprocess.run(command, env=_environment(), capture_output=True, text=True, check=False)
