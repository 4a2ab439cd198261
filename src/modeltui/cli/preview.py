"""`--dry-run` of a change to many models: what it would do, and whom it would skip."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterator

from modeltui.cli import output, report
from modeltui.cli.arguments import Parser
from modeltui.cli.outcome import counted_keys, reported, say_skipped
from modeltui.cli.session import Session
from modeltui.domain.document import format_field, shown
from modeltui.services.changing.acts import Act
from modeltui.services.changing.preview import Preview
from modeltui.services.outcome import Outcome


def add_dry_run(parser: Parser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="show what would be queued, and queue nothing")


def done_or_foreseen(is_dry_run: bool, foresee: Callable[[], Preview], do: Callable[[], Outcome]) -> int:
    """Do it, or tell what it would do; the exit code is the same."""
    return foreseen(foresee()) if is_dry_run else reported(do())


def acted(session: Session, query: str, arguments: Namespace, act: Act) -> int:
    """Do an act on the models of a query, or tell what it would do."""
    keys, bulk = session.chosen(query), session.workspace.bulk
    return done_or_foreseen(arguments.dry_run, lambda: bulk.preview(keys, act), lambda: bulk.do(keys, act))


def foreseen(preview: Preview) -> int:
    """The models that would change on stdout, with each field; the numbers on stderr."""
    would_be = Outcome(
        preview.snapshot, (*preview.changed, *preview.removed), preview.unchanged, preview.refused, preview.warnings
    )
    if not would_be.changed and not would_be.unchanged:
        return reported(would_be)
    output.lines(_described(preview))
    report.warn(preview.warnings)
    say_skipped(would_be)
    report.say(f"{_summary(preview)}; nothing was queued")
    return report.Exit.DONE


def _described(preview: Preview) -> Iterator[str]:
    for key, edits in preview.changed.items():
        yield f"~ {key}"
        for edit in edits:
            yield f"    {format_field(edit.path)}: {shown(edit.old)} → {shown(edit.new)}"
    for key in preview.removed:
        yield f"- {key}"


def _summary(preview: Preview) -> str:
    parts = [f"{counted_keys((*preview.changed, *preview.removed))} would change"]
    if preview.unchanged:
        parts.append(f"{len(preview.unchanged)} already so")
    if preview.refused:
        locked = sum(preview.is_locked(refusal.key) for refusal in preview.refused)
        parts.append(f"{len(preview.refused)} skipped" + (f" ({locked} locked)" if locked else ""))
    return ", ".join(parts)
