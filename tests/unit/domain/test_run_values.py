"""What the runs of a model come to, in numbers and in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from modeltui.domain.catalog import Catalog
from modeltui.domain.model import Model
from modeltui.domain.run_stats import RunStats
from modeltui.domain.run_values import (
    age_text,
    amounts_of,
    local,
    runs_of,
    seconds_text,
    spend_of,
    spend_text,
    success_of,
    success_text,
    trend_digits,
    trend_text,
)
from modeltui.domain.units import NO_UNITS, Units

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
UNITS = Units(Decimal(50))
RATES = Units(Decimal(50), rates={"EUR": Decimal("1.1")})


def _spend(**amounts: str) -> dict[str, Decimal]:
    return {name: Decimal(amount) for name, amount in amounts.items()}


def test_a_model_is_found_by_its_uid_and_one_without_by_its_key() -> None:
    known = RunStats(total=1)
    catalog = Catalog("/c", {}, {}, runs={"u": known, "chat/b": known, "c": RunStats()})
    assert runs_of(Model(key="chat/a", path="a", uid="u"), catalog) is known
    assert runs_of(Model(key="chat/b", path="b"), catalog) is known
    assert runs_of(Model(key="chat/b", path="b", uid="other"), catalog) is None
    assert runs_of(Model(key="chat/c", path="c", uid="c"), catalog) is None, "no run ended"


@pytest.mark.parametrize(
    ("succeeded", "failed", "share", "text"),
    [(0, 0, None, ""), (3, 0, 100.0, "100 %"), (0, 2, 0.0, "0 %"), (2, 1, 66.6, "66 %"), (9999, 1, 99.9, "99 %")],
)
def test_success_is_rounded_down(succeeded: int, failed: int, share: float | None, text: str) -> None:
    stats = RunStats(total=succeeded + failed, succeeded=succeeded, failed=failed)
    assert (success_of(stats), success_text(stats)) == (share, text)


@pytest.mark.parametrize(
    ("spend", "units", "one", "text"),
    [
        ({}, UNITS, (Decimal(0), "USD"), ""),
        (_spend(credits="60"), UNITS, (Decimal("1.2"), "USD"), "$1.20"),
        (_spend(credits="60"), NO_UNITS, (Decimal(60), "credits"), "60"),
        (_spend(credits="50", USD="0.25"), UNITS, (Decimal("1.25"), "USD"), "$1.25"),
        (_spend(credits="50", USD="0.25"), NO_UNITS, (Decimal("0.25"), "USD"), "$0.25 + 50"),
        (_spend(credits="50", EUR="2.5"), NO_UNITS, None, "2.5 EUR + 50"),
        (_spend(credits="50", EUR="3"), UNITS, (Decimal(1), "USD"), "3 EUR + $1"),
        (_spend(credits="50", EUR="3"), RATES, (Decimal("4.3"), "USD"), "$4.30"),
        (_spend(USD="0.0042"), NO_UNITS, (Decimal("0.0042"), "USD"), "$0.0042"),
        (_spend(USD="0.1"), NO_UNITS, (Decimal("0.1"), "USD"), "$0.10"),
        (_spend(USD="1e30"), NO_UNITS, (Decimal("1e30"), "USD"), "$" + "1" + "0" * 30),
        ({"": Decimal(5)}, NO_UNITS, (Decimal(5), "credits"), "5"),
    ],
)
def test_a_spend(spend: dict[str, Decimal], units: Units, one: tuple[Decimal, str] | None, text: str) -> None:
    assert spend_of(RunStats(total=1, spend=spend), units) == one
    assert spend_text(spend, units) == text


def test_an_amount_that_does_not_divide_is_kept_to_a_millionth() -> None:
    assert amounts_of(_spend(credits="1"), Units(Decimal(3))) == {"USD": Decimal("0.333333")}


@pytest.mark.parametrize(
    ("ago", "text"),
    [
        (timedelta(seconds=-5), "now"),
        (timedelta(seconds=59), "now"),
        (timedelta(minutes=5), "5m"),
        (timedelta(hours=23, minutes=59), "23h"),
        (timedelta(days=2, hours=3), "2d"),
        (timedelta(days=89), "89d"),
        (timedelta(days=125), "4mo"),
        (timedelta(days=800), "2y"),
    ],
)
def test_an_age(ago: timedelta, text: str) -> None:
    assert age_text(NOW - ago, NOW) == text


def test_without_a_clock_an_age_is_the_day() -> None:
    assert age_text(NOW, None) == "2026-11-21"
    assert age_text(NOW.replace(tzinfo=None), NOW) == "2026-11-21"


def test_a_moment_is_told_where_the_reader_is() -> None:
    zone = timezone(timedelta(hours=13))
    catalog = Catalog("/c", {}, {}, as_of=NOW.astimezone(zone))
    assert local(NOW, catalog).date().isoformat() == "2026-11-22"
    assert local(NOW, Catalog("/c", {}, {})) is NOW


def test_seconds_and_trends() -> None:
    assert [seconds_text(seconds) for seconds in (None, 0.04, 9.94, 10.4, 125.0)] == ["", "0.0s", "9.9s", "10s", "125s"]
    stats = RunStats(total=3, trend=(True, True, False))
    assert (trend_text(stats), trend_digits(stats)) == ("██▁", "110")
    assert (trend_text(RunStats()), trend_digits(RunStats())) == ("", None)
