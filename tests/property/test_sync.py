"""Any edits here and any there: decisions stay, the rest follows, and then there is nothing more to do."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from modeltui.domain.document import ABSENT, Document, FieldPath, parse_field, with_value
from modeltui.domain.exchange.prices import with_tier_price
from modeltui.domain.lock import Lock
from modeltui.domain.sync.choosing import Choice, all_theirs, resolved, usual
from modeltui.domain.sync.entry import entry_of
from modeltui.domain.sync.fields import Source, agree
from modeltui.domain.sync.merging import Scope, merged
from modeltui.domain.sync.prices import value_at
from modeltui.domain.sync.registry import registry_of
from modeltui.domain.sync.sync_plan import SyncPlan, Verdict
from modeltui.errors import UsageError
from modeltui.services.changing.registries import FORMS, RegistryForm, items_of

KEY, ENTRY = "chat/m", "acme/m"
State = Mapping[str, Any]
"""What one side says, by field as `seen` names it; None where it says nothing."""

_COUNTS = st.one_of(st.none(), st.integers(1, 5))
_PRICES = st.one_of(st.none(), st.sampled_from(["0", "0.1", "1", "2.50"]))
_DAYS = st.one_of(st.none(), st.dates(date(2026, 1, 1), date(2026, 1, 4)))
_MEDIA = st.one_of(
    st.none(), st.lists(st.sampled_from(["text", "image", "file", "audio"]), min_size=1, max_size=3, unique=True)
)
_ABLE = st.one_of(st.none(), st.booleans())
_SHARED = {
    "limits.input_tokens": _COUNTS,
    "limits.output_tokens": _COUNTS,
    "modalities.input": _MEDIA,
    "modalities.output": _MEDIA,
    "capabilities.reasoning": _ABLE,
    "capabilities.tool_call": _ABLE,
    "cost.tokens.input": _PRICES,
    "cost.tokens.output": _PRICES,
    "cost.tokens.cached_input": _PRICES,
    "cost.tokens.cache_write": _PRICES,
    "cost.tokens.above.200000.input": _PRICES,
    "cost.tokens.above.128000.output": _PRICES,
}
_OWN: dict[RegistryForm, dict[str, st.SearchStrategy[Any]]] = {
    "models.dev": {
        "limits.context": _COUNTS,
        "status": st.sampled_from([None, "beta", "deprecated"]),
        "released_on": _DAYS,
    },
    "litellm": {"limits.rpm": _COUNTS, "retires_on": _DAYS},
}
_TABLES = {
    "models.dev": {"limits": "limit", "modalities": "modalities"},
    "litellm": {
        "limits.input_tokens": "max_input_tokens",
        "limits.output_tokens": "max_output_tokens",
        "limits.rpm": "rpm",
        "modalities.input": "supported_modalities",
        "modalities.output": "supported_output_modalities",
        "capabilities.reasoning": "supports_reasoning",
        "capabilities.tool_call": "supports_function_calling",
        "retires_on": "deprecation_date",
    },
}
_DEV_CLASSES = {"cached_input": "cache_read"}
_LITE_CLASSES = {
    "input": "input_cost_per_token",
    "output": "output_cost_per_token",
    "cached_input": "cache_read_input_token_cost",
    "cache_write": "cache_creation_input_token_cost",
}
_SPEAKING_BY_SILENCE = ("status", "retires_on")
_OTHER_PRICES = ("cost.tokens.cache_write", "cost.tokens.above.200000.input", "cost.tokens.above.128000.output")
"""Where nothing is charged for them a registry may say 0, and a file nothing."""


def of_models_dev(state: State) -> bytes:
    """The state as its api.json says it."""
    entry: dict[str, Any] = {"name": "M", "limit": {}, "modalities": {}, "cost": {}}
    tiers: dict[int, dict[str, Any]] = {}
    for name, value in state.items():
        head, *rest = name.split(".")
        if value is None:
            continue
        if head == "limits":
            entry["limit"][rest[0].removesuffix("_tokens")] = value
        elif head == "modalities":
            entry["modalities"][rest[0]] = value
        elif head == "capabilities":
            entry[rest[0]] = value
        elif head == "released_on":
            entry["release_date"] = value.isoformat()
        elif head == "status":
            entry["status"] = value
        elif rest[1] == "above":
            tier = tiers.setdefault(int(rest[2]), {"tier": {"type": "context", "size": int(rest[2])}})
            tier[rest[3]] = float(value)
        else:
            entry["cost"][_DEV_CLASSES.get(rest[1], rest[1])] = float(value)
    entry["cost"]["tiers"] = list(tiers.values())
    return json.dumps({"acme": {"models": {"m": entry}}}).encode()


def of_litellm(state: State) -> bytes:
    entry: dict[str, Any] = {"litellm_provider": "acme", "mode": "chat"}
    for name, value in state.items():
        if value is None:
            continue
        if name in _TABLES["litellm"]:
            entry[_TABLES["litellm"][name]] = value.isoformat() if isinstance(value, date) else value
            continue
        parts = name.split(".")
        suffix = f"_above_{int(parts[3]) // 1000}k_tokens" if parts[2] == "above" else ""
        entry[f"{_LITE_CLASSES[parts[-1]]}{suffix}"] = float(Decimal(value) / 1_000_000)
    return json.dumps({ENTRY: entry}).encode()


def plan_of(form: RegistryForm, state: State, document: Document, lock: Lock | None = None) -> SyncPlan:
    content = of_models_dev(state) if form == "models.dev" else of_litellm(state)
    source: Source = "models_dev" if form == "models.dev" else "litellm"
    listing = registry_of(source, items_of(form, "snapshot", content)).entries[ENTRY]
    held, _ = merged(
        KEY, ENTRY, listing, document, entry_of(document, source), scope=Scope(), lock=lock, is_mapped=False
    )
    return SyncPlan(label="sync", source=source, held=(held,))


def after(document: Document, plan: SyncPlan, choice: Choice) -> Document:
    for edit in resolved(plan, choice, lambda *_: None).edits.get(KEY, ()):
        document = with_value(document, edit.path, edit.new)
    return document


def is_done(plan: SyncPlan) -> bool:
    """Nothing is left to take, or to note."""
    is_nothing = resolved(plan, usual(plan), lambda *_: None).edits == {}
    return is_nothing and all(row.verdict is not Verdict.TAKE for row in plan.rows)


def path_of(name: str) -> FieldPath:
    return parse_field(name)


def edited(document: Document, name: str, value: Any) -> Document:
    """An edit made here; None takes a field out, but for prices of large requests."""
    path = path_of(name)
    if path[:3] != ("cost", "tokens", "above"):
        return with_value(document, path, ABSENT if value is None else value)
    if value is None:
        return document
    cost = document.get("cost", {})
    tokens = cost.get("tokens", {})
    tiers = with_tier_price(tokens.get("above"), int(path[3]), str(path[4]), Decimal(value))
    return with_value(document, ("cost", "tokens", "above"), tiers)


def states(form: RegistryForm) -> st.SearchStrategy[State]:
    return st.fixed_dictionaries({**_SHARED, **_OWN[form]})


def edits(form: RegistryForm) -> st.SearchStrategy[State]:
    return st.fixed_dictionaries({}, optional={**_SHARED, **_OWN[form]})


def said_there(name: str, before: Any, now: Any, ours: Any) -> Any:
    """What counts as theirs: silence says something of some fields only, and 0 of others only where it is a change."""
    if now is None and name not in _SPEAKING_BY_SILENCE:
        now = before
    if name in _OTHER_PRICES and now == "0" and ours is ABSENT:
        return ABSENT
    return ABSENT if now is None else now


@given(st.data())
def test_decisions_stay_and_what_changed_there_follows(data: st.DataObject) -> None:
    form = data.draw(st.sampled_from(FORMS))
    first = data.draw(states(form))
    start = {"cost": {"currency": "USD", "base": "7", "tokens": {"assume_input": 1, "assume_output": 1}}}
    plan = plan_of(form, first, start)
    agreed = after(start, plan, all_theirs(plan, with_kept=True))
    assert is_done(plan_of(form, first, agreed))

    ours = agreed
    for name, value in data.draw(edits(form)).items():
        ours = edited(ours, name, value)
    pins = data.draw(st.sets(st.sampled_from(sorted({**_SHARED, **_OWN[form]})), max_size=3))
    if pins:
        ours = with_value(ours, ("upstream", "pinned"), sorted(pins))
    second = {**first, **data.draw(edits(form))}

    plan = plan_of(form, second, ours)
    done = after(ours, plan, usual(plan))
    for name, value in second.items():
        path = path_of(name)
        base, here, now = (value_at(each, path) for each in (agreed, ours, done))
        theirs = said_there(name, first[name], value, here)
        is_decided = name in pins or not agree(path, base, here)
        assert agree(path, now, here if is_decided else theirs), (name, base, here, theirs, now)
    assert is_done(plan_of(form, second, done))
    locked = plan_of(form, second, ours, Lock(by="ops"))
    assert resolved(locked, all_theirs(locked, with_kept=True), lambda *_: None).edits == {}


_ODD = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-5, 10**6),
        st.floats(allow_nan=False, allow_infinity=False),
        st.sampled_from(
            ["", "1", "128000", "0.5", "-1", "1e-6", "2027-01-31", "2027-13-01", "2027", "beta", "text", "é\u202e"]
        ),
        st.text(max_size=5),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=6,
)
_DEV_NAMES = (
    *("id", "name", "family", "status", "release_date", "attachment", "reasoning", "tool_call", "structured_output"),
    *("limit", "cost", "modalities", "base_model", "extends"),
)
_LITE_NAMES = (
    *("mode", "max_input_tokens", "max_output_tokens", "rpm", "deprecation_date", "supported_modalities", "source"),
    *("supports_reasoning", "tiered_pricing", "input_cost_per_token", "output_cost_per_token"),
    *("input_cost_per_token_above_200k_tokens", "output_cost_per_image", "output_cost_per_second_720p"),
    *("input_cost_per_pixel", "provider_specific_entry"),
)
_WITHIN = ("context", "input", "output", "cache_read", "tiers", "context_over_200k", "from", "omit")
_INNER = st.fixed_dictionaries({}, optional=dict.fromkeys(_WITHIN, _ODD))


def entries(names: Sequence[str]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries({}, optional={name: st.one_of(_ODD, _INNER) for name in names})


@given(st.dictionaries(st.text(max_size=5), st.one_of(_ODD, entries(_DEV_NAMES)), min_size=1, max_size=3))
def test_no_shape_of_models_dev_crashes_or_is_lost(models: dict[str, Any]) -> None:
    content = json.dumps({"acme": {"models": models}}).encode()
    registry = registry_of("models_dev", items_of("models.dev", "snapshot", content))
    assert registry.entries.keys() | registry.faults.keys() == {f"acme/{name}" for name in models}
    for own_id, listing in registry.entries.items():
        assert (listing.provider, listing.model_ids) == ("acme", (own_id.removeprefix("acme/"),))
        held_quietly(own_id, listing, "models_dev")


@given(st.dictionaries(st.text(max_size=5), st.one_of(_ODD, entries(_LITE_NAMES)), min_size=1, max_size=3))
def test_no_shape_of_a_price_map_crashes_or_is_lost(models: dict[str, Any]) -> None:
    whole = {
        name: {"litellm_provider": "acme", **entry} if isinstance(entry, dict) else entry
        for name, entry in models.items()
    }
    try:
        items = items_of("litellm", "snapshot", json.dumps(whole).encode())
    except UsageError:
        return
    assert {item.where for item in items} >= whole.keys() - {"sample_spec"}
    for own_id, listing in registry_of("litellm", items).entries.items():
        held_quietly(own_id, listing, "litellm")


def held_quietly(own_id: str, listing: Any, source: Source) -> None:
    """Against a file with every form of a price, nothing is raised."""
    for cost in (
        None,
        {},
        {"currency": "USD", "base": "1"},
        {"currency": "USD", "base": "1", "tokens": {"input": "1"}},
    ):
        document: Document = {"status": "beta"} | ({} if cost is None else {"cost": cost})
        held, _ = merged(
            KEY, own_id, listing, document, entry_of(document, source), scope=Scope(), lock=None, is_mapped=False
        )
        plan = SyncPlan(label="sync", source=source, held=(held,))
        after(document, plan, all_theirs(plan, with_kept=True))
