"""`providers`: the companies that serve, whether their keys are here, and whether they answer."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from modeltui.cli import asking, output, report
from modeltui.cli.arguments import Parser, add_format, add_yes
from modeltui.cli.commands import Command
from modeltui.cli.layout import Heading
from modeltui.cli.session import Session
from modeltui.domain.health import health_data
from modeltui.services.providers import ProviderStatus

_HEADINGS = (
    Heading("Provider", least=8),
    Heading("Key", least=12),
    Heading("Models", "right", 6),
    Heading("Active", "right", 6),
    Heading("Checked", least=7),
    Heading("Hosts", least=12),
)


def providers(session: Session, arguments: Namespace) -> int:
    if arguments.trust is not None:
        return _trust(session, arguments)
    service = session.workspace.providers
    found = service.check() if arguments.check else service.all()
    if arguments.format == "json":
        output.json_array(map(_row, found))
    elif found:
        output.table(_HEADINGS, map(_cells, found))
    else:
        report.say("this catalogue has no providers")
    if not arguments.check:
        return report.Exit.DONE
    bad = [(each.id, host) for each in found if each.health for host in each.health.hosts if host.problem]
    for name, host in bad:
        report.say(f"{name}: {host.host}: {host.problem}")
    return report.Exit.PROVIDER if bad else report.Exit.DONE


def _trust(session: Session, arguments: Namespace) -> int:
    service, provider = session.workspace.trust, arguments.trust
    changed = service.changes(provider)
    if not changed:
        report.say(f"nothing has changed about where keys of {provider} go")
        return report.Exit.DONE
    for line in changed:
        report.say(f"{provider}: {line}")
    if not asking.confirm(f"Send keys of {provider} there from now on?", is_yes=arguments.yes):
        report.say("nothing was changed; runs stay refused")
        return report.Exit.REFUSED
    service.accept(provider)
    report.say(f"{provider} is trusted as its file is now")
    return report.Exit.DONE


def _row(provider: ProviderStatus) -> dict[str, Any]:
    return {
        "id": provider.id,
        "name": provider.name,
        "base_url": provider.base_url,
        "bases": dict(provider.bases),
        "hosts": list(provider.hosts),
        "media_hosts": list(provider.media_hosts),
        "transport": provider.transport,
        "auth": provider.scheme,
        "key_names": list(provider.key_names),
        "key_present": provider.key_present is not None,
        "key_name": provider.key_present,
        "ready": provider.is_ready,
        "models": provider.models,
        "active": provider.active,
        "limits": {
            "concurrency": provider.concurrency,
            "requests": [{"count": each.count, "per_s": each.per_s} for each in provider.requests],
        },
        "last_check": None if provider.health is None else health_data(provider.health),
    }


def _cells(provider: ProviderStatus) -> list[str]:
    counts = [str(provider.models), str(provider.active)]
    return [provider.id, _key(provider), *counts, _checked(provider), ", ".join(provider.hosts)]


def _key(provider: ProviderStatus) -> str:
    """Where the key is, never what it is."""
    if provider.scheme == "none":
        return "not needed"
    if provider.key_present is not None:
        return f"yes ({provider.key_present})"
    return f"no ({' or '.join(provider.key_names)})" if provider.key_names else "no"


def _checked(provider: ProviderStatus) -> str:
    if provider.health is None:
        return "–"
    return f"{'ok' if provider.health.is_good else 'unreachable'} {provider.health.at:%Y-%m-%d %H:%M}"


def _add_arguments(parser: Parser) -> None:
    parser.add_argument(
        "--check", action="store_true", help="connect to every host, for at most 5 seconds; no key is sent"
    )
    parser.add_argument(
        "--trust", metavar="PROVIDER", help="accept that its file has changed where keys go; shows what, and asks"
    )
    add_yes(parser)
    add_format(parser, "table", "json")


COMMANDS = {
    "providers": Command(
        providers,
        _add_arguments,
        "Show the providers: where requests go, and whether a key is set (it is never shown).",
        "--check connects to each host and looks at its certificate; no request is made. Exit code 4 where one cannot\n"
        "be reached. What was found is kept, and shown until the next check.",
    )
}
