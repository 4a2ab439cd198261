"""Which callers a model is offered to while it is rolled out: the same ones in every process, language and version."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from modeltui.domain.document import Document
from modeltui.domain.model import Model, rollout_percent

if TYPE_CHECKING:
    from modeltui.domain.catalog import Catalog

STEPS: Final = (0, 1, 10, 50, 100)
"""The usual percentages, from nobody to everybody."""
NAME: Final = "rollout"
"""Of the table in a model file."""

_BYTES: Final = 8
_BUCKETS: Final = 2 ** (8 * _BYTES)
_SHOWN: Final = 10**6
"""A bucket is shown with six decimals."""


class Reason(StrEnum):
    DENIED = "denied"
    ALLOWED = "allowed"
    EVERYBODY = "everybody"
    WITHIN = "within"
    BEYOND = "beyond"


class RolloutAnswer(Struct, frozen=True):
    """Whether a model is offered to one caller."""

    is_in: bool
    reason: Reason
    """Text: `denied` or `allowed` by a list, `everybody`, else the bucket is `within` the percentage or `beyond` it."""
    bucket: float
    """Where the caller stands, from 0 to below 100; cut to six decimals."""
    percent: float


class Rollout(Struct, frozen=True):
    """What `[rollout]` of a model file says. Without one everybody is in."""

    percent: float
    salt: str
    allow: frozenset[str] = frozenset()
    deny: frozenset[str] = frozenset()

    @property
    def is_for_all(self) -> bool:
        """Whether only callers that are denied are out."""
        return self.percent >= STEPS[-1]

    def has(self, caller_id: str) -> bool:
        """Whether the caller is in. The deny list comes before the allow list, that before the percentage."""
        if caller_id in self.deny:
            return False
        return caller_id in self.allow or is_within(bucket_of(self.salt, caller_id), self.percent)

    def answer(self, caller_id: str) -> RolloutAnswer:
        bucket, is_in = bucket_of(self.salt, caller_id), self.has(caller_id)
        return RolloutAnswer(is_in, self._reason(caller_id, is_in=is_in), shown_bucket(bucket), self.percent)

    def _reason(self, caller_id: str, *, is_in: bool) -> Reason:
        if caller_id in self.deny:
            return Reason.DENIED
        if self.is_for_all:
            return Reason.EVERYBODY
        if caller_id in self.allow:
            return Reason.ALLOWED
        return Reason.WITHIN if is_in else Reason.BEYOND


def rollout_of(document: Document, fallback_salt: str) -> Rollout:
    """What a file says. `fallback_salt` stands in for a salt that is not said: the uid.

    A percentage that cannot be read counts as 0: no slip of the pen gives a model to everybody.
    """
    percent, table = rollout_percent(document), _table(document)
    salt = table.get("salt")
    return Rollout(
        percent=STEPS[-1] if percent is None else percent,
        salt=salt if isinstance(salt, str) and salt.strip() else fallback_salt,
        allow=frozenset(callers_of(table, "allow")),
        deny=frozenset(callers_of(table, "deny")),
    )


def rollout_in(catalog: Catalog, model: Model) -> Rollout | None:
    """As the file of a row says it; None where it has no `[rollout]`, which the row tells without its document."""
    if model.rollout is None:
        return None
    document, salt = catalog.documents.get(model.key), model.uid or model.key
    return Rollout(model.rollout, salt) if document is None else rollout_of(document, salt)


def callers_of(table: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """The callers on a list of the table, in its order."""
    listed = table.get(name)
    return tuple(each for each in listed if isinstance(each, str)) if isinstance(listed, list) else ()


def bucket_of(salt: str, caller_id: str) -> int:
    """From 0 to below 2**64: the first 8 bytes of SHA-256, the most significant first. Raises UnicodeEncodeError."""
    return int.from_bytes(sha256(f"{salt}\0{caller_id}".encode()).digest()[:_BYTES], "big")


def is_within(bucket: int, percent: float) -> bool:
    """Whether a bucket is below a percentage: nobody's is below 0, everybody's below 100. Exact, as both sides are."""
    return bucket * 100 < percent * _BUCKETS


def shown_bucket(bucket: int) -> float:
    """As a share of 100, cut to six decimals so that it never reads as 100."""
    return bucket * 100 * _SHOWN // _BUCKETS / _SHOWN


def next_step(percent: float) -> int:
    """The usual percentage above one."""
    return next((step for step in STEPS if step > percent), STEPS[-1])


def percent_text(percent: float) -> str:
    """`10 %`, `0.5 %`."""
    return f"{percent_number(percent)} %"


def percent_number(percent: float) -> str:
    """`10`, `0.5`; every digit that counts."""
    return str(int(percent)) if percent == int(percent) else repr(percent)


def _table(document: Document) -> Mapping[str, Any]:
    table = document.get(NAME)
    return table if isinstance(table, Mapping) else {}
