"""The bytes that a planned file will hold, and how they differ from those it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from modeltui.domain.change import Action, Edit
from modeltui.domain.document import ABSENT
from modeltui.domain.lock_text import lock_digest
from modeltui.domain.pending.plan import PlannedFile
from modeltui.errors import BrokenFileError, EditRefusedError
from modeltui.storage.toml.editor import edited

_NO_NEWLINE = "\n\\ No newline at end of file\n"


class Renderer:
    """Renders planned files; `read` gives the bytes of a file by its path in the catalogue."""

    def __init__(self, read: Callable[[str], bytes]) -> None:
        self.read = read

    def current(self, file: PlannedFile) -> bytes | None:
        """The bytes that the file holds now; None for a file that is to be made."""
        return None if file.action is Action.CREATE else self.read(file.path)

    def rendered(self, file: PlannedFile, content: bytes | None) -> bytes | None:
        """The new bytes of a file that holds `content`; None for a deletion.

        Raises EditRefusedError when the result cannot be proved right.
        """
        if file.action is Action.DELETE:
            return None
        base = file.text.encode() if file.text is not None else content or b""
        result = edited(base, file.edits)
        return _with_lock_digest(result) if _sets_lock(file) else result

    def diff(self, file: PlannedFile) -> str:
        """A unified diff; one line that says why where there is none to be had."""
        try:
            before = self.current(file)
            after = self.rendered(file, before)
        except (BrokenFileError, EditRefusedError) as error:
            return f"# {file.path}: {error.message}\n"
        return "".join(unified(file.path, before, after))


def _sets_lock(file: PlannedFile) -> bool:
    return any(
        edit.path == ("lock",) and isinstance(edit.new, Mapping) and edit.new.get("locked") is True
        for edit in file.edits
    )


def _with_lock_digest(content: bytes) -> bytes:
    """The digest is of everything but the lock, so it is known only when all other edits are made."""
    return edited(content, [Edit(("lock", "digest"), ABSENT, lock_digest(content))])


def unified(path: str, before: bytes | None, after: bytes | None) -> Iterator[str]:
    """A unified diff by lines; None for a file that is not there."""
    import difflib  # noqa: PLC0415  # not for an apply

    lines = difflib.unified_diff(
        _lines(before),
        _lines(after),
        "/dev/null" if before is None else f"a/{path}",
        "/dev/null" if after is None else f"b/{path}",
    )
    for line in lines:
        yield line if line.endswith("\n") else line + _NO_NEWLINE


def _lines(content: bytes | None) -> list[str]:
    """Split at line feeds only: a carriage return is part of its line, and so is any other separator of Unicode."""
    *lines, last = (content or b"").decode("utf-8", errors="replace").split("\n")
    return [*(f"{line}\n" for line in lines), *([last] if last else [])]
