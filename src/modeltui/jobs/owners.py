"""Who is at work on a job: a file locked by the process, which the kernel frees however the process ends."""

from __future__ import annotations

import fcntl
import json
import os
import threading
import uuid
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from modeltui.domain.text import safe
from modeltui.storage import state_dir
from modeltui.storage.beneath import open_file
from modeltui.storage.fs import Release
from modeltui.storage.real_fs import RealFs

JOBS: Final = f"{state_dir.STATE}/jobs"
_LARGEST: Final = 4096
_SUFFIX: Final = ".lock"
_DRAFT: Final = ".new"


class Owner:
    """This process, as an owner of jobs. It has a lock only once it follows one."""

    def __init__(self, root: str, who: Callable[[], dict[str, str]]) -> None:
        """`who` says user, host and since when, for people."""
        self.id = uuid.uuid4().hex
        self._root = root
        self._fs = RealFs(root)
        self._who = who
        self._guard = threading.Lock()
        self._release: Release | None = None

    def show(self) -> str:
        """Hold the lock from now on; returns the owner's id. Raises OSError, RefusedError."""
        with self._guard:
            if self._release is None:
                make_folder(self._fs)
                self._sweep()
                self._release = self._locked()
        return self.id

    def leave(self) -> None:
        """Let go: nobody follows what is still this owner's."""
        with self._guard:
            if self._release is not None:
                with suppress(OSError):
                    self._fs.unlink(_path(self.id))
                self._release()
                self._release = None

    def is_alive(self, owner: str) -> bool:
        """Whether the process of that id lives. Writes nothing."""
        if owner == self.id:
            return self._release is not None
        return not _is_free(self._root, _path(owner))

    def told(self, owner: str) -> str:
        """Who that is, for people: `ada on studio (pid 4711)`; another process where nothing readable says it."""
        try:
            said = json.loads(self._fs.read(_path(owner), _LARGEST))
            return safe(f"{said['user']} on {said['host']} (pid {said['pid']})")
        except (OSError, ValueError, TypeError, KeyError, RecursionError):
            return "another process"

    def _locked(self) -> Release:
        """A lock under its name: others ask for what is named as one, and sweep it where it is free."""
        draft, path = f"{JOBS}/{self.id}{_DRAFT}", _path(self.id)
        release = self._fs.try_lock(draft, state_dir.file_mode(self._fs))
        assert release is not None, "nobody else knows the name"
        with suppress(OSError):
            self._fs.append(draft, json.dumps({**self._who(), "pid": os.getpid()}).encode())
        try:
            self._fs.rename(draft, path)
        except OSError:
            release()
            raise
        return release

    def _sweep(self) -> None:
        """Remove the locks of processes that are gone."""
        with suppress(OSError):
            for name in self._fs.list(JOBS):
                path = f"{JOBS}/{name}"
                if name.endswith(_SUFFIX) and _is_free(self._root, path):
                    with suppress(OSError):
                        self._fs.unlink(path)


def make_folder(fs: RealFs) -> None:
    """Make `.modeltui/jobs` durable."""
    state_dir.ensure(fs)
    with suppress(FileExistsError):
        fs.make_directory(JOBS, state_dir.directory_mode(fs))
        fs.sync_directory(state_dir.STATE)


def _path(owner: str) -> str:
    return f"{JOBS}/{owner}{_SUFFIX}"


def _is_free(root: str, path: str) -> bool:
    """Whether nobody has it locked. A shared lock asks, so that two who ask do not see each other.

    A lock that may not be looked at counts as held.
    """
    try:
        top = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            descriptor = open_file(top, path)
        finally:
            os.close(top)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True
