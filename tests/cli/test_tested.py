"""What runs came to, on the command line: columns, queries, statistics, alerts."""

from __future__ import annotations

import subprocess
import sys
import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from cli.small import BROKEN, FLUX, KLING, UIDS, VEO, Line
from modeltui.domain.call import Cost
from modeltui.domain.job import Job, JobState, KeptJob
from modeltui.errors import BrokenFileError
from modeltui.jobs.store import JobStore

NOW = datetime.now(UTC)


def keep(root: Path, key: str, *states: JobState, ago: timedelta = timedelta(hours=2), cost: str = "60") -> None:
    """Jobs of a model that ended so, one after the other, each after 10, 20, 30 … seconds."""
    store = JobStore(str(root), user="alice", now=lambda: NOW - ago)
    for number, state in enumerate(states, 1):
        job = Job(
            id=str(uuid.uuid4()),
            key=key,
            uid=UIDS[key],
            provider="kie_ai",
            state=JobState.SUBMITTING,
            started_at=NOW - ago,
            estimate=Cost(Decimal(cost), "credits"),
        )
        store.begin(KeptJob(job=job, by="alice", model_id=None, model_digest="", inputs={}, request=None, steps=()))
        store.note(replace(job, state=state, elapsed_s=10.0 * number))


@pytest.fixture
def tested(modeltui: Line) -> Line:
    """kling: three runs that failed and one that did not; veo: two that did not; flux was never run."""
    modeltui.file(BROKEN).unlink()
    (modeltui.root / "catalog.toml").write_text('schema = 1\n\n[units]\ncredits_per_usd = "50"\n')
    failed, succeeded = JobState.FAILED, JobState.SUCCEEDED
    keep(modeltui.root, KLING, succeeded, failed, failed, failed, ago=timedelta(days=100))
    keep(modeltui.root, VEO, succeeded, succeeded)
    return modeltui


def test_columns_and_order(tested: Line) -> None:
    names = "key,tested,success,runs,spend,p50,p95,trend"
    lines = tested("list", "--columns", names, "--sort", "-success").out.splitlines()
    assert [line.split() for line in lines] == [
        ["Key", "Tested", "Success", "Runs", "Spend", "p50", "p95", "Trend"],
        [VEO, "2h", "100", "%", "2", "$2.40", "10s", "20s", "██"],
        [KLING, "3mo", "25", "%", "4", "$1.20", "10s", "10s", "█▁▁▁"],
        [FLUX],
    ]


def test_queries(tested: Line) -> None:
    def keys(*query: str) -> list[str]:
        return [row["key"] for row in tested("list", "--format", "json", *query).json]

    assert keys("success<50") == [KLING]
    assert keys("tested<3h") == [VEO]
    assert keys("--", "-tested:*") == [FLUX]
    assert keys("spend>2") == [VEO]


def test_json_has_them_where_columns_ask(tested: Line) -> None:
    rows = tested("list", VEO, "--format", "json", "--columns", "tested,success,runs,spend,p95,trend").json
    day = (NOW - timedelta(hours=2)).astimezone().date().isoformat()
    wanted = {"tested": day, "success": 100.0, "runs": 2, "spend": "2.4", "p95": 20.0, "trend": "11"}
    assert {name: rows[0][name] for name in wanted} == wanted
    (plain,) = tested("list", VEO, "--format", "json").json
    assert not wanted.keys() & plain.keys()
    (never,) = tested("list", FLUX, "--format", "json", "--columns", "tested,runs").json
    assert (never["tested"], never["runs"]) == (None, None)


def test_statistics_as_json(tested: Line) -> None:
    found = tested("stats", "--format", "json").json
    runs = found["runs"]
    assert (runs["models"], runs["total"], runs["succeeded"], runs["failed"], runs["success"]) == (2, 6, 3, 3, 50.0)
    assert runs["spend"] == {"credits": "180"}
    (provider,) = runs["providers"]
    assert (provider["provider"], provider["total"]) == ("kie_ai", 6)
    assert len(tested("list", "--format", "json", "--", provider["query"]).json) == provider["models"]
    assert "by_model" not in found
    veo, kling = sorted(
        tested("stats", "--by", "model", "--format", "json").json["by_model"], key=lambda row: -row["succeeded"]
    )
    assert (veo["key"], veo["p50_s"], veo["p95_s"], veo["trend"]) == (VEO, 10.0, 20.0, [True, True])
    assert (kling["key"], kling["success"]) == (KLING, 25.0)


def test_statistics_as_text(tested: Line) -> None:
    ran = tested("stats")
    lines = ran.out.splitlines()
    heading = next(index for index, line in enumerate(lines) if line.startswith("Runs of"))
    assert lines[heading + 1].split() == ["kie_ai", "6", "50", "%", "13s", "$3.60", "2h", "provider:kie_ai", "runs:*"]
    assert lines[heading + 2].split()[:2] == ["all", "6"]
    assert "6 runs of 2 models, 50 % succeeded, $3.60, the last one 2h ago" in ran.err
    by_model = tested("stats", "--by", "model", VEO)
    assert [line.split()[0] for line in by_model.out.splitlines()] == ["Model", VEO]


def test_a_catalogue_that_was_never_run(modeltui: Line) -> None:
    ran = modeltui("stats")
    assert "Runs of" not in ran.out
    assert "no runs yet" in ran.err
    assert modeltui("stats", "--format", "json").json["runs"]["total"] == 0
    codes = {row["code"] for row in modeltui("alerts", "--format", "json").json}
    assert not codes & {"never-tested", "tested-long-ago", "failing"}
    assert not (modeltui.root / ".modeltui" / "jobs.db").exists(), "who reads makes none"


def test_alerts(tested: Line) -> None:
    def found(*words: str) -> set[tuple[str, str]]:
        rows = tested("alerts", "--format", "json", *words).json
        return {(row["code"], row["subject"]) for row in rows}

    usual = found()
    assert {("failing", KLING), ("tested-long-ago", "kie_ai")} <= usual
    assert "never-tested" not in {code for code, _ in usual}, "flux is not active"
    assert ("tested-long-ago", "kie_ai") not in found("--tested-within", "200")
    assert ("spend", "kie_ai") in found("--spend-over", "3.5")
    assert "spend" not in {code for code, _ in usual | found("--spend-over", "4")}
    assert tested("alerts", "--tested-within", "-1").code == 2
    assert tested("alerts", "--spend-over", "much").code == 2


def test_a_run_in_doubt_is_an_alert(tested: Line) -> None:
    keep(tested.root, VEO, JobState.UNCERTAIN)
    found = {row["code"]: row for row in tested("alerts", VEO, "--format", "json").json}
    assert found["uncertain-runs"]["subject"] == VEO


def test_a_database_that_cannot_be_read_is_one_note_and_no_statistics(tested: Line) -> None:
    for name in ("jobs.db-wal", "jobs.db-shm"):
        (tested.root / ".modeltui" / name).unlink(missing_ok=True)
    (tested.root / ".modeltui" / "jobs.db").write_bytes(b"no database\n" * 400)
    ran = tested("list", "--columns", "key,tested", "--sort", "success")
    assert ran.code == 0
    assert [line.split() for line in ran.out.splitlines()] == [["Key", "Tested"], [FLUX], [KLING], [VEO]]
    assert ran.err.count("the statistics of runs cannot be read") == 1
    plain = tested("list")
    assert (plain.code, plain.err) == (0, "")
    assert tested("alerts").code == 0


@pytest.mark.parametrize(("words", "loads"), [(["list"], False), (["list", "--columns", "key,tested"], True)])
def test_the_database_is_loaded_only_where_it_is_asked_for(tested: Line, words: list[str], loads: bool) -> None:
    code = f"from modeltui.cli.main import main\nmain(['-C', {str(tested.root)!r}, *{words!r}])"
    script = f"import sys\n{code}\nprint('sqlite3' in sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr.split()[-1] == str(loads)


def test_alerts_are_told_where_only_the_jobs_cannot_be_read(modeltui: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    modeltui.file(BROKEN).unlink()
    keep(modeltui.root, KLING, JobState.UNCERTAIN)

    def damaged(*_: object) -> tuple[KeptJob, ...]:
        raise BrokenFileError("it is damaged")

    monkeypatch.setattr(JobStore, "list", damaged)
    ran = modeltui("alerts", "--all")
    assert ran.code == 0, ran.err
    assert ran.out
    assert "note: which runs are in doubt cannot be told: it is damaged" in ran.err
