"""`providers`: the companies that serve, and whether their keys are here."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from modeltui.cli import output, report
from modeltui.cli.arguments import Parser, add_format
from modeltui.cli.commands import Command
from modeltui.cli.layout import Heading
from modeltui.cli.session import Session
from modeltui.services.providers import ProviderStatus

_HEADINGS = (
    Heading("Provider", least=8),
    Heading("Key", least=12),
    Heading("Models", "right", 6),
    Heading("Active", "right", 6),
    Heading("Hosts", least=12),
)


def providers(session: Session, arguments: Namespace) -> int:
    found = session.workspace.providers.all()
    if arguments.format == "json":
        output.json_array(map(_row, found))
    elif found:
        output.table(_HEADINGS, map(_cells, found))
    else:
        report.say("this catalogue has no providers")
    return report.Exit.DONE


def _row(provider: ProviderStatus) -> dict[str, Any]:
    return {
        "id": provider.id,
        "base_url": provider.base_url,
        "hosts": list(provider.hosts),
        "auth": provider.scheme,
        "key_names": list(provider.key_names),
        "key_present": provider.key_present is not None,
        "key_name": provider.key_present,
        "ready": provider.is_ready,
        "models": provider.models,
        "active": provider.active,
    }


def _cells(provider: ProviderStatus) -> list[str]:
    return [provider.id, _key(provider), str(provider.models), str(provider.active), ", ".join(provider.hosts)]


def _key(provider: ProviderStatus) -> str:
    """Where the key is, never what it is."""
    if provider.scheme == "none":
        return "not needed"
    if provider.key_present is not None:
        return f"yes ({provider.key_present})"
    return f"no ({' or '.join(provider.key_names)})" if provider.key_names else "no"


def _add_arguments(parser: Parser) -> None:
    add_format(parser, "table", "json")


COMMANDS = {
    "providers": Command(
        providers,
        _add_arguments,
        "Show the providers: where requests go, and whether a key is set (it is never shown).",
    )
}
