"""Finding the key of a provider without letting it be seen."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from modeltui.domain.document import Document
from modeltui.domain.key import HeldKey, Place, SecretSource, held, is_sendable
from modeltui.domain.reading import whole
from modeltui.errors import ProviderError, RefusedError
from modeltui.providers.provider import LOOPBACK_KEY, Provider

__all__ = ["Secret", "SecretSource", "find_key", "find_signing_key"]

_SELECTIVE = re.compile(r"[A-Za-z0-9_]{4}.*")


@dataclass(frozen=True, slots=True)
class Secret:
    """A key. Its text is in no repr, comparison message or format."""

    _text: str = field(repr=False)
    places: frozenset[Place] = frozenset()
    """The only places where it may go; none: wherever its provider's file allows."""

    def reveal(self) -> str:
        return self._text

    def __str__(self) -> str:
        return "***"


def find_key(provider: Provider, model: Document, source: SecretSource) -> Secret:
    """The first key that is set: of the model's own names, then of the provider's.

    Raises RefusedError for a name that the provider's file does not allow, ProviderError where none is set.
    """
    names = (*_allowed(provider, whole(model).texts("keys")), *provider.auth.env)
    return _first(provider, names, source)


def find_signing_key(provider: Provider, source: SecretSource) -> Secret:
    """The second key of a scheme that signs. Raises ProviderError where it is not set."""
    return _first(provider, provider.auth.secret_env, source)


def _allowed(provider: Provider, names: Iterable[str]) -> Iterable[str]:
    patterns = [pattern for pattern in provider.auth.env_allow if _SELECTIVE.match(pattern)]
    for name in names:
        if name not in provider.auth.env and not any(fnmatchcase(name, pattern) for pattern in patterns):
            raise RefusedError(
                f"the model asks for the key {name}, which providers/{provider.id}.toml does not allow",
                hint=f"an operator can add it to auth.env_allow of {provider.id}",
            )
        yield name


def _first(provider: Provider, names: Iterable[str], source: SecretSource) -> Secret:
    tried = list(dict.fromkeys(names))
    foreign: list[str] = []
    for name in tried:
        if provider.is_loopback and not name.startswith(LOOPBACK_KEY):
            raise RefusedError(
                f"{provider.id} is a loopback provider, and {name} may be the real key of another",
                hint=f"its key names begin with {LOOPBACK_KEY}",
            )
        found = held(source(name))
        if found is not None and found.is_for(provider.id):
            return _sendable(name, found)
        if found is not None:
            foreign.append(f"{name} in {found.kept_in} is for {found.provider} alone")
    why = "; ".join(foreign) or f"{' or '.join(tried) or 'nothing'} is not set"
    raise ProviderError(
        f"no key for {provider.name}: {why}",
        hint=f"export {tried[0]}=… or `modeltui keys set {provider.id}`"
        if tried
        else f"name a key in providers/{provider.id}.toml",
    )


def _sendable(name: str, key: HeldKey) -> Secret:
    text = key.text.strip()
    if not is_sendable(text):
        raise ProviderError(f"the key in {name} holds characters that no header can carry", hint="set it again")
    return Secret(text, key.places)
