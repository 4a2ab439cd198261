"""The companies that serve: where they are, whether their keys are here (never shown), and whether they answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from modeltui.domain.document import Document
from modeltui.domain.health import Health, health_data, health_of
from modeltui.domain.key import SecretSource, held
from modeltui.errors import ModeltuiError, NotFoundError, NotPermittedError
from modeltui.services.current import Current
from modeltui.services.trust import TrustService
from modeltui.storage.console_state import ConsoleState

__all__ = ["Health", "ProviderService", "ProviderStatus", "RateLimit"]


class RateLimit(Struct, frozen=True):
    count: int
    per_s: float


class ProviderStatus(Struct, frozen=True, kw_only=True):
    id: str
    name: str
    base_url: str
    hosts: tuple[str, ...]
    media_hosts: tuple[str, ...]
    transport: str
    """`https`, or `sandbox` for one that is answered inside the process."""
    is_loopback: bool
    scheme: str
    key_names: tuple[str, ...]
    """Variables that may hold the key; the first that is set is used."""
    key_present: str | None
    """The variable that holds it; None when none does."""
    models: int
    active: int
    bases: Mapping[str, str] = field(default_factory=dict)
    """Other places of the provider by name, such as one for uploads."""
    concurrency: int | None = None
    """Jobs at once."""
    requests: tuple[RateLimit, ...] = ()
    docs: str = ""
    verified_on: str = ""
    moved: tuple[str, ...] = ()
    """What of its file has changed where keys go since one last went out; runs are refused until that is accepted."""
    health: Health | None = None
    """When somebody last looked; None where nobody did."""
    unasked: str = ""
    """Why nobody connects to its hosts; empty where somebody may."""

    @property
    def is_ready(self) -> bool:
        """Whether a request could be sent: the key is here, or none is needed."""
        return self.scheme == "none" or self.key_present is not None


class ProviderService:
    def __init__(
        self,
        current: Current,
        secret: SecretSource,
        trust: TrustService,
        state: ConsoleState,
        now: Callable[[], datetime],
        *,
        refusal: Callable[[], NotPermittedError] | None = None,
    ) -> None:
        """`state` keeps what the last check found, for this user; `now` is the time in UTC.

        `refusal` says why no host is connected to; None where they may be.
        """
        self._refusal = refusal
        self._current = current
        self._secret = secret
        self._trust = trust
        self._state = state
        self._now = now
        self._found: dict[str, Health] = {}
        """By this process, which may have nowhere to keep it."""

    def all(self) -> tuple[ProviderStatus, ...]:
        """Every provider of the catalogue, by id."""
        providers, kept = self._current.snapshot().catalog.providers, self._kept()
        return tuple(self._status(name, providers[name], kept.get(name)) for name in sorted(providers))

    def check(self, name: str | None = None) -> tuple[ProviderStatus, ...]:
        """Whether the hosts of a provider (None: of all) can be reached from here; takes at most five seconds.

        Only a connection is made: no request and no key goes out. What is found is kept. Raises NotFoundError,
        NotPermittedError.
        """
        if self._refusal is not None:
            raise self._refusal()
        from modeltui.providers.reaching import reach  # noqa: PLC0415  # loads ssl

        found = self.all()
        wanted = [each for each in found if name is None or each.id == name]
        if name is not None and not wanted:
            raise NotFoundError(f"no provider {name!r}", hint="`modeltui providers` shows all")
        secure, plain = _hosts(wanted, is_plain=False), _hosts(wanted, is_plain=True)
        answers = {
            **{(each.host, False): each for each in reach(secure)},
            **{(each.host, True): each for each in reach(plain, is_plain=True)},
        }
        at = self._now()
        checked = {
            each.id: Health(at, tuple(answers[host, _is_plain(each)] for host in _connected(each))) for each in wanted
        }
        self._found.update(checked)
        self._keep(self._kept())
        return tuple(replace(each, health=checked[each.id]) for each in wanted)

    def _kept(self) -> dict[str, Health]:
        """What cannot be read was not looked at."""
        try:
            data = self._state.read("health").get("providers", {})
            kept = {name: health_of(each) for name, each in data.items()} if isinstance(data, Mapping) else {}
        except ModeltuiError:
            kept = {}
        return {**kept, **self._found}

    def _keep(self, healths: Mapping[str, Health]) -> None:
        """That it cannot be kept makes it no less true."""
        known = self._current.snapshot().catalog.providers
        data = {name: health_data(each) for name, each in healths.items() if name in known}
        try:
            self._state.write("health", {"providers": data})
        except ModeltuiError:
            return

    def _is_here(self, key: str, provider: str) -> bool:
        """`modeltui keys` says why one that is there cannot be used."""
        try:
            found = held(self._secret(key))
        except ModeltuiError:
            return False
        return found is not None and found.is_for(provider)

    def accept(self, name: str) -> None:
        """From now on keys go where the provider's file says. Raises NotFoundError, UsageError."""
        self._trust.accept(name)

    def _moved(self, name: str) -> tuple[str, ...]:
        try:
            return self._trust.changes(name)
        except ModeltuiError as error:
            return (error.message,)

    def _status(self, name: str, document: Document, health: Health | None) -> ProviderStatus:
        auth, limits = _table(document, "auth"), _table(document, "limits")
        names = _texts(auth.get("env"))
        models = [model for model in self._current.snapshot().catalog.models.values() if model.provider == name]
        concurrency = limits.get("concurrency")
        return ProviderStatus(
            id=name,
            name=str(document.get("name", name)),
            base_url=str(document.get("base_url", "")),
            hosts=_texts(document.get("hosts")),
            media_hosts=_texts(document.get("media_hosts")),
            transport=str(document.get("transport", "https")),
            is_loopback=document.get("loopback") is True,
            scheme=str(auth.get("scheme", "none")),
            key_names=names,
            key_present=next((key for key in names if self._is_here(key, name)), None),
            models=len(models),
            active=sum(model.active for model in models),
            bases={base: str(url) for base, url in _table(document, "bases").items()},
            concurrency=concurrency if isinstance(concurrency, int) else None,
            requests=_rates(limits.get("requests")),
            docs=str(document.get("docs", "")),
            verified_on=str(document.get("verified_on", "")),
            moved=self._moved(name),
            health=health,
            unasked="" if self._refusal is None else self._refusal().message,
        )


def _hosts(providers: list[ProviderStatus], *, is_plain: bool) -> list[str]:
    named = (host for each in providers if _is_plain(each) is is_plain for host in _connected(each))
    return list(dict.fromkeys(named))


def _connected(provider: ProviderStatus) -> tuple[str, ...]:
    """The hosts that a request could go to."""
    return () if provider.transport == "sandbox" else provider.hosts


def _is_plain(provider: ProviderStatus) -> bool:
    return provider.is_loopback and provider.base_url.startswith("http://")


def _table(document: Document, name: str) -> Mapping[str, Any]:
    value: Any = document.get(name)
    return value if isinstance(value, Mapping) else {}


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def _rates(value: Any) -> tuple[RateLimit, ...]:
    rates = [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []
    return tuple(
        RateLimit(rate["count"], rate["per_s"])
        for rate in rates
        if isinstance(rate.get("count"), int) and isinstance(rate.get("per_s"), int | float)
    )
