"""What test generations came to, read from their database when a program asks for it."""

from __future__ import annotations

from modeltui.domain.run_stats import RunStats
from modeltui.services.run_figures import RunFigures


def stats_of_all(root: str) -> dict[str, RunStats]:
    """By uid, or by key for a model without one. Nothing is made where there is no database."""
    from modeltui.jobs import tallying  # noqa: PLC0415  # loads SQLite
    from modeltui.jobs.database import Database  # noqa: PLC0415

    database = Database(root, is_read_only=lambda: True)
    try:
        none: dict[str, RunStats] = {}
        return database.read(tallying.all_stats, none)
    finally:
        database.close()


def figures_of(root: str) -> RunFigures:
    """The same, read again when runs ended since."""
    return RunFigures(lambda: stats_of_all(root), lambda: _stamp(root))


def _stamp(root: str) -> int:
    from modeltui.jobs.database import Database  # noqa: PLC0415  # loads SQLite

    database = Database(root, is_read_only=lambda: True)
    try:
        return database.stamp()
    finally:
        database.close()
