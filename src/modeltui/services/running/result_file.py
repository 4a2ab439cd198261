"""Opening what a record names as a result: a plain file with a name of ours, or nothing. A record can be forged."""

from __future__ import annotations

import os
import re
import stat
from typing import BinaryIO, Final

from modeltui.errors import NotFoundError, RefusedError
from modeltui.providers.media_types import EXTENSIONS
from modeltui.storage.fs import reason_of

_NAME: Final = re.compile(r"result(?:-[0-9]{1,9})?\.([a-z0-9]{2,5})")
_ENDINGS: Final = frozenset(EXTENSIONS.values())


def opened_plain(path: str) -> BinaryIO:
    """A plain file, through no link, without waiting for the other end of a pipe. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise FileNotFoundError(path)
    return os.fdopen(descriptor, "rb")


def opened_result(path: str) -> BinaryIO:
    """Raises NotFoundError, or RefusedError for a name that no run gives."""
    if not os.path.isabs(path):
        raise NotFoundError(f"{path} is no file", hint="a result has its whole path")
    try:
        file = opened_plain(path)
    except OSError as error:
        hint = "it was moved, or removed, since it was made"
        raise NotFoundError(f"{path} is no file that can be read: {reason_of(error)}", hint=hint) from error
    found = _NAME.fullmatch(os.path.basename(path))
    if found is None or found[1] not in _ENDINGS:
        file.close()
        raise RefusedError(f"{path} has no name that a run gives", hint="the record of this job is not to be believed")
    return file
