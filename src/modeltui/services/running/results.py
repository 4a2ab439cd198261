"""What a run left on disk, to be looked at: pictures, sound, text, and the system's own programs for the rest."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from modeltui.errors import RefusedError, UsageError
from modeltui.services.running.first_frame import first_frame
from modeltui.services.running.result_file import opened_plain, opened_result
from modeltui.services.running.waveform import Waveform, waveform

if TYPE_CHECKING:
    from PIL import Image

MOST_TEXT: Final = 2 * 2**20
"""Bytes of a text that are shown."""
_SOON_S: Final = 2.0
"""An opener that fails does so within this time."""


class Text(Struct, frozen=True):
    text: str
    is_cut: bool = False


class Tree(Struct, frozen=True):
    """What a JSON text holds."""

    value: Any


class ResultService:
    def __init__(self, *, pictures: str = "blocks", opener: str = "") -> None:
        """pictures: how the terminal takes them: kitty, sixel, blocks, or none.

        opener: the system's program that opens a file; empty where nobody would see what it opens.
        """
        self.pictures = pictures
        self._opener = opener

    def frame(self, path: str, media_type: str, most: tuple[int, int]) -> Image.Image | None:
        """The first picture of a file in at most these pixels; None where there is none to be had."""
        return first_frame(path, media_type, most)

    def waveform(self, path: str, columns: int) -> Waveform | None:
        """None for what is no PCM WAV."""
        return waveform(path, columns)

    def text(self, path: str) -> Text | Tree | None:
        """What a file of text holds; None where it cannot be read."""
        try:
            with opened_plain(path) as file:
                content = file.read(MOST_TEXT + 1)
        except OSError:
            return None
        text = content[:MOST_TEXT].decode("utf-8", errors="replace")
        return Text(text, is_cut=True) if len(content) > MOST_TEXT else parsed(text)

    def why_no_opener(self) -> str | None:
        """Why no file can be opened from here; None where it can."""
        if not self._opener:
            return "there is no screen here to open it on; y copies its path"
        if shutil.which(self._opener) is None:
            return f"there is no {self._opener} here; y copies its path"
        return None

    def open(self, path: str) -> None:
        """Hand a result to the system's program for it, which outlives us. Raises RefusedError, NotFoundError."""
        if (reason := self.why_no_opener()) is not None:
            raise RefusedError(reason)
        opened_result(path).close()
        try:
            process = subprocess.Popen(  # noqa: S603  # a program of the system, an absolute path, no shell
                [self._opener, path],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as error:
            raise RefusedError(f"{self._opener} cannot be started: {error.strerror}") from error
        try:
            code = process.wait(_SOON_S)
        except subprocess.TimeoutExpired:
            threading.Thread(target=process.wait, daemon=True).start()
            return
        if code:
            raise RefusedError(f"{self._opener} ended with {code}", hint="no program may know files of this kind")

    def save(self, path: str, target: str) -> str:
        """Copy a result to where its user wants it, or into that folder; returns the path. Nothing is overwritten.

        Raises UsageError, NotFoundError, and RefusedError for a file that no run made.
        """
        wanted = os.path.abspath(os.path.expanduser(target))
        if os.path.isdir(wanted):
            wanted = os.path.join(wanted, os.path.basename(path))
        with opened_result(path) as source:
            _write_new(source, wanted)
        return wanted


def parsed(text: str) -> Text | Tree:
    """A tree where the text is a JSON object or list."""
    if text.lstrip()[:1] in {"{", "["}:
        with suppress(ValueError, RecursionError):
            return Tree(json.loads(text))
    return Text(text)


def _write_new(source: Any, path: str) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        descriptor = os.open(path, flags, 0o666)
    except FileExistsError as error:
        raise UsageError(f"{path} is there already", hint="nothing is overwritten: choose another name") from error
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            shutil.copyfileobj(source, file)
    except OSError as error:
        with suppress(OSError):
            os.unlink(path)
        raise UsageError(f"cannot write {path}: {error.strerror}") from error
