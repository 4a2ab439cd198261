"""The audit log: applies are noted in it before they are written, and a walk of it says whether it is whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from modeltui.domain.audit import Anchor, Audit, AuditEntry, Verdict, decoded_entry, parsed_anchor, walk
from modeltui.domain.document import ABSENT
from modeltui.domain.recorder import Recorder
from modeltui.domain.value_codec import decoded
from modeltui.errors import ApplyError, ModeltuiError
from modeltui.storage.applying.applier import Applied, Applier, Recovered, Settler
from modeltui.storage.applying.journal import Way
from modeltui.storage.applying.request import ApplyRequest
from modeltui.storage.audit_file import AuditContent, AuditFile
from modeltui.storage.fs import reason_of
from modeltui.storage.mutex import OnWait
from modeltui.storage.read_only import refuse_read_only

if TYPE_CHECKING:
    from modeltui.history.commits import Commits
    from modeltui.history.repository import HistoryRepository

__all__ = ["AuditEntry", "AuditService", "AuditedApplier", "Verdict"]

_SHORT = 12


class AuditedApplier(Applier):
    """Notes an apply before it begins, so that none is without its entry, and names that entry in its record."""

    def __init__(
        self, root: str, recorder: Recorder, settler: Settler, audit: Audit, *, user: str, host: str | None = None
    ) -> None:
        super().__init__(root, recorder, settler, user=user, host=host)
        self._root = root
        self._audit = audit

    def apply(self, request: ApplyRequest, on_wait: OnWait | None = None) -> Applied:
        """As of Applier; ApplyError also where the audit log takes no entry, RefusedError on a read-only one."""
        refuse_read_only(self._root)
        for what, keys in () if request.is_pull else _locks(request.record):  # those of a pull are other people's
            self._note(what, request, keys)
        self._note("pull" if request.is_pull else "apply", request, [operation.key for operation in request.operations])
        head = self._audit.head()
        try:
            return super().apply(replace(request, record={**request.record, "audit": head}), on_wait)
        except ModeltuiError as error:
            self._audit.note("apply-failed", request.id, error.message)
            raise

    def catch_up(self, on_wait: OnWait | None = None) -> str | None:
        """Commit what earlier applies left uncommitted; a warning where that fails. Raises BusyError."""
        with self._mutex.held("committing earlier applies", on_wait):
            return self._recorder.catch_up()

    def recover(self, way: Way | None = None, *, accepts: bool = False) -> Recovered | None:
        recovered = super().recover(way, accepts=accepts)
        if recovered is not None:
            self._audit.note("recover", recovered.id or "a journal", recovered.outcome)
        return recovered

    def _note(self, what: str, request: ApplyRequest, keys: Sequence[str]) -> None:
        if why := self._audit.note(what, request.id, request.reason, keys):
            raise ApplyError(f"{why}; nothing was written", hint="see to the folder .modeltui, then apply again")


class AuditService:
    def __init__(self, file: AuditFile, repository: HistoryRepository, commits: Commits) -> None:
        self._file = file
        self._repository = repository
        self._commits = commits

    def entries(self) -> tuple[AuditEntry, ...]:
        """Oldest first; what is no entry is left out. Raises ApplyError where the log cannot be read."""
        found: list[AuditEntry] = []
        for data in self._read().lines:
            try:
                found.append(decoded_entry(data))
            except (ValueError, TypeError, KeyError):
                continue
        return tuple(found)

    def verify(self) -> Verdict:
        """Walk the log, and hold it against the heads that history records and commits name. Raises ApplyError."""
        content = self._read()
        if content.distrust is not None:
            return Verdict(0, f"the log is not to be believed: {content.distrust}", 1)
        heads = [content.head] if content.head is not None else []
        commits, trouble = self._of_commits()
        anchors = sorted((*heads, *self._of_records(), *commits), key=lambda anchor: anchor.number)
        verdict = walk(content.lines, anchors)
        if verdict.broken is not None:
            return verdict
        if content.broken_line is not None:
            return replace(verdict, broken=f"line {content.broken_line} is damaged", number=content.broken_line)
        cut = "the last append was cut off: the next one puts what is left of it aside" if content.is_torn else None
        return replace(verdict, notes=tuple(note for note in (*verdict.notes, cut, trouble) if note))

    def _read(self) -> AuditContent:
        try:
            return self._file.read()
        except OSError as error:
            raise ApplyError(f"the audit log cannot be read: {reason_of(error)}") from error

    def _of_records(self) -> list[Anchor]:
        named = self._repository.anchors()
        found = (parsed_anchor(text, f"the history record {name}") for name, text in named)
        return [anchor for anchor in found if anchor is not None]

    def _of_commits(self) -> tuple[list[Anchor], str | None]:
        """Other clones have logs of their own, and whoever commits can write what they like."""
        from modeltui.history.git import GitError  # noqa: PLC0415  # not for an apply

        try:
            named = self._commits.anchors() if self._commits.is_there() else []
        except GitError as error:
            return [], f"commits were not looked at: {error.message}"
        found = (parsed_anchor(text, f"commit {commit[:_SHORT]}", is_ours=False) for commit, text in named)
        return [anchor for anchor in found if anchor is not None], None


def _locks(record: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    """Which models a record locks, and which it unlocks; none of the two where there are none."""
    found: dict[str, list[str]] = {"lock": [], "unlock": []}
    for change in record["changes"]:
        if change["field"] == ["lock"]:
            found["unlock" if decoded(change["new"]) is ABSENT else "lock"].append(change["key"])
    return [(what, keys) for what, keys in found.items() if keys]
