"""The facet panel as lines: for each field its values, how many models have each, and how the filter stands to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from modeltui.domain.text import safe
from modeltui.tui.present.line import Line, Role, fit

if TYPE_CHECKING:
    from modeltui.domain.browse.facets import Facet, FacetValue

_FIELD: Final = 10
_COUNT: Final = 7


@dataclass(frozen=True, slots=True)
class FacetRow:
    facet: Facet
    value: FacetValue
    is_first: bool
    """Whether it stands at the head of its field."""

    @property
    def key(self) -> str:
        return f"{self.facet.field}\0{self.value.label}"


def facet_rows(facets: Iterable[Facet]) -> list[FacetRow]:
    return [FacetRow(facet, value, at == 0) for facet in facets for at, value in enumerate(facet.values)]


def facet_line(row: FacetRow, width: int) -> Line:
    """Field, sign, value, count. `✓` is what the filter wants, `-` what it leaves out."""
    value = row.value
    sign = "✓ " if value.is_chosen else "- " if value.is_excluded else "  "
    role: Role = "accent" if value.is_chosen else "bad" if value.is_excluded else "plain" if value.count else "muted"
    room = max(1, width - _FIELD - len(sign) - _COUNT - 2)
    return (
        (fit(f" {safe(row.facet.field)}" if row.is_first else "", _FIELD), "strong"),
        (sign, role),
        (fit(safe(value.label), room), role),
        (f"{value.count:>{_COUNT}} ", "muted"),
    )
