"""Several processes apply to the same files at once: no update is lost, and no reader sees a mix."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from crash import crowd

TESTS = Path(__file__).parents[1]
THOROUGH = os.environ.get("MODELTUI_CRASH") == "all"
WRITERS, TIMES = (4, 125) if THOROUGH else (3, 6)


def _start(*arguments: str) -> subprocess.Popen[str]:
    path = os.pathsep.join([str(TESTS.parent / "src"), str(TESTS)])
    command = [sys.executable, "-m", "crash.crowd", *arguments]
    return subprocess.Popen(command, env={**os.environ, "PYTHONPATH": path}, stderr=subprocess.PIPE, text=True)


def test_no_update_is_lost_and_no_mix_is_seen(tmp_path: Path) -> None:
    crowd.build(tmp_path)
    root = str(tmp_path)
    processes = [_start("write", root, f"writer{number}", str(TIMES)) for number in range(WRITERS)]
    processes += [_start("watch", root, str(TIMES * 20)) for _ in range(2)]
    errors = [process.communicate()[1] for process in processes]
    assert [process.returncode for process in processes] == [0] * len(processes), errors
    assert set(crowd.read(root)) == {b"count = %d\n" % (WRITERS * TIMES)}
    assert len(crowd.history(root).entries()) == WRITERS * TIMES
