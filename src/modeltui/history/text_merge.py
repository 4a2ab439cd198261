"""Merging line by line, as git itself does it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

from modeltui.history.git import Git, GitError

_NAMES: Final = ("ours", "base", "theirs")
_ERROR: Final = 128
"""Exit codes below are a number of conflicts."""


def merged_lines(base: bytes, ours: bytes, theirs: bytes) -> tuple[bytes, bool]:
    """The merged text, and whether it is without a conflict; else markers stand around each. Raises GitError."""
    with tempfile.TemporaryDirectory(prefix="modeltui-merge-") as folder:
        for name, content in zip(_NAMES, (ours, base, theirs), strict=True):
            Path(folder, name).write_bytes(content)
        try:
            Git(folder).run("merge-file", "--quiet", "-L", "ours", "-L", "base", "-L", "theirs", *_NAMES)
        except GitError as error:
            if error.code is None or error.code >= _ERROR:
                raise
            return Path(folder, _NAMES[0]).read_bytes(), False
        return Path(folder, _NAMES[0]).read_bytes(), True


def clean_lines(base: bytes, ours: bytes, theirs: bytes) -> bytes | None:
    """As `merged_lines`; None where that leaves a conflict, or git cannot do it (as with what is no text)."""
    try:
        content, is_clean = merged_lines(base, ours, theirs)
    except GitError:
        return None
    return content if is_clean else None
