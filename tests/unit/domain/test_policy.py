"""`[policy]`: who is what, and that a policy which cannot be read allows nothing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from modeltui.domain.catalog import Catalog
from modeltui.domain.finding import Finding
from modeltui.domain.policy import LEAST, PATHS, Deed, Policy, Role, parsed_policy, policy_of
from modeltui.domain.schema.catalog_file import CatalogFile
from modeltui.domain.schema.place import known_paths

_ROLES = {"viewer": ["vera"], "editor": ["edda", "@editors"], "admin": ["ada", "@ops"]}


def _policy(**tables: Any) -> Policy:
    return parsed_policy({"schema": 1, "policy": tables})


@pytest.mark.parametrize("settings", [{}, {"schema": 1}, {"policy": {}}, {"policy": {"roles": {}}}])
def test_without_a_role_everybody_is_an_admin(settings: dict[str, Any]) -> None:
    assert parsed_policy(settings).role_of("anybody") is Role.ADMIN


@pytest.mark.parametrize(
    ("user", "groups", "role"),
    [
        ("vera", [], Role.VIEWER),
        ("edda", [], Role.EDITOR),
        ("ada", [], Role.ADMIN),
        ("nobody", [], Role.VIEWER),
        ("nobody", ["editors"], Role.EDITOR),
        ("vera", ["editors", "ops"], Role.ADMIN),
        ("ops", [], Role.VIEWER),
        ("Ada", [], Role.VIEWER),
    ],
)
def test_the_highest_role_that_names_somebody_counts(user: str, groups: list[str], role: Role) -> None:
    assert _policy(roles=_ROLES).role_of(user, groups) is role


def test_a_role_for_nobody_is_a_role() -> None:
    assert _policy(roles={"admin": []}).role_of("ada") is Role.VIEWER


def test_what_needs_which_role() -> None:
    of = {role: {deed for deed, least in LEAST.items() if least <= role} for role in Role}
    assert of[Role.VIEWER] == set()
    assert of[Role.EDITOR] == {Deed.QUEUE, Deed.RUN}
    assert of[Role.ADMIN] == set(Deed)


@pytest.mark.parametrize(
    "tables",
    [
        {"roles": ["ada"]},
        {"roles": {"admin": "ada"}},
        {"roles": {"admin": ["ada", 3]}},
        {"roles": {"admin": ["ada"], "admins": ["bob"]}},
        {"role": {"admin": ["ada"]}},
        {"reason_required": "yes"},
        {"limits": {"apply_files": 0}},
        {"limits": {"apply_files": 2.5}},
        {"limits": {"apply_files": True}},
        {"limits": {"price_jump_percent": -1}},
        {"limits": {"price_jump_percent": float("nan")}},
        {"limits": {"prices": 1}},
    ],
)
def test_a_policy_that_is_not_understood_makes_everybody_a_viewer(tables: dict[str, Any]) -> None:
    policy = _policy(**tables)
    assert policy.fault is not None
    assert policy.fault.startswith("catalog.toml: policy.")
    assert policy.role_of("ada", ["ops"]) is Role.VIEWER


@pytest.mark.parametrize(
    ("settings", "meant"),
    [
        ({"roles": {"admin": ["ada"]}}, "policy.roles"),
        ({"role": {"admin": ["ada"]}}, "policy.roles"),
        ({"Policy": {"roles": {"admin": ["ada"]}}}, "policy"),
        ({"polices": {}}, "policy"),
        ({"rights": {"admins": ["ada"]}}, "policy.roles.admin"),
        ({"rights": [{"admin": ["ada"]}]}, "policy.roles.admin"),
        ({"units": {"margin": "1", "roles": {"admin": ["ada"]}}}, "policy.roles"),
        ({"policy": {"roles": {"admin": ["ada"]}}, "limits": {"apply_files": 3}}, "policy.limits"),
        ({"reason_requierd": True}, "policy.reason_required"),
    ],
)
def test_a_rule_that_stands_in_the_wrong_place_makes_everybody_a_viewer(settings: dict[str, Any], meant: str) -> None:
    policy = parsed_policy({"schema": 1, **settings})
    assert policy.fault is not None
    assert policy.fault.endswith(f"is no field; {meant} was perhaps meant")
    assert policy.role_of("ada") is Role.VIEWER


@pytest.mark.parametrize("settings", [{"unit": {}}, {"notes": "x"}, {"units": {"margins": "1"}}, {"x" * 5000: 1}])
def test_what_looks_like_no_rule_takes_nothing_away(settings: dict[str, Any]) -> None:
    assert parsed_policy({"schema": 1, "units": {"margin": "1"}, **settings}).role_of("ada") is Role.ADMIN


def test_every_field_of_the_format_is_known_here() -> None:
    fields = {".".join(path) for path in known_paths(CatalogFile)}
    ours = {path for path in fields if path.startswith("policy")}
    assert ours == set(PATHS.values())
    assert {"schema", "units", "units.credits_per_usd", "units.margin", "units.rates", "units.rates.*"} == fields - ours


def test_a_format_of_the_future_allows_nothing() -> None:
    assert parsed_policy({"schema": 2}).role_of("ada") is Role.VIEWER


def test_a_file_that_cannot_be_read_allows_nothing() -> None:
    fault = Finding("toml-syntax", "error", "not TOML", "catalog.toml", 3)
    other = Finding("toml-syntax", "error", "not TOML", "providers/x.toml", 3)
    assert policy_of(Catalog("/c", {}, {}, faults=(fault,))).role_of("ada") is Role.VIEWER
    assert policy_of(Catalog("/c", {}, {}, faults=(other,))).role_of("ada") is Role.ADMIN


def test_limits_are_read() -> None:
    policy = _policy(limits={"apply_files": 20, "price_jump_percent": 12.5}, reason_required=True)
    assert (policy.apply_files, policy.price_jump_percent, policy.reason_required) == (20, Decimal("12.5"), True)
