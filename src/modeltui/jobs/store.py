"""The jobs that are kept, durably, in `.modeltui/jobs.db`."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import threading
import weakref
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from modeltui.domain.job import Job, JobState, JobStep, KeptJob
from modeltui.domain.run_stats import RunStats
from modeltui.errors import BusyError, ModeltuiError, NotFoundError, RefusedError, UsageError
from modeltui.jobs import tallying
from modeltui.jobs.database import Database
from modeltui.jobs.old_records import has_old, import_old
from modeltui.jobs.owners import Owner
from modeltui.jobs.rows import SELECT, add_step, insert, is_over, kept_of, moment, update
from modeltui.jobs.shortening import is_cut
from modeltui.storage.fs import reason_of

T = TypeVar("T")

UNDER_WAY: Final = "state NOT IN ('succeeded', 'failed', 'cancelled', 'uncertain')"
_FOLLOWER: Final = f"SELECT owner FROM jobs WHERE id = ? AND {UNDER_WAY}"  # noqa: S608  # constants
_NONE: Final[tuple[KeptJob, ...]] = ()
_NAMED: Final = 5
_MOST_STEPS: Final = 50
"""From which on unknown statuses are no steps any more: a provider may make them up without end."""
DOUBT: Final = "its process ended while the request was on its way: it may have been taken, and billed"

_LOOK: Final = "look at the provider's own list of jobs; `modeltui jobs resume ID --send-again` sends it as a new job"


class Claim(Struct, frozen=True):
    """A job that was to be taken up."""

    kept: KeptJob
    inputs: Mapping[str, Any]
    """Whole, as they were given."""
    out_dir: str | None
    """Where its files go; None: its own folder."""
    is_held: bool = True
    """This process follows it now. False for one that is uncertain, or turned out to be."""


class JobFilter(Struct, frozen=True, kw_only=True):
    states: Collection[JobState] = ()
    """None named: all."""
    subjects: Collection[str] | None = None
    """Uids, and keys of models without one; None: all."""
    batch: str | None = None
    before: str | None = None
    """Id of a job: only those that were begun before it."""


class JobStore:
    """Safe to use from several threads. A call that writes is durable when it returns, and waits for the disk: what
    runs on an event loop makes it through `in_turn`.
    """

    def __init__(
        self,
        root: str,
        *,
        user: str,
        host: str = "",
        is_read_only: Callable[[], bool] = bool,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.database = Database(root, is_read_only=is_read_only, seed=lambda db: import_old(db, root, user))
        self.owner = Owner(root, lambda: {"user": user, "host": host, "since": moment(now())})
        self.user = user
        self.now = now
        self._guard = threading.RLock()
        self._followed: set[str] = set()
        self._written: dict[str, tuple[Any, ...]] = {}
        self._missed: list[Job] = []
        self._root = root
        self._is_taken_over = False
        self._turns = ThreadPoolExecutor(1, "jobs")
        weakref.finalize(self, self._turns.shutdown, wait=False)
        weakref.finalize(self, self.owner.leave)

    async def in_turn(self, call: Callable[..., T], *args: Any) -> T:
        """Make a call on the store's own thread, one after the other; it goes on to its end if it is not waited for."""
        return await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._turns, lambda: call(*args)))

    def begin(self, kept: KeptJob, out_dir: str | None = None) -> None:
        """Keep a job before anything of it leaves; this process follows it from now on.

        Raises RefusedError, BrokenFileError or BusyError where it cannot be kept: then it must not be sent.
        """
        self.begin_all([kept], out_dir)

    def begin_all(
        self,
        jobs: Sequence[KeptJob],
        out_dir: str | None = None,
        first: Callable[[sqlite3.Connection], object] = lambda _: None,
    ) -> None:
        """All or none, in one commit, after `first`. Raises as `begin` does."""
        try:
            self.database.refuse_read_only()
            owner = self.owner.show()
            with self._guard, self.database.write() as db:
                first(db)
                for place, kept in enumerate(jobs):
                    if kept.resend_of is not None:
                        _resend(db, kept.resend_of, kept.job.id)
                    insert(db, kept, out_dir=out_dir, owner=owner, position=place)
                self._followed |= {kept.job.id for kept in jobs}
                self._written |= {kept.job.id: _known(kept.job) for kept in jobs}
        except OSError as error:
            raise RefusedError(
                f"no record of the job can be written: {reason_of(error)}", hint="nothing was sent; make room first"
            ) from error
        except ModeltuiError as error:
            error.hint = "; ".join(filter(None, ("nothing was sent", error.hint)))
            raise

    def note(self, job: Job) -> str | None:
        """Write what has changed. A poll that tells nothing new is not written.

        Returns why it could not be: a disk that is full does not end a job that is paid for. What was missed is
        written with the next note of any job.
        """
        with self._guard:
            if self._written.get(job.id) != _known(job):
                self._missed.append(job)
                self._written[job.id] = _known(job)
            if not self._missed:
                return None
            try:
                with self.database.write() as db:
                    for each in self._missed:
                        self._put(db, each)
            except ModeltuiError as error:
                return error.message if any(each.id == job.id for each in self._missed) else None
            self._missed.clear()
            return None

    def claim(self, job_id: str, *, reopens: bool = False) -> Claim:
        """Take a job up that nobody follows. One whose request was on its way becomes UNCERTAIN instead.

        One that failed and can be fetched is taken up too. `reopens`: and one that is uncertain, because its provider
        can be asked for it by our own id.
        Raises BusyError naming who follows it, RefusedError for one that has ended otherwise, NotFoundError.
        """
        me = self._owner()
        with self._guard, self.database.write() as db:
            row = db.execute("SELECT n, owner, whole_inputs, out_dir FROM jobs WHERE id = ?", (job_id,)).fetchone()
            if row is None:
                raise NotFoundError(f"no job {job_id}", hint="`modeltui jobs` lists them")
            number, owner, whole, out_dir = row
            kept = kept_of(db, db.execute(f"{SELECT} WHERE n = ?", (number,)))[0]
            if owner is not None:
                self._refuse_followed(job_id, owner)
            state = kept.job.state
            if is_over(kept.job):
                raise RefusedError(f"the job has ended: it {_ENDED[state]}", hint=kept.job.hint)
            if state is JobState.SUBMITTING:
                self._put(db, replace(kept.job, state=JobState.UNCERTAIN, detail="", error=DOUBT, hint=_LOOK))
            is_held = reopens or state not in (JobState.SUBMITTING, JobState.UNCERTAIN)
            if is_held:
                db.execute("UPDATE jobs SET owner = ?, wish = NULL WHERE n = ?", (me, number))
                self._followed.add(job_id)
            kept = kept_of(db, db.execute(f"{SELECT} WHERE n = ?", (number,)), self.owner.is_alive)[0]
            self._written[job_id] = _known(kept.job)
        return Claim(kept, json.loads(whole) if whole else kept.inputs, out_dir, is_held)

    def release(self, *job_ids: str) -> None:
        """Follow them no longer: who wants may take them up; where that cannot be written, once this process ended."""
        with self._guard:
            for job_id in job_ids:
                self._written.pop(job_id, None)
            held = [(job_id, self.owner.id) for job_id in job_ids if job_id in self._followed]
            if not held:
                return
            self._followed.difference_update(job_ids)
            with suppress(ModeltuiError), self.database.write() as db:
                db.executemany("UPDATE jobs SET owner = NULL WHERE id = ? AND owner = ?", held)

    def wish_cancel(self, job_id: str) -> bool:
        """Tell whoever follows it to cancel it; False where nobody alive does."""
        with self.database.write() as db:
            row = db.execute(_FOLLOWER, (job_id,)).fetchone()
            if row is None or row[0] is None or not self.owner.is_alive(row[0]):
                return False
            db.execute("UPDATE jobs SET wish = 'cancel' WHERE id = ?", (job_id,))
        return True

    def wished(self) -> frozenset[str]:
        """Ids of jobs of this process that are to be cancelled."""
        rows = "SELECT id FROM jobs WHERE owner = ? AND wish IS NOT NULL"
        return self._read(lambda db: frozenset(row[0] for row in db.execute(rows, (self.owner.id,))), frozenset())

    def stamp(self) -> int:
        """Another number after every commit, of whatever process; 0 where nothing can be read."""
        return self.database.stamp()

    def get(self, prefix: str) -> KeptJob:
        """By id, or what it begins with. Raises NotFoundError, UsageError naming those that it may be."""
        found = self._read(lambda db: self._begun_with(db, prefix), _NONE)
        if not found or not prefix:
            raise NotFoundError(f"no job {prefix!r}", hint="`modeltui jobs` lists them")
        if len(found) > 1 and found[0].job.id != prefix:
            ids = ", ".join(kept.job.id for kept in found[:_NAMED])
            more = "" if len(found) <= _NAMED else " …"
            raise UsageError(f"several jobs begin with {prefix!r}", hint=f"{ids}{more}")
        return found[0]

    def list(self, which: JobFilter | None = None, limit: int | None = None) -> tuple[KeptJob, ...]:
        """Newest first."""
        where, values = _conditions(which or JobFilter())
        query = f"{SELECT} WHERE {where} ORDER BY n DESC LIMIT ?"
        values = (*values, -1 if limit is None else limit)
        return self._read(lambda db: kept_of(db, db.execute(query, values), self.owner.is_alive), _NONE)

    def interrupted(self) -> tuple[KeptJob, ...]:
        """Not at their end, and followed by nobody; oldest first."""
        query = f"{SELECT} INDEXED BY jobs_under_way WHERE {UNDER_WAY} ORDER BY n"
        found = self._read(lambda db: kept_of(db, db.execute(query), self.owner.is_alive), _NONE)
        return tuple(kept for kept in found if kept.is_interrupted)

    def last_inputs(self, subject: str) -> Mapping[str, Any] | None:
        """Of the last run of a model, but for those that were too long to be kept; None where there was none."""
        query = "SELECT inputs FROM jobs WHERE subject = ? ORDER BY n DESC LIMIT 1"
        row = self._read(lambda db: db.execute(query, (subject,)).fetchone(), None)
        return None if row is None else {name: value for name, value in json.loads(row[0]).items() if not is_cut(value)}

    def stats(self) -> Mapping[str, RunStats]:
        """By uid, or by key for a model without one."""
        return self._read(tallying.all_stats, {})

    def _read(self, ask: Callable[[sqlite3.Connection], T], none: T) -> T:
        """As the database does; records of before are taken over first, where they can be."""
        if not self._is_taken_over:
            self._is_taken_over = True
            if has_old(self._root):
                with suppress(ModeltuiError):
                    self.database.make()
        return self.database.read(ask, none)

    def _owner(self) -> str:
        self.database.refuse_read_only()
        try:
            return self.owner.show()
        except OSError as error:
            raise RefusedError(f"no job can be followed: {reason_of(error)}", hint="see to the rights") from error

    def _refuse_followed(self, job_id: str, owner: str) -> None:
        if owner == self.owner.id and job_id in self._followed:
            raise BusyError("this process is at work on the job", hint="wait for it, or cancel it")
        if owner != self.owner.id and self.owner.is_alive(owner):
            who = self.owner.told(owner)
            raise BusyError(f"{who} is at work on the job", hint="wait for it, or `modeltui jobs cancel` it")

    def _begun_with(self, db: sqlite3.Connection, prefix: str) -> tuple[KeptJob, ...]:
        query = f"{SELECT} WHERE id >= ? AND id < ? ORDER BY id LIMIT ?"
        return kept_of(db, db.execute(query, (prefix, f"{prefix}\U0010ffff", _NAMED + 1)), self.owner.is_alive)

    def _put(self, db: sqlite3.Connection, job: Job) -> None:
        """A job as it stands now. What has ended stays so, but for one that was uncertain, or is fetched again."""
        row = db.execute(f"{SELECT} WHERE id = ?", (job.id,)).fetchone()
        if row is None:
            return
        kept = kept_of(db, [row])[0]
        number, before, now = int(row[0]), kept.job, self.now()
        if is_over(before):
            return
        if job.state is not before.state:
            add_step(db, number, JobStep(job.state, now, job.detail))
            if before.state.is_final:
                tallying.uncount(db, number, before)
        elif _is_new_word(kept, job):
            add_step(db, number, JobStep(job.state, now, job.detail))
        ending = {}
        if job.state.is_final and job.state is not before.state:
            ending = {"ended_at": moment(now), "owner": None, "wish": None}
            if is_over(job):
                ending["whole_inputs"] = None
            if not (job.state is JobState.CANCELLED and before.state.is_unsent):
                tallying.count(db, number, job, now)
            self._followed.discard(job.id)
        elif not job.state.is_final:
            ending = {"ended_at": None}
        update(db, number, job, **ending)


_ENDED: Final = {
    JobState.SUCCEEDED: "succeeded",
    JobState.FAILED: "failed",
    JobState.CANCELLED: "was cancelled",
}


def _resend(db: sqlite3.Connection, old: str, new: str) -> None:
    """Note on an uncertain job which one is sent in its place, once. Raises RefusedError."""
    free = "UPDATE jobs SET resent_as = ? WHERE id = ? AND state = 'uncertain' AND resent_as IS NULL"
    if db.execute(free, (new, old)).rowcount == 1:
        return
    row = db.execute("SELECT resent_as FROM jobs WHERE id = ?", (old,)).fetchone()
    if row is not None and row[0] is not None:
        raise RefusedError(f"it was sent again already, as {row[0]}", hint="that one can be resumed, if it has to")
    raise RefusedError("only a job that is uncertain is sent again", hint="`modeltui jobs show` says how it stands")


def _is_new_word(kept: KeptJob, job: Job) -> bool:
    """Whether a status that nobody knows is told for the first time: whoever mends the model file needs it."""
    told = {step.detail for step in kept.steps}
    return job.has_unknown_status and job.detail not in told and len(kept.steps) < _MOST_STEPS


def _conditions(which: JobFilter) -> tuple[str, tuple[Any, ...]]:
    found: list[tuple[str, Any]] = []
    if which.states:
        found.append(("state IN (SELECT value FROM json_each(?))", json.dumps([state.value for state in which.states])))
    if which.subjects is not None:
        found.append(("subject IN (SELECT value FROM json_each(?))", json.dumps(list(which.subjects))))
    if which.batch is not None:
        found.append(("batch = ?", which.batch))
    if which.before is not None:
        found.append(("n < (SELECT n FROM jobs WHERE id = ?)", which.before))
    return " AND ".join(condition for condition, _ in found) or "1", tuple(value for _, value in found)


def _known(job: Job) -> tuple[Any, ...]:
    """What is worth a commit."""
    told = (job.state, job.is_fetchable, job.error, job.reported, job.started_at)
    word = job.detail if job.has_unknown_status else ""
    return (*told, word, job.remote_id, job.saved, job.remote_files, job.files)
