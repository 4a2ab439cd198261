"""Where keys come from: the environment before the user's file of keys before the system's keyring."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from modeltui.domain.key import HeldKey, Place, place_of, place_text
from modeltui.errors import NotFoundError, RefusedError
from modeltui.storage.key_file import KeyFile

SERVICE: Final = "modeltui"
KEYRING: Final = "the system keyring"
ENVIRONMENT: Final = "the environment"


class KeySources:
    """A SecretSource. The keyring is asked only where the user wants it: it may put a question on a screen."""

    def __init__(self, environment: Mapping[str, str], file: KeyFile, *, uses_keyring: bool) -> None:
        self._environment = environment
        self._file = file
        self.uses_keyring = uses_keyring

    @property
    def path(self) -> str:
        """Of the file of keys."""
        return self._file.path

    def __call__(self, name: str) -> HeldKey | None:
        """Raises RefusedError or ConfigError for a file or a keyring that cannot be asked."""
        if text := self._environment.get(name, "").strip():
            return HeldKey(text, ENVIRONMENT)
        if (kept := self._file.read().get(name)) is not None:
            return kept
        return self._in_keyring(name) if self.uses_keyring else None

    def put(self, name: str, text: str, provider: str, places: frozenset[Place], *, in_keyring: bool) -> str:
        """Keep a key, bound; where it is now. Raises RefusedError."""
        if not in_keyring:
            self._file.put(name, text, provider, places)
            return self._file.path
        bound = {"key": text, "provider": provider, "hosts": sorted(place_text(place) for place in places)}
        _keyring("set_password", SERVICE, name, json.dumps(bound))
        return KEYRING

    def remove(self, name: str, *, in_keyring: bool) -> None:
        """Raises NotFoundError where it is not kept there."""
        if not in_keyring:
            if not self._file.remove(name):
                raise NotFoundError(f"{name} is not in {self._file.path}", hint="`modeltui keys` shows where keys are")
            return
        if self._in_keyring(name) is None:
            raise NotFoundError(f"{name} is not in {KEYRING}", hint="`modeltui keys` shows where keys are")
        _keyring("delete_password", SERVICE, name)

    def _in_keyring(self, name: str) -> HeldKey | None:
        text = _keyring("get_password", SERVICE, name)
        if not isinstance(text, str) or not text:
            return None
        try:
            bound = json.loads(text)
            if isinstance(bound, dict):
                places = frozenset(place_of(host) for host in bound["hosts"])
                return HeldKey(str(bound["key"]), KEYRING, str(bound["provider"]), places)
        except (ValueError, KeyError, TypeError, AttributeError):
            pass
        return HeldKey(text, KEYRING)


def _keyring(deed: str, *arguments: str) -> Any:
    """Ask the system's keyring. Raises RefusedError where there is none; the arguments are in no message."""
    try:
        import keyring  # noqa: PLC0415  # an extra, and slow
        from keyring.errors import KeyringError  # noqa: PLC0415
    except ImportError as error:
        raise RefusedError(
            "the system keyring needs the package keyring", hint="pip install 'modeltui[keyring]'"
        ) from error
    try:
        return getattr(keyring, deed)(*arguments)
    except (KeyringError, OSError, RuntimeError) as error:
        raise RefusedError(
            f"{KEYRING} does not answer: {type(error).__name__}", hint="keep keys in the environment or in keys.env"
        ) from None
