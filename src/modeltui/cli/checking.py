"""`check`: everything that is wrong or doubtful in the files."""

from __future__ import annotations

import os
from argparse import SUPPRESS, Namespace
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from modeltui.cli import output, report
from modeltui.cli.arguments import Parser, add_format
from modeltui.cli.commands import Command
from modeltui.cli.outcome import counted, say_skipped
from modeltui.cli.session import Session
from modeltui.domain.change import Edit
from modeltui.domain.document import format_field, plain, shown
from modeltui.domain.finding import Finding, Severity
from modeltui.services.changing.fixing import Checked

_COMMANDS_OF_GITHUB: Mapping[Severity, str] = {"error": "error", "warning": "warning", "note": "notice"}


def check(session: Session, arguments: Namespace) -> int:
    checked = session.unread.fixes.check()
    root, findings = session.workspace.root, checked.findings
    if arguments.format == "json":
        output.json_array(_row(finding, checked) for finding in findings)
    elif arguments.format == "github":
        output.lines(_annotation(finding, os.path.relpath(root)) for finding in findings)
    else:
        output.lines(line for finding in findings for line in _described(finding))
    report.say(_summary(findings))
    if arguments.fix:
        _fix(session, checked)
    elif checked.fixes:
        report.say(f"`modeltui check --fix` would queue what mends {len(checked.fixes)} of them")
    return report.Exit.REFUSED if any(finding.severity == "error" for finding in findings) else report.Exit.DONE


def _fix(session: Session, checked: Checked) -> None:
    """Queue what can be mended, and say what was queued and what was not. Nothing is written."""
    outcome = session.workspace.fixes.queue(checked)
    for key in outcome.changed:
        for edit in outcome.snapshot.plan.files[key].edits:
            report.say(f"queued {key}: {format_field(edit.path)}: {shown(edit.old)} → {shown(edit.new)}")
    for key in outcome.unchanged:
        report.say(f"pending already {key}")
    say_skipped(outcome)
    for refusal in session.workspace.fixes.by_hand(checked):
        report.say(f"by hand {refusal.key}: {refusal.reason}; {refusal.hint}")
    if outcome.changed:
        report.say(f"{counted(len(outcome.changed))} queued; `modeltui pending --format diff` shows them")
    elif not outcome.unchanged:
        report.say("nothing to queue: what is left needs a decision")


def _row(finding: Finding, checked: Checked) -> dict[str, Any]:
    fix = checked.fixes.get(finding)
    return {
        "path": finding.path,
        "line": finding.line,
        "column": finding.column,
        "field": finding.field,
        "code": finding.code,
        "severity": finding.severity,
        "message": finding.message,
        "hint": finding.hint,
        "fix": None if fix is None else [_edit(edit) for edit in fix],
    }


def _edit(edit: Edit) -> dict[str, Any]:
    return {"field": format_field(edit.path), "from": plain(edit.old), "to": plain(edit.new)}


def _described(finding: Finding) -> Iterator[str]:
    is_named = not finding.field or finding.message.startswith((finding.field, f"`{finding.field}`"))
    field = "" if is_named else f"{finding.field}: "
    yield f"{finding.where}: {finding.severity}: {field}{finding.message} [{finding.code}]"
    if finding.hint:
        yield f"    hint: {finding.hint}"


def _annotation(finding: Finding, root: str) -> str:
    """A workflow command that GitHub shows beside the line; the path is from where the job runs."""
    place = f"file={_property(os.path.normpath(os.path.join(root, finding.path)))}"
    if finding.line is not None:
        place += f",line={finding.line}"
    message = finding.message if finding.hint is None else f"{finding.message} ({finding.hint})"
    place += f",title={_property(finding.code)}" + ("" if finding.column is None else f",col={finding.column}")
    return f"::{_COMMANDS_OF_GITHUB[finding.severity]} {place}::{_escaped(message)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")


def _summary(findings: Sequence[Finding]) -> str:
    if not findings:
        return "nothing to say: all is well"
    counts = Counter(finding.severity for finding in findings)
    return ", ".join(counted(counts[severity], severity) for severity in _COMMANDS_OF_GITHUB if counts[severity])


def _add_arguments(parser: Parser) -> None:
    parser.add_argument("catalog", nargs="?", default=SUPPRESS, metavar="DIR", help="the folder to check, as with -C")
    parser.add_argument("--fix", action="store_true", help="queue what can be mended without a decision")
    add_format(parser, "text", "json", "github")


COMMANDS = {
    "check": Command(
        check,
        _add_arguments,
        "Check every file, and how the files fit together. Shows all findings; exit code 1 if any is an error.",
        "`modeltui explain CODE` tells what a finding means. --fix writes nothing: it queues, as one step.\n"
        "With --as, a tree of another program's making: `modeltui check --as models.dev DIR`.",
        reads_foreign=True,
    )
}
