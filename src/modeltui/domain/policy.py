"""Who may do what, and what wants a second look: `[policy]` of `catalog.toml`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from enum import IntEnum, StrEnum
from math import isfinite
from typing import Any, Final

from msgspec import Struct

from modeltui.domain.catalog import Catalog
from modeltui.domain.document import Document
from modeltui.errors import ConfigError

SETTINGS: Final = "catalog.toml"
_SCHEMA: Final = 1
_LIMITS: Final = ("apply_files", "price_jump_percent")
_ELSEWHERE: Final[Mapping[str, Collection[str]]] = {"schema": (), "units": ("credits_per_usd", "margin", "rates")}
"""The fields of `catalog.toml` that are none of the policy, with those inside them."""
_ALIKE: Final = 0.7
_LONGEST_NAME: Final = 40


class Role(IntEnum):
    """Each may do what those below it may."""

    VIEWER = 1
    EDITOR = 2
    ADMIN = 3

    @property
    def title(self) -> str:
        """`a viewer`, `an editor`, `an admin`."""
        return f"a {self.word}" if self is Role.VIEWER else f"an {self.word}"

    @property
    def word(self) -> str:
        """As `[policy.roles]` writes it."""
        return self.name.lower()


class Deed(StrEnum):
    """What not everybody may do. The value follows `may not`."""

    QUEUE = "queue changes"
    RUN = "run models"
    APPLY = "apply"
    RECOVER = "finish or undo an apply"
    UNLOCK = "unlock models"
    REMOVE = "delete files"


PATHS: Final[Mapping[str, str]] = {
    "policy": "policy",
    "reason_required": "policy.reason_required",
    "roles": "policy.roles",
    **{role.word: f"policy.roles.{role.word}" for role in Role},
    "limits": "policy.limits",
    **{name: f"policy.limits.{name}" for name in _LIMITS},
}
"""The fields of the policy by their last name."""

LEAST: Final[Mapping[Deed, Role]] = {
    Deed.QUEUE: Role.EDITOR,
    Deed.RUN: Role.EDITOR,
    Deed.APPLY: Role.ADMIN,
    Deed.RECOVER: Role.ADMIN,
    Deed.UNLOCK: Role.ADMIN,
    Deed.REMOVE: Role.ADMIN,
}


class Policy(Struct, frozen=True):
    roles: Mapping[Role, frozenset[str]] | None = None
    """System users, and `@` with a system group; None where everybody is an admin."""
    reason_required: bool = False
    apply_files: int | None = None
    """More files than this in one apply want their number said."""
    price_jump_percent: Decimal | None = None
    """A price that rises by more than this wants a reason."""
    fault: str | None = None
    """Why the policy cannot be read; then everybody is a viewer."""

    def role_of(self, user: str, groups: Collection[str] = ()) -> Role:
        """The highest one that names the user or a group of theirs; viewer where none does."""
        if self.fault is not None:
            return Role.VIEWER
        if self.roles is None:
            return Role.ADMIN
        names = {user, *(f"@{group}" for group in groups)}
        return max((role for role, named in self.roles.items() if named & names), default=Role.VIEWER)

    def who(self, least: Role) -> tuple[str, ...]:
        """Who is named for that role or a higher one."""
        named = (self.roles or {}).items()
        return tuple(sorted({name for role, names in named if role >= least for name in names}))


def policy_of(catalog: Catalog) -> Policy:
    """The policy of a catalogue as it was read. What cannot be read allows nothing."""
    for fault in catalog.faults:
        if fault.path == SETTINGS:
            return Policy(fault=f"{fault.where}: {fault.message}")
    return parsed_policy(catalog.settings)


def parsed_policy(settings: Document) -> Policy:
    """What a parsed `catalog.toml` says.

    A rule that is not understood, or stands where it has no effect, might have refused: nothing is allowed then.
    """
    try:
        return _parsed(settings)
    except ConfigError as error:
        return Policy(fault=f"{SETTINGS}: {error.message}")


def _parsed(settings: Document) -> Policy:
    if settings.get("schema", _SCHEMA) != _SCHEMA:
        raise ConfigError(f"schema = {settings['schema']} is not known to this modeltui")
    _refuse_misplaced(settings)
    policy = _table(settings, "policy", {"reason_required", "roles", "limits"})
    limits = _table(policy, "limits", _LIMITS, "policy.")
    roles = _table(policy, "roles", {role.word for role in Role}, "policy.")
    is_needed = policy.get("reason_required", False)
    if not isinstance(is_needed, bool):
        raise ConfigError("policy.reason_required is neither true nor false")
    return Policy(
        roles={role: _users(roles, role.word) for role in Role} if roles else None,
        reason_required=is_needed,
        apply_files=_limit(limits, "apply_files", _files),
        price_jump_percent=_limit(limits, "price_jump_percent", _percent),
    )


def _refuse_misplaced(settings: Document) -> None:
    """Raises ConfigError for a field outside `[policy]` that was perhaps meant to be in it, such as `[roles]`."""
    for name, value in settings.items():
        if name == "policy":
            continue
        if name in _ELSEWHERE:
            _refuse_alike(value, _ELSEWHERE[name], f"{name}.")
        else:
            _refuse_alike({name: value}, ())


def _refuse_alike(value: Any, known: Collection[str], place: str = "") -> None:
    if isinstance(value, list):
        for item in value:
            _refuse_alike(item, (), place)
    if not isinstance(value, Mapping):
        return
    for name, inner in value.items():
        if name not in known:
            meant = _meant(name)
            if meant is not None:
                raise ConfigError(f"{place}{name} is no field; {meant} was perhaps meant")
            _refuse_alike(inner, (), f"{place}{name}.")


def _meant(name: str) -> str | None:
    """The field of the policy that a name is nearest to; None where it is none, or nearer to another field."""
    from difflib import get_close_matches  # noqa: PLC0415  # 8 ms, wanted only where there is an unknown field

    others = {field for table, fields in _ELSEWHERE.items() for field in (table, *fields)}
    near = get_close_matches(name.casefold(), [*PATHS, *others], 1, _ALIKE) if len(name) <= _LONGEST_NAME else []
    return PATHS.get(near[0]) if near else None


def _table(within: Mapping[str, Any], name: str, known: Collection[str], place: str = "") -> Mapping[str, Any]:
    """Raises ConfigError for what is no table of known fields."""
    table = within.get(name, {})
    if not isinstance(table, Mapping):
        raise ConfigError(f"{place}{name} is not a table")
    if unknown := sorted(table.keys() - set(known)):
        raise ConfigError(f"{place}{name}.{unknown[0]} is no field")
    return table


def _users(roles: Mapping[str, Any], name: str) -> frozenset[str]:
    users = roles.get(name, [])
    if not isinstance(users, list) or not all(isinstance(user, str) and user.strip() for user in users):
        raise ConfigError(f"policy.roles.{name} is not a list of users")
    return frozenset(users)


def _limit(limits: Mapping[str, Any], name: str, read: Callable[[Any], Any]) -> Any:
    if name not in limits:
        return None
    value = limits[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise ConfigError(f"policy.limits.{name} is not a number")
    return read(value)


def _files(value: float) -> int:
    if not isinstance(value, int) or value < 1:
        raise ConfigError("policy.limits.apply_files is not a whole number of at least 1")
    return value


def _percent(value: float) -> Decimal:
    if value < 0:
        raise ConfigError("policy.limits.price_jump_percent is below 0")
    return Decimal(str(value))
