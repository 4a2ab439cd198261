"""No developer's own settings, keys or git configuration decide a test."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("default", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("deep", settings.get_profile("default"), derandomize=False, max_examples=3000)
settings.load_profile("default")

sys.dont_write_bytecode = False
"""What pytest makes of every assert is kept for the next run: making it takes each worker longer than all else before
its first test."""

_MORE_WORKERS = 4
"""Than there are processors, at most: tests wait for disks, processes and servers as long as they work."""

SHARED = Path(__file__).parents[2] / "shared" / "data"
"""Real data beside the checkout; tests that read it are skipped where it is not there."""

_DROPPED = (
    "MODELTUI_CATALOG",
    "NO_COLOR",
    "SSH_CONNECTION",
    "COLUMNS",
    "LINES",
    "XDG_STATE_HOME",
    "XDG_CONFIG_HOME",
    "MODELTUI_CACHE",
)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int | None:
    """For `-n auto`; None leaves it to what the environment says."""
    if os.environ.get("PYTEST_XDIST_AUTO_NUM_WORKERS"):
        return None
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return processors + min(processors, _MORE_WORKERS)


def pytest_collection_finish() -> None:
    """The tests themselves stay to the end: nobody is to look again and again whether they are garbage."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    home = tmp_path_factory.mktemp("home")
    for name in list(os.environ):
        if name in _DROPPED or name.endswith(("_API_KEY", "_API_TOKEN", "_KEY")) or name.startswith("GIT_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / ".cache"))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(home / ".gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("TERM", "xterm-256color")
    (home / ".gitconfig").write_text(
        "[user]\n\tname = Test\n\temail = test@example.invalid\n[init]\n\tdefaultBranch = main\n"
    )


@pytest.fixture
def shared_data() -> Path:
    if not SHARED.is_dir():
        pytest.skip("the shared data is not beside this checkout")
    return SHARED
