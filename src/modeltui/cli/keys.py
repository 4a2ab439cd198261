"""`keys`: where the keys of providers are kept, never what they say."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from modeltui.cli import asking, output, report
from modeltui.cli.arguments import Parser, add_format
from modeltui.cli.commands import Command
from modeltui.cli.layout import Heading
from modeltui.cli.session import Session
from modeltui.errors import UsageError
from modeltui.services.keys import KeyStatus

_HEADINGS = (
    Heading("Provider", least=8),
    Heading("Name", least=12),
    Heading("Kept in", least=12),
    Heading("Only for", least=12),
    Heading("Problem"),
)
_LONGEST = 16_384


def keys(session: Session, arguments: Namespace) -> int:
    if arguments.deed == "set":
        return _set(session, arguments)
    if arguments.deed == "remove":
        return _remove(session, arguments)
    if arguments.what is not None or arguments.name is not None or arguments.keyring:
        raise UsageError("a list of keys takes no name", hint="`modeltui keys set PROVIDER` keeps one")
    found = session.workspace.keys.all()
    if arguments.format == "json":
        output.json_array(map(_row, found))
    elif found:
        output.table(_HEADINGS, map(_cells, found))
    else:
        report.say("no provider of this catalogue takes a key")
    return report.Exit.DONE


def _set(session: Session, arguments: Namespace) -> int:
    if arguments.what is None:
        raise UsageError("PROVIDER is missing", hint="`modeltui providers` shows all")
    service = session.workspace.keys
    names = service.names(arguments.what)
    name = arguments.name or (names[0] if names else None)
    kept_in = service.keep(arguments.what, _typed(name), name, in_keyring=arguments.keyring)
    report.say(f"{name} is kept in {kept_in}, for {arguments.what} and its present hosts alone")
    return report.Exit.DONE


def _remove(session: Session, arguments: Namespace) -> int:
    if arguments.what is None:
        raise UsageError("NAME is missing", hint="`modeltui keys` shows the names")
    session.workspace.keys.remove(arguments.what, in_keyring=arguments.keyring)
    report.say(f"{arguments.what} is removed")
    return report.Exit.DONE


def _typed(name: str | None) -> str:
    """Never an argument of the command: others can see those."""
    return asking.secret(f"{name}: ", _LONGEST)


def _row(key: KeyStatus) -> dict[str, Any]:
    return {
        "provider": key.provider,
        "name": key.name,
        "kept_in": key.kept_in,
        "hosts": list(key.hosts),
        "problem": key.problem,
    }


def _cells(key: KeyStatus) -> list[str]:
    return [key.provider, key.name, key.kept_in or "–", ", ".join(key.hosts), key.problem or ""]


def _add_arguments(parser: Parser) -> None:
    parser.add_argument("deed", nargs="?", choices=("set", "remove"), help="nothing: show where keys are")
    parser.add_argument("what", nargs="?", metavar="PROVIDER|NAME", help="set: a provider's id; remove: a key's name")
    parser.add_argument("--name", metavar="NAME", help="set: which of the provider's keys; the first by default")
    parser.add_argument("--keyring", action="store_true", help="the system's keyring in place of keys.env")
    add_format(parser, "table", "json")


COMMANDS = {
    "keys": Command(
        keys,
        _add_arguments,
        "Show where the keys of providers are kept; keep one, or remove one. A key itself is never shown.",
        "`set` asks for the key without showing it, or reads the first line of standard input. It is kept in keys.env\n"
        "beside config.toml (mode 600), or in the system's keyring, for the provider and the hosts that it has now.\n"
        "Looked up are the environment, then keys.env, then the keyring where config.toml says `keyring = true`.",
        usage="modeltui keys [-C DIR] [--format table|json]\n"
        "       modeltui keys set PROVIDER [--name NAME] [--keyring]\n"
        "       modeltui keys remove NAME [--keyring]",
    )
}
