"""What the last answer holds: files, text, and what it cost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple, TypeAlias

from modeltui.domain.call import Cost
from modeltui.errors import ProviderError
from modeltui.providers.contract import HEADER, Result, ToldCost
from modeltui.providers.data_url import decode_base64, parse_data_url
from modeltui.providers.expression import as_text, search
from modeltui.providers.replies import Reply

_MAX_ITEMS = 64
_LONGEST_URL = 8192
_LONGEST_AMOUNT = 40
_MOST_COST = 10**12
_LEAST_COST = -30
"""A power of ten. What is nothing, or beyond these, is no amount; written out it could fill the memory."""
_SELECT_HINT = "compare [result] of the model file with this answer"


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
    cost: Cost | None


def outcome_of(result: Result, reply: Reply) -> Outcome:
    """Raises ProviderError where the answer holds something, but not what the file says."""
    items = tuple(_items(result, reply))
    if len(items) > _MAX_ITEMS:
        raise ProviderError(f"the answer holds {len(items)} results, and at most {_MAX_ITEMS} are taken")
    return Outcome(items, _text(result, reply, items), told_cost(result.cost, reply))


def _items(result: Result, reply: Reply) -> Iterator[Item]:
    if result.kind == "bytes":
        if reply.body:
            yield Inline(reply.body, result.media)
    elif result.kind == "json":
        found = reply.data if not result.select else reply.find(result.select)
        if found is not None:
            yield Inline(_json(found, reply), "application/json")
    else:
        for text in _selected(reply.find(result.select), reply):
            yield _item(result, text, reply)


def _json(found: Any, reply: Reply) -> bytes:
    try:
        return json.dumps(found, ensure_ascii=False, indent=2).encode("utf-8", "replace")
    except RecursionError as error:
        raise reply.nonsense("the answer is nested too deeply to be kept", _SELECT_HINT) from error


def _item(result: Result, text: str, reply: Reply) -> Item:
    try:
        return _read(result, text, reply)
    except ProviderError as error:
        raise error if reply.excerpt in error.message else reply.nonsense(error.message, _SELECT_HINT) from error


def _read(result: Result, text: str, reply: Reply) -> Item:
    match result.kind:
        case "text":
            return Inline(text.encode("utf-8", "replace"), "text/plain")
        case "base64":
            return Inline(decode_base64(text), result.media)
    found = parse_data_url(text)
    if found is not None:
        return Inline(found.content, result.media or found.media_type)
    if result.kind == "data_url":
        raise reply.nonsense("the answer holds no data: URL where one was promised", _SELECT_HINT)
    if len(text) > _LONGEST_URL:
        raise reply.nonsense(f"the answer holds {len(text):,} characters where a URL was promised", _SELECT_HINT)
    return Remote(text.encode("utf-8", "replace").decode())


def _selected(found: Any, reply: Reply) -> Iterator[str]:
    if isinstance(found, list):
        for item in found:
            yield from _selected(item, reply)
    elif isinstance(found, str):
        if found:
            yield found
    elif found is not None:
        raise reply.nonsense(
            f"[result] select finds {as_text(found)[:80]} where text was expected", "select the text itself"
        )


def _told(expression: str, reply: Reply) -> Any:
    """Of what comes beside the result: a paid one is not lost because an expression does not fit."""
    try:
        return search(expression, reply.data)
    except ProviderError:
        return None


def _text(result: Result, reply: Reply, items: tuple[Item, ...]) -> str | None:
    if result.text:
        return as_text(_told(result.text, reply)) or None
    if result.kind not in ("text", "json"):
        return None
    return "\n\n".join(item.content.decode() for item in items if isinstance(item, Inline)) or None


def told_cost(told: ToldCost | None, reply: Reply) -> Cost | None:
    """What the provider says it takes; None where it says nothing that is an amount."""
    if told is None:
        return None
    if told.expression.startswith(HEADER):
        found = reply.headers.get(told.expression.removeprefix(HEADER).casefold())
    else:
        found = None if reply.data is None else _told(told.expression, reply)
    if found is None or isinstance(found, bool | list | dict):
        return None
    text = str(found)
    try:
        amount = Decimal(text if len(text) <= _LONGEST_AMOUNT else "NaN")
    except InvalidOperation:
        return None
    if not amount.is_finite() or not 0 <= amount <= _MOST_COST or amount.adjusted() < _LEAST_COST:
        return None
    return Cost(amount * told.factor, told.currency)
