"""The keys of providers: which there are and where they are kept, never what they say."""

from __future__ import annotations

from typing import Any, Protocol

from msgspec import Struct

from modeltui.domain.document import Document
from modeltui.domain.key import HeldKey, Place, SecretSource, held, is_sendable, place_of, place_text
from modeltui.errors import ModeltuiError, NotFoundError, RefusedError, UsageError
from modeltui.services.current import Current


class KeyStore(Protocol):
    """What keeps keys for this user."""

    @property
    def path(self) -> str: ...
    def put(self, name: str, text: str, provider: str, places: frozenset[Place], *, in_keyring: bool) -> str: ...
    def remove(self, name: str, *, in_keyring: bool) -> None: ...


class KeyStatus(Struct, frozen=True):
    name: str
    provider: str
    """Whose file names it."""
    kept_in: str | None
    """None: it is nowhere."""
    hosts: tuple[str, ...] = ()
    """The only hosts where it may go; none: those of the provider's file."""
    problem: str | None = None
    """Why it cannot be used although it is there."""


class KeyService:
    def __init__(self, current: Current, source: SecretSource, store: KeyStore | None) -> None:
        self._current = current
        self._source = source
        self._store = store

    def all(self) -> tuple[KeyStatus, ...]:
        """Every name that a provider of the catalogue knows, by provider."""
        providers = self._current.snapshot().catalog.providers
        return tuple(
            self._status(provider, name) for provider in sorted(providers) for name in key_names(providers[provider])
        )

    def names(self, provider: str) -> tuple[str, ...]:
        """Of the keys of a provider. Raises NotFoundError."""
        return key_names(self._provider(provider))

    def keep(self, provider: str, text: str, name: str | None = None, *, in_keyring: bool = False) -> str:
        """Keep a key for this provider and its present hosts alone; returns where it is.

        name: one of its provider's names; None for the first. Raises NotFoundError, UsageError or RefusedError.
        """
        document = self._provider(provider)
        names = key_names(document)
        if not names:
            raise UsageError(f"{provider} takes no key", hint="nothing was kept")
        if name is not None and name not in names:
            raise UsageError(f"{provider} has no key named {name}", hint=f"its file names {', '.join(names)}")
        if not text.strip():
            raise UsageError("the key is empty", hint="nothing was kept")
        if not is_sendable(text.strip()):
            raise UsageError(
                "the key holds characters that no header can carry",
                hint="copy it again, in plain ASCII; nothing was kept",
            )
        return self._kept().put(name or names[0], text.strip(), provider, _places(document), in_keyring=in_keyring)

    def remove(self, name: str, *, in_keyring: bool = False) -> None:
        """Raises NotFoundError or RefusedError."""
        self._kept().remove(name, in_keyring=in_keyring)

    def _kept(self) -> KeyStore:
        if self._store is None:
            raise RefusedError("keys can be kept nowhere here", hint="set them in the environment")
        return self._store

    def _provider(self, provider: str) -> Document:
        document = self._current.snapshot().catalog.providers.get(provider)
        if document is None:
            raise NotFoundError(f"no provider {provider!r}", hint="`modeltui providers` shows all")
        return document

    def _status(self, provider: str, name: str) -> KeyStatus:
        try:
            key = held(self._source(name))
        except ModeltuiError as error:
            return KeyStatus(name, provider, None, problem=error.message)
        if key is None:
            return KeyStatus(name, provider, None)
        hosts = tuple(sorted(place_text(place) for place in key.places))
        return KeyStatus(name, provider, key.kept_in, hosts, _trouble(key, provider, self._provider(provider)))


def key_names(document: Document) -> tuple[str, ...]:
    """The names that a provider's file has for its keys."""
    auth = document.get("auth")
    if not isinstance(auth, dict) or auth.get("scheme", "none") == "none":
        return ()
    found = [*_texts(auth.get("env")), *_texts(auth.get("secret_env"))]
    return tuple(dict.fromkeys(found))


def _trouble(key: HeldKey, provider: str, document: Document) -> str | None:
    if not key.is_for(provider):
        return f"it is for {key.provider} alone"
    if not is_sendable(key.text.strip()):
        return "it holds characters that no header can carry"
    if key.places and not _places(document) <= key.places:
        return "its provider's hosts have changed since it was kept"
    return None


def _places(document: Document) -> frozenset[Place]:
    try:
        return frozenset(place_of(host) for host in _texts(document.get("hosts")))
    except ValueError as error:
        raise RefusedError("the provider's file names no usable hosts", hint="`modeltui check` shows why") from error


def _texts(value: Any) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
