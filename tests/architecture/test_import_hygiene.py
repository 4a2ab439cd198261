"""What a command loads is what its user waits for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

CATALOG = Path(__file__).parents[2] / "catalog"
HEAVY = ("textual", "httpx", "pydantic", "rich", "PIL", "tomlkit", "jmespath", "sqlite3")


def _loaded(code: str) -> set[str]:
    """The heavy packages in memory after `code` ran in a fresh interpreter."""
    script = f"import sys\n{code}\nprint(*(name for name in {HEAVY!r} if name in sys.modules), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stderr.split())


def test_the_package_loads_nothing_heavy() -> None:
    assert _loaded("import modeltui") == set()


@pytest.mark.parametrize("module", ["modeltui.cli.main", "modeltui.services.workspace", "modeltui.bootstrap"])
def test_no_front_end_is_paid_for_before_it_is_used(module: str) -> None:
    assert _loaded(f"import {module}") & {"textual", "httpx", "rich", "PIL"} == set()


@pytest.mark.parametrize("arguments", [["list"], ["show", "prompt_to_image/sandbox-image"], ["pending"]])
def test_reading_commands_load_neither_textual_nor_httpx_nor_pydantic(arguments: list[str], tmp_path: Path) -> None:
    code = f"from modeltui.cli.main import main\nmain(['-C', {str(CATALOG)!r}, *{arguments!r}])"
    assert _loaded(code) & {"textual", "httpx", "pydantic", "rich", "PIL"} == set()
