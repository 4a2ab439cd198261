"""`merge-driver`: what git calls to merge a model, and how it is told to."""

from __future__ import annotations

from argparse import Namespace

from modeltui.cli import output, report
from modeltui.cli.arguments import Parser
from modeltui.cli.commands import Command
from modeltui.cli.session import Session
from modeltui.domain.text import some_of
from modeltui.errors import UsageError

_FILES = 3


def merge_driver(session: Session, arguments: Namespace) -> int:
    if arguments.install or arguments.uninstall:
        return _set_up(session, arguments)
    if len(arguments.files) not in {_FILES, _FILES + 1}:
        raise UsageError("merge-driver takes BASE OURS THEIRS [PATH], --install or --uninstall")
    from modeltui.services.sharing.merge_driver import merge_files  # noqa: PLC0415  # not to set it up

    base, ours, theirs, *path = arguments.files
    driven = merge_files(base, ours, theirs)
    name = path[0] if path else ours
    if driven.note:
        report.say(f"{name}: {driven.note}")
    if driven.is_clean:
        return report.Exit.DONE
    report.say(f"{name}: in conflict: {some_of(driven.clashes, len(driven.clashes))}")
    return report.Exit.REFUSED


def _set_up(session: Session, arguments: Namespace) -> int:
    from modeltui.services.permissions import Deed  # noqa: PLC0415
    from modeltui.services.sharing.driver_setup import install_driver, uninstall_driver  # noqa: PLC0415  # not for a merge

    if arguments.files or (arguments.install and arguments.uninstall):
        raise UsageError("--install and --uninstall stand alone")
    workspace = session.workspace
    workspace.permissions.require(Deed.APPLY, "merge-driver")
    changed = (install_driver if arguments.install else uninstall_driver)(workspace.root)
    what = "installed" if arguments.install else "taken away"
    if changed is None:
        report.say(f"the merge driver is {what}")
    else:
        output.paths([changed])
        report.say(f"the merge driver is {what} in this clone; commit this file, so that other clones can have it too")
    return report.Exit.DONE


def _add_arguments(parser: Parser) -> None:
    parser.add_argument(
        "files", nargs="*", metavar="FILE", help="BASE OURS THEIRS [PATH], as git gives them: %%O %%A %%B %%P"
    )
    parser.add_argument("--install", action="store_true", help="name it in .gitattributes and in this clone's config")
    parser.add_argument("--uninstall", action="store_true", help="take it out of both")


COMMANDS = {
    "merge-driver": Command(
        merge_driver,
        _add_arguments,
        "Merge three states of a TOML file into OURS: fields that only one side changed, and lists as a whole. Fields\n"
        "in conflict are marked by git's conflict markers, and the exit code is 1. Other files merge by their lines.",
        "`pull` merges so without it; with it git merge, rebase and cherry-pick do too.",
        usage="modeltui merge-driver BASE OURS THEIRS [PATH]\n       modeltui merge-driver --install|--uninstall",
    )
}
