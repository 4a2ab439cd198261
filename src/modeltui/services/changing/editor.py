"""The user's own editor, on a copy in a folder that nobody else can read."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import stat
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from msgspec import Struct

from modeltui.errors import BrokenFileError, ConfigError, RefusedError
from modeltui.storage.limits import MAX_BYTES, too_large

DEFAULT: Final = "vi"
_PLUS: Final = frozenset(
    {"vi", "vim", "nvim", "nano", "pico", "emacs", "emacsclient", "kak", "micro", "joe", "mg", "ne"}
)
"""Editors that take `+LINE` before the file."""
_COLON: Final = frozenset({"hx", "helix", "subl", "zed"})
"""Editors that take `FILE:LINE`."""


class Copy(Struct, frozen=True):
    """A file to edit. Whoever made it takes it away, or tells its user where it is."""

    path: str

    def read(self) -> bytes:
        """What the editor left. Raises BrokenFileError."""
        try:
            descriptor = os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            raise BrokenFileError(f"the edited copy is gone: {error.strerror}", code="missing") from error
        with os.fdopen(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise BrokenFileError("the edited copy is not a file any longer", code="missing")
            if status.st_size > MAX_BYTES:
                raise too_large(status.st_size, MAX_BYTES)
            return file.read(MAX_BYTES + 1)

    def holds(self, content: bytes) -> bool:
        """Whether it is as it was made."""
        try:
            return self.read() == content
        except BrokenFileError:
            return False

    def remove(self) -> None:
        shutil.rmtree(os.path.dirname(self.path), ignore_errors=True)


def copy_of(content: bytes, key: str) -> Copy:
    """A copy in a folder (0700) of its own, as a file (0600) of the model's name that ends in .toml."""
    try:
        folder = tempfile.mkdtemp(prefix="modeltui-")
        path = os.path.join(folder, f"{key.rpartition('/')[2] or 'model'}.toml")
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
    except OSError as error:
        raise RefusedError(f"no copy to edit could be made: {error.strerror}", hint="is the disk full?") from error
    return Copy(path)


def run_editor(editor: str, copy: Copy, line: int | None = None) -> int:
    """Run the editor (a command with arguments; empty for vi) on a copy until it ends; returns its exit code.

    `line` counts from 1. Raises ConfigError where there is no such editor.
    """
    words = command(editor, copy.path, line)
    try:
        with _keys_go_to_the_editor():
            return subprocess.run(words, check=False).returncode  # noqa: S603  # the user's own command
    except OSError as error:
        raise ConfigError(f"the editor {words[0]!r} cannot be run: {error.strerror}", hint=_HINT) from error


def command(editor: str, path: str, line: int | None = None) -> list[str]:
    """The words that open `path`, at a line where the editor is known to take one. Raises ConfigError."""
    try:
        words = shlex.split(editor or DEFAULT) or [DEFAULT]
    except ValueError as error:
        raise ConfigError(f"the editor {editor!r} cannot be read: {error}", hint=_HINT) from error
    name = os.path.basename(words[0])
    if line is not None and name in _COLON:
        return [*words, f"{path}:{line}"]
    return [*words, *([f"+{line}"] if line is not None and name in _PLUS else []), path]


_HINT: Final = "name one in $VISUAL or $EDITOR, such as nano or `code --wait`"


@contextmanager
def _keys_go_to_the_editor() -> Iterator[None]:
    """ctrl+c is the editor's while it runs."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        with suppress(TypeError):
            signal.signal(signal.SIGINT, before)
