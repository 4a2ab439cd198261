"""A batch over every model of the sample catalogue, each at a server that speaks its provider's protocol."""

from __future__ import annotations

import base64
import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import tomlkit

from modeltui.bootstrap import open_workspace
from modeltui.config import load_settings
from modeltui.domain.batch import BatchState
from modeltui.providers.sandbox.picture import png
from unit.providers.loopback import CATALOG, KEY, model_file
from unit.providers.servers.base import ProtocolServer
from unit.providers.servers.fleet import server_for, servers
from unit.providers.servers.valid_inputs import least_inputs
from unit.providers.test_every_job_model import OLDER

FORMS = frozenset({"sandbox", "openai", "elevenlabs", "stability", "together", "openrouter", "lovable", "vercel"})
"""Providers that take files, not links."""
PICTURE = f"data:image/png;base64,{base64.b64encode(png('a', 'a', 64, 64)).decode()}"
_WAITS = re.compile(r"^(interval_s|delay_s|late_s)\s*=.*\n", re.MULTILINE)


@pytest.fixture(scope="module")
def fleet() -> Iterator[Mapping[str, ProtocolServer]]:
    running = {name: server_for(name) for name in servers()}
    yield running
    for server in running.values():
        server.close()


@pytest.fixture
def root(tmp_path: Path, fleet: Mapping[str, ProtocolServer], monkeypatch: pytest.MonkeyPatch) -> Path:
    """The sample catalogue, its providers on this machine, its polls without waits."""
    monkeypatch.setenv("LOOPBACK_KEY", KEY)
    monkeypatch.setenv("LOOPBACK_SECOND", "loopback-signing-key")
    found = tmp_path / "catalog"
    shutil.copytree(CATALOG, found, ignore=shutil.ignore_patterns(".*"))
    for name, server in fleet.items():
        document = server.document() | {"limits": {"concurrency": 8}}
        (found / "providers" / f"{name}.toml").write_text(tomlkit.dumps(document), encoding="utf-8")
    for path in (found / "models").rglob("*.toml"):
        text = _WAITS.sub("", path.read_text(encoding="utf-8")).replace(
            "[poll]\n", "[poll]\ninterval_s = 0.01\ndelay_s = 0\n"
        )
        path.write_text(re.sub(r"^keys = .*\n", "", text, flags=re.MULTILINE), encoding="utf-8")
    return found


def _inputs(key: str) -> dict[str, Any]:
    document = model_file(key)
    given = least_inputs(document)
    return {name: _as_file(value) for name, value in given.items()} if document["provider"] in FORMS else given


def _as_file(value: Any) -> Any:
    if isinstance(value, list):
        return [_as_file(each) for each in value]
    return PICTURE if isinstance(value, str) and value.endswith(".png") else value


async def test_every_model(root: Path, fleet: Mapping[str, ProtocolServer]) -> None:
    workspace = open_workspace(load_settings(str(root)))
    keys = [model.key for model in workspace.catalog.snapshot().catalog.models.values()]
    own = {key: _inputs(key) for key in keys}
    plan = workspace.batches.plan("key:*", {}, inputs_by_model=own, includes_retired=True)
    assert [skip.key for skip in plan.skipped] == []
    ids = {progress.id async for progress in workspace.batches.run(plan)}
    report = workspace.batches.report(ids.pop())
    assert (report.state, report.tally.total) == (BatchState.FINISHED, len(keys))
    bad = {job.key: job.error for job in report.jobs if job.error}
    assert bad.keys() <= OLDER, json.dumps({key: bad[key] for key in bad.keys() - OLDER}, indent=1)
    assert report.tally.succeeded == len(keys) - len(bad)
    sent = Counter(job.provider for job in report.jobs if job.key not in bad)
    taken = {name: server.submits for name, server in fleet.items()}
    assert {name: taken[name] for name in sent if name in taken} == {name: sent[name] for name in sent if name in taken}
