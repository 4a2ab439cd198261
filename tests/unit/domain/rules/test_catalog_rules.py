"""Rules across files: identity, defaults, lifetimes, providers."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from modeltui.domain.finding import Finding
from modeltui.domain.model import broken_model
from modeltui.domain.rules import check

from .conftest import TODAY, Codes, MakeCatalog, catalog_of, findings, model_file


def test_nothing_is_said_of_a_good_catalogue(many: MakeCatalog, codes: Codes) -> None:
    assert codes(many(a={"active": True, "default": True}, b={"active": True}, c={})) == []


def test_a_uid_is_of_one_model(many: MakeCatalog) -> None:
    uid = "c3d4e5f6-0a1b-2c3d-4e5f-a6b7c8d9e0f1"
    found = findings(many(a={"uid": uid}, b={"uid": uid.upper()}, c={}))
    assert [(each.code, each.path, each.field) for each in found] == [
        ("duplicate-uid", "models/chat/a.toml", "uid"),
        ("duplicate-uid", "models/chat/b.toml", "uid"),
    ]
    assert "chat/b" in found[0].message


@pytest.mark.parametrize(("left", "right"), [("chat/flux", "chat/Flux"), ("chat/caf\u00e9", "chat/cafe\u0301")])
def test_keys_differ_in_more_than_case_and_encoding(left: str, right: str, codes: Codes) -> None:
    catalog = catalog_of([(left, model_file(left)), (right, model_file(right))])
    assert [code for code, _ in codes(catalog) if code != "slug-form"] == ["key-collision", "key-collision"]


def test_a_file_lies_where_it_says(codes: Codes) -> None:
    catalog = catalog_of([("chat/a", model_file("chat/a", content_type="embedding"))])
    assert codes(catalog) == [("folder-mismatch", "models/chat/a.toml")]


def test_a_provider_is_named_as_its_file(codes: Codes, one: MakeCatalog) -> None:
    catalog = one()
    renamed = replace(catalog, providers={"kie_ai": {**catalog.providers["kie_ai"], "id": "other"}})
    assert codes(renamed) == [("folder-mismatch", "providers/kie_ai.toml")]


def test_a_file_name_in_another_case_is_a_note(codes: Codes) -> None:
    catalog = catalog_of([("chat/My_Model", model_file("chat/My_Model"))])
    (finding,) = findings(catalog)
    assert (finding.code, finding.severity) == ("slug-form", "note")


def test_one_default_for_each_content_type(many: MakeCatalog, codes: Codes) -> None:
    on: dict[str, Any] = {"active": True, "default": True}
    assert codes(many(a=on, b=on)) == [
        ("several-defaults", "models/chat/a.toml"),
        ("several-defaults", "models/chat/b.toml"),
    ]
    assert codes(many(a={"active": True}, b={})) == [("no-default", "models/chat")]
    assert codes(many(a={"default": True}, b={"active": True})) == [("inactive-default", "models/chat/a.toml")]
    assert codes(many(a={}, b={})) == []


def test_a_broken_row_is_no_default(many: MakeCatalog, codes: Codes) -> None:
    catalog = many(a={"active": True, "default": True})
    fault = Finding("toml-syntax", "error", "no TOML", "models/chat/z.toml", line=3)
    models = {**catalog.models, "chat/z": broken_model("chat/z", "models/chat/z.toml", fault)}
    assert check(replace(catalog, models=models), TODAY) == [fault]


@pytest.mark.parametrize(
    ("days", "expected"),
    [(-1, ["retired-active"]), (0, ["retires-soon"]), (30, ["retires-soon"]), (31, [])],
)
def test_the_last_day_of_an_active_model(days: int, expected: list[str], many: MakeCatalog) -> None:
    model = {"active": True, "default": True, "retires_on": TODAY + timedelta(days=days)}
    assert [each.code for each in findings(many(a=model))] == expected
    assert findings(many(a={**model, "active": False, "default": False})) == []


def test_a_deprecated_model_is_not_active(many: MakeCatalog) -> None:
    on: dict[str, Any] = {"active": True, "default": True}
    assert [each.code for each in findings(many(a={**on, "status": "deprecated"}))] == ["deprecated-active"]
    assert [each.code for each in findings(many(a={**on, "deprecated_on": TODAY}))] == ["deprecated-active"]
    assert findings(many(a={**on, "deprecated_on": TODAY + timedelta(days=1)})) == []


def test_days_are_in_order(one: MakeCatalog) -> None:
    catalog = one(released_on=date(2026, 1, 2), deprecated_on=date(2026, 1, 1), retires_on=date(2025, 1, 1))
    assert [(each.code, each.field) for each in findings(catalog)] == [
        ("dates-reversed", "released_on"),
        ("dates-reversed", "released_on"),
        ("dates-reversed", "deprecated_on"),
    ]


@pytest.mark.parametrize(
    ("key", "expected"), [("chat/b", []), ("chat/c", ["replaced-by-missing"]), ("chat/a", ["replaced-by-missing"])]
)
def test_what_replaces_a_model_is_there(key: str, expected: list[str], many: MakeCatalog) -> None:
    assert [each.code for each in findings(many(a={"replaced_by": key}, b={}))] == expected


def test_a_provider_has_a_file(many: MakeCatalog) -> None:
    (finding,) = findings(many(a={"provider": "fal"}))
    assert (finding.code, finding.field, finding.hint) == ("provider-missing", "provider", "the catalogue has kie_ai")


def test_a_provider_file_that_cannot_be_read_is_said_once(many: MakeCatalog) -> None:
    fault = Finding("toml-syntax", "error", "no TOML", "providers/fal.toml", line=1)
    assert check(replace(many(a={"provider": "fal"}), faults=(fault,)), TODAY) == [fault]


def test_a_model_names_only_keys_that_its_provider_allows(one: MakeCatalog) -> None:
    assert findings(one(keys=["KIE_AI_API_KEY", "KIE_AI_API_KEY_VEO"])) == []
    (finding,) = findings(one(keys=["KIE_AI_API_KEY_VEO", "AWS_SECRET_ACCESS_KEY"]))
    assert (finding.code, finding.field) == ("key-not-allowed", "keys")
    assert "AWS_SECRET_ACCESS_KEY" in finding.message


def test_a_model_does_not_set_the_header_of_the_key(one: MakeCatalog) -> None:
    request = {"path": "/x", "headers": {"X-Api-Key": "mine"}}
    catalog = one(request=request, result={"kind": "bytes"})
    auth = {"scheme": "header", "header": "x-api-key", "env": ["A_KEY"]}
    provider = {**catalog.providers["kie_ai"], "auth": auth}
    (finding,) = findings(replace(catalog, providers={"kie_ai": provider}))
    assert (finding.code, finding.field) == ("forbidden-header", "request.headers.X-Api-Key")


def test_faults_of_settings_and_providers_are_found(one: MakeCatalog) -> None:
    catalog = one()
    provider = {**catalog.providers["kie_ai"], "hots": []}
    wrong = replace(catalog, providers={"kie_ai": provider}, settings={"schema": 1, "polcy": {}})
    assert [(each.code, each.path, each.hint) for each in findings(wrong)] == [
        ("unknown-key", "catalog.toml", "did you mean `policy`?"),
        ("unknown-key", "providers/kie_ai.toml", "did you mean `hosts`?"),
    ]
