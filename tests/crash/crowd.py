"""Processes that all apply to the same ten files, and readers that look on. As a script: one of them."""

from __future__ import annotations

import sys
from pathlib import Path

from msgspec.structs import replace

from crash import scenario
from crash.plain_recorder import PlainRecorder
from modeltui.domain.change import Action
from modeltui.domain.digest import digest
from modeltui.errors import ConflictError
from modeltui.history.repository import HistoryRepository
from modeltui.storage import state_dir
from modeltui.storage.applying.applier import Applier, ApplyRequest, FileOperation
from modeltui.storage.applying.overlay import Overlay, consistently
from modeltui.storage.log_file import LogFile
from modeltui.storage.queue_file import QueueSettler
from modeltui.storage.real_fs import RealFs

PATHS = [f"models/chat/m{number}.toml" for number in range(10)]


def build(root: Path) -> None:
    (root / "models/chat").mkdir(parents=True)
    for path in PATHS:
        (root / path).write_bytes(_content(0))


def _content(count: int) -> bytes:
    return b"count = %d\n" % count


def read(root: str) -> list[bytes]:
    """All ten files, one by one, as our readers do."""

    def load(overlay: Overlay) -> list[bytes]:
        return [overlay.get(path) or (Path(root) / path).read_bytes() for path in PATHS]

    return consistently(root, load)


def history(root: str) -> HistoryRepository:
    return HistoryRepository(LogFile(RealFs(root), state_dir.HISTORY))


def write(root: str, name: str, times: int) -> None:
    """Count all files up by one, `times` times; whoever was overtaken begins again."""
    applier = Applier(root, PlainRecorder(history(root)), QueueSettler(root), user=name)
    done = attempt = 0
    while done < times:
        attempt += 1
        try:
            applier.apply(_request(f"{name}-{attempt}", read(root)))
            done += 1
        except ConflictError:
            continue


def _request(apply_id: str, contents: list[bytes]) -> ApplyRequest:
    count = int(contents[0].split()[-1])
    operations = tuple(
        FileOperation(path, path, Action.UPDATE, digest(content), _content(count + 1))
        for path, content in zip(PATHS, contents, strict=True)
    )
    record = {**scenario.request().record, "id": apply_id}
    return replace(scenario.request(), id=apply_id, operations=operations, change_ids=(), record=record)


def watch(root: str, times: int) -> None:
    """Fails when the ten files ever differ, or count down."""
    last = 0
    for _ in range(times):
        contents = read(root)
        assert len(set(contents)) == 1, contents
        count = int(contents[0].split()[-1])
        assert count >= last
        last = count


if __name__ == "__main__":
    if sys.argv[1] == "write":
        write(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    else:
        watch(sys.argv[2], int(sys.argv[3]))
