"""The user's file of keys: NAME=VALUE lines as a shell reads them, for nobody else to read.

A comment `# modeltui: PROVIDER HOST …` binds the key on the next line to that provider and those hosts.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Final

from modeltui.domain.key import HeldKey, Place, place_of, place_text
from modeltui.errors import ConfigError, RefusedError
from modeltui.storage.fs import reason_of

LARGEST: Final = 256 * 1024
"""Bytes."""
_PRIVATE: Final = 0o600
_LINE: Final = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*")
_BOUND: Final = re.compile(r"#\s*modeltui:\s*(\S+)((?:\s+\S+)*)\s*")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class KeyFile:
    def __init__(self, path: str) -> None:
        """`path` need not exist."""
        self.path = path

    def read(self) -> Mapping[str, HeldKey]:
        """Every key by its name; empty where there is no file.

        Raises RefusedError for a file that others could read or change, ConfigError for a line that is no assignment.
        """
        text = self._text()
        return {} if text is None else dict(self._keys(text))

    def put(self, name: str, text: str, provider: str, places: frozenset[Place]) -> None:
        """Write a key, bound, in place of one of the same name. Raises as `read` does: such a file is not used."""
        if not _NAME.fullmatch(name) or not text.isprintable() or not text.strip():
            raise RefusedError("a key is one line of printable characters", hint="nothing was written")
        self.read()
        hosts = " ".join(sorted(place_text(place) for place in places))
        self._write([*self._without(name), f"# modeltui: {provider} {hosts}".rstrip(), f"{name}={text.strip()}"])

    def remove(self, name: str) -> bool:
        """Whether it was there. Raises as `read` does."""
        if name not in self.read():
            return False
        self._write(self._without(name))
        return True

    def _without(self, name: str) -> list[str]:
        """The lines but for a key and what binds it."""
        kept: list[str] = []
        for line in (self._text() or "").splitlines():
            found = _LINE.fullmatch(line.strip())
            if found is None or found[1] != name:
                kept.append(line)
            elif kept and _BOUND.fullmatch(kept[-1].strip()):
                kept.pop()
        return kept

    def _keys(self, text: str) -> Iterator[tuple[str, HeldKey]]:
        provider: str | None = None
        places: frozenset[Place] = frozenset()
        for number, raw in enumerate(text.splitlines(), 1):
            line = raw.strip()
            if bound := _BOUND.fullmatch(line):
                provider, places = bound[1], self._places(bound[2], number)
            elif line and not line.startswith("#"):
                yield self._key(line, number, provider, places)
                provider, places = None, frozenset()

    def _key(self, line: str, number: int, provider: str | None, places: frozenset[Place]) -> tuple[str, HeldKey]:
        found = _LINE.fullmatch(line)
        if found is None:
            raise ConfigError(f"{self.path}:{number}: this is no NAME=VALUE", hint="its keys are not used until it is")
        value = found[2]
        if len(value) >= 2 and value[0] == value[-1] and value[0] in "'\"":
            value = value[1:-1]
        return found[1], HeldKey(value, self.path, provider, places)

    def _places(self, text: str, number: int) -> frozenset[Place]:
        try:
            return frozenset(place_of(host) for host in text.split())
        except ValueError as error:
            raise ConfigError(
                f"{self.path}:{number}: this names no hosts", hint="write # modeltui: PROVIDER HOST[:PORT]"
            ) from error

    def _text(self) -> str | None:
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        try:
            with open(os.open(self.path, flags), "rb") as file:
                self._check(os.fstat(file.fileno()))
                content = file.read(LARGEST + 1)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise RefusedError(
                f"the keys in {self.path} cannot be read: {reason_of(error)}", hint="it must be a plain file of yours"
            ) from error
        if len(content) > LARGEST:
            raise RefusedError(f"{self.path} is too large to be a file of keys", hint="is it the right file?")
        return content.decode("utf-8", "replace")

    def _check(self, found: os.stat_result) -> None:
        if not stat.S_ISREG(found.st_mode):
            raise RefusedError(f"{self.path} is no plain file", hint="its keys are not used")
        if found.st_uid != os.geteuid():
            raise RefusedError(f"{self.path} belongs to somebody else", hint="its keys are not used")
        if stat.S_IMODE(found.st_mode) & 0o077:
            raise RefusedError(f"others can read or change {self.path}", hint=f"chmod 600 {self.path}")

    def _write(self, lines: list[str]) -> None:
        draft = f"{self.path}.{os.urandom(4).hex()}.tmp"
        try:
            os.makedirs(os.path.dirname(self.path), 0o700, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            with open(os.open(draft, flags, _PRIVATE), "w", encoding="utf-8") as file:
                file.writelines(f"{line}\n" for line in lines)
                file.flush()
                os.fsync(file.fileno())
            os.replace(draft, self.path)
        except OSError as error:
            with suppress(OSError):
                os.unlink(draft)
            raise RefusedError(f"cannot write {self.path}: {reason_of(error)}", hint="the key was not kept") from error
