"""A provider on a line and in full. Keys are named, never shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from modeltui.domain.text import safe
from modeltui.tui.present.line import BLANK, Line, Role, cut, fit, line
from modeltui.tui.present.model import moment

if TYPE_CHECKING:
    from modeltui.services.providers import Health, ProviderStatus

_NAME_WIDTH = 16


def provider_line(provider: ProviderStatus, width: int) -> Line:
    """`● kie_ai    key: KIE_AI_API_KEY    12 of 40 active   ok`. The last cell of `width` is that of the scrollbar."""
    sign, role = _key_sign(provider)
    return cut(
        (
            (f" {sign} ", role),
            (f"{fit(safe(provider.id), _NAME_WIDTH)} ", "plain"),
            (f"{provider.active:>4} of {provider.models:<4} active  ", "muted"),
            *(() if provider.unasked else _health_word(provider.health)),
            (f"  {safe(_key_word(provider))}", role),
        ),
        width - 1,
    )


def provider_counts(providers: Sequence[ProviderStatus]) -> Line:
    """How many there are, without a key, and without an answer."""
    parts = [f"{len(providers)} providers"]
    if missing := sum(not each.is_ready for each in providers):
        parts.append(f"{missing} without a key")
    if silent := sum(each.health is not None and not each.health.is_good for each in providers):
        parts.append(f"{silent} could not be reached")
    return ((f" {', '.join(parts)}", "muted"),)


def provider_details(provider: ProviderStatus) -> list[Line]:
    lines: list[Line] = [
        ((safe(provider.name), "strong"), (f"  {safe(provider.base_url)}", "muted")),
        BLANK,
        _named("key", key_said(provider), _key_sign(provider)[1]),
        *([] if provider.unasked else _ways(provider)),
        _named("models", f"{provider.models}, {provider.active} active"),
        *([] if provider.unasked else [_named("jobs at once", _jobs(provider))]),
    ]
    lines += [_named("requests", f"{each.count} in {each.per_s:g} s") for each in provider.requests]
    lines += [_named("host", host) for host in provider.hosts]
    lines += [_named("base", f"{name} {url}") for name, url in provider.bases.items()]
    lines += [_named("media from", host) for host in provider.media_hosts]
    lines += [_named("verified", provider.verified_on)] if provider.verified_on else []
    lines += [_named("docs", provider.docs)] if provider.docs else []
    moved = [_named("changed", change, "bad") for change in provider.moved]
    health = [] if provider.unasked else [BLANK, *_health_lines(provider)]
    return [*lines, *([BLANK, *moved] if moved else []), *health]


def _ways(provider: ProviderStatus) -> list[Line]:
    said = "answered inside the process" if provider.transport == "sandbox" else provider.transport
    return [_named("sign-in", provider.scheme), _named("transport", said)]


def _jobs(provider: ProviderStatus) -> str:
    return "no limit stated" if provider.concurrency is None else str(provider.concurrency)


def key_said(provider: ProviderStatus) -> str:
    """Where the key is, never what it is."""
    if provider.scheme == "none":
        return "no key needed"
    if provider.key_present is not None:
        return f"{provider.key_present} is set"
    return f"{' or '.join(provider.key_names)} is not set" if provider.key_names else "no key is named"


def _key_word(provider: ProviderStatus) -> str:
    """What of `key_said` fits on a line; the name of the variable comes first where it is cut."""
    if provider.moved:
        return "keys would go elsewhere"
    if provider.scheme == "none" or not provider.key_names:
        return key_said(provider)
    return provider.key_present or f"no {' or '.join(provider.key_names)}"


def _key_sign(provider: ProviderStatus) -> tuple[str, Role]:
    if provider.moved:
        return "!", "bad"
    if provider.scheme == "none":
        return "●", "muted"
    return ("●", "good") if provider.is_ready else ("○", "warn")


def _health_word(health: Health | None) -> Line:
    if health is None:
        return (("not checked", "muted"),)
    return (("ok         ", "good"),) if health.is_good else (("unreachable", "bad"),)


def _health_lines(provider: ProviderStatus) -> list[Line]:
    if provider.health is None:
        return [line("not checked yet: c connects to its hosts; no key is sent", "muted")]
    lines: list[Line] = [_named("checked", moment(provider.health.at.astimezone()))]
    for host in provider.health.hosts:
        said = f"{host.host}  {host.problem}" if host.problem else f"{host.host}  {(host.seconds or 0) * 1000:.0f} ms"
        lines.append(((("! " if host.problem else "  ") + safe(said), "bad" if host.problem else "good"),))
    return lines


def _named(name: str, value: str, role: Role = "plain") -> Line:
    return ((f"{name:<13}", "muted"), (safe(value), role))
