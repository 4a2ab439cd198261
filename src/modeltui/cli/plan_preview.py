"""What an apply would do, told before it is done."""

from __future__ import annotations

from collections.abc import Callable

from modeltui.cli import output, report
from modeltui.cli.outcome import counted
from modeltui.cli.queue import described
from modeltui.domain.change import Action
from modeltui.domain.plan import Plan


def question(plan: Plan) -> str:
    counts = ", ".join(f"{number} {action.value}" for action in Action if (number := plan.count(action)))
    return f"Apply {counted(len(plan.files), 'file')} ({counts})?"


def previewed(plan: Plan, form: str, show_diff: Callable[[], None]) -> int:
    """`--dry-run`: the diff or the JSON of an apply, what stands in its way, and its exit code."""
    problems = plan.problems
    if form == "json":
        output.json_document({"id": None, "files": [file.path for file in plan.files.values()], "commit": None})
    else:
        show_diff()
    report.say(f"{counted(len(plan.files), 'file')} would be written; nothing was")
    for file in problems:
        for line in described(file):
            report.say(line)
    if not problems:
        return report.Exit.DONE
    return report.Exit.CONFLICT if any(file.is_stale for file in problems) else report.Exit.REFUSED
