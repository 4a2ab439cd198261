"""What speaks HTTP, draws or reads JMESPath is loaded when a run starts, and no sooner."""

from __future__ import annotations

import subprocess
import sys

import pytest

_SHOW = "import sys; print(sorted({'httpx', 'PIL', 'jmespath', 'pydantic', 'textual', 'ctypes'} & set(sys.modules)))"


@pytest.mark.parametrize(
    ("module", "loaded"),
    [
        ("modeltui.providers.wire", []),
        ("modeltui.providers.engine", ["jmespath"]),
        ("modeltui.jobs.runner", ["jmespath"]),
        ("modeltui.providers.sandbox.server", []),
    ],
)
def test_importing_loads_little(module: str, loaded: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"import {module}; {_SHOW}"], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() in (str(loaded), str(sorted([*loaded, "ctypes"])))
