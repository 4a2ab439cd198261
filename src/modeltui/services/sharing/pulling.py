"""Taking in what others committed: shown by model and field, merged aside, and written like any apply."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from modeltui.domain.catalog import Catalog
from modeltui.domain.digest import digest
from modeltui.domain.merging.incoming import Choice, Select
from modeltui.domain.rules.defaults import check_defaults
from modeltui.domain.text import safe, some_of
from modeltui.errors import ApplyError, ConflictError, InDoubtError, ModeltuiError, RefusedError
from modeltui.history.git import Git, git_directory
from modeltui.history.hooks import Hooks
from modeltui.history.message import message_of
from modeltui.history.preflight import obstacle
from modeltui.history.record import encoded_record
from modeltui.history.remotes import Remotes
from modeltui.history.timeline import Timeline
from modeltui.history.trees import NewFile, Trees
from modeltui.services.auditing import AuditedApplier
from modeltui.services.changing.changes import ChangeService
from modeltui.services.current import Current
from modeltui.services.identity import Identity, Stamp
from modeltui.services.outcome import Outcome
from modeltui.services.permissions import Deed, Permissions, foreign_refusal
from modeltui.services.sharing.merge_faults import merge_faults
from modeltui.services.sharing.pull_plan import FileSwitch, PullPlan, changes_of, pull_record
from modeltui.services.sharing.tree_merge import MergedFile, Three, TreeMerge
from modeltui.storage.applying.request import ApplyRequest, FileOperation
from modeltui.storage.mutex import OnWait

__all__ = ["Choice", "PullOutcome", "PullPlan", "PullService"]

_MOST_COMMITS: Final = 200
_MOST_NAMED: Final = 5

ReadFile = Callable[[str], bytes]
"""The bytes of a file of the catalogue; raises BrokenFileError."""


class PullOutcome(Struct, frozen=True):
    id: str
    commit: str
    """That the branch is at now."""
    keys: tuple[str, ...]
    """What changed of the catalogue."""
    others: tuple[str, ...]
    """What changed besides."""
    rebased: Outcome | None = None
    """What became of pending changes of files that were pulled; None where there were none."""
    warnings: tuple[str, ...] = ()


class PullService:
    def __init__(
        self,
        current: Current,
        applier: AuditedApplier,
        identity: Identity,
        permissions: Permissions,
        *,
        changes: Callable[[], ChangeService],
        timeline: Timeline,
        read: ReadFile,
        is_pending: Callable[[], bool],
        select: Select,
    ) -> None:
        """`changes` are asked for only where something pending has to be rebased.

        `is_pending` says whether the commit of an apply is still to be made, `select` which models a QUERY chooses.
        """
        self._current = current
        self._applier = applier
        self._identity = identity
        self._permissions = permissions
        self._changes = changes
        self._timeline = timeline
        self._read = read
        self._is_pending = is_pending
        self._select = select

    @property
    def _root(self) -> str:
        return self._current.snapshot().catalog.root

    def preview(self, remote: str | None = None, branch: str | None = None, choice: Choice | None = None) -> PullPlan:
        """Fetch, and say what a pull would do. Nothing of the catalogue changes.

        Raises UsageError where there is nothing to pull from, ConflictError for histories that have nothing in common,
        and ModeltuiError for what git says.
        """
        if self._permissions.read_as:
            raise foreign_refusal(self._permissions.read_as)
        root, chosen = self._root, choice or Choice()
        git = Git(root)
        remotes = Remotes(root, git)
        upstream = remotes.upstream(remote, branch)
        other = remotes.fetch(upstream)
        head = remotes.commit("HEAD") or ""
        apart = remotes.apart(head, other)
        taken_out = remotes.taken_out(upstream, head, other) if apart.ahead else 0
        plan = PullPlan(upstream, head, other, apart, taken_out=taken_out)
        if not plan.apart.behind:
            return plan
        base = remotes.base(head, other)
        three = Three(base, head, other)
        commits = tuple(self._timeline.between(head, other, _MOST_COMMITS))

        def applied() -> frozenset[str]:
            return self._timeline.applied_between(base, other)

        bare = TreeMerge(Trees(git), three, lambda _key, _field: None, applied)
        merge, files = bare, bare.files()
        plan = replace(plan, commits=commits, files=files, is_forward=base == head)
        chosen = chosen.of_clashes(plan.clashes, self._select)
        if plan.clashes and chosen != Choice():
            merge = TreeMerge(Trees(git), three, chosen.of, applied)
            files = merge.files()
        switches = tuple(_switches(merge, files))
        changes = tuple(change for switch in switches for change in changes_of(switch))
        faults = merge_faults(files, switches)
        return replace(plan, files=files, switches=switches, changes=changes, faults=faults)

    def require(self) -> None:
        """Raises NotPermittedError, InDoubtError, and RefusedError where git is in the middle of something."""
        self._permissions.require(Deed.APPLY, "pull")
        self._current.refuse_in_doubt()
        directory = git_directory(self._root)
        if directory is not None and (why := obstacle(directory)):
            raise RefusedError(why, hint="nothing was changed; finish that first, then pull again")

    def catch_up(self, on_wait: OnWait | None = None) -> str | None:
        """Commit what earlier applies, or an earlier pull, left uncommitted; a warning where that fails."""
        return self._applier.catch_up(on_wait) if self._is_pending() else None

    def pull(self, plan: PullPlan, on_wait: OnWait | None = None) -> PullOutcome:
        """Do what was previewed: all of it, or nothing. Pending changes stay, and are rebased where that asks nobody.

        Raises NotPermittedError, ConflictError for what is in conflict and for what changed since the preview, and
        RefusedError for edits by hand that would be lost; each means that nothing was changed.
        """
        with self._current.guard:
            self.require()
            if any(file.is_chosen for file in plan.files):
                self._permissions.require(Deed.UNLOCK, "pull", [file.key for file in plan.files if file.is_chosen])
            _refuse_clashes(plan)
            self._refuse_touched(plan)
            trees, before = Trees(Git(self._root)), _defaults(self._current.snapshot().catalog)
            stamp = self._identity.stamp(f"pull {plan.upstream.name}")
            commit = self._commit(trees, plan, stamp)
            try:
                applied = self._applier.apply(self._request(plan, stamp, commit), on_wait)
            except (ConflictError, RefusedError, ApplyError) as error:
                if not isinstance(error, InDoubtError):
                    trees.forget()  # its commit is nobody's
                raise
            rebased, warnings = None, list(applied.warnings)
            try:
                after = _defaults(self._current.reload().catalog)
                warnings += list(after - before)[:_MOST_NAMED]
                rebased = self._rebased([switch.key for switch in plan.switches])
            except ModeltuiError as error:
                warnings.append(f"all is pulled, but what is pending was not rebased: {error.message}")
            warnings += filter(None, self._after(plan, commit))
            keys = tuple(switch.key for switch in plan.switches)
            return PullOutcome(stamp.id, commit, keys, plan.others, rebased, (*warnings, *plan.notes))

    def _after(self, plan: PullPlan, commit: str) -> Iterator[str | None]:
        """What git would run after a merge, where the branch is there."""
        hooks = Hooks(Git(self._root))
        if commit != plan.other:
            yield hooks.left_out()
        if Remotes(self._root).commit("HEAD") == commit:
            yield hooks.merged()

    def _commit(self, trees: Trees, plan: PullPlan, stamp: Stamp) -> str:
        """The commit that the branch is to be at: theirs where nothing of ours is beside it, else a merge."""
        if plan.is_forward and not self._differs_from_theirs(trees, plan):
            return plan.other
        entries = {file.path: file.entry for file in plan.files}
        message = Hooks(Git(self._root)).message(message_of(encoded_record(pull_record(plan, stamp))))
        if stamp.id not in message:
            raise RefusedError("a hook took the trailer of the pull out of its message", hint="nothing was changed")
        return trees.made([plan.head, plan.other], entries, message)

    def _differs_from_theirs(self, trees: Trees, plan: PullPlan) -> bool:
        theirs = {path: each.after for path, each in trees.differing(plan.head, plan.other).items()}
        return theirs != {file.path: file.entry for file in plan.files}

    def _request(self, plan: PullPlan, stamp: Stamp, commit: str) -> ApplyRequest:
        pull = {"head": plan.head, "commit": commit, "name": plan.upstream.name}
        return ApplyRequest(
            id=stamp.id,
            by=stamp.by,
            host=stamp.host,
            at=stamp.at,
            reason=stamp.reason,
            operations=tuple(map(self._operation, plan.switches)),
            change_ids=(),
            record={**encoded_record(pull_record(plan, stamp)), "pull": pull},
            holds=lambda: self._refuse_moved(plan),
        )

    def _operation(self, switch: FileSwitch) -> FileOperation:
        """The digest is that of the file: where git converts line ends, it is not what the commit has."""
        return FileOperation(
            key=switch.key,
            path=switch.path,
            action=switch.action,
            old_digest=None if switch.before is None else digest(self._read(switch.path)),
            new_content=switch.after,
            is_pulled=True,
            is_chosen=switch.is_chosen,
        )

    def _refuse_moved(self, plan: PullPlan) -> None:
        remotes = Remotes(self._root)
        if remotes.commit("HEAD") != plan.head:
            raise ConflictError("something was committed here meanwhile", hint="nothing was changed; pull again")
        self.require()
        self._refuse_touched(plan)

    def _refuse_touched(self, plan: PullPlan) -> None:
        """Raises RefusedError for edits that no commit has, in files that would change."""
        trees = Trees(Git(self._root))
        top, touched = trees.top(), trees.touched()
        named = sorted(file.path for file in plan.files if file.path in touched or _is_in_the_way(top, file))
        if named:
            raise RefusedError(
                f"edits that are in no commit would be lost: {safe(some_of(named, len(named), _MOST_NAMED))}",
                hint="nothing was changed; commit them or put them aside, then pull again",
            )

    def _rebased(self, keys: Sequence[str]) -> Outcome | None:
        plan = self._current.snapshot().plan
        stale = [key for key in keys if key in plan.files and plan.files[key].is_stale]
        return self._changes().rebase(stale) if stale else None


def _switches(merge: TreeMerge, files: Sequence[MergedFile]) -> Iterator[FileSwitch]:
    """The plain files of the catalogue; what is a link on one side is left to git."""
    for file in files:
        is_plain = all(isinstance(each, NewFile | None) or each.is_file for each in (file.ours, file.entry))
        if not is_plain or file.clashes or not merge.is_of_catalog(file.path):
            continue
        before, after = merge.content(file.ours), merge.content(file.entry)
        if before != after:
            yield FileSwitch(file.key, merge.path_in_catalog(file.path), before, after, file.is_chosen)


def _defaults(catalog: Catalog) -> frozenset[str]:
    """What is wrong with the defaults: each side may have chosen one, in files of which only one is changed."""
    return frozenset(f"{finding.path}: {finding.message}" for finding in check_defaults(catalog))


def _is_in_the_way(top: str, file: MergedFile) -> bool:
    return file.ours is None and file.entry is not None and os.path.lexists(os.path.join(top, file.path))


def _refuse_clashes(plan: PullPlan) -> None:
    if plan.clashes:
        keys = list(dict.fromkeys(key for key, _ in plan.clashes))
        raise ConflictError(
            f"both sides changed {some_of(keys, len(keys), _MOST_NAMED)}",
            hint="nothing was changed; --ours KEY.FIELD, --theirs KEY.FIELD or --take ours|theirs decides",
        )
