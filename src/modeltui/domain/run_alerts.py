"""What the runs of models say that somebody should look at."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from modeltui.domain.alerts import Alert
from modeltui.domain.browse.narrowing import quoted
from modeltui.domain.catalog import Catalog
from modeltui.domain.file_paths import SETTINGS
from modeltui.domain.job import KeptJob
from modeltui.domain.model import Model
from modeltui.domain.money import USD
from modeltui.domain.price import cost_text
from modeltui.domain.run_statistics import IN_A_ROW, RECENT, is_failing, run_statistics_of
from modeltui.domain.run_stats import RunStats
from modeltui.domain.run_values import local, runs_of, spend_of

TESTED_WITHIN: Final = 90
"""Days that a test run of an active model is good for."""
DOUBT_LASTS: Final = 30
"""Days that a run of which nobody knows is an alert."""


def run_alerts_of(
    catalog: Catalog,
    today: date,
    doubts: Mapping[str, int],
    tested_within: int = TESTED_WITHIN,
    spend_over: Decimal | None = None,
) -> Iterator[Alert]:
    """None at all where nothing was ever run: a new catalogue is no cause for alarm.

    doubts: as `doubts_of` gives them. tested_within: days since the last run that are taken as fresh. spend_over: USD
    that the runs of a provider may have cost; None for any.
    """
    if not any(stats.total for stats in catalog.runs.values()):
        return
    for model in catalog.models.values():
        stats = runs_of(model, catalog)
        if stats is not None:
            yield from _of_model(model, stats, doubts.get(_subject(model.uid, model.key), 0))
    yield from _of_tests(catalog, today, tested_within)
    if spend_over is not None:
        yield from _of_spend(catalog, spend_over)


def doubts_of(uncertain: Iterable[KeptJob], today: date) -> Mapping[str, int]:
    """How many runs of each model nobody knows about and nobody has settled, by folded uid (by key without one).

    Settled is what was sent again. What is older than a month, nobody will look up any more.
    """
    return Counter(
        _subject(kept.job.uid, kept.job.key)
        for kept in uncertain
        if kept.resent_as is None and (today - (kept.ended_at or kept.job.started_at).date()).days <= DOUBT_LASTS
    )


def _subject(uid: str | None, key: str) -> str:
    return uid.casefold() if uid else key


def _of_model(model: Model, stats: RunStats, doubts: int) -> Iterator[Alert]:
    if model.active and is_failing(stats):
        yield Alert(
            code="failing",
            severity="warning",
            subject=model.key,
            message=_said_of(stats.trend[-RECENT:]),
            explanation="Whoever uses it may fail too. Its jobs say why: mend the file, or disable it.",
            keys=(model.key,),
            query=model.key,
        )
    if doubts:
        yield Alert(
            code="uncertain-runs",
            severity="warning",
            subject=model.key,
            message=f"has {doubts} {'run' if doubts == 1 else 'runs'} of which nobody knows whether "
            "it was sent, and billed",
            explanation="Look at the provider's own list. `modeltui jobs --state uncertain` shows them; "
            "none is sent again without a yes.",
            keys=(model.key,),
            query=model.key,
        )


def _said_of(recent: tuple[bool, ...]) -> str:
    if not any(recent[-IN_A_ROW:]):
        return f"fails: none of its last {IN_A_ROW} runs succeeded"
    return f"fails: {len(recent) - sum(recent)} of its last {len(recent)} runs did"


def _of_tests(catalog: Catalog, today: date, within: int) -> Iterator[Alert]:
    """By provider, since a new one would bring as many alerts as it has models."""
    never: Mapping[str, list[str]] = defaultdict(list)
    long_ago: Mapping[str, list[str]] = defaultdict(list)
    for model in catalog.models.values():
        if not model.active or model.is_broken:
            continue
        stats = runs_of(model, catalog)
        if stats is None or stats.tested_at is None:
            never[model.provider or ""].append(model.key)
        elif (today - local(stats.tested_at, catalog).date()).days > within:
            long_ago[model.provider or ""].append(model.key)
    explanation = "Whether they work today is not known. Run them: one at a time, or all with `modeltui batch`."
    for code, found, said, term in (
        ("never-tested", never, "never tested", "-tested:*"),
        ("tested-long-ago", long_ago, f"not tested for {within} days", f"tested>{within}d"),
    ):
        for provider, keys in found.items():
            of_provider = f"provider:{quoted(provider)}" if provider else "-provider:*"
            yield Alert(
                code=code,
                severity="note",
                subject=provider or "no provider",
                message=f"has {len(keys)} active {'model' if len(keys) == 1 else 'models'} {said}",
                explanation=explanation,
                keys=tuple(keys),
                query=f"{of_provider} active:yes {term}",
            )


def _of_spend(catalog: Catalog, most: Decimal) -> Iterator[Alert]:
    shares = run_statistics_of(tuple(catalog.models.values()), catalog).providers
    spends = [spend_of(share.stats, catalog.units) for share in shares]
    if catalog.units.problem is not None and any(spend is None or spend[1] != USD for spend in spends):
        yield Alert(
            code="spend-unknown",
            severity="warning",
            subject=SETTINGS,
            message=f"does not say what test runs took, so whether it is more than {cost_text(most, USD)} is not known",
            explanation=f"{catalog.units.problem}. `modeltui check` shows all of it.",
            keys=tuple(model.key for model in catalog.models.values() if runs_of(model, catalog) is not None),
            query="runs>0",
        )
    for share, spend in zip(shares, spends, strict=True):
        if spend is not None and spend[1] == USD and spend[0] > most:
            yield Alert(
                code="spend",
                severity="note",
                subject=share.label,
                message=f"took {cost_text(spend[0], USD)} for test runs, more than {cost_text(most, USD)}",
                explanation="`modeltui stats --by model` says which models took it; `batch --budget` limits the next.",
                keys=tuple(
                    model.key
                    for model in catalog.models.values()
                    if (model.provider or "none") == share.label and runs_of(model, catalog) is not None
                ),
                query=share.query,
            )
