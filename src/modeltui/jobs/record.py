"""What is kept of a job, durably, in `.modeltui/jobs/<id>/job.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from modeltui.domain.document import plain
from modeltui.domain.job import Job
from modeltui.errors import RefusedError
from modeltui.storage import state_dir
from modeltui.storage.fs import FileSystem, reason_of

_JOBS = f"{state_dir.STATE}/jobs"
_LONGEST_TEXT = 2_000


class JobRecord:
    """The record of one job. `order` is what does not change: inputs, redacted request, estimated cost."""

    def __init__(self, fs: FileSystem, job_id: str, order: Mapping[str, Any]) -> None:
        self._fs = fs
        self._order = shortened(plain(order))
        self._states: list[dict[str, Any]] = []
        self._written: tuple[Any, ...] = ()
        self.folder = f"{_JOBS}/{job_id}"
        """Relative to the catalogue."""
        self.fault: str | None = None
        """Why the record is not up to date, although the job went on."""

    def begin(self, job: Job) -> None:
        """Write the first record. Raises RefusedError where nothing can be written: a job without one is not sent."""
        try:
            state_dir.ensure(self._fs)
            mode = state_dir.directory_mode(self._fs)
            for folder in (_JOBS, self.folder):
                with suppress(FileExistsError):
                    self._fs.make_directory(folder, mode)
            self._fs.sync_directory(state_dir.STATE)
            self._fs.sync_directory(_JOBS)
            self._write(job)
        except OSError as error:
            raise RefusedError(
                f"no record of the job can be written: {reason_of(error)}", hint="nothing was sent; make room first"
            ) from error

    def note(self, job: Job) -> None:
        """Write what has changed; durable when it returns. A poll that tells nothing new is not written.

        A disk that is full does not end a job that is paid for: see `fault`.
        """
        try:
            self._write(job)
            self.fault = None
        except OSError as error:
            self.fault = reason_of(error)

    def _write(self, job: Job) -> None:
        known = (job.state, job.remote_id, job.saved, job.files, job.error)
        if known == self._written:
            return
        if not self._states or self._states[-1]["state"] != job.state:
            self._states.append({"state": job.state.value, "after_s": job.elapsed_s, "detail": job.detail})
        content = json.dumps(
            {"schema": 1, **_facts(job), **self._order, "states": self._states}, ensure_ascii=False, indent=1
        )
        draft, name = f"{self.folder}/job.json.tmp", f"{self.folder}/job.json"
        with suppress(FileNotFoundError):
            self._fs.unlink(draft)
        self._fs.create(draft, content.encode("utf-8", "replace"), state_dir.file_mode(self._fs))
        self._fs.sync_file(draft)
        self._fs.rename(draft, name)
        self._fs.sync_directory(self.folder)
        self._written = known


def shortened(value: Any) -> Any:
    """The value with long texts, such as pictures as data URLs, cut to what they begin with."""
    if isinstance(value, Mapping):
        return {key: shortened(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [shortened(item) for item in value]
    if isinstance(value, str) and len(value) > _LONGEST_TEXT:
        return f"{value[:80]}… ({len(value):,} characters)"
    return value


def _facts(job: Job) -> dict[str, Any]:
    return {name: _as_json(value) for name, value in asdict(job).items()}


def _as_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
