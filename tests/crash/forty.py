"""An apply of forty files on a real disk, run by processes that are killed. As a script: the process that is killed."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from crash import scenario
from modeltui.domain.change import Action, Change
from modeltui.domain.digest import digest
from modeltui.domain.pending.queue import Step
from modeltui.storage import state_dir
from modeltui.storage.applying.applier import ApplyRequest, FileOperation, Recovered
from modeltui.storage.real_fs import RealFs

OLD = {f"models/t{n % 3}/m{n:02}.toml": b"# keep\r\nactive = true\nn = %d\n" % n for n in range(36)}
NEW = {
    **{path: content.replace(b"true", b"false") for path, content in list(OLD.items())[4:]},
    **{f"models/new/m{n:02}.toml": b"active = true\n" for n in range(4)},
}

_HARMLESS = frozenset({"stat", "read", "look", "list", "try_lock"})


class KillingFs:
    """A real file system on which the process kills itself just before its n-th effect."""

    def __init__(self, root: str, at: int) -> None:
        self._real = RealFs(root)
        self._at = at
        self.effects = 0

    def unlink_all(self, directory: str, names: Sequence[str]) -> None:
        """One effect for each."""
        for name in names:
            self.unlink(f"{directory}/{name}")

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method: Callable[..., Any] = getattr(self._real, name)
        if name in _HARMLESS:
            return method

        def effect(*arguments: Any) -> Any:
            if self.effects == self._at:
                os.kill(os.getpid(), signal.SIGKILL)
            self.effects += 1
            return method(*arguments)

        return effect


def build(root: Path) -> None:
    for path, content in OLD.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    fs = RealFs(str(root))
    state_dir.ensure(fs)
    scenario.queue(fs).take(Step("forty files", added=_changes()))


def apply(root: str, at: int = -1) -> int:
    """Apply, killed before effect `at`; the number of effects if it was not."""
    fs = KillingFs(root, at)
    scenario.applier(fs).apply(_request())
    return fs.effects


def recover(root: Path) -> Recovered | None:
    return scenario.applier(RealFs(str(root))).recover()


def outcome(root: Path) -> str:
    """`old` or `new`, where files, queue and history agree; anything else fails."""
    fs = RealFs(str(root))
    there = scenario.files(fs)
    assert there in (OLD, NEW), "a mix"
    name = "old" if there == OLD else "new"
    assert [record.id for record in scenario.history(fs).entries()] == ([] if name == "old" else [scenario.ID])
    assert scenario.queue(fs).load().changes == (_changes() if name == "old" else ())
    left = [each for each in fs.list(state_dir.STATE) if each.startswith(("journal", "txn-"))]
    assert not left, left
    return name


def _operations() -> tuple[FileOperation, ...]:
    return tuple(
        FileOperation(path[7:-5], path, _action(path), digest(OLD[path]) if path in OLD else None, NEW.get(path))
        for path in sorted(OLD.keys() | NEW.keys())
    )


def _action(path: str) -> Action:
    return Action.CREATE if path not in OLD else Action.UPDATE if path in NEW else Action.DELETE


def _changes() -> tuple[Change, ...]:
    change = scenario.changes()[0]
    return tuple(
        replace(change, id=f"{n:03}", key=each.key, path=each.path, action=each.action, base=each.old_digest)
        for n, each in enumerate(_operations())
    )


def _request() -> ApplyRequest:
    ids = tuple(change.id for change in _changes())
    return replace(scenario.request(), operations=_operations(), change_ids=ids)


def _kill_each(roots_and_points: Sequence[str]) -> None:
    """One child for each `root=point`, forked from this process, which has paid for the imports."""
    for root, _, point in (each.rpartition("=") for each in roots_and_points):
        child = os.fork()
        if child == 0:
            apply(root, int(point))
            os._exit(0)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))  # noqa: T201


if __name__ == "__main__":
    if sys.argv[1] == "one":
        apply(sys.argv[2])
    else:
        _kill_each(sys.argv[2:])
