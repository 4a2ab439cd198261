"""Writing a result file: under our own name, whole or not at all, never over another."""

from __future__ import annotations

import asyncio
import os
import secrets
from contextlib import suppress
from itertools import count
from types import TracebackType
from typing import Self

from modeltui.domain.job import ResultFile
from modeltui.errors import ProviderError
from modeltui.providers.media_facts import facts
from modeltui.providers.media_types import HEAD, UNKNOWN, extension, is_text, sniff

_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class NewFile:
    """A file that is not there until `keep`. Use as a context manager: what is not kept is gone."""

    def __init__(self, folder: str, max_bytes: int) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self._place = _opened(folder)
        self._temporary = f".result-{secrets.token_hex(6)}.part"
        try:
            self._descriptor = os.open(self._temporary, _FLAGS, 0o600, dir_fd=self._place)
        except OSError:
            os.close(self._place)
            raise
        self._head = b""
        self.size = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()
        with suppress(FileNotFoundError):
            os.unlink(self._temporary, dir_fd=self._place)
        os.close(self._place)

    def write(self, content: bytes) -> None:
        """Raises ProviderError once there is more than the cap allows."""
        self.size += len(content)
        if self.size > self._max_bytes:
            raise ProviderError(f"the result is larger than {self._max_bytes:,} bytes", hint="nothing of it was kept")
        if len(self._head) < HEAD:
            self._head = (self._head + content)[:HEAD]
        view = memoryview(content)
        while view:
            view = view[os.write(self._descriptor, view) :]

    async def keep_in_thread(self, expected: str = "") -> ResultFile:
        """`keep` without holding up the event loop; once begun it is finished, even when cancelled meanwhile."""
        keeping = asyncio.ensure_future(asyncio.to_thread(self.keep, expected))
        try:
            return await asyncio.shield(keeping)
        except asyncio.CancelledError:
            await asyncio.wait((keeping,))
            raise

    def keep(self, expected: str = "") -> ResultFile:
        """Make the file durable as `result-N.EXT`, its type told by its bytes.

        `expected` is the media type that the model file promises. Raises ProviderError for an error page in its place.
        """
        media_type = sniff(self._head)
        if expected and is_text(media_type) and not is_text(expected):
            raise ProviderError(
                f"the result is {media_type} where {expected} was promised", hint="the provider sent an error page"
            )
        if media_type == UNKNOWN and is_text(expected):
            media_type = expected
        os.fsync(self._descriptor)
        self._close()
        path = self._named(extension(media_type))
        return ResultFile(path, media_type, self.size, facts(path, media_type))

    def _named(self, suffix: str) -> str:
        for number in count(1):
            name = f"result-{number}.{suffix}"
            try:
                os.close(os.open(name, _FLAGS, 0o600, dir_fd=self._place))
            except FileExistsError:
                continue
            os.replace(self._temporary, name, src_dir_fd=self._place, dst_dir_fd=self._place)
            os.fsync(self._place)
            return os.path.join(self._folder, name)
        raise AssertionError

    def _close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def _opened(folder: str) -> int:
    """The folder, made as needed, and not by way of a link that somebody put there. Raises ProviderError."""
    os.makedirs(folder, mode=0o700, exist_ok=True)
    try:
        return os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        raise ProviderError(
            f"the result cannot be kept: {folder} is a link, or no folder", hint="nothing was written through it"
        ) from error
