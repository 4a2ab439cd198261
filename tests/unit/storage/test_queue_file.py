"""A queue on disk is the queue in memory: across crashes, damage, other processes and any sequence of steps."""

from __future__ import annotations

import errno
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from crash import scenario
from crash.crash_fs import CrashFs, settled
from modeltui.domain.change import Action, Change, Edit
from modeltui.domain.digest import digest
from modeltui.domain.document import ABSENT
from modeltui.domain.pending.queue import Queue, Step
from modeltui.errors import RefusedError
from modeltui.storage import queue_file, state_dir
from modeltui.storage.fs import Stat
from modeltui.storage.log_file import LogFile, sealed
from modeltui.storage.other_queues import OtherQueues
from modeltui.storage.queue_codec import decoded_change, decoded_queue, encoded_change, encoded_queue, encoded_step
from modeltui.storage.queue_file import QueueFile, QueueSettler, _mark, file_name, user_of
from modeltui.storage.real_fs import RealFs

AT = datetime(2030, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)


def _change(number: int, *edits: Edit) -> Change:
    return Change(
        id=f"{number:04}",
        key=f"chat/m{number}",
        path=f"models/chat/m{number}.toml",
        action=Action.UPDATE,
        base="0" * 64,
        edits=edits or (Edit(("active",), True, False),),
        by="alice",
        at=AT + timedelta(seconds=number),
    )


def _take(*numbers: int) -> Step:
    return Step(f"take {numbers}", added=tuple(_change(number) for number in numbers))


@pytest.fixture
def queue(tmp_path: Path) -> QueueFile:
    return QueueFile(str(tmp_path), "alice")


def _path(tmp_path: Path, user: str = "alice") -> Path:
    return tmp_path / state_dir.QUEUES / f"{user}.jsonl"


def test_nothing_is_written_before_the_first_step(queue: QueueFile, tmp_path: Path) -> None:
    assert queue.load() == Queue()
    assert queue.undo() == queue.redo() == queue.settle(["x"], "a1") == Queue()
    assert list(tmp_path.iterdir()) == []


def test_each_step_is_there_for_the_next_process(queue: QueueFile, tmp_path: Path) -> None:
    expected = Queue()
    for step in (_take(1, 2), _take(3), Step("drop", removed=(_change(2),))):
        expected = expected.take(step)
        assert queue.take(step) == expected
        assert QueueFile(str(tmp_path), "alice").load() == expected
    for _ in range(2):
        expected = expected.undo()
        assert queue.undo() == expected
        assert QueueFile(str(tmp_path), "alice").load() == expected
    assert queue.redo() == expected.redo()
    assert QueueFile(str(tmp_path), "alice").load() == expected.redo()


def test_settling_twice_is_settling_once(queue: QueueFile, tmp_path: Path) -> None:
    queue.take(_take(1, 2, 3))
    assert [change.id for change in queue.settle(["0001", "0002"], "a1").changes] == ["0003"]
    size = _path(tmp_path).stat().st_size
    assert [change.id for change in queue.settle(["0001", "0002"], "a1").changes] == ["0003"]
    assert _path(tmp_path).stat().st_size == size
    assert [change.id for change in queue.undo().changes] == []
    QueueSettler(str(tmp_path)).settle("alice", ["0003"], "a2")
    assert queue.load() == Queue(is_floored=True)


def test_the_floor_of_an_apply_is_there_for_the_next_process_also_in_a_compact_log(tmp_path: Path) -> None:
    queue = QueueFile(str(tmp_path), "alice")
    queue.take(_take(1))
    queue.take(Step("drop", removed=(_change(1),)))
    queue.take(_take(2))
    queue.settle(["0002"], "a1")
    again = QueueFile(str(tmp_path), "alice")
    assert again.load() == again.undo() == again.redo() == Queue(is_floored=True)
    assert decoded_queue(encoded_queue(again.load())) == again.load()


def test_what_an_older_version_undid_past_an_apply_is_still_read(tmp_path: Path) -> None:
    queue = QueueFile(str(tmp_path), "alice")
    queue.take(_take(1))
    queue.take(Step("drop", removed=(_change(1),)))
    undo = {"op": "undo", "of": _mark(queue.load().done[-1])}
    queue.take(_take(2))
    path = _path(tmp_path)
    for entry in ({"op": "settle", "ids": ["0002"], "apply": "a1"}, undo):
        path.write_bytes(path.read_bytes() + sealed(entry))
    old = QueueFile(str(tmp_path), "alice")
    assert [change.id for change in old.load().changes] == ["0001"]
    assert old.notice is None
    assert old.settle(["0001"], "a2") == Queue(is_floored=True)


def _drop(queue: Queue) -> Step:
    return Step("drop", removed=queue.changes[:1])


def _half(queue: Queue) -> list[str]:
    return [change.id for change in queue.changes[::2]]


Do = Callable[[QueueFile, Queue, int], Queue]
Mean = Callable[[Queue, int], Queue]
ORDERS: dict[str, tuple[Do, Mean]] = {
    "take": (lambda file, _, n: file.take(_take(n)), lambda queue, n: queue.take(_take(n))),
    "drop": (lambda file, queue, _: file.take(_drop(queue)), lambda queue, _: queue.take(_drop(queue))),
    "undo": (lambda file, _queue, _n: file.undo(), lambda queue, _: queue.undo()),
    "redo": (lambda file, _queue, _n: file.redo(), lambda queue, _: queue.redo()),
    "settle": (lambda file, queue, n: file.settle(_half(queue), f"a{n}"), lambda queue, _: queue.settled(_half(queue))),
}


@given(st.lists(st.tuples(st.sampled_from(sorted(ORDERS)), st.integers(0, 2)), max_size=25))
@settings(max_examples=60)
def test_any_sequence_in_any_process_gives_the_queue_of_the_domain(orders: list[tuple[str, int]]) -> None:
    with tempfile.TemporaryDirectory() as root:
        processes, expected = [QueueFile(root, "alice") for _ in range(3)], Queue()
        for number, (order, process) in enumerate(orders):
            do, mean = ORDERS[order]
            got = do(processes[process], expected, number)
            expected = mean(expected, number)
            assert got == expected
            assert processes[0].load() == expected
        assert QueueFile(root, "alice").load() == expected


@pytest.mark.parametrize("kept", [0, 1])
def test_a_torn_line_is_a_step_that_was_not_taken(queue: QueueFile, tmp_path: Path, kept: int) -> None:
    queue.take(_take(1))
    before = _path(tmp_path).read_bytes()
    queue.take(_take(2))
    whole = _path(tmp_path).read_bytes()
    _path(tmp_path).write_bytes(whole[: len(before) + kept * 40])
    again = QueueFile(str(tmp_path), "alice")
    assert [change.id for change in again.load().changes] == ["0001"]
    assert (again.notice is None) == (kept == 0)
    if again.notice is not None:
        assert "the last entry was cut off" in again.notice
        assert "kept as .modeltui/queue/alice.jsonl.torn-1" in again.notice
        assert _path(tmp_path).with_name("alice.jsonl.torn-1").read_bytes() == whole[len(before) : len(before) + 40]
        assert _path(tmp_path).read_bytes() == before, "kept aside when it is seen, not at the next write"
    assert [change.id for change in again.take(_take(3)).changes] == ["0001", "0003"]


def test_damage_is_said_kept_aside_and_never_undoes_the_wrong_step(queue: QueueFile, tmp_path: Path) -> None:
    for number in (1, 2, 3):
        queue.take(_take(number))
    queue.undo()
    damaged = _path(tmp_path).read_bytes().replace(b'"0003"', b'"0009"')
    _path(tmp_path).write_bytes(damaged)
    again = QueueFile(str(tmp_path), "alice")
    assert [change.id for change in again.load().changes] == ["0001", "0002"]
    assert again.notice is not None
    assert "damaged at line 3" in again.notice
    assert [change.id for change in again.take(_take(4)).changes] == ["0001", "0002", "0004"]
    assert f"kept as {state_dir.QUEUES}/alice.jsonl.broken-1" in again.notice
    assert _path(tmp_path).with_name("alice.jsonl.broken-1").read_bytes() == damaged
    assert [change.id for change in QueueFile(str(tmp_path), "alice").load().changes] == ["0001", "0002", "0004"]


@pytest.mark.parametrize("noise", [b"\xf3\x9b" * 900, b"\xf3\n\x9b" * 900, b""])
def test_a_queue_of_which_nothing_is_left_is_said_and_kept_at_once(
    queue: QueueFile, tmp_path: Path, noise: bytes
) -> None:
    queue.take(_take(1))
    damaged = noise or _path(tmp_path).read_bytes()[:-20]
    _path(tmp_path).write_bytes(damaged)
    again = QueueFile(str(tmp_path), "alice")
    assert again.load() == Queue()
    assert again.notice is not None
    assert f"damaged, and {len(damaged)} bytes at its end are lost" in again.notice
    assert _path(tmp_path).with_name("alice.jsonl.torn-1").read_bytes() == damaged


def test_what_another_process_is_about_to_write_is_no_damage(queue: QueueFile, tmp_path: Path) -> None:
    queue.take(_take(1))
    log = LogFile(RealFs(str(tmp_path)), f"{state_dir.QUEUES}/alice.jsonl")
    with log.locked(), _path(tmp_path).open("ab") as file:
        file.write(sealed({"op": "settle", "ids": ["0001"], "apply": "x"})[:20])
        file.flush()
        again = QueueFile(str(tmp_path), "alice")
        assert [change.id for change in again.load().changes] == ["0001"]
        assert again.notice is None
    assert not _path(tmp_path).with_name("alice.jsonl.torn-1").exists()


def test_a_queue_of_somebody_else_is_left_as_it_is_when_it_is_read(queue: QueueFile, tmp_path: Path) -> None:
    queue.take(_take(1))
    _path(tmp_path).write_bytes(damaged := _path(tmp_path).read_bytes() + b"{")
    assert OtherQueues(str(tmp_path), "bob").load().keys() == {"alice"}
    assert _path(tmp_path).read_bytes() == damaged


def test_queues_that_cannot_be_read_are_said(tmp_path: Path) -> None:
    class Closed(RealFs):
        def stat(self, path: str) -> Stat:
            if path.endswith("alice.jsonl"):
                raise PermissionError(errno.EACCES, "Permission denied", path)
            return super().stat(path)

    QueueFile(str(tmp_path), "alice").take(_take(1))
    fs = Closed(str(tmp_path))
    others = OtherQueues(str(tmp_path), "bob", fs=fs)
    assert others.load() == {}
    assert others.notice == "the queue of alice cannot be read"
    mine = QueueFile(str(tmp_path), "alice", fs=fs)
    assert mine.load() == Queue()
    assert mine.notice is not None
    assert "Permission denied" in mine.notice
    with pytest.raises(RefusedError):
        mine.take(_take(2))


def test_a_read_only_file_system_is_said_plainly(queue: QueueFile, tmp_path: Path) -> None:
    class ReadOnly(RealFs):
        def append(self, path: str, content: bytes) -> None:
            raise OSError(errno.EROFS, "Read-only file system", path)

        def truncate(self, path: str, size: int) -> None:
            raise OSError(errno.EROFS, "Read-only file system", path)

    queue.take(_take(1))
    with pytest.raises(RefusedError, match="on a read-only file system; nothing was written"):
        QueueFile(str(tmp_path), "alice", fs=ReadOnly(str(tmp_path))).take(_take(2))


def test_a_queue_that_is_no_file_is_said(queue: QueueFile, tmp_path: Path) -> None:
    queue.take(_take(1))
    _path(tmp_path).unlink()
    _path(tmp_path).symlink_to("/etc/passwd")
    again = QueueFile(str(tmp_path), "alice")
    assert again.load() == Queue()
    assert again.notice is not None
    assert "it is a link" in again.notice


def test_a_log_that_outgrew_its_state_is_rewritten(
    queue: QueueFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_file, "_COMPACT_FROM", 20_000)
    queue = QueueFile(str(tmp_path), "alice")
    largest = 0
    for number in range(120):
        queue.take(_take(number))
        expected = queue.settle([f"{number:04}"], f"a{number}")
        largest = max(largest, _path(tmp_path).stat().st_size)
    assert largest < 25_000
    assert _path(tmp_path).stat().st_size < 20_000
    assert QueueFile(str(tmp_path), "alice").load() == expected
    assert QueueFile(str(tmp_path), "alice").settle(["0119"], "a119") == expected


def test_a_log_is_not_written_out_only_to_see_that_it_is_small_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_file, "_COMPACT_FROM", 1)
    smallest = Change(id="", key="", path="", action=Action.UPDATE, base=None, by="", at=AT.replace(microsecond=0))
    for queue in (Queue(), Queue().take(Step("", added=(smallest,) * 50)), Queue().take(_take(*range(50))).undo()):
        assert queue_file._least_size(queue) <= len(sealed({"queue": encoded_queue(queue)}))
    monkeypatch.setattr(queue_file, "encoded_queue", lambda _queue: pytest.fail("it was written out"))
    queue_of_many = QueueFile(str(tmp_path), "alice")
    assert queue_of_many.take(_take(*range(500))).changes
    assert queue_of_many._compact_at > 1, "not looked at again before it has grown"


def test_the_settler_goes_through_the_queue_that_is_open_already(tmp_path: Path) -> None:
    mine, others = QueueFile(str(tmp_path), "alice"), QueueFile(str(tmp_path), "bob")
    for queue in (mine, others):
        queue.take(_take(1, 2))
    settler = QueueSettler(str(tmp_path), own=("alice", mine))
    for user, queue in (("alice", mine), ("bob", others)):
        settler.settle(user, ["0001"], "apply-1")
        assert [change.id for change in queue.load().changes] == ["0002"]
        assert QueueFile(str(tmp_path), user).load() == queue.load()


def test_what_must_stay_is_not_lost_by_rewriting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue_file, "_COMPACT_FROM", 1)
    monkeypatch.setattr(queue_file, "_COMPACT_RATIO", 1)
    queue, expected = QueueFile(str(tmp_path), "alice"), Queue()
    for number in range(12):
        expected = expected.take(_take(number)).undo().redo() if number % 3 else expected.take(_take(number)).undo()
        queue.take(_take(number))
        queue.undo()
        got = queue.redo() if number % 3 else queue.load()
        assert got == expected
        assert QueueFile(str(tmp_path), "alice").load() == expected


def test_two_processes_at_once_lose_nothing(tmp_path: Path) -> None:
    script = (
        "import sys; sys.path[:0] = sys.argv[3:]\n"
        "from storage_queue_writer import write\n"
        "write(sys.argv[1], int(sys.argv[2]))\n"
    )
    helper = tmp_path / "storage_queue_writer.py"
    helper.write_text(
        "from datetime import UTC, datetime\n"
        "from modeltui.domain.change import Action, Change\n"
        "from modeltui.domain.pending.queue import Step\n"
        "from modeltui.storage.queue_file import QueueFile\n"
        "def write(root, first):\n"
        "    queue = QueueFile(root, 'alice')\n"
        "    for n in range(first, first + 25):\n"
        "        change = Change(id=f'{n:04}', key='k', path='models/k.toml', action=Action.DELETE, base='0',\n"
        "                        by='alice', at=datetime.now(UTC))\n"
        "        queue.take(Step(str(n), added=(change,)))\n"
    )
    root = tmp_path / "catalog"
    root.mkdir()
    command = [sys.executable, "-c", script, str(root)]
    writers = [subprocess.Popen([*command, str(first), str(tmp_path)]) for first in (0, 100, 200)]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    queue = QueueFile(str(root), "alice")
    expected = [f"{n:04}" for first in (0, 100, 200) for n in range(first, first + 25)]
    assert [change.id for change in queue.load().changes] == expected
    assert queue.notice is None


def test_the_queues_of_others_can_be_seen(tmp_path: Path) -> None:
    for user in ("alice", "bob", "../eve", "Zoë", "."):
        QueueFile(str(tmp_path), user).take(_take(len(user)))
    others = OtherQueues(str(tmp_path), "alice").load()
    assert set(others) == {"bob", "../eve", "Zoë", "."}
    assert [change.id for change in others["bob"].changes] == ["0003"]
    assert OtherQueues(str(tmp_path / "nowhere"), "alice").load() == {}


@given(st.text())
def test_a_user_is_a_file_name_and_back(user: str) -> None:
    if any("\ud800" <= character <= "\udfff" for character in user):
        return
    assert user_of(file_name(user)) == user
    assert "/" not in file_name(user)
    assert not file_name(user).startswith(".")


def test_a_disk_that_refuses_is_said(tmp_path: Path) -> None:
    (tmp_path / ".modeltui").write_text("not a directory")
    with pytest.raises(RefusedError):
        QueueFile(str(tmp_path), "alice").take(_take(1))


def test_a_step_survives_a_power_cut_once_it_was_taken() -> None:
    expected = Queue().take(_take(1))
    number, is_done = 0, False
    while not is_done:
        fs = settled(_empty())
        fs.at = scenario.cut_before(number)
        is_done = scenario.survived(lambda fs=fs: scenario.queue(fs).take(_take(1)))  # type: ignore[misc]
        for loss in fs.losses(number):
            left = fs.after_power_cut(loss)
            queue = scenario.queue(left)
            assert queue.load() in ((expected,) if is_done else (Queue(), expected))
            before = queue.load()
            assert queue.take(_take(2)) == before.take(_take(2))
        number += 1


def _empty() -> CrashFs:
    return CrashFs()


VALUES: list[Any] = [ABSENT, 1, 1.0, True, "x", float("inf"), AT, AT.date(), [1, {"$a": 2}], 2**70]


@pytest.mark.parametrize("new", VALUES, ids=lambda value: type(value).__name__)
def test_a_change_keeps_its_values_exactly(tmp_path: Path, new: Any) -> None:
    change = replace(_change(1, Edit(("rules", 0, "a.b"), ABSENT, new)), text="whole\r\ntext", base=None)
    QueueFile(str(tmp_path), "alice").take(Step("x", added=(change,)))
    [loaded] = QueueFile(str(tmp_path), "alice").load().changes
    assert loaded == change
    assert type(loaded.edits[0].new) is type(new)
    assert decoded_change(encoded_change(change)) == change


@pytest.mark.parametrize("damage", [{"edits": [[[], 1, 2]]}, {"id": 5}, {"action": "explode"}, {"at": "never"}])
def test_a_change_that_we_never_write_is_refused(damage: dict[str, Any]) -> None:
    with pytest.raises((ValueError, TypeError)):
        decoded_change({**encoded_change(_change(1)), **damage})


def _on(number: int, text: str, **more: Any) -> Change:
    return replace(_change(number), base=digest(text.encode()), uid=f"uid-{number}", base_text=text, **more)


def test_what_changes_were_made_on_is_kept_once(queue: QueueFile, tmp_path: Path) -> None:
    one, other = _on(1, "first\r\n"), _on(2, "first\r\n")
    expected = Queue().take(Step("a", (one, other))).take(Step("b", (_on(3, "first\r\n"), _on(4, "second"))))
    for step in expected.done:
        queue.take(step)
    expected = expected.take(Step("drop", removed=(one,))).undo()
    queue.take(Step("drop", removed=(one,)))
    assert queue.undo() == QueueFile(str(tmp_path), "alice").load() == expected
    assert _path(tmp_path).read_text().count("first") == 1
    assert expected.base_texts == {one.base: "first\r\n", digest(b"second"): "second"}


def test_what_changes_were_made_on_outlives_a_rewrite_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_file, "_COMPACT_FROM", 1)
    monkeypatch.setattr(queue_file, "_COMPACT_RATIO", 1)
    queue, expected = QueueFile(str(tmp_path), "alice"), Queue()
    for number, text in enumerate(["one", "two", "one", "three", "one", "two", "four", "one"]):
        step = Step("x", (_on(number, text),))
        expected = expected.take(step)
        queue.take(step)
        if number % 3 == 2:
            ids = [change.id for change in expected.changes if change.base_text == "one"]
            expected = expected.settled(ids)
            queue.settle(ids, f"a{number}")
        assert queue.load() == QueueFile(str(tmp_path), "alice").load() == expected


def test_a_lost_line_loses_the_text_and_no_change(queue: QueueFile, tmp_path: Path) -> None:
    for number in (1, 2):
        queue.take(Step("x", (_on(number, "body"),)))
    _path(tmp_path).write_bytes(_path(tmp_path).read_bytes().replace(b'"body"', b'"bady"'))
    again = QueueFile(str(tmp_path), "alice")
    assert again.load().changes == (replace(_on(2, "body"), base_text=None),)
    assert again.notice is not None
    assert again.take(Step("x", (_on(3, "body"),))).changes[-1].base_text == "body"
    assert QueueFile(str(tmp_path), "alice").load().changes[-1].base_text == "body"


def test_a_file_of_an_older_version_is_read(tmp_path: Path) -> None:
    old = encoded_step(_take(1))
    for change in old["added"]:
        del change["uid"]
    entries = [{"op": "take", "step": old}, {"op": "start", "queue": encoded_queue(Queue()), "settled": []}]
    entries[1]["queue"]["changes"] = old["added"]  # type: ignore[index]
    for entry in entries:
        QueueFile(str(tmp_path), "alice").take(_take(9))
        _path(tmp_path).write_bytes(sealed(entry))
        queue = QueueFile(str(tmp_path), "alice")
        assert queue.load().changes == (_change(1),)
        assert queue.notice is None


@pytest.mark.parametrize("bases", [5, ["x"], {"0" * 64: 5}])
def test_texts_that_are_none_are_left_out_and_no_step_with_them(tmp_path: Path, bases: Any) -> None:
    QueueFile(str(tmp_path), "alice").take(_take(9))
    _path(tmp_path).write_bytes(sealed({"op": "take", "step": {**encoded_step(_take(1)), "bases": bases}}))
    assert QueueFile(str(tmp_path), "alice").load().changes == (_change(1),)


def test_a_queue_that_became_a_link_is_kept_aside_and_never_followed(queue: QueueFile, tmp_path: Path) -> None:
    queue.take(_take(1))
    target = tmp_path / "elsewhere.jsonl"
    _path(tmp_path).rename(target)
    _path(tmp_path).symlink_to(target)
    before = target.read_bytes()
    again = QueueFile(str(tmp_path), "alice")
    again.load()
    assert [change.id for change in again.take(_take(2)).changes] == ["0002"]
    assert again.notice is not None
    assert "it is a link" in again.notice
    assert "kept as" in again.notice
    assert target.read_bytes() == before
    assert _path(tmp_path).with_name("alice.jsonl.broken-1").is_symlink()


def test_steps_that_could_not_be_followed_are_never_rewritten_away(
    queue: QueueFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_file, "_COMPACT_FROM", 1)
    queue.take(_take(1))
    line = sealed({"op": "of a later version", "what": "precious"})
    _path(tmp_path).write_bytes(_path(tmp_path).read_bytes() + line)
    again = QueueFile(str(tmp_path), "alice")
    for number in range(20):
        again.take(_take(100 + number))
        again.settle([f"{100 + number:04}"], f"a{number}")
    assert again.notice is not None
    assert line in _path(tmp_path).read_bytes()


def test_real_fs_is_the_default(tmp_path: Path) -> None:
    QueueFile(str(tmp_path), "alice").take(_take(1))
    assert QueueFile(str(tmp_path), "alice", fs=RealFs(str(tmp_path))).load().changes
