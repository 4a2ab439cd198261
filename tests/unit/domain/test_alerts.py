"""What an administrator is told to look at, and what would end it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from modeltui.domain.alerts import SEVERITIES, Alert, alerts_of
from modeltui.domain.catalog import Catalog
from modeltui.domain.document import with_value
from modeltui.domain.finding import Finding
from modeltui.domain.model import broken_model, model_of

TODAY = date(2026, 11, 20)


def catalog_of(**models: Mapping[str, Any]) -> Catalog:
    """Models `chat/NAME` of the provider kie_ai, active and verified today but for what is said."""
    documents: dict[str, dict[str, Any]] = {}
    for name, fields in models.items():
        documents[f"chat/{name}"] = {
            "schema": 1,
            "uid": str(uuid.uuid5(uuid.NAMESPACE_URL, name)),
            "model_id": name,
            "name": name.title(),
            "provider": "kie_ai",
            "content_type": "chat",
            "active": True,
            "verified_on": TODAY,
            "cost": {"currency": "credits", "base": "1"},
            **fields,
        }
    rows = {key: model_of(key, f"models/{key}.toml", "", document) for key, document in documents.items()}
    return Catalog("/nowhere", rows, documents, {"kie_ai": {}})


def alerts(catalog: Catalog, missing: Mapping[str, tuple[str, ...]] | None = None) -> list[Alert]:
    return list(alerts_of(catalog, TODAY, missing or {}))


def codes(catalog: Catalog) -> list[tuple[str, str]]:
    return [(alert.code, alert.severity) for alert in alerts(catalog)]


def only(catalog: Catalog) -> Alert:
    (alert,) = alerts(catalog)
    return alert


def test_a_good_catalogue_has_no_alert() -> None:
    assert alerts(catalog_of(a={"default": True}, b={"retires_on": TODAY + timedelta(days=91)})) == []


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (-1, ("retired-active", "error")),
        (0, ("retires-soon", "warning")),
        (30, ("retires-soon", "warning")),
        (31, ("retires-soon", "note")),
        (90, ("retires-soon", "note")),
    ],
)
def test_the_last_day_comes_near(days: int, said: tuple[str, str]) -> None:
    assert codes(catalog_of(a={"default": True, "retires_on": TODAY + timedelta(days=days)})) == [said]


def test_what_is_off_may_retire_and_be_deprecated() -> None:
    off = {"active": False, "retires_on": TODAY - timedelta(days=1), "status": "deprecated", "verified_on": None}
    assert alerts(catalog_of(a={"default": True}, b={k: v for k, v in off.items() if v is not None})) == []


def test_a_retired_model_is_disabled_by_its_remedy() -> None:
    alert = only(catalog_of(a={"default": True}, b={"retires_on": TODAY - timedelta(days=1)}))
    assert alert.keys == ("chat/b",)
    assert alert.remedy is not None
    assert alert.remedy.label == "disable"
    assert [(edit.path, edit.new) for edit in alert.remedy.edits] == [(("active",), False)]
    assert not alert.remedy.is_in({"active": True})
    assert alert.remedy.is_in({"active": False})


@pytest.mark.parametrize("fields", [{"status": "deprecated"}, {"deprecated_on": TODAY}])
def test_deprecated_and_offered(fields: dict[str, Any]) -> None:
    alert = only(catalog_of(a={"default": True}, b=fields))
    assert (alert.code, alert.severity, alert.subject) == ("deprecated-active", "warning", "chat/b")
    assert alert.remedy is not None


def test_a_day_of_deprecation_to_come_is_no_alert() -> None:
    assert alerts(catalog_of(a={"default": True, "deprecated_on": TODAY + timedelta(days=1)})) == []


def test_a_missing_default_has_a_remedy_where_there_is_one_candidate() -> None:
    alert = only(catalog_of(a={}, b={"active": False}))
    assert (alert.code, alert.subject, alert.query) == ("no-default", "chat", "type:chat active:yes")
    assert alert.remedy is not None
    assert alert.remedy.is_in(with_value({}, ("default",), True))
    several = only(catalog_of(a={}, b={}))
    assert several.keys == ("chat/a", "chat/b")
    assert several.remedy is None


def test_defaults_that_cannot_serve() -> None:
    assert codes(catalog_of(a={"default": True}, b={"default": True})) == [("several-defaults", "error")]
    alert = only(catalog_of(a={"default": True, "active": False}, b={}))
    assert (alert.code, alert.severity, alert.remedy) == ("inactive-default", "warning", None)


def test_a_lock_that_is_broken_is_the_gravest() -> None:
    catalog = catalog_of(a={"default": True, "lock": {"locked": True, "by": "ops"}}, b={"status": "deprecated"})

    drifted = replace(catalog.models["chat/a"], is_drifted=True)
    found = alerts(replace(catalog, models={**catalog.models, "chat/a": drifted}))
    assert [(alert.code, alert.severity) for alert in found] == [
        ("lock-broken", "error"),
        ("deprecated-active", "warning"),
    ]
    assert "locked by ops" in found[0].message


def test_a_broken_file_says_why_and_nothing_else() -> None:
    fault = Finding("toml-syntax", "error", "no closing quote", "models/chat/x.toml", 3)
    catalog = Catalog("/nowhere", {"chat/x": broken_model("chat/x", fault.path, fault)}, {})
    alert = only(catalog)
    assert (alert.code, alert.severity, alert.remedy) == ("broken", "error", None)
    assert "no closing quote" in alert.message


def test_a_replacement_leads_to_an_active_model() -> None:
    models: dict[str, dict[str, Any]] = {
        "a": {"default": True},
        "old": {"active": False, "replaced_by": "chat/newer"},
        "newer": {"active": False, "replaced_by": "chat/a"},
    }
    alert = only(catalog_of(**models))
    assert (alert.code, alert.subject) == ("replaced-by-inactive", "chat/old")
    assert alert.remedy is not None
    assert alert.remedy.edits[0].new == "chat/a"


@pytest.mark.parametrize("target", ["chat/none", "chat/off", "chat/old"])
def test_a_replacement_that_leads_nowhere_is_left_to_a_person(target: str) -> None:
    models: dict[str, dict[str, Any]] = {
        "a": {"default": True},
        "off": {"active": False},
        "old": {"active": False, "replaced_by": target},
    }
    alert = only(catalog_of(**models))
    assert (alert.code, alert.remedy) == ("replaced-by-inactive", None)


def test_replacements_in_a_circle_end() -> None:
    models: dict[str, dict[str, Any]] = {
        "a": {"default": True},
        "b": {"active": False, "replaced_by": "chat/c"},
        "c": {"active": False, "replaced_by": "chat/b"},
    }
    assert [alert.remedy for alert in alerts(catalog_of(**models))] == [None, None]


def test_a_price_is_verified_for_some_days() -> None:
    old = {"default": True, "verified_on": TODAY - timedelta(days=91)}
    assert codes(catalog_of(a=old)) == [("price-unverified", "note")]
    assert alerts_of(catalog_of(a=old), TODAY, {}, verified_within=91) == ()
    never = {"default": True, "verified_on": "?"}
    assert "yet" in only(catalog_of(a=never)).message
    assert alerts(catalog_of(a={"default": True, "verified_on": "?", "cost": {}})) == []


def test_a_missing_key_matters_where_models_are_active() -> None:
    (alert,) = alerts(catalog_of(a={"default": True}), {"kie_ai": ("KIE_AI_API_KEY",), "idle": ("X",)})
    assert (alert.code, alert.subject, alert.query) == ("key-missing", "kie_ai", "provider:kie_ai active:yes")
    assert "KIE_AI_API_KEY" in alert.explanation
    assert alert.keys == ("chat/a",)


def test_the_gravest_come_first_and_ids_are_unique() -> None:
    found = alerts(
        catalog_of(
            a={"retires_on": TODAY - timedelta(days=3), "status": "deprecated", "verified_on": "?"},
            b={"retires_on": TODAY + timedelta(days=3)},
        ),
        {"kie_ai": ()},
    )
    ranks = [SEVERITIES.index(alert.severity) for alert in found]
    assert ranks == sorted(ranks)
    assert len({alert.id for alert in found}) == len(found) == 6
    assert all(alert.explanation.endswith(".") for alert in found)


def test_a_chain_of_replacements_is_gone_along_once() -> None:
    looked: list[str] = []

    class Counted(dict[str, Any]):
        def __getitem__(self, key: str) -> Any:
            looked.append(key)
            return super().__getitem__(key)

    count = 200
    chain = {f"m{n:03}": {"active": False, "replaced_by": f"chat/m{n + 1:03}"} for n in range(count - 1)}
    catalog = catalog_of(**chain, **{f"m{count - 1:03}": {"default": True}})
    found = alerts(replace(catalog, models=Counted(catalog.models)))
    assert len(found) == count - 2
    assert {alert.remedy.edits[0].new for alert in found if alert.remedy} == {f"chat/m{count - 1:03}"}
    assert len(looked) < 5 * count


def test_replacements_in_a_circle_lead_nowhere_from_wherever_one_begins() -> None:
    circle = {f"m{n}": {"active": False, "replaced_by": f"chat/m{(n + 1) % 3}"} for n in range(3)}
    catalog = catalog_of(**circle, before={"active": False, "replaced_by": "chat/m1"})
    assert [(alert.code, alert.remedy) for alert in alerts(catalog)] == [("replaced-by-inactive", None)] * 4
