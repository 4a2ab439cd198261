"""Making and removing workflows on the command line: both wait in the queue."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence

from modeltui.cli import output, report
from modeltui.cli.arguments import assignment
from modeltui.cli.outcome import reported
from modeltui.cli.reading import content_of
from modeltui.cli.session import Session
from modeltui.errors import UsageError


def new(session: Session, words: Sequence[str], arguments: Namespace) -> int:
    name, steps = (words[0] if words else ""), list(map(assignment, words[1:]))
    if not name or bool(steps) == (arguments.file is not None):
        hint = "workflow new NAME STEP=MODEL …, or workflow new NAME --file FILE"
        raise UsageError("workflow new takes a NAME, and its steps or a file", hint=hint)
    if len(dict(steps)) < len(steps):
        raise UsageError("two steps have one name", hint="later steps call each by its own")
    files = session.workspace.workflow_files
    draft = files.draft(name, dict(steps)) if steps else files.draft_of(name, content_of(arguments.file))
    if arguments.dry_run:
        output.file_content(draft.text.encode())
        report.warn(draft.warnings)
        report.say(f"{draft.path} would be made; nothing was queued")
        return report.Exit.DONE
    code = reported(files.create(draft))
    report.say(f"{draft.path} waits; `modeltui apply` writes it, `modeltui workflow run {name}` runs it then")
    return code


def switch(session: Session, words: Sequence[str], arguments: Namespace, *, active: bool) -> int:
    verb = "enable" if active else "disable"
    if not words:
        raise UsageError(f"workflow {verb} takes a NAME", hint="`modeltui workflow list` shows them")
    if arguments.dry_run:
        found = [session.workspace.workflows.get(name) for name in words]
        count = sum(each.active is not active for each in found)
        report.say(f"{count} of {len(found)} would change; nothing was queued")
        return report.Exit.DONE
    return reported(session.workspace.workflow_files.switch(words, active=active))


def remove(session: Session, words: Sequence[str], arguments: Namespace) -> int:
    if not words:
        raise UsageError("workflow remove takes a NAME", hint="`modeltui workflow list` shows them")
    if arguments.dry_run:
        for name in words:
            report.say(f"{session.workspace.workflows.get(name).path} would go; nothing was queued")
        return report.Exit.DONE
    return reported(session.workspace.workflow_files.remove(words))
