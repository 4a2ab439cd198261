"""The shape of `catalog.toml`: what holds for the whole catalogue."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import Field

from modeltui.domain.schema.kinds import AtLeastOne, Kind, NotNegative, Price, SchemaVersion, Unit, matching
from modeltui.domain.schema.table import Table

User: TypeAlias = Annotated[
    str, matching("@?[A-Za-z_][A-Za-z0-9_.-]*"), Kind("user", "a system user, or @ and a system group")
]


class Roles(Table):
    """Who may do what, by system user or group. Without any role everybody is an admin, else whoever is not named is
    a viewer."""

    viewer: list[User] | None = None
    """May read."""
    editor: list[User] | None = None
    """May also queue changes and run models."""
    admin: list[User] | None = None
    """May also apply, recover, unlock, and delete files."""


class PolicyLimits(Table):
    """What wants a second yes, or a reason."""

    apply_files: AtLeastOne | None = None
    """More files than this in one apply want their number said."""
    price_jump_percent: Annotated[NotNegative, Unit("%")] | None = None
    """A price that rises by more than this wants a reason."""


class Policy(Table):
    """What people may do, and what is asked of them."""

    reason_required: bool | None = None
    """An apply needs a reason. False where absent."""
    roles: Roles | None = None
    limits: PolicyLimits | None = None


CurrencyCode: TypeAlias = Annotated[str, matching("[A-Z]{3}"), Kind("currency code", "a code such as EUR")]


class Units(Table):
    """What money is worth, and what users pay."""

    credits_per_usd: Price | None = None
    """How many credits a US dollar buys."""
    margin: Price | None = None
    """What a user pays is what the run costs us, times this; 1 where absent."""
    rates: dict[CurrencyCode, Price] | None = None
    """US dollars that one unit of another currency is worth; costs in a currency that is not here stay in it."""


class CatalogFile(Table):
    """What holds for the whole catalogue."""

    schema_version: Annotated[SchemaVersion, Field(alias="schema")]
    """Version of this format."""
    policy: Policy | None = None
    units: Units | None = None
