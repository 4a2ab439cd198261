"""What the terminal shows, as far as it is known."""

from __future__ import annotations

from modeltui.tui.lowband.cells import UNKNOWN, Cell, Pen
from modeltui.tui.lowband.frame import Row


class Shadow:
    """Rows of cells, the cursor and the pen. All unknown at first."""

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height
        self.rows: list[Row] = [[UNKNOWN] * width for _ in range(height)]
        self.at: tuple[int, int | None] | None = None
        self.pen: Pen | None = None

    @property
    def is_known(self) -> bool:
        """Whether anything is known of any cell."""
        return any(cell is not UNKNOWN for row in self.rows for cell in row)

    def fill(self, cell: Cell) -> None:
        """The terminal shows this everywhere."""
        self.rows = [[cell] * self.width for _ in range(self.height)]

    def shift(self, top: int, bottom: int, lines: int) -> None:
        """Lines `top` to `bottom` move up, or down where `lines` is negative. What comes in is unknown."""
        band = self.rows[top : bottom + 1]
        new = [[UNKNOWN] * self.width for _ in range(abs(lines))]
        self.rows[top : bottom + 1] = [*band[lines:], *new] if lines > 0 else [*new, *band[:lines]]
