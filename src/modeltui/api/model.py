"""A model as a program sees it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from msgspec import Struct

from modeltui.domain.model import Model as Row


class Model(Struct, frozen=True, kw_only=True):
    """Frozen: it stays what it was when it was read. None, or nothing, where the file does not say."""

    key: str
    """Path below `models/` without `.toml`, such as `prompt_to_video/veo-3-1-fast`. Unique."""
    uid: str
    """UUID; empty where the file has none. Stays the same where the key changes."""
    model_id: str
    """The provider's own id; several models may share one."""
    name: str
    provider: str
    content_type: str
    version: str | None
    family: str | None
    variant: str | None
    group: str | None
    category: str | None
    status: str | None
    order: int | None
    """Its place among those of its kind: the lowest first."""
    tags: tuple[str, ...]
    is_active: bool
    is_default: bool
    is_premium: bool
    is_internal: bool
    is_locked: bool
    base_cost: Decimal | None
    """The listed price, in `cost_currency`: what a run costs us."""
    cost_currency: str | None
    """`credits`, or a code such as `USD`."""
    estimated_seconds: float | None
    released_on: date | None
    deprecated_on: date | None
    retires_on: date | None
    replaced_by: str | None
    """The key of the model that takes its place."""
    verified_on: date | None
    rollout_percent: float | None
    """How many callers get it; None where the file has no `[rollout]`, and everybody does."""
    digest: str
    """SHA-256 of the file's bytes in hex: another one, another version."""


def model_of(row: Row) -> Model:
    return Model(
        key=row.key,
        uid=row.uid or "",
        model_id=row.model_id or "",
        name=row.label,
        provider=row.provider or "",
        content_type=row.content_type or row.key.partition("/")[0],
        version=row.version,
        family=row.family,
        variant=row.variant,
        group=row.group,
        category=row.category,
        status=row.status,
        order=row.order,
        tags=row.tags,
        is_active=row.active,
        is_default=row.default,
        is_premium=row.premium,
        is_internal=row.internal,
        is_locked=row.is_locked,
        base_cost=row.base_cost,
        cost_currency=row.cost_currency,
        estimated_seconds=row.estimated_seconds,
        released_on=row.released_on,
        deprecated_on=row.deprecated_on,
        retires_on=row.retires_on,
        replaced_by=row.replaced_by,
        verified_on=row.verified_on,
        rollout_percent=row.rollout,
        digest=row.digest,
    )
