"""What the last answer holds: files, text, and what it cost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple, TypeAlias

from modeltui.errors import ProviderError
from modeltui.providers.contract import Result
from modeltui.providers.data_url import decode_base64, parse_data_url
from modeltui.providers.expression import as_text, search
from modeltui.providers.replies import Reply

_MAX_ITEMS = 64


class Remote(NamedTuple):
    url: str


class Inline(NamedTuple):
    content: bytes
    media: str
    """What it should be; the file's own bytes decide."""


Item: TypeAlias = Remote | Inline


class Outcome(NamedTuple):
    items: tuple[Item, ...]
    """Files to write or fetch; empty where the answer holds none (yet)."""
    text: str | None
    cost: Decimal | None


def outcome_of(result: Result, reply: Reply) -> Outcome:
    """Raises ProviderError where the answer holds something, but not what the file says."""
    items = tuple(_items(result, reply))
    if len(items) > _MAX_ITEMS:
        raise ProviderError(f"the answer holds {len(items)} results, and at most {_MAX_ITEMS} are taken")
    return Outcome(items, _text(result, reply, items), _cost(result, reply))


def _items(result: Result, reply: Reply) -> Iterator[Item]:
    if result.kind == "bytes":
        if reply.body:
            yield Inline(reply.body, result.media)
    elif result.kind == "json":
        found = reply.data if not result.select else search(result.select, reply.data)
        if found is not None:
            yield Inline(json.dumps(found, ensure_ascii=False, indent=2).encode(), "application/json")
    else:
        for text in _selected(search(result.select, reply.data)):
            yield _item(result, text)


def _item(result: Result, text: str) -> Item:
    match result.kind:
        case "text":
            return Inline(text.encode("utf-8", "replace"), "text/plain")
        case "base64":
            return Inline(decode_base64(text), result.media)
    found = parse_data_url(text)
    if found is not None:
        return Inline(found.content, result.media or found.media_type)
    if result.kind == "data_url":
        raise ProviderError(f"the answer holds {text[:40]!r} where a data: URL was promised")
    return Remote(text)


def _selected(found: Any) -> Iterator[str]:
    if isinstance(found, list):
        for item in found:
            yield from _selected(item)
    elif isinstance(found, str):
        if found:
            yield found
    elif found is not None:
        raise ProviderError(
            f"[result] select finds {as_text(found)[:80]} where text was expected", hint="select the text itself"
        )


def _text(result: Result, reply: Reply, items: tuple[Item, ...]) -> str | None:
    if result.text:
        return as_text(search(result.text, reply.data)) or None
    if result.kind not in ("text", "json"):
        return None
    return "\n\n".join(item.content.decode() for item in items if isinstance(item, Inline)) or None


def _cost(result: Result, reply: Reply) -> Decimal | None:
    """What the provider says it took; None where it says nothing that is an amount."""
    if not result.cost or reply.data is None:
        return None
    found = search(result.cost, reply.data)
    if found is None or isinstance(found, bool | list | dict):
        return None
    try:
        amount = Decimal(str(found))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and amount >= 0 else None
