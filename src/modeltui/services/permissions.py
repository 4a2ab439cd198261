"""What this user may do here: the policy of the catalogue, and whether this session may change anything at all."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from modeltui.domain.policy import LEAST, SETTINGS, Deed, Policy, Role, parsed_policy
from modeltui.errors import BrokenFileError, NotPermittedError

if TYPE_CHECKING:
    from modeltui.domain.audit import Audit
    from modeltui.domain.document import Document

__all__ = ["Deed", "Permissions", "Role", "Standing", "foreign_refusal", "read_policy"]

_MOST_KEYS: Final = 50
"""Of models in one entry of the audit log."""


class Standing(Struct, frozen=True):
    """What a user is, under one policy."""

    user: str
    role: Role
    policy: Policy
    is_read_only: bool = False
    read_as: str = ""
    """The mapping that a tree of others is read through, which nobody changes here; empty for a catalogue of ours."""

    def refusal(self, deed: Deed) -> NotPermittedError | None:
        """Why not, with what would help; None where it is permitted."""
        if self.read_as:
            return foreign_refusal(self.read_as)
        if self.is_read_only:
            return NotPermittedError(
                f"this session is read-only, and does not {deed}",
                hint="start without --read-only, and without read_only in config.toml; the console's palette lifts it",
            )
        least = LEAST[deed]
        if self.role >= least:
            return None
        if self.policy.fault is not None:
            return NotPermittedError(
                f"{self.user} may not {deed}, because the policy cannot be read: {self.policy.fault}",
                hint=f"mend {SETTINGS}; until then everybody is a viewer",
            )
        named = self.policy.who(least)
        hint = f"{least.title} may: {', '.join(named)}" if named else f"{SETTINGS} names nobody who may"
        return NotPermittedError(f"{self.user} is {self.role.title} here, and may not {deed}", hint=hint)


class Permissions:
    """Asked by every service before it changes anything. Safe to use from several threads."""

    def __init__(
        self,
        load: Callable[[], Policy],
        audit: Audit,
        user: str,
        groups: Collection[str] = (),
        *,
        is_read_only: bool = False,
        read_as: str = "",
    ) -> None:
        """`load` reads the policy as it is on disk now; `groups` are the system groups of this process.

        read_as: the mapping that a tree of others is read through; empty for a catalogue of ours.
        """
        self._load = load
        self._audit = audit
        self._user = user
        self._groups = groups
        self.read_as = read_as
        self._is_read_only = is_read_only

    @property
    def is_read_only(self) -> bool:
        """May be switched while the program runs, but for a tree of others, which stays as it is."""
        return self._is_read_only or bool(self.read_as)

    @is_read_only.setter
    def is_read_only(self, wanted: bool) -> None:
        self._is_read_only = wanted

    def policy(self) -> Policy:
        return self._load()

    def standing(self, policy: Policy | None = None) -> Standing:
        """Under the policy on disk, or under one that was read before."""
        known = self._load() if policy is None else policy
        return Standing(self._user, known.role_of(self._user, self._groups), known, self.is_read_only, self.read_as)

    def require(self, deed: Deed, what: str, keys: Sequence[str] = ()) -> None:
        """Raises NotPermittedError, and notes in the audit log that `what` was tried."""
        refusal = self.standing().refusal(deed)
        if refusal is None:
            return
        if not self.is_read_only:
            self.note_refused(what, refusal.message, keys)
        raise refusal

    def note_refused(self, what: str, why: str, keys: Sequence[str] = ()) -> None:
        """That a refusal cannot be noted does not make it less of one."""
        more = f" (and {len(keys) - _MOST_KEYS} more models)" if len(keys) > _MOST_KEYS else ""
        self._audit.note("refused", what, f"{why}{more}", tuple(keys[:_MOST_KEYS]))


def foreign_refusal(name: str) -> NotPermittedError:
    """Why nothing is changed or run in a tree that is read through the mapping `name`."""
    return NotPermittedError(
        f"this catalogue is read as {name}, which is read only; import makes it one of ours",
        hint="list, show, views, stats, check and export read it; `modeltui import --help` tells how to take it over",
    )


def read_policy(read: Callable[[str], bytes], parse: Callable[[bytes], Document]) -> Policy:
    """The policy that `catalog.toml` says now. A file that cannot be read allows nothing."""
    try:
        return parsed_policy(parse(read(SETTINGS)))
    except BrokenFileError as error:
        return Policy(fault=f"{SETTINGS}: {error.message}")
