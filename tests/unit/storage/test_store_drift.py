"""A row knows whether its locked file is what was locked."""

from __future__ import annotations

from pathlib import Path

import pytest

from modeltui.domain.lock_text import lock_digest
from modeltui.storage.store import Store

_BODY = 'name = "A"\n'


@pytest.mark.parametrize(
    ("body", "lock", "is_drifted"),
    [
        (_BODY, "", False),
        (_BODY, "[lock]\nlocked = true\n", False),
        (_BODY, f'[lock]\nlocked = true\ndigest = "{lock_digest(_BODY.encode())}"\n', False),
        (_BODY.replace("A", "B"), f'[lock]\nlocked = true\ndigest = "{lock_digest(_BODY.encode())}"\n', True),
        (_BODY.replace("A", "B"), f'[lock]\nlocked = false\ndigest = "{lock_digest(_BODY.encode())}"\n', False),
    ],
    ids=["no lock", "no digest", "holds", "changed", "unlocked"],
)
def test_drift(tmp_path: Path, body: str, lock: str, is_drifted: bool) -> None:
    (tmp_path / "models/chat").mkdir(parents=True)
    (tmp_path / "models/chat/a.toml").write_text(body + lock)
    assert Store(str(tmp_path)).load().models["chat/a"].is_drifted is is_drifted
