"""The query language: what each term chooses, what is a mistake and where, and that it is quick and cannot hang."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeltui.domain.catalog import Catalog
from modeltui.domain.change import Action
from modeltui.domain.finding import Finding
from modeltui.domain.model import Model, broken_model, model_of
from modeltui.domain.pending.plan import Plan, PlannedFile
from modeltui.domain.query import Index, parse_query, select
from modeltui.domain.query.patterns import regex
from modeltui.errors import QueryError, UsageError

TODAY = date(2026, 11, 20)
DOCUMENTS: dict[str, dict[str, Any]] = {
    "chat/glm": {
        "uid": "11111111-0000-4000-8000-000000000001",
        "name": "GLM 4.6",
        "provider": "runware",
        "family": "GLM",
        "content_type": "chat",
        "version": "4.6",
        "active": True,
        "limits": {"context": 200_000},
        "modalities": {"input": ["text", "image"]},
        "capabilities": {"reasoning": True, "vision": False},
        "cost": {"base": "0.50", "currency": "USD"},
    },
    "image/flux": {
        "uid": "11111111-0000-4000-8000-000000000002",
        "name": "Flux",
        "provider": "replicate",
        "content_type": "image",
        "tags": ["Fast", "cheap"],
        "order": 1,
        "description": "",
        "lock": {"locked": True, "reason": "in production"},
        "cost": {"base": "5", "currency": "credits"},
        "timing": {"estimated_seconds": 90},
        "released_on": date(2026, 11, 10),
    },
    "image/flux-pro": {
        "uid": "11111111-0000-4000-8000-000000000003",
        "model_id": "runware:100@1",
        "name": "Flux Pro",
        "provider": "replicate",
        "family": "Straße",
        "content_type": "image",
        "active": True,
        "default": True,
        "order": 2,
        "cost": {"base": "12.5", "currency": "credits"},
        "released_on": date(2025, 10, 1),
        "retires_on": date(2026, 12, 1),
    },
}
FAULT = Finding("broken-file", "error", "not TOML", "models/video/odd.toml")


def _catalog() -> Catalog:
    models = {key: model_of(key, f"models/{key}.toml", "d", document) for key, document in DOCUMENTS.items()}
    models["video/odd"] = broken_model("video/odd", FAULT.path, FAULT)
    return Catalog("/catalog", models, DOCUMENTS)


def _planned(key: str, *, is_stale: bool = False) -> PlannedFile:
    return PlannedFile(
        key=key,
        path=f"models/{key}.toml",
        action=Action.UPDATE,
        base="d",
        edits=(),
        text=None,
        change_ids=("1",),
        by="alice",
        at=datetime(2026, 11, 20, tzinfo=UTC),
        is_stale=is_stale,
    )


CATALOG = _catalog()
PLAN = Plan({"chat/glm": _planned("chat/glm"), "image/flux": _planned("image/flux", is_stale=True)})
GLM, FLUX, PRO, ODD = CATALOG.models


def _chosen(text: str) -> list[str]:
    return [model.key for model in select(parse_query(text), CATALOG, PLAN, TODAY)]


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("", [GLM, FLUX, PRO, ODD]),
        ("  ", [GLM, FLUX, PRO, ODD]),
        ("flux", [FLUX, PRO]),
        ("FLUX pro", [PRO]),
        ("fast", [FLUX]),
        ("replicate", [FLUX, PRO]),
        ("STRASSE", [PRO]),
        ("odd", [ODD]),
        ("-flux", [GLM, ODD]),
        ('"flux pro"', [PRO]),
        ('"pro flux"', []),
        ('"runware:100@1"', [PRO]),
        ("glm-4.6", []),
        ("nothing-of-that-name", []),
    ],
)
def test_words_are_found_in_any_text_of_a_row(text: str, keys: list[str]) -> None:
    assert _chosen(text) == keys


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("image/flux", [FLUX]),
        ("-image/flux", [GLM, PRO, ODD]),
        ("image/flu", [FLUX, PRO]),
        ("11111111-0000-4000-8000-000000000002", [FLUX]),
        ('"image/flux"', [FLUX]),
        ("image/flux active:yes", []),
    ],
)
def test_a_whole_key_or_uid_is_that_model_only(text: str, keys: list[str]) -> None:
    assert _chosen(text) == keys


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("provider:REPLICATE", [FLUX, PRO]),
        ("provider:repl", []),
        ("provider:replicate,runware", [GLM, FLUX, PRO]),
        ("provider:replicate,", [FLUX, PRO]),
        ('name:"flux pro",flux', [FLUX, PRO]),
        ("key:image/*", [FLUX, PRO]),
        ("key:*/?lux", [FLUX]),
        ('key:"image/*"', []),
        ("name:~^flux$", [FLUX]),
        ("name:~pro|glm", [GLM, PRO]),
        ("name:~l{1,2}u", [FLUX, PRO]),
        ('name:~"x p"', [PRO]),
        ("tag:fast", [FLUX]),
        ("tag:fast,slow cheap", [FLUX]),
        ("type:image", [FLUX, PRO]),
        ("content_type:image", [FLUX, PRO]),
        ("version:4.6", [GLM]),
        ("version:4.60", []),
        ("cost:5.00", [FLUX]),
        ("order:1,2", [FLUX, PRO]),
        ("-family:*", [FLUX, ODD]),
        ("family:*", [GLM, PRO]),
        ('description:""', [FLUX]),
        ("lock.reason:*prod*", [FLUX]),
        ("limits.context:200000", [GLM]),
        ("limits.context:200_000", [GLM]),
        ("modalities.input:image", [GLM]),
        ("capabilities:reasoning", [GLM]),
        ("capabilities:vision", []),
        ("capabilities.vision:no", [GLM]),
        ("released:2026-11-10", [FLUX]),
        ("currency:usd", [GLM]),
    ],
)
def test_a_field_equals_fits_or_is_any_of(text: str, keys: list[str]) -> None:
    assert _chosen(text) == keys


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("active:yes", [GLM, PRO]),
        ("active:No", [FLUX, ODD]),
        ("active:yes,no", [GLM, FLUX, PRO, ODD]),
        ("lock:yes", [FLUX]),
        ("locked:true", [FLUX]),
        ("default:yes", [PRO]),
        ("broken:yes", [ODD]),
        ("pending:yes", [GLM, FLUX]),
        ("stale:yes", [FLUX]),
        ("-pending:yes", [PRO, ODD]),
    ],
)
def test_switches(text: str, keys: list[str]) -> None:
    assert _chosen(text) == keys


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("cost<5", [GLM]),
        ("cost<=5", [GLM, FLUX]),
        ("cost>5", [PRO]),
        ("cost>=12.50", [PRO]),
        ("-cost<5", [FLUX, PRO, ODD]),
        ("time<2m", [FLUX]),
        ("time>=90", [FLUX]),
        ("order>1", [PRO]),
        ("released>2026-01-01", [FLUX]),
        ("released>2025-10", [FLUX]),
        ("released<=2025-10-01", [PRO]),
        ("released<30d", [FLUX]),
        ("released>1y", [PRO]),
        ("retires<30d", [PRO]),
        ("retires<1w", []),
        ("limits.context>100000", [GLM]),
        ("limits.context<100000", []),
        ("version>4", [GLM]),
        ("tested<30d", []),
        ("success>90%", []),
        ("-tested<30d", [GLM, FLUX, PRO, ODD]),
    ],
)
def test_comparisons_of_numbers_dates_and_ages(text: str, keys: list[str]) -> None:
    assert _chosen(text) == keys


@pytest.mark.parametrize(
    ("text", "position", "message"),
    [
        ("veo provder:x", 4, "unknown field 'provder'"),
        ("runware:100@1", 0, "unknown field 'runware'"),
        ("active:maybe", 7, "active is yes or no, not 'maybe'"),
        ("active:yes,maybe", 11, "active is yes or no, not 'maybe'"),
        ("cost<cheap", 5, "cost is compared with a number, not 'cheap'"),
        ("  cost<", 7, "cost is compared with a number, not ''"),
        ("released<2026-13-01", 9, "released is compared with a date"),
        ("name<5", 4, "name is text and has no order"),
        ("active>1", 6, "active is yes or no and has no order"),
        ("provider:", 9, "a value is missing after provider:"),
        ("provider:,", 9, "a value is missing after provider:"),
        ('a "b', 2, "this quote is not closed"),
        ('name:"b"c', 8, "a blank is missing after this quote"),
        ("a - b", 2, "a minus negates the term right after it"),
        ("active=yes", 6, "a query has no `=`; write active:value"),
        ("name:~(", 6, "this is no regex"),
        ("name:~(a+)+$", 6, "this regex could run for too long"),
    ],
)
def test_a_mistake_is_told_with_its_position(text: str, position: int, message: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse_query(text)
    assert caught.value.position == position
    assert caught.value.message.startswith(message)


def test_a_misspelled_field_is_answered_with_the_nearest() -> None:
    with pytest.raises(QueryError) as caught:
        parse_query("provder:x")
    assert "did you mean provider?" in str(caught.value.hint)


@pytest.mark.parametrize(
    "source", ["(a+)+$", "(a|a)*b", "((a{2}){2})", "a?" * 40, "a*" * 5 + "b", "(?=a)", r"(a)\1", "a" * 201, "a{9999}"]
)
def test_a_regex_that_could_run_wild_is_refused(source: str) -> None:
    with pytest.raises(UsageError):
        regex(source)


@pytest.mark.parametrize("source", ["a*b", "a*a*b", "a*a*a*b", "a?" * 8 + "a" * 8 + "b", ".*.*x", "(ab){50}b"])
def test_what_a_regex_may_cost_is_bounded(source: str) -> None:
    pattern = regex(source)
    started = time.process_time()
    assert not pattern.matches("a" * 100_000)
    assert time.process_time() - started < 5


def test_a_path_needs_no_known_name_and_may_be_quoted() -> None:
    documents = {"a": {"cost": {"multipliers": {"4:3": {"x": 1.5}}}}}
    catalog = Catalog("/c", {"a": model_of("a", "models/a.toml", "d", documents["a"])}, documents)
    query = parse_query('cost.multipliers."4:3".x>1')
    assert [model.key for model in select(query, catalog, Plan({}), TODAY)] == ["a"]


FIELDS = st.sampled_from(
    ["active", "lock", "name", "cost", "time", "released", "tag", "limits.context", "key", "tested"]
)
VALUES = st.sampled_from(["yes", "no", "flux", "*l*", "5", "2026-01-01", "30d", '"a b"', "~f.u", "a,b", "200000"])
SIGNS = st.sampled_from([":", "<", "<=", ">", ">="])
TERMS = st.one_of(
    st.builds("{}{}{}".format, FIELDS, SIGNS, VALUES), st.sampled_from(["flux", "image/flux", "glm", '"x p"', "zz"])
)


def _is_query(text: str) -> bool:
    try:
        parse_query(text)
    except QueryError:
        return False
    return True


@given(TERMS.filter(_is_query))
def test_negation_is_the_complement(term: str) -> None:
    assert sorted([*_chosen(term), *_chosen(f"-{term}")]) == sorted(CATALOG.models)


@given(st.lists(TERMS.filter(_is_query), max_size=4))
def test_terms_are_anded_in_any_order(terms: list[str]) -> None:
    each = [set(_chosen(term)) for term in terms]
    assert set(_chosen(" ".join(terms))) == set(CATALOG.models).intersection(*each)


@given(st.text(alphabet=st.sampled_from('ab:<>=-~*?",.\\() \n\x00é'), max_size=30) | st.text(max_size=40))
def test_any_text_parses_or_is_a_mistake_within_it(text: str) -> None:
    if _is_query(text):
        select(parse_query(text), CATALOG, PLAN, TODAY)
        return
    with pytest.raises(QueryError) as caught:
        parse_query(text)
    assert 0 <= caught.value.position <= len(text)


@given(st.lists(TERMS.filter(_is_query), max_size=3), st.lists(TERMS.filter(_is_query), max_size=3))
def test_rows_within_those_of_a_wider_query_are_the_same_rows(first: list[str], second: list[str]) -> None:
    index = Index(CATALOG)
    wide, narrow = parse_query(" ".join(first)), parse_query(" ".join([*first, *second]))
    assert index.narrows(narrow, wide)
    rows = index.select(wide, PLAN, TODAY)
    assert index.select(narrow, PLAN, TODAY) == Index(CATALOG).select(narrow, PLAN, TODAY)
    assert index.select(wide, PLAN, TODAY) == rows


@pytest.mark.parametrize(
    ("longer", "shorter", "expected"),
    [
        ("flux", "flu", True),
        ("flu", "flux", False),
        ("image/flux-pro", "image/flux", False),
        ("-flux", "-flu", False),
        ("active:yes flux", "active:yes", True),
        ("active:no", "active:yes", False),
    ],
)
def test_what_narrows_what(longer: str, shorter: str, expected: bool) -> None:
    assert Index(CATALOG).narrows(parse_query(longer), parse_query(shorter)) is expected


def _money(rate: str | None) -> Index:
    models = {
        key: Model(key=key, path=f"models/{key}.toml", base_cost=Decimal(amount), cost_currency=currency)
        for key, amount, currency in (
            ("a", "3", "credits"),
            ("b", "0.04", "USD"),
            ("c", "0.1", "USD"),
            ("d", "1", "EUR"),
        )
    }
    units = {} if rate is None else {"schema": 1, "units": {"credits_per_usd": rate}}
    return Index(Catalog("/c", models, {}, settings=units))


@pytest.mark.parametrize(
    ("rate", "query", "keys"),
    [
        ("50", "cost<=3", "ab"),
        ("50", "cost>3", "c"),
        ("50", "-cost>3", "abd"),
        ("50", "currency:USD cost<0.05", "b"),
        ("50", "cost<0.05 currency:usd", "b"),
        ("50", "-currency:EUR cost<=3", "ab"),
        ("50", "cost:0.04", "b"),
        (None, "cost<=3", "abcd"),
        (None, "currency:USD cost<0.05", "b"),
    ],
)
def test_costs_are_compared_in_credits_or_in_the_currency_that_is_named(
    rate: str | None, query: str, keys: str
) -> None:
    assert "".join(model.key for model in _money(rate).select(parse_query(query), Plan({}), TODAY)) == keys


def test_a_cost_in_a_currency_that_has_a_rate_is_compared_in_credits() -> None:
    models = {
        key: Model(key=key, path=f"models/{key}.toml", base_cost=Decimal(amount), cost_currency=currency)
        for key, amount, currency in (("a", "1", "USD"), ("b", "1", "EUR"), ("c", "1", "CHF"))
    }
    units = {"credits_per_usd": "50", "rates": {"EUR": "1.08"}}
    index = Index(Catalog("/c", models, {}, settings={"schema": 1, "units": units}))
    assert "".join(model.key for model in index.select(parse_query("cost>=54"), Plan({}), TODAY)) == "b"


def test_a_currency_does_not_narrow_a_cost_that_was_compared_in_credits() -> None:
    index = _money("50")
    assert not index.narrows(parse_query("cost<1 currency:usd"), parse_query("cost<1"))
    assert index.narrows(parse_query("cost<1 currency:usd a"), parse_query("cost<1 currency:usd"))
    for query in ("cost<1", "currency:usd cost<1", "cost<1"):
        index.select(parse_query(query), Plan({}), TODAY)
    assert [model.key for model in index.select(parse_query("cost<1"), Plan({}), TODAY)] == []


def test_a_word_is_as_quick_as_a_bare_search_in_folded_texts() -> None:
    models = {
        (key := f"video/model-{number}"): Model(key=key, path=f"models/{key}.toml", name=f"Veo {number} Fast")
        for number in range(20_000)
    }
    index, texts, query = Index(Catalog("/c", models, {})), [f"{key}\n{key}" for key in models], parse_query("model-77")
    index.select(query, Plan({}), TODAY)
    ours = min(_seconds(lambda: index.select(query, Plan({}), TODAY)) for _ in range(9))
    floor = min(_seconds(lambda: [text for text in texts if "model-77" in text]) for _ in range(9))
    assert ours < 8 * floor


def _seconds(act: Any) -> float:
    started = time.thread_time()
    act()
    return time.thread_time() - started
