"""`alerts`: what an administrator should look at today."""

from __future__ import annotations

from argparse import ArgumentTypeError, Namespace
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, Final

from modeltui.cli import output, report
from modeltui.cli.arguments import QUERY_NOTE, Parser, add_format, add_query, query_of
from modeltui.cli.commands import Command
from modeltui.cli.outcome import counted
from modeltui.cli.session import Session
from modeltui.domain.alerts import SEVERITIES, VERIFIED_WITHIN, Alert
from modeltui.domain.document import format_field, plain
from modeltui.domain.finding import Severity
from modeltui.domain.price import price_of
from modeltui.domain.run_alerts import TESTED_WITHIN
from modeltui.errors import UsageError

_EXAMPLES: Final = 5
"""Alerts of one code that are told one by one."""


def alerts(session: Session, arguments: Namespace) -> int:
    for name, days in (("verified", arguments.verified_within), ("tested", arguments.tested_within)):
        if days < 0:
            raise UsageError(f"--{name}-within is a number of days, 0 or more")
    found = session.workspace.alerts.all(
        query_of(arguments),
        arguments.verified_within,
        tested_within=arguments.tested_within,
        spend_over=arguments.spend_over,
    )
    if arguments.format == "json":
        output.json_array(map(_row, found))
    else:
        output.lines(_grouped(found, len(found) if arguments.all else _EXAMPLES))
    if trouble := session.workspace.alerts.trouble:
        report.say(f"note: {trouble}")
    report.say(_summary(found))
    return report.Exit.REFUSED if _fails(found, arguments.fail_on) else report.Exit.DONE


def _fails(found: Sequence[Alert], fail_on: Severity | None) -> bool:
    """Whether an alert is as grave as `fail_on`, or graver."""
    if fail_on is None:
        return False
    return any(alert.severity in SEVERITIES[: SEVERITIES.index(fail_on) + 1] for alert in found)


def _row(alert: Alert) -> dict[str, Any]:
    remedy = alert.remedy
    return {
        "code": alert.code,
        "severity": alert.severity,
        "subject": alert.subject,
        "message": alert.message,
        "explanation": alert.explanation,
        "keys": list(alert.keys),
        "query": alert.query,
        "remedy": remedy.label if remedy else None,
        "changes": [
            {"field": format_field(edit.path), "from": plain(edit.old), "to": plain(edit.new)}
            for edit in (remedy.edits if remedy else ())
        ],
    }


def _told(alert: Alert) -> Iterator[str]:
    yield f"{alert.severity}: {alert.subject} {alert.message} [{alert.code}]"
    yield f"    {alert.explanation}"


def _grouped(found: Sequence[Alert], most: int) -> Iterator[str]:
    """Of each code at most so many alerts, then how many more there are."""
    groups: dict[str, list[Alert]] = {}
    for alert in found:
        groups.setdefault(f"{alert.severity} {alert.code}", []).append(alert)
    for alerts_of_code in groups.values():
        for alert in alerts_of_code[:most]:
            yield from _told(alert)
        first, rest = alerts_of_code[0], len(alerts_of_code) - most
        if rest > 0:
            yield f"{first.severity}: and {rest} more of {len(alerts_of_code)} [{first.code}]; --all shows them"


def _summary(found: Sequence[Alert]) -> str:
    if not found:
        return "nothing to look at: all is well"
    counts = Counter(alert.severity for alert in found)
    return ", ".join(counted(counts[severity], severity) for severity in SEVERITIES if counts[severity])


def _usd(text: str) -> Decimal:
    amount = price_of(text)
    if amount is None or amount < 0:
        raise ArgumentTypeError(f"{text!r} is no amount in USD")
    return amount


def _add_arguments(parser: Parser) -> None:
    add_query(parser, is_needed=False)
    known = f"{', '.join(SEVERITIES[:-1])} or {SEVERITIES[-1]}"
    parser.add_argument(
        "--fail-on", choices=SEVERITIES, metavar="SEVERITY", help=f"exit with 1 where one is this grave: {known}"
    )
    parser.add_argument(
        "--verified-within",
        type=int,
        default=VERIFIED_WITHIN,
        metavar="DAYS",
        help=f"how old the last verification of a price may be ({VERIFIED_WITHIN})",
    )
    parser.add_argument(
        "--tested-within",
        type=int,
        default=TESTED_WITHIN,
        metavar="DAYS",
        help=f"how long ago an active model may have been run ({TESTED_WITHIN})",
    )
    parser.add_argument(
        "--spend-over", type=_usd, metavar="USD", help="also tell which provider's test runs took more than that"
    )
    parser.add_argument(
        "--all", action="store_true", help=f"as text every alert, not {_EXAMPLES} of each code; JSON always has all"
    )
    add_format(parser, "text", "json")


COMMANDS = {
    "alerts": Command(
        alerts,
        _add_arguments,
        "Show what should be looked at: keys that are missing, last days, defaults, locks, prices, runs that fail and "
        "models that nobody tested. Exit code 0, or 1 with --fail-on.",
        QUERY_NOTE,
    )
}
