"""Another program writes to a file at any moment of an apply: its bytes stay, and the rest is never half done."""

from __future__ import annotations

import errno
from collections.abc import Callable

import pytest

from crash import scenario
from crash.crash_fs import CrashFs, Node
from crash.scenario import Tally
from modeltui.errors import ApplyError, ConflictError
from modeltui.storage import state_dir
from modeltui.storage.applying.applier import Applied

THEIRS = b"name = 'theirs'\n"
PATHS = [operation.path for operation in scenario.operations()]


def _saved_by_rename(fs: CrashFs, path: str) -> None:
    _make_room(fs, path)
    fs.create(f"{path}.swp", THEIRS)
    fs.rename(f"{path}.swp", path)


def _saved_in_place(fs: CrashFs, path: str) -> None:
    _make_room(fs, path)
    if fs.list(path.rpartition("/")[0]).count(path.rpartition("/")[2]):
        fs.truncate(path, 0)
        fs.append(path, THEIRS)
    else:
        fs.create(path, THEIRS)


def _deleted(fs: CrashFs, path: str) -> None:
    if path.rpartition("/")[2] in fs.list(path.rpartition("/")[0]):
        fs.unlink(path)


def _make_room(fs: CrashFs, path: str) -> None:
    directory = path.rpartition("/")[0]
    if directory.rpartition("/")[2] not in fs.list("models"):
        fs.make_directory(directory)


def _writing_to(held: Node) -> Act:
    def act(_fs: CrashFs, _path: str) -> None:
        held.content = THEIRS

    return act


Act = Callable[[CrashFs, str], None]
ACTS: dict[str, Act] = {"rename": _saved_by_rename, "in-place": _saved_in_place, "delete": _deleted}


def _with_outsider(fs: CrashFs, number: int, act: Act, path: str) -> None:
    """Let an outsider act on `path` just before step `number`."""

    def at(step: int, _label: str) -> None:
        if step == number:
            fs.at = lambda _step, _label: None
            act(fs, path)

    fs.at = at


def _steps(can_exchange: bool) -> list[str]:
    fs = scenario.catalogue(can_exchange=can_exchange)
    scenario.run_until(fs, -1)
    return fs.steps


def _is_kept(fs: CrashFs, path: str) -> bool:
    """Whether the outsider's bytes are in their place, or at least beside it."""
    if scenario.files(fs).get(path) == THEIRS:
        return True
    rescued = fs.list(state_dir.RESCUED) if "rescued" in fs.list(state_dir.STATE) else []
    return any(fs.read(f"{state_dir.RESCUED}/{name}", 4096) == THEIRS for name in rescued)


def _others(fs: CrashFs, path: str) -> str:
    there = {name: content for name, content in scenario.files(fs).items() if name != path}
    for name, whole in (("old", scenario.OLD), ("new", scenario.NEW)):
        if there == {each: content for each, content in whole.items() if each != path}:
            return name
    raise AssertionError(f"a mix: {sorted(there)}")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_an_outsider_at_any_moment(act: Act, path: str) -> None:
    tally = Tally()
    for number, label in enumerate(_steps(can_exchange=True)):
        if label.startswith(("unlink .modeltui/txn-", "remove_directory")):
            break
        fs = scenario.catalogue()
        _with_outsider(fs, number, act, path)
        result = scenario.cut_off(fs)
        assert isinstance(result, Applied | ConflictError | ApplyError)
        name = _others(fs, path)
        assert name == ("new" if isinstance(result, Applied) else "old")
        assert act is _deleted or _is_kept(fs, path)
        assert scenario.history(fs).has(scenario.ID) == (name == "new")
        assert scenario.queue(fs).load().changes == (() if name == "new" else scenario.changes())
        assert scenario.applier(fs).recover() is None
        tally.add(name)
    assert "new" in tally.outcomes
    assert "old" in tally.outcomes or act is _deleted


@pytest.mark.parametrize("path", [path for path in PATHS if path in scenario.OLD])
def test_an_outsider_who_had_the_file_open(path: str) -> None:
    """Bytes written to the replaced file through an old descriptor are kept until the journal ends."""
    for number, label in enumerate(_steps(can_exchange=True)):
        if label == "unlink .modeltui/journal":
            break
        fs = scenario.catalogue()
        held = fs.nodes[fs.stat(path).inode]
        _with_outsider(fs, number, _writing_to(held), path)
        scenario.cut_off(fs)
        assert _is_kept(fs, path)
        _others(fs, path)


def test_theirs_is_back_at_once() -> None:
    fs = scenario.catalogue()
    exchange = f"exchange {PATHS[0]} .modeltui/txn-{scenario.ID}/0"
    _with_outsider(fs, _steps(can_exchange=True).index(exchange), _saved_by_rename, PATHS[0])
    assert isinstance(scenario.cut_off(fs), ConflictError)
    first = fs.steps.index(exchange)
    assert next(step for step in fs.steps[first + 1 :] if "swp" not in step and "write" not in step) == exchange


def test_an_outsider_who_writes_again_while_theirs_is_handed_back() -> None:
    """The last word is theirs, and the word before that is kept as well."""
    fs, saves = scenario.catalogue(), [THEIRS, b"name = 'their last word'\n"]
    exchange = f"exchange {PATHS[0]} .modeltui/txn-{scenario.ID}/0"

    def at(_step: int, label: str) -> None:
        if label == exchange and saves:
            fs.create(f"{PATHS[0]}.swp", saves.pop(0))
            fs.rename(f"{PATHS[0]}.swp", PATHS[0])

    fs.at = at
    assert isinstance(scenario.cut_off(fs), ConflictError)
    assert scenario.files(fs) == {**scenario.OLD, PATHS[0]: b"name = 'their last word'\n"}
    assert _is_kept(fs, PATHS[0])


def test_an_outsider_who_edits_what_is_then_undone() -> None:
    """They saw the new content and wrote on: theirs stays, and the old content is kept beside it."""
    steps = _steps(can_exchange=True)
    failing = next(number for number, label in enumerate(steps) if label.startswith("rename_new models/.modeltui"))
    fs = scenario.catalogue()

    def at(step: int, _label: str) -> None:
        if step == failing:
            fs.at = lambda _step, _label: None
            _saved_by_rename(fs, PATHS[0])
            raise OSError(errno.EIO, "a bad disk")

    fs.at = at
    assert isinstance(scenario.cut_off(fs), ApplyError)
    assert scenario.files(fs) == {**scenario.OLD, PATHS[0]: THEIRS}
    [rescued] = fs.list(state_dir.RESCUED)
    assert fs.read(f"{state_dir.RESCUED}/{rescued}", 4096) == scenario.OLD[PATHS[0]]


def test_without_exchange_an_outsider_is_noticed_up_to_the_last_moment() -> None:
    steps = _steps(can_exchange=False)
    linked = next(number for number, label in enumerate(steps) if label.startswith(f"link {PATHS[0]}"))
    assert steps[linked + 1].startswith("sync_directory")
    assert steps[linked + 2].startswith("rename")
    for number in (linked, linked + 1):
        fs = scenario.catalogue(can_exchange=False)
        _with_outsider(fs, number, _saved_by_rename, PATHS[0])
        assert isinstance(scenario.cut_off(fs), ConflictError)
        assert scenario.files(fs) == {**scenario.OLD, PATHS[0]: THEIRS}


@pytest.mark.parametrize("path", PATHS)
def test_an_outsider_and_then_a_power_cut(path: str) -> None:
    """A rescue in progress is ended by the next start: theirs stays, the rest is old or new."""
    steps = _steps(can_exchange=True)
    first = steps.index("rename .modeltui/journal.tmp .modeltui/journal") + 2
    for number in range(first, len(steps) - 8, 3):
        cut, result = number, None
        while result is None:
            cut += 2
            fs = scenario.catalogue()
            fs.at = _outsider_then_cut(fs, number, cut, path)
            result = scenario.cut_off(fs)
            for loss in list(fs.losses(0))[:4]:
                left = fs.after_power_cut(loss)
                scenario.applier(left).recover()
                name = _others(left, path)
                assert _is_kept(left, path)
                assert scenario.history(left).has(scenario.ID) == (name == "new")


def _outsider_then_cut(fs: CrashFs, number: int, cut: int, path: str) -> Callable[[int, str], None]:
    is_here = False

    def at(step: int, label: str) -> None:
        nonlocal is_here
        if is_here:
            return
        if step == number:
            is_here = True
            _saved_by_rename(fs, path)
            fs.sync_all()
            is_here = False
        scenario.cut_before(cut + 4)(step, label)

    return at
