"""Runs in sums, and what of them somebody should look at."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from modeltui.domain.alerts import Alert
from modeltui.domain.catalog import Catalog
from modeltui.domain.job import Job, JobState, KeptJob
from modeltui.domain.model import Model
from modeltui.domain.pending.plan import Plan
from modeltui.domain.query import parse_query, select
from modeltui.domain.run_alerts import doubts_of, run_alerts_of
from modeltui.domain.run_statistics import is_failing, run_statistics_of
from modeltui.domain.run_stats import RunStats

TODAY = date(2026, 11, 21)
MOMENT = datetime(2026, 11, 20, 12, tzinfo=UTC)
GOOD, BAD = True, False


def _stats(trend: tuple[bool, ...], **more: Any) -> RunStats:
    given = {"tested_at": MOMENT, "average_s": 2.0 if any(trend) else None, **more}
    return RunStats(
        total=len(trend) + given.get("uncertain", 0),
        succeeded=sum(trend),
        failed=len(trend) - sum(trend),
        trend=trend,
        **given,
    )


def _catalog(**runs: RunStats | None) -> Catalog:
    """Active models by name, of provider acme where the name begins with `a`, else of globex."""
    models = {
        f"chat/{name}": Model(
            key=f"chat/{name}",
            path=f"models/chat/{name}.toml",
            uid=name,
            provider="acme" if name.startswith("a") else "globex",
            active=True,
        )
        for name in sorted(runs)
    }
    return Catalog("/c", models, {}, runs={name: stats for name, stats in runs.items() if stats}, as_of=MOMENT)


def _alerts(catalog: Catalog, **more: Any) -> list[Alert]:
    return list(run_alerts_of(catalog, TODAY, more.pop("doubts", {}), **more))


def _codes(catalog: Catalog, **more: Any) -> list[tuple[str, str]]:
    return [(alert.code, alert.subject) for alert in _alerts(catalog, **more)]


def test_runs_of_each_provider_and_of_all() -> None:
    catalog = _catalog(
        a1=_stats((GOOD, GOOD), spend={"USD": Decimal("0.5")}, average_s=1.0),
        a2=_stats((GOOD, BAD), spend={"USD": Decimal("0.25"), "credits": Decimal(3)}, average_s=4.0),
        b1=_stats((BAD,), tested_at=MOMENT - timedelta(days=3)),
        c1=None,
    )
    found = run_statistics_of(list(catalog.models.values()), catalog)
    assert [(share.label, share.stats.total, share.models) for share in found.providers] == [
        ("acme", 4, 2),
        ("globex", 1, 1),
    ]
    acme = found.providers[0].stats
    assert (acme.succeeded, acme.failed, acme.success) == (3, 1, 75.0)
    assert acme.average_s == pytest.approx(2.0), "over the runs, not over the models"
    assert acme.spend == {"USD": Decimal("0.75"), "credits": Decimal(3)}
    assert found.all.stats.total == 5
    assert found.all.stats.tested_at == MOMENT
    assert [each.key for each in found.models] == ["chat/a1", "chat/a2", "chat/b1"]


def test_each_query_shows_what_was_counted() -> None:
    catalog = _catalog(a1=_stats((GOOD,)), b1=_stats((BAD,)), b2=None)
    found = run_statistics_of(list(catalog.models.values()), catalog, "active:yes")
    for share in (*found.providers, found.all):
        assert len(select(parse_query(share.query), catalog, Plan({}), TODAY)) == share.models
        assert share.query.startswith("active:yes ")


def test_nothing_run_is_nothing() -> None:
    catalog = _catalog(a1=None)
    found = run_statistics_of(list(catalog.models.values()), catalog)
    assert (found.providers, found.models, found.failing, found.all.stats.total) == ((), (), (), 0)


@pytest.mark.parametrize(
    ("trend", "fails"),
    [
        ((), False),
        ((BAD,), False),
        ((BAD, BAD), False),
        ((BAD, BAD, BAD), True),
        ((GOOD, BAD, BAD), True),
        ((GOOD, BAD, GOOD), False),
        ((GOOD,) * 7 + (BAD,) * 3, True),
        ((GOOD,) * 5 + (BAD,) * 4 + (GOOD,), False),
        ((BAD,) * 10 + (GOOD,) * 10, False),
        ((GOOD,) * 10 + (BAD,) * 6 + (GOOD,) * 4, True),
    ],
)
def test_when_a_model_fails(trend: tuple[bool, ...], fails: bool) -> None:
    assert is_failing(_stats(trend)) is fails


def test_a_failing_model_is_an_alert_while_it_is_active() -> None:
    catalog = _catalog(a1=_stats((BAD,) * 4), a2=_stats((BAD, GOOD, BAD, BAD, GOOD)))
    first, second = _alerts(catalog)
    assert (first.severity, first.keys, first.message) == (
        "warning",
        ("chat/a1",),
        "fails: none of its last 3 runs succeeded",
    )
    assert second.message == "fails: 3 of its last 5 runs did"
    models = {key: replace(model, active=False) for key, model in catalog.models.items()}
    assert _codes(replace(catalog, models=models)) == []


def test_nothing_is_told_of_a_catalogue_that_was_never_run() -> None:
    assert _codes(_catalog(a1=None, b1=None)) == []


def test_what_was_never_tested_or_long_ago_is_one_alert_for_a_provider() -> None:
    old = MOMENT - timedelta(days=91)
    catalog = _catalog(a1=None, a2=None, a3=_stats((GOOD,)), b1=_stats((GOOD,), tested_at=old), b2=None)
    assert _codes(catalog) == [("never-tested", "acme"), ("never-tested", "globex"), ("tested-long-ago", "globex")]
    for alert in _alerts(catalog):
        chosen = select(parse_query(alert.query), catalog, Plan({}), TODAY)
        assert tuple(model.key for model in chosen) == alert.keys
        assert alert.severity == "note"
    assert ("tested-long-ago", "globex") not in _codes(catalog, tested_within=120)


def test_runs_in_doubt_are_told_until_they_are_settled() -> None:
    catalog = _catalog(a1=_stats((GOOD,), uncertain=2))
    assert _codes(catalog) == []
    (alert,) = _alerts(catalog, doubts={"a1": 2})
    assert (alert.code, alert.severity, alert.keys) == ("uncertain-runs", "warning", ("chat/a1",))
    assert "2 runs" in alert.message


def test_what_is_still_in_doubt() -> None:
    job = Job(id="1", key="chat/a", uid="A1", provider="acme", state=JobState.UNCERTAIN, started_at=MOMENT)
    kept = KeptJob(
        job=job, by="bob", model_id=None, model_digest="", inputs={}, request=None, steps=(), ended_at=MOMENT
    )
    jobs = [
        kept,
        replace(kept, resent_as="2"),
        replace(kept, ended_at=MOMENT - timedelta(days=60)),
        replace(kept, job=replace(job, uid=None)),
    ]
    assert doubts_of(jobs, TODAY) == {"a1": 1, "chat/a": 1}


def test_a_spend_over_the_limit_is_told_where_there_is_one() -> None:
    catalog = _catalog(
        a1=_stats((GOOD,), spend={"USD": Decimal(6)}),
        a2=_stats((GOOD,), spend={"USD": Decimal(6)}),
        b1=_stats((GOOD,), spend={"USD": Decimal(6)}),
    )
    assert _codes(catalog) == []
    (alert,) = _alerts(catalog, spend_over=Decimal(10))
    assert (alert.code, alert.subject, alert.keys) == ("spend", "acme", ("chat/a1", "chat/a2"))
    assert "$12" in alert.message
