"""models.dev: a tree of TOML files, `providers/<provider>/models/<model id>.toml`, some of which build on others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any, Final

from modeltui.domain.document import ABSENT, Document, FieldPath, with_value
from modeltui.domain.exchange.listing import Listing, count_in, day_in, media_in, price_in, said, taken, vague_in
from modeltui.domain.exchange.prices import Quote
from modeltui.domain.exchange.row import Refused
from modeltui.errors import InvalidValueError, UsageError

PROVIDERS: Final[Mapping[str, str]] = {"togetherai": "together"}
"""Our shipped names for theirs, where they differ."""

_CONTENT_TYPES: Final = {
    "video": "prompt_to_video",
    "image": "prompt_to_image",
    "text": "chat",
    "audio": "text_to_speech",
}
"""By what a model makes; the first counts."""
_CLASSES: Final = {
    "cache_write": "cache_write",
    "reasoning": "reasoning",
    "input_audio": "audio_input",
    "output_audio": "audio_output",
}
"""Further classes of tokens."""
_CACHED: Final = ("cache_read", "cached_input", "cache_input")
_ABOVE: Final = re.compile(r"context_over_(\d{1,9})k")
_DEEPEST: Final = 8
"""Files that one may build on, each on the next."""
_ABILITIES: Final = {
    "reasoning": "reasoning",
    "tool_call": "tool_call",
    "structured_output": "structured_output",
    "attachment": "attachment",
}
_STATUSES: Final = frozenset({"alpha", "beta", "deprecated"})


def listings(documents: Mapping[str, Document]) -> Iterator[Listing | Refused]:
    """The entries of a tree, given its parsed files by path. Raises UsageError where it holds no models."""
    places = [(path, place) for path in sorted(documents) if (place := place_of(path)) is not None]
    if not places:
        raise UsageError("no models here", hint="models.dev keeps them as providers/NAME/models/ID.toml")
    sources = {path[path.rfind("models/") :]: path for path in documents if place_of(path) is None}
    sources |= {f"providers/{'/'.join(place)}": path for path, place in places}
    for path, (provider, model_id) in places:
        try:
            merged = _merged(documents[path], documents, sources)
        except InvalidValueError as error:
            yield Refused(path, None, error.message)
        else:
            yield _listing(path, provider, model_id, merged)


def place_of(path: str) -> tuple[str, str] | None:
    """Provider and model id of a path such as `…/providers/xai/models/grok-4.toml`."""
    parts = path.removesuffix(".toml").split("/")
    for at in range(len(parts) - 3):
        if parts[at] == "providers" and parts[at + 2] == "models":
            return parts[at + 1], "/".join(parts[at + 3 :])
    return None


def _merged(
    document: Document, documents: Mapping[str, Document], sources: Mapping[str, str], depth: int = 0
) -> Document:
    """A document on top of the one that it builds on, without what it says to leave out."""
    name, omitted, source = _base_of(document)
    if name is None:
        return document
    path = sources.get(source)
    if path is None or depth == _DEEPEST:
        reason = "is not here" if path is None else "builds on others without end"
        raise InvalidValueError(f"it builds on {str(name)[:80]}, which {reason}")
    base = _merged(documents[path], documents, sources, depth + 1)
    for omit in omitted if isinstance(omitted, list) else ():
        if isinstance(omit, str) and omit:
            base = _without(base, tuple(omit.split(".")))
    return _over(base, document)


def _base_of(document: Document) -> tuple[Any, Any, str]:
    """What a document builds on, what it leaves out of that, and where that is.

    Older snapshots say it in a table `extends`, which names a model of a provider.
    """
    extends = document.get("extends")
    if isinstance(extends, Mapping):
        return extends.get("from"), extends.get("omit"), f"providers/{extends.get('from')}"
    name = document.get("base_model")
    return name, document.get("base_model_omit"), f"models/{name}.toml"


def _without(document: Document, path: tuple[str, ...]) -> Document:
    inner = document
    for name in path[:-1]:
        inner = inner.get(name, ABSENT)
        if not isinstance(inner, Mapping):
            return document
    return with_value(document, path, ABSENT)


def _over(base: Document, document: Document) -> Document:
    merged = dict(base)
    for name, value in document.items():
        below = base.get(name)
        merged[name] = _over(below, value) if isinstance(below, Mapping) and isinstance(value, Mapping) else value
    return merged


def _listing(path: str, provider: str, model_id: str, document: Document) -> Listing:
    unread: dict[FieldPath, str] = {}
    limit = taken(unread, ("limits",), lambda: _table(document, "limit")) or {}
    modalities = taken(unread, ("modalities",), lambda: _table(document, "modalities")) or {}
    output = media_in(modalities, "output")
    name, family = document.get("name"), document.get("family")
    said_of = {ours: document.get(theirs) for theirs, ours in _ABILITIES.items()}
    counts = {"context": "context", "input_tokens": "input", "output_tokens": "output"}
    limits: dict[FieldPath, int | None] = {
        ("limits", ours): taken(unread, ("limits", ours), partial(count_in, limit, theirs))
        for ours, theirs in counts.items()
    }
    return Listing(
        where=path,
        provider=provider,
        model_ids=(model_id,),
        content_type=_content_type(model_id, output or ()),
        name=name if isinstance(name, str) and name.strip() else model_id,
        quote=taken(unread, ("cost",), lambda: _quote(document)) or Quote(),
        facts=said(
            {**limits, ("modalities", "input"): media_in(modalities, "input"), ("modalities", "output"): output}
        ),
        abilities={name: is_able for name, is_able in said_of.items() if isinstance(is_able, bool)},
        details=said(
            {
                ("family",): family if isinstance(family, str) and family.strip() else None,
                ("status",): _status(document),
                ("released_on",): taken(unread, ("released_on",), lambda: day_in(document, "release_date")),
            }
        ),
        unread=unread,
        vague=said({("status",): _vague_status(document)}),
    )


def _status(document: Document) -> str | None:
    status = document.get("status")
    return status if isinstance(status, str) and status in _STATUSES else None


def _vague_status(document: Document) -> str | None:
    """Neither one that we know, nor none."""
    if _status(document) is not None or document.get("status") == "active":
        return None
    return vague_in(document, "status", "known status")


def _quote(document: Document) -> Quote:
    cost = _table(document, "cost")
    others = {ours: price for theirs, ours in _CLASSES.items() if (price := price_in(cost, theirs)) is not None}
    return Quote(
        input=price_in(cost, "input"),
        output=price_in(cost, "output"),
        cached_input=price_in(cost, *_CACHED),
        others={name: price for name, price in others.items() if price},
        free={name: price for name, price in others.items() if not price},
        above=_above(cost),
    )


def _above(cost: Mapping[str, Any]) -> dict[int, dict[str, Decimal]]:
    """Prices of large requests: a table for each size, and in newer snapshots a list, which counts more."""
    found: dict[int, dict[str, Decimal]] = {}
    for name, table in cost.items():
        match = _ABOVE.fullmatch(name)
        if match is not None and isinstance(table, Mapping) and int(match[1]):
            found[int(match[1]) * 1000] = _prices_of_tier(table)
    tiers = cost.get("tiers")
    for item in tiers if isinstance(tiers, list) else ():
        tier = item.get("tier") if isinstance(item, Mapping) else None
        if not isinstance(tier, Mapping) or tier.get("type", "context") != "context":
            continue
        if (size := count_in(tier, "size")) is not None:
            found[size] = _prices_of_tier(item)
    return {size: prices for size, prices in found.items() if prices}


def _prices_of_tier(table: Mapping[str, Any]) -> dict[str, Decimal]:
    names = {"input": ("input",), "output": ("output",), "cached_input": _CACHED}
    names |= {ours: (theirs,) for theirs, ours in _CLASSES.items()}
    return {ours: price for ours, theirs in names.items() if (price := price_in(table, *theirs)) is not None}


def _content_type(model_id: str, output: Sequence[str]) -> str | None:
    """None also for what makes embeddings: the tree says that they make text."""
    if "embed" in model_id:
        return None
    return next((kind for medium, kind in _CONTENT_TYPES.items() if medium in output), None)


def _table(document: Document, name: str) -> Mapping[str, Any]:
    value = document.get(name)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise InvalidValueError(f"{name} is no table")
    return value
