"""`edit`: the text of models in the user's own editor, held to every rule on its way back."""

from __future__ import annotations

from argparse import Namespace

from modeltui.cli import asking, report
from modeltui.cli.arguments import Parser
from modeltui.cli.commands import Command
from modeltui.cli.outcome import counted
from modeltui.cli.session import Session
from modeltui.domain.finding import Finding
from modeltui.services.changing.editing import EditService, Opened
from modeltui.services.changing.editor import Copy, copy_of, run_editor

_MOST_SHOWN = 10


def edit(session: Session, arguments: Namespace) -> int:
    """One after the other; the first exit code that is not 0 ends it."""
    service = session.workspace.editing
    for name in arguments.models:
        opened = service.open(session.workspace.catalog.snapshot().shown.find(name).key)
        copy = copy_of(opened.content, opened.key)
        if (code := _edited(service, opened, copy)) != report.Exit.DONE:
            return code
    return report.Exit.DONE


def _edited(service: EditService, opened: Opened, copy: Copy) -> int:
    """Edit until it is queued or given up. A copy that was changed and not queued stays, and is named."""
    code: int | None = None
    try:
        code = _asked(service, opened, copy)
    finally:
        if code is not None or copy.holds(opened.content):
            copy.remove()
        else:
            report.say(f"the edited copy is kept: {copy.path}")
    return report.Exit.REFUSED if code is None else code


def _asked(service: EditService, opened: Opened, copy: Copy) -> int | None:
    """The exit code of what was settled; None where it was given up."""
    line: int | None = None
    while True:
        if failed := run_editor(service.editor, copy, line):
            report.say(f"{opened.key}: the editor ended with {failed}, so nothing was queued")
            return None
        content = copy.read()
        faults = service.faults(opened, content)
        if not faults:
            return _queued(service, opened, content)
        _say(faults)
        line = faults[0].line
        if not _wants_again(line):
            return None


def _queued(service: EditService, opened: Opened, content: bytes) -> int:
    outcome = service.queue_text(opened, content)
    if not outcome.changed:
        report.say(f"{opened.key}: nothing changed")
        return report.Exit.DONE
    report.warn(outcome.warnings)
    planned = outcome.snapshot.plan.files.get(opened.key)
    if planned is not None and planned.is_stale:
        report.say(f"{opened.key}: queued, and stale; `modeltui conflicts` shows both sides")
        return report.Exit.CONFLICT
    if planned is None:
        report.say(f"{opened.key}: as it was, so nothing is pending any longer")
    else:
        form = "as text" if planned.text is not None else f"{counted(len(planned.edits), 'field')} pending"
        report.say(f"{opened.key}: queued ({form})")
    return report.Exit.DONE


def _say(faults: tuple[Finding, ...]) -> None:
    for fault in faults[:_MOST_SHOWN]:
        report.say(f"{fault.where}: {fault.message} [{fault.code}]")
        if fault.hint:
            report.say(f"  {fault.hint}")
    if len(faults) > _MOST_SHOWN:
        report.say(f"and {len(faults) - _MOST_SHOWN} more")


def _wants_again(line: int | None) -> bool:
    where = f" at line {line}" if line is not None else ""
    return asking.can_ask() and asking.confirm(f"Open it again{where}?", is_yes=False)


def _add_arguments(parser: Parser) -> None:
    parser.add_argument("models", nargs="+", metavar="MODEL", help="a key, a uid, or a model_id of one model only")


COMMANDS = {
    "edit": Command(
        edit,
        _add_arguments,
        "Edit the text of models in $VISUAL, $EDITOR or vi, one by one. What comes back is checked and queued.",
        "The editor works on a copy. With an error the copy can be opened again at its line; else it is kept, and\n"
        "named. The uid, the content type and the lock stay as they are. A locked model is not opened.",
    )
}
