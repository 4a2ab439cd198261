"""What does not hold between the fields of one table, as far as JSON Schema can say it.

The same as `clashes` of the tables say, which stay what counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeAlias

from modeltui.domain.inputs.specs import MEDIA_TYPES
from modeltui.domain.schema.cost import Cost, PriceTable, Rate
from modeltui.domain.schema.inputs import KINDS, MISFITS, Rule, ValueSpec
from modeltui.domain.schema.provider_file import LOOPBACK_NAMES, Auth, ProviderFile
from modeltui.domain.schema.request import Call, Request, Result, Step
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
    return {"allOf": [*_misfits(table), *_fitting_values()]}


def _misfits(table: type[Table]) -> Iterator[Json]:
    """Types that the same keys have no meaning for are said together."""
    kinds: dict[tuple[str, ...], list[str]] = {}
    for kind, names in MISFITS.items():
        kinds.setdefault(tuple(sorted(names & table.model_fields.keys())), []).append(kind)
    for absent, of in kinds.items():
        yield _where("type", of, _absent(*absent))


def _fitting_values() -> Iterator[Json]:
    """Default and choices are of the input's type; where numbers count as text, of either."""
    texts = [kind for kind in MISFITS if kind == "string" or kind in MEDIA_TYPES]
    is_either = {"properties": {"also_integer": {"const": True}}, "required": ["also_integer"]}
    either, text = _values({"type": ["string", "integer"]}), _values({"type": "string"})
    yield _where("type", texts, {"if": is_either, "then": either, "else": text})
    for kind in MISFITS:
        if kind not in texts:
            yield _where("type", [kind], _values({"type": kind}))


def _values(each: Json) -> Json:
    return {"properties": {"default": each, "enum": {"items": each}}}


def _deep(depth: int) -> Json:
    """Tables within tables, then prices."""
    inner: Json = {"$ref": "#/$defs/Price"}
    for _ in range(depth):
        inner = {"type": "object", "additionalProperties": inner}
    return inner


def _of_table(_: type[Table]) -> Json:
    """As many tables as there are inputs, as far as there are likely to be."""
    return {
        "allOf": [
            {
                "if": {"properties": {"by": {"minItems": depth, "maxItems": depth}}},
                "then": {"properties": {"prices": _deep(depth)}},
            }
            for depth in (1, 2, 3)
        ]
    }


def _of_rate(_: type[Table]) -> Json:
    return {
        **_one_of("price", "by"),
        "dependentRequired": {"by": ["prices"], "prices": ["by"]},
        "allOf": [{"properties": {"prices": _deep(1)}}],
    }


def _of_cost_table(_: type[Table]) -> Json:
    """What an estimate needs where only tokens set the price."""
    needs = {"dependentRequired": {name: [f"assume_{name}"] for name in ("input", "output")}}
    return {
        "not": {"required": ["table", "rate"]},
        "if": _absent("table", "rate"),
        "then": {"properties": {"tokens": needs}},
    }


def _of_step(_: type[Table]) -> Json:
    is_file = {"properties": {"body": {"type": "string"}}, "required": ["body"]}
    is_bytes = {"properties": {"encoding": {"const": "bytes"}}, "required": ["encoding"]}
    return {
        **_one_of("path", "url"),
        "dependentRequired": {"base": ["path"], "use": ["input"]},
        "allOf": [{"if": is_file, "then": is_bytes}, {"if": is_bytes, "then": is_file}],
    }


def _of_provider(_: type[Table]) -> Json:
    https: Json = {"pattern": "^https:"}
    own = {"items": {"pattern": f"^{LOOPBACK_NAMES}"}}
    return {
        "if": {"properties": {"loopback": {"const": True}}, "required": ["loopback"]},
        "then": {"properties": {"auth": {"properties": dict.fromkeys(("env", "env_allow", "secret_env"), own)}}},
        "else": {"properties": {"base_url": https, "bases": {"additionalProperties": https}}},
    }


def _of_auth(_: type[Table]) -> Json:
    keyed = ["bearer", "key", "prefixed", "header", "jwt_hs256"]
    some = {"minItems": 1}
    return {
        "allOf": [
            _where("scheme", keyed, {"required": ["env"], "properties": {"env": some}}),
            _where("scheme", ["prefixed"], {"required": ["prefix"]}),
            _where("scheme", ["header"], {"required": ["header"]}),
            _where("scheme", ["jwt_hs256"], {"required": ["secret_env"], "properties": {"secret_env": some}}),
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
    PriceTable: _of_table,
    Cost: _of_cost_table,
    ProviderFile: _of_provider,
    Auth: _of_auth,
    Step: _of_step,
    Call: lambda _: _one_of("path", "url"),
    Request: lambda _: _OF_COST,
    Result: _of_result,
    UpstreamEntry: _of_upstream,
}
