"""A file system in memory that forgets, at a power cut, whatever subset of unsynced names and data a test chooses."""

from __future__ import annotations

import errno
import itertools
import os
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from modeltui.storage.fs import Release, Stat

ROOT = 0
_VOLATILE = ".modeltui/mutex"
"""Who holds the mutex is display only: it takes part in no crash."""


class PowerCut(BaseException):
    """Not an Exception: no handler of the program may see it, as none would see the real thing."""


@dataclass
class Node:
    is_directory: bool
    mode: int
    content: bytes = b""
    entries: dict[str, int] = field(default_factory=dict)
    durable_content: bytes | None = None
    """None while nothing was ever synced."""
    durable_mode: int | None = None
    durable_entries: dict[str, int] = field(default_factory=dict)
    links: int = 0

    @property
    def is_dirty(self) -> bool:
        return not self.is_directory and (self.content, self.mode) != (self.durable_content, self.durable_mode)


@dataclass
class NameChange:
    """Names that change together: a rename is on disk as a whole or not at all."""

    names: tuple[tuple[int, str, int | None], ...]
    """Directory, name, and the node that it then means."""
    unsynced: set[int]
    """Directories to be synced until it is sure to survive."""


@dataclass(frozen=True)
class Loss:
    """What of the unsynced survives a power cut."""

    kept: frozenset[int]
    """Positions of name changes, closed under what they rest on."""
    data: tuple[tuple[int, str], ...]
    """For each dirty file: `lost`, `torn`, `zeros` or `kept`."""


class CrashFs:
    """A `FileSystem`. `steps` counts everything that changes or syncs, `calls` also what only looks.

    `at` sees each step and `at_call` each call, and both may raise.
    """

    def __init__(self, *, can_exchange: bool = True, can_sync_all: bool = True) -> None:
        self.nodes: dict[int, Node] = {ROOT: Node(True, 0o755)}
        self.changes: list[NameChange] = []
        self.steps: list[str] = []
        self.calls: list[str] = []
        self.at: Callable[[int, str], None] = lambda _number, _label: None
        self.at_call: Callable[[int, str], None] = lambda _number, _label: None
        self.dropped_syncs: frozenset[int] = frozenset()
        """Syncs that do nothing, counted from 0: the mutants."""
        self.syncs: list[str] = []
        self.sync_steps: list[int] = []
        """The number of the step that each sync was."""
        self._can_exchange = can_exchange
        self._can_sync_all = can_sync_all
        self._numbers = itertools.count(1)
        self._locked: set[str] = set()
        self._is_off = False

    # what a power cut leaves

    def after_power_cut(self, loss: Loss) -> CrashFs:
        left = CrashFs(can_exchange=self._can_exchange, can_sync_all=self._can_sync_all)
        names = {number: dict(node.durable_entries) for number, node in self.nodes.items() if node.is_directory}
        for position in sorted(loss.kept):
            for directory, name, target in self.changes[position].names:
                _set(names[directory], name, target)
        fates = dict(loss.data)
        for number in _reachable(names):
            left.nodes[number] = _left_over(self.nodes[number], fates.get(number, "kept"), names.get(number, {}))
        for node in list(left.nodes.values()):
            for number in node.entries.values():
                left.nodes[number].links += 1
        left._numbers = itertools.count(max(self.nodes) + 1)
        return left

    def losses(self, seed: int, *, random_ones: int = 6) -> Iterator[Loss]:
        """A spread of subsets: nothing, all, each alone, all but each, and some at random; data lost in each way."""
        positions = range(len(self.changes))
        everything, nothing = frozenset(positions), frozenset[int]()
        dirty = [number for number, node in self.nodes.items() if node.is_dirty]
        subsets = {everything, nothing}
        subsets |= {self._with_ground({position}) for position in positions}
        subsets |= {everything - self._with_dependents(position) for position in positions}
        chance = random.Random(seed)
        subsets |= {self._with_ground({p for p in positions if chance.random() < 0.5}) for _ in range(random_ones)}
        for kept in sorted(subsets, key=sorted):
            fates = ("lost", "torn", "zeros", "kept") if kept == everything else ("lost", "kept")
            for fate in fates if dirty else ("kept",):
                yield Loss(kept, tuple((number, fate) for number in dirty))
        for unlucky in dirty if len(dirty) > 1 else ():
            yield Loss(everything, tuple((n, "lost" if n == unlucky else "kept") for n in dirty))

    def every_loss(self, most: int = 512) -> Iterator[Loss]:
        """Every subset of names with data lost or kept, or as many as `losses` with `most` random ones."""
        if 2 ** len(self.changes) > most:
            yield from self.losses(1, random_ones=most)
            return
        dirty = [number for number, node in self.nodes.items() if node.is_dirty]
        for size in range(len(self.changes) + 1):
            for chosen in itertools.combinations(range(len(self.changes)), size):
                if self._with_ground(set(chosen)) == frozenset(chosen):
                    for fate in ("lost", "torn", "kept") if dirty else ("kept",):
                        yield Loss(frozenset(chosen), tuple((number, fate) for number in dirty))

    def _with_ground(self, positions: set[int]) -> frozenset[int]:
        """With every earlier change of the same names."""
        kept = set(positions)
        for position in sorted(positions, reverse=True):
            touched = {(d, n) for p in kept if p >= position for d, n, _ in self.changes[p].names}
            for earlier in range(position - 1, -1, -1):
                if touched & {(d, n) for d, n, _ in self.changes[earlier].names}:
                    kept.add(earlier)
                    touched |= {(d, n) for d, n, _ in self.changes[earlier].names}
        return frozenset(kept)

    def _with_dependents(self, position: int) -> frozenset[int]:
        touched = {(d, n) for d, n, _ in self.changes[position].names}
        found = {position}
        for later in range(position + 1, len(self.changes)):
            names = {(d, n) for d, n, _ in self.changes[later].names}
            if names & touched:
                found.add(later)
                touched |= names
        return frozenset(found)

    # the port

    def stat(self, path: str) -> Stat:
        self._called(f"stat {path}")
        number = self._number(path)
        node = self.nodes[number]
        return Stat(
            kind="directory" if node.is_directory else "file",
            mode=node.mode,
            uid=0,
            gid=0,
            links=node.links,
            size=len(node.content),
            device=1,
            inode=number,
            modified=0,
        )

    def read(self, path: str, limit: int) -> bytes:
        self._called(f"read {path}")
        node = self.nodes[self._number(path)]
        if node.is_directory:
            raise _error(errno.EINVAL, path)
        if len(node.content) > limit:
            raise _error(errno.EFBIG, path)
        return node.content

    def look(self, path: str, limit: int) -> tuple[Stat, bytes | None]:
        found = self.stat(path)
        return found, None if found.kind == "directory" else self.read(path, limit)

    def list(self, path: str) -> list[str]:
        self._called(f"list {path}")
        node = self.nodes[self._number(path)]
        if not node.is_directory:
            raise _error(errno.ENOTDIR, path)
        return sorted(node.entries)

    def make_directory(self, path: str, mode: int | None = None) -> None:
        self._step(f"make_directory {path}")
        self._name_new(path, Node(True, 0o755 if mode is None else mode))

    def remove_directory(self, path: str) -> None:
        self._step(f"remove_directory {path}")
        if self.nodes[self._number(path)].entries:
            raise _error(errno.ENOTEMPTY, path)
        self._change((*self._place(path), None))

    def create(self, path: str, content: bytes, mode: int | None = None) -> None:
        self._step(f"create {path}")
        node = Node(False, 0o644 if mode is None else mode)
        self._name_new(path, node)
        self._write(path, node, content)

    def append(self, path: str, content: bytes) -> None:
        self._write(path, self.nodes[self._number(path)], content)

    def truncate(self, path: str, size: int) -> None:
        self._step(f"truncate {path}")
        node = self.nodes[self._number(path)]
        node.content = node.content[:size]

    def create_like(self, path: str, content: bytes, source: str) -> bool:
        self.create(path, content, 0o600)
        self._step(f"copy_access {path}")
        self.nodes[self._number(path)].mode = self.nodes[self._number(source)].mode
        return True

    def sync_file(self, path: str) -> None:
        if self._syncs(f"sync_file {path}"):
            node = self.nodes[self._number(path)]
            node.durable_content, node.durable_mode = node.content, node.mode

    def sync_directory(self, path: str) -> None:
        if self._syncs(f"sync_directory {path}"):
            number = self._number(path)
            if not self.nodes[number].is_directory:
                raise _error(errno.ENOTDIR, path)
            for change in self.changes:
                change.unsynced.discard(number)
            self._keep_synced()

    def sync_all(self) -> bool:
        if not self._can_sync_all:
            return False
        if self._syncs("sync_all"):
            for node in self.nodes.values():
                node.durable_content, node.durable_mode = node.content, node.mode
            for change in self.changes:
                change.unsynced.clear()
            self._keep_synced()
        return True

    def rename(self, old: str, new: str) -> None:
        self._step(f"rename {old} {new}")
        self._change((*self._place(old), None), (*self._place(new), self._number(old)))

    def rename_new(self, old: str, new: str) -> None:
        self._step(f"rename_new {old} {new}")
        number = self._number(old)
        if not self._can_exchange:
            raise _error(errno.EINVAL, new)
        self._refuse_taken(new)
        self._change((*self._place(old), None), (*self._place(new), number))

    def exchange(self, one: str, other: str) -> None:
        self._step(f"exchange {one} {other}")
        if not self._can_exchange:
            raise _error(errno.EINVAL, one)
        first, second = self._number(one), self._number(other)
        self._change((*self._place(one), second), (*self._place(other), first))

    def link(self, existing: str, new: str) -> None:
        self._step(f"link {existing} {new}")
        number = self._number(existing)
        self._refuse_taken(new)
        self._change((*self._place(new), number))

    def unlink(self, path: str) -> None:
        self._step(f"unlink {path}")
        if self.nodes[self._number(path)].is_directory:
            raise _error(errno.EISDIR, path)
        self._change((*self._place(path), None))

    def unlink_all(self, directory: str, names: Sequence[str]) -> None:
        for name in names:
            self.unlink(f"{directory}/{name}")

    def try_lock(self, path: str, mode: int) -> Release | None:
        self._called(f"try_lock {path}")
        if path in self._locked:
            return None
        self._locked.add(path)
        return lambda: self._locked.discard(path)

    # inside

    def _called(self, label: str) -> None:
        if self._is_off:
            raise PowerCut(label)
        self.calls.append(label)
        self.at_call(len(self.calls) - 1, label)

    def _step(self, label: str) -> None:
        self._called(label)
        if f" {_VOLATILE}" in label:
            return
        self.steps.append(label)
        try:
            self.at(len(self.steps) - 1, label)
        except PowerCut:
            self._is_off = True
            raise

    def _syncs(self, label: str) -> bool:
        self._step(label)
        self.syncs.append(label)
        self.sync_steps.append(len(self.steps) - 1)
        return len(self.syncs) - 1 not in self.dropped_syncs

    def _write(self, path: str, node: Node, content: bytes) -> None:
        """In two halves, with a step before each."""
        middle = len(content) // 2
        for part in (content[:middle], content[middle:]):
            self._step(f"write {path}")
            node.content += part

    def _name_new(self, path: str, node: Node) -> None:
        self._refuse_taken(path)
        place = self._place(path)
        number = next(self._numbers)
        self.nodes[number] = node
        self._change((*place, number))

    def _refuse_taken(self, path: str) -> None:
        directory, name = self._place(path)
        if name in self.nodes[directory].entries:
            raise _error(errno.EEXIST, path)

    def _change(self, *names: tuple[int, str, int | None]) -> None:
        for directory, name, target in names:
            if (replaced := self.nodes[directory].entries.get(name)) is not None:
                self.nodes[replaced].links -= 1
            if target is not None:
                self.nodes[target].links += 1
            _set(self.nodes[directory].entries, name, target)
        if names[0][1].startswith("mutex"):
            for directory, name, target in names:
                _set(self.nodes[directory].durable_entries, name, target)
            return
        self.changes.append(NameChange(names, {directory for directory, _, _ in names}))

    def _keep_synced(self) -> None:
        sure = self._with_ground({p for p, change in enumerate(self.changes) if not change.unsynced})
        for position in sorted(sure):
            for directory, name, target in self.changes[position].names:
                _set(self.nodes[directory].durable_entries, name, target)
        self.changes = [change for position, change in enumerate(self.changes) if position not in sure]

    def _number(self, path: str) -> int:
        number = ROOT
        for part in () if path == "." else path.split("/"):
            node = self.nodes[number]
            if not node.is_directory:
                raise _error(errno.ENOTDIR, path)
            if part not in node.entries:
                raise _error(errno.ENOENT, path)
            number = node.entries[part]
        return number

    def _place(self, path: str) -> tuple[int, str]:
        above, _, name = path.rpartition("/")
        directory = self._number(above or ".")
        if not self.nodes[directory].is_directory:
            raise _error(errno.ENOTDIR, path)
        return directory, name


def settled(fs: CrashFs) -> CrashFs:
    """`fs` with everything on disk and nothing counted: where a scenario begins."""
    fs.sync_all()
    for counted in (fs.calls, fs.steps, fs.syncs, fs.sync_steps):
        counted.clear()
    return fs


def _set(entries: dict[str, int], name: str, target: int | None) -> None:
    if target is None:
        entries.pop(name, None)
    else:
        entries[name] = target


def _reachable(names: dict[int, dict[str, int]]) -> list[int]:
    found, waiting = [], [ROOT]
    while waiting:
        number = waiting.pop()
        if number not in found:
            found.append(number)
            waiting.extend(names.get(number, {}).values())
    return found


def _left_over(node: Node, fate: str, entries: dict[str, int]) -> Node:
    if node.is_directory:
        return Node(True, node.mode, entries=dict(entries), durable_mode=node.mode, durable_entries=dict(entries))
    before = node.durable_content or b""
    content, mode = {
        "kept": (node.content, node.mode),
        "lost": (before, node.durable_mode or 0),
        "torn": (node.content[: (len(before) + len(node.content)) // 2], node.mode),
        "zeros": (before[: len(node.content)] + b"\0" * (len(node.content) - len(before)), node.mode),
    }[fate]
    return Node(False, mode, content, durable_content=content, durable_mode=mode)


def _error(code: int, path: str) -> OSError:
    return OSError(code, os.strerror(code), path)
