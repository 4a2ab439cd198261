"""What of a plan wants a second yes, or a reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from msgspec import Struct

from modeltui.domain.catalog import Catalog
from modeltui.domain.change import Action
from modeltui.domain.document import Document, FieldPath, format_field, get
from modeltui.domain.pending.plan import Plan, PlannedFile, pending_document
from modeltui.domain.policy import Policy
from modeltui.domain.price import price_of
from modeltui.domain.text import some_of

_HUNDRED = Decimal(100)


class PriceJump(Struct, frozen=True):
    key: str
    path: FieldPath
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.key} {format_field(self.path)} {self.old} → {self.new}"


class PlanLimits(Struct, frozen=True):
    """Both empty where the plan is within the limits, or there are none."""

    files: int | None = None
    """How many files there are, where they are more than one apply may have without their number being said."""
    most: int | None = None
    """How many one apply may have without."""
    jumps: tuple[PriceJump, ...] = ()
    """Prices that rise by more than they may without a reason."""
    percent: Decimal | None = None

    @property
    def said(self) -> tuple[str, ...]:
        """A line for each limit that the plan is beyond, for people."""
        lines: list[str] = []
        if self.files is not None:
            lines.append(
                f"{self.files} files are more than the {self.most} that one apply may have without a second yes"
            )
        if self.jumps:
            count = len(self.jumps)
            what = "1 price rises" if count == 1 else f"{count} prices rise"
            named = some_of(map(str, self.jumps), count)
            lines.append(f"{what} by more than {self.percent:f} %, which wants a reason: {named}")
        return tuple(lines)


def limits_of(plan: Plan, catalog: Catalog, policy: Policy) -> PlanLimits:
    """Hold a plan against the limits of a policy."""
    count, most, percent = len(plan.files), policy.apply_files, policy.price_jump_percent
    jumps: tuple[PriceJump, ...] = ()
    if percent is not None:
        jumps = tuple(jump for file in plan.files.values() for jump in _jumps(plan, file, catalog, percent))
    is_large = most is not None and count > most
    return PlanLimits(count if is_large else None, most if is_large else None, jumps, percent if jumps else None)


def _jumps(plan: Plan, file: PlannedFile, catalog: Catalog, percent: Decimal) -> Iterator[PriceJump]:
    """Of a model that is there already. A price in another currency is another price, whatever its number."""
    before = catalog.documents.get(file.key)
    if file.action is not Action.UPDATE or before is None:
        return
    after = pending_document(plan, catalog, file.key)
    is_other_money = get(before, ("cost", "currency")) != get(after, ("cost", "currency"))
    old = _amounts(before)
    for path, (text, amount) in _amounts(after).items():
        if path not in old:
            continue
        was, before_amount = old[path]
        if is_other_money or amount > before_amount * (1 + percent / _HUNDRED):
            yield PriceJump(file.key, path, was, text)


def _amounts(document: Document) -> Mapping[FieldPath, tuple[str, Decimal]]:
    """The prices of a model that can be read, as text and as amounts."""
    from modeltui.domain.pricing.scaling import prices  # noqa: PLC0415  # for catalogues with such a limit

    found = ((path, text, price_of(text)) for path, text in prices(document) if isinstance(text, str))
    return {path: (text, amount) for path, text, amount in found if amount is not None}
