"""What does not hold between the fields of one table, as far as JSON Schema can say it.

The same as `clashes` of the tables say, which stay what counts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from modeltui.domain.schema.cost import Cost, Rate
from modeltui.domain.schema.inputs import KINDS, MISFITS, Rule, ValueSpec
from modeltui.domain.schema.provider_file import Auth
from modeltui.domain.schema.request import Call, Request, Result
from modeltui.domain.schema.table import Table
from modeltui.domain.schema.upstream import UpstreamEntry

Json: TypeAlias = dict[str, Any]

_OF_COST: Final[Json] = {"dependentRequired": {"cost_factor": ["cost"], "cost_currency": ["cost"]}}


def conditions_of(table: type[Table]) -> Json:
    """Keywords that go beside those of the fields; none where JSON Schema has nothing to say."""
    return next((say(table) for base, say in _CONDITIONS.items() if issubclass(table, base)), {})


def _one_of(*fields: str) -> Json:
    return {"oneOf": [{"required": [field]} for field in fields]}


def _where(field: str, values: list[str], then: Json) -> Json:
    return {"if": {"properties": {field: {"enum": values}}, "required": [field]}, "then": then}


def _absent(*fields: str) -> Json:
    return {"properties": dict.fromkeys(fields, False)}


def _of_rule(_: type[Table]) -> Json:
    needs = {"equals": ["total"], "tolerance": ["total"], "total": ["equals"]}
    lengths = {"max": ["total_length"], "total_length": ["max"]}
    return {**_one_of(*KINDS), "dependentRequired": {**needs, **lengths}}


def _of_value(table: type[Table]) -> Json:
    return {
        "allOf": [
            _where("type", [kind], _absent(*sorted(names & table.model_fields.keys())))
            for kind, names in MISFITS.items()
        ]
    }


def _of_rate(_: type[Table]) -> Json:
    return {**_one_of("price", "by"), "dependentRequired": {"by": ["prices"], "prices": ["by"]}}


def _of_auth(_: type[Table]) -> Json:
    keyed = ["bearer", "key", "prefixed", "header", "jwt_hs256"]
    return {
        "allOf": [
            _where("scheme", keyed, {"required": ["env"]}),
            _where("scheme", ["prefixed"], {"required": ["prefix"]}),
            _where("scheme", ["header"], {"required": ["header"]}),
            _where("scheme", ["jwt_hs256"], {"required": ["secret_env"]}),
            *(
                _where("scheme", [scheme for scheme in (*keyed, "none") if scheme != own], _absent(*fields))
                for own, fields in (
                    ("prefixed", ["prefix"]),
                    ("header", ["header"]),
                    ("jwt_hs256", ["secret_env", "lifetime_s"]),
                )
            ),
        ]
    }


def _of_result(_: type[Table]) -> Json:
    selected = ["url", "base64", "data_url", "text"]
    return {
        "allOf": [_where("kind", ["bytes"], _absent("select")), _where("kind", selected, {"required": ["select"]})],
        **_OF_COST,
    }


def _of_upstream(_: type[Table]) -> Json:
    return {"if": {"properties": {"ignore": {"const": True}}, "required": ["ignore"]}, "then": _absent("id", "seen")}


_CONDITIONS: Final[Mapping[type[Table], Callable[[type[Table]], Json]]] = {
    Rule: _of_rule,
    ValueSpec: _of_value,
    Rate: _of_rate,
    Cost: lambda _: {"not": {"required": ["table", "rate"]}},
    Auth: _of_auth,
    Call: lambda _: _one_of("path", "url"),
    Request: lambda _: _OF_COST,
    Result: _of_result,
    UpstreamEntry: _of_upstream,
}
