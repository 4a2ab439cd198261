"""One row of the catalogue: what a model file says about its model, typed and frozen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from itertools import starmap
from math import isfinite
from sys import intern
from typing import Any, Final, TypeVar

from msgspec import Struct

from modeltui.domain.document import Document
from modeltui.domain.finding import Finding
from modeltui.domain.lock import Lock, lock_of
from modeltui.domain.price import price_of

_T = TypeVar("_T")

_DIFFERENT: Final = 4096
"""Values of a kind that many models may have in common."""
_USUAL_PRICE: Final = 32
"""Letters."""


class Model(Struct, frozen=True, gc=False):
    """A field that the file lacks, or holds in the wrong type, is None (False for switches).

    Rows go in no circles, so that nobody looks for some.
    """

    key: str
    """Path below `models/` without `.toml`, such as `prompt_to_video/veo-3-1-fast`. Unique."""
    path: str
    """File, relative to the catalogue."""
    digest: str = ""
    """SHA-256 of the file's bytes in hex; empty for a file that was not read."""
    uid: str | None = None
    model_id: str | None = None
    name: str | None = None
    provider: str | None = None
    content_type: str | None = None
    version: str | None = None
    family: str | None = None
    variant: str | None = None
    group: str | None = None
    category: str | None = None
    status: str | None = None
    order: int | None = None
    active: bool = False
    default: bool = False
    premium: bool = False
    internal: bool = False
    tags: tuple[str, ...] = ()
    lock: Lock | None = None
    base_cost: Decimal | None = None
    """In the currency of `cost_currency`."""
    cost_currency: str | None = None
    estimated_seconds: float | None = None
    released_on: date | None = None
    deprecated_on: date | None = None
    retires_on: date | None = None
    verified_on: date | None = None
    replaced_by: str | None = None
    """Key of the model that takes its place."""
    rollout: float | None = None
    """Percent of the callers that it is offered to; None where the file has no `[rollout]`."""
    fault: Finding | None = None
    """Why the file cannot be used; such a row is shown, never hidden and never written."""
    is_drifted: bool = False
    """Locked with a digest that the file does not fit: it was changed behind the lock."""

    @property
    def is_locked(self) -> bool:
        return self.lock is not None

    @property
    def is_broken(self) -> bool:
        return self.fault is not None

    @property
    def label(self) -> str:
        """The name, or the key where there is none."""
        return self.name or self.key


def model_of(key: str, path: str, digest: str, document: Document, fault: Finding | None = None) -> Model:
    """The row of a parsed file. Never raises: a field of the wrong type is left out (`check` names it)."""
    cost, timing = _table(document, "cost"), _table(document, "timing")
    return Model(
        key=key,
        path=path,
        digest=digest,
        uid=_text(document, "uid"),
        model_id=_text(document, "model_id"),
        name=_text(document, "name"),
        provider=_word(document, "provider"),
        content_type=_word(document, "content_type"),
        version=_word(document, "version"),
        family=_word(document, "family"),
        variant=_word(document, "variant"),
        group=_word(document, "group"),
        category=_word(document, "category"),
        status=_word(document, "status"),
        order=_integer(document.get("order")),
        active=document.get("active") is True,
        default=document.get("default") is True,
        premium=document.get("premium") is True,
        internal=document.get("internal") is True,
        tags=_texts(document.get("tags")),
        lock=lock_of(document),
        base_cost=_money(cost.get("base")),
        cost_currency=_word(cost, "currency"),
        estimated_seconds=_seconds(timing.get("estimated_seconds")),
        released_on=_day(document.get("released_on")),
        deprecated_on=_day(document.get("deprecated_on")),
        retires_on=_day(document.get("retires_on")),
        verified_on=_day(document.get("verified_on")),
        replaced_by=_word(document, "replaced_by"),
        rollout=rollout_percent(document),
        fault=fault,
    )


FIELDS: Final[tuple[str, ...]] = tuple(Model.__struct_fields__)


def restored(columns: Sequence[Sequence[Any]], count: int) -> list[Model]:
    """`count` rows from the values of each field, in the order of FIELDS.

    Raises ValueError where a field has another number of values.
    """
    if len(columns) != len(FIELDS) or any(len(column) != count for column in columns):
        raise ValueError("not the same number of values in each field")
    return list(starmap(Model, zip(*columns, strict=True)))


def broken_model(key: str, path: str, fault: Finding, digest: str = "") -> Model:
    """The row of a file that could not be read."""
    return Model(key=key, path=path, digest=digest, fault=fault)


def rollout_percent(document: Document) -> float | None:
    """Of the callers, as `[rollout]` says it; None without one, and 0 for what is no percentage."""
    if (table := document.get("rollout")) is None:
        return None
    percent = table.get("percent") if isinstance(table, Mapping) else None
    if not isinstance(percent, int | float) or isinstance(percent, bool):
        return 0
    return percent if 0 <= percent <= 100 else 0


def _table(document: Document, name: str) -> Mapping[str, Any]:
    value = document.get(name)
    return value if isinstance(value, Mapping) else {}


def _text(table: Mapping[str, Any], name: str) -> str | None:
    value = table.get(name)
    return value if isinstance(value, str) else None


def _word(table: Mapping[str, Any], name: str) -> str | None:
    """A text that many models have in common, kept once."""
    value = table.get(name)
    return intern(value) if isinstance(value, str) else None


def _texts(value: Any) -> tuple[str, ...]:
    return _once(tuple(intern(item) for item in value if isinstance(item, str))) if isinstance(value, list) else ()


def _integer(value: Any) -> int | None:
    return _once(value) if isinstance(value, int) and not isinstance(value, bool) else None


def _seconds(value: Any) -> float | None:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    try:
        seconds = float(value)
    except OverflowError:
        return None
    if not seconds:
        return seconds  # -0.0 is equal to 0.0, and said otherwise
    return _once(seconds) if isfinite(seconds) else None


def _day(value: Any) -> date | None:
    return _once(value) if isinstance(value, date) and not isinstance(value, datetime) else None


def _money(value: Any) -> Decimal | None:
    if not isinstance(value, str):
        return None
    return _price_of(value) if len(value) <= _USUAL_PRICE else price_of(value)


@lru_cache(maxsize=_DIFFERENT, typed=True)
def _once(value: _T) -> _T:
    """A value that many models have in common, kept once."""
    return value


_price_of = lru_cache(maxsize=_DIFFERENT)(price_of)
