"""What an import would do, told before anything is queued: created, changed, skipped, refused."""

from __future__ import annotations

from msgspec import Struct

from modeltui.domain.change import Edit
from modeltui.domain.exchange.row import Refused, Skipped

ALREADY = "already so"
SAID = "said by an earlier row too"
ABSENT_HERE = "not in the catalogue"
FOREIGN_HINT = "`--provider THEIRS=OURS` says which of yours a provider is; `--format json` lists the rows"


class Created(Struct, frozen=True):
    where: str
    key: str
    text: str
    """The whole new file."""

    @property
    def path(self) -> str:
        """File, relative to the catalogue."""
        return f"models/{self.key}.toml"


class Changed(Struct, frozen=True):
    where: str
    key: str
    edits: tuple[Edit, ...]


class ImportPlan(Struct, frozen=True):
    """Frozen: it is shown, and then queued as it is, or not at all."""

    source: str
    """The format and the name of the file; the label of the undo step."""
    created: tuple[Created, ...] = ()
    changed: tuple[Changed, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    refused: tuple[Refused, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to queue."""
        return not self.created and not self.changed

    @property
    def count(self) -> int:
        """How many models would change or be made."""
        return len(self.created) + len(self.changed)

    @property
    def is_known(self) -> bool:
        """Whether any row says what is so already."""
        return any(row.reason in (ALREADY, SAID) for row in self.skipped)

    def skipped_by_reason(self) -> dict[str, int]:
        """How many rows were skipped for each reason, the most frequent first."""
        counts: dict[str, int] = {}
        for row in self.skipped:
            counts[row.reason] = counts.get(row.reason, 0) + 1
        return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))

    def refused_by_reason(self) -> list[tuple[str, list[Refused]]]:
        """Rows that were refused: first those that mean a model, one by one, then the others by their reasons."""
        groups: dict[str, list[Refused]] = {}
        for row in sorted(self.refused, key=lambda row: row.key is None):
            groups.setdefault(row.reason if row.key is None else f"{row.where}\0{row.key}", []).append(row)
        return [(rows[0].reason, rows) for rows in groups.values()]

    def summary(self) -> str:
        """`3 to create, 12 to change, 7 skipped, 1 refused`."""
        parts = (
            (len(self.created), "to create"),
            (len(self.changed), "to change"),
            (len(self.skipped), "skipped"),
            (len(self.refused), "refused"),
        )
        return ", ".join(f"{number} {what}" for number, what in parts)
