"""The rows of chains, of which somebody else may forget some at any time."""

from __future__ import annotations

from pathlib import Path

import pytest

from modeltui.domain.chain.progress import ChainState
from modeltui.errors import NotFoundError
from modeltui.jobs.chain_rows import ChainRows, KeptChain
from unit.jobs.making import START, store


def test_one_that_is_forgotten_before_it_is_taken_up_is_not_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = ChainRows(store(tmp_path))
    chain = KeptChain(id="abc", workflow="w", by="ada", started_at=START, state=ChainState.RUNNING, plan={})
    rows.begin(chain)
    rows.note("abc", ChainState.FAILED)
    found = rows.get("abc")
    monkeypatch.setattr(rows, "get", lambda _: found)
    assert rows.remove(["abc"]) == 1
    with pytest.raises(NotFoundError, match="no chain 'abc'"):
        rows.claim("abc")
