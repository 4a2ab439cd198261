"""Where keys go, as this user last saw it: a provider's file that sends them elsewhere is asked about first."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from modeltui.domain.document import Document, plain
from modeltui.errors import ModeltuiError, NotFoundError, RefusedError
from modeltui.services.current import Current
from modeltui.storage.console_state import ConsoleState

_WATCHED: Final = ("base_url", "hosts", "loopback", "transport")
_OF_AUTH: Final = ("scheme", "header", "env", "env_allow", "secret_env")
_PART: Final = "trust"


class TrustService:
    """Remembers for this user, outside the catalogue, so that whoever changes the catalogue cannot change it too."""

    def __init__(self, current: Current, state: ConsoleState) -> None:
        """Where `state` keeps nothing, nothing is remembered and every provider's file is believed."""
        self._current = current
        self._state = state

    def require(self, provider: str) -> None:
        """Raises RefusedError where what decides about keys differs from what was seen before; notes a first sight."""
        document = self._document(provider)
        if not _takes_a_key(document):
            return
        known = self._known()
        if provider not in known:
            self._keep({**known, provider: _seen(document)})
        elif changed := self.changes(provider):
            raise RefusedError(
                f"providers/{provider}.toml has changed where keys go: {'; '.join(changed)}; nothing was sent",
                hint=f"if that is right, `modeltui providers --trust {provider}`",
            )

    def changes(self, provider: str) -> tuple[str, ...]:
        """What decides about this provider's keys and differs from what was seen before, a line each."""
        document, known = self._document(provider), self._known().get(provider)
        if not isinstance(known, Mapping) or not _takes_a_key(document):
            return ()
        now = _seen(document)
        return tuple(
            f"{name} was {_shown(known.get(name))}, is {_shown(now.get(name))}"
            for name in now
            if known.get(name) != now.get(name)
        )

    def accept(self, provider: str) -> None:
        """From now on keys go where the provider's file says now. Raises NotFoundError, UsageError."""
        self._state.write(_PART, {"providers": {**self._known(), provider: _seen(self._document(provider))}})

    def _document(self, provider: str) -> Document:
        document = self._current.snapshot().catalog.providers.get(provider)
        if document is None:
            raise NotFoundError(f"no provider {provider!r}", hint="`modeltui providers` shows all")
        return document

    def _known(self) -> Mapping[str, Any]:
        """A record that cannot be read is none to go by, and none to pass over in silence."""
        try:
            found = self._state.read(_PART).get("providers", {})
        except ModeltuiError as error:
            raise RefusedError(
                f"what is known of where keys go cannot be read: {error.message}",
                hint=f"look at {self._state.path(_PART)}, and delete it",
            ) from error
        return found if isinstance(found, Mapping) else {}

    def _keep(self, providers: Mapping[str, Any]) -> None:
        """That it cannot be kept makes the run no less right: nothing was known before."""
        try:
            self._state.write(_PART, {"providers": providers})
        except ModeltuiError:
            return


def _takes_a_key(document: Document) -> bool:
    auth = document.get("auth")
    return isinstance(auth, Mapping) and auth.get("scheme", "none") != "none"


def _seen(document: Document) -> dict[str, Any]:
    """What of a provider's file decides where a key goes, as JSON holds it; lists without their order."""
    auth = document.get("auth")
    found = {name: document.get(name) for name in _WATCHED}
    if isinstance(auth, Mapping):
        found |= {f"auth.{name}": auth.get(name) for name in _OF_AUTH}
    seen: dict[str, Any] = {name: _plain(value) for name, value in found.items() if value is not None}
    bases = document.get("bases")
    if isinstance(bases, Mapping):
        seen["bases"] = hashlib.sha256(repr(sorted(map(str, bases.items()))).encode()).hexdigest()[:16]
    return seen


def _plain(value: Any) -> Any:
    found = plain(value)
    return sorted(map(str, found)) if isinstance(found, list) else found


def _shown(value: Any) -> str:
    if value is None:
        return "nothing"
    return ", ".join(value) if isinstance(value, list) else str(value)
