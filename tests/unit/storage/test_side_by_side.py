"""What copies of a process work out. Each test has a process of its own: this one has threads, and is never split."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading

import pytest

from modeltui.storage.applying.side_by_side import SideBySide

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="copies are made on Linux only")

_BEGIN = """
import os, signal, sys
from modeltui.errors import RefusedError
from modeltui.storage.applying.side_by_side import SideBySide
os.sched_getaffinity = lambda _: range(CORES)
values = range(2_000)
me = os.getpid()
hearing, telling = os.pipe()
own = []
def begun():
    # in a copy: how many values it had; here it waits until a copy has begun, and is 0
    own.append(0)
    if len(own) == 1:
        os.read(hearing, 1) if os.getpid() == me else os.write(telling, b"x")
    return len(own) if os.getpid() != me else 0
"""


def _run(script: str, cores: int = 3) -> str:
    begin = _BEGIN.replace("CORES", str(cores))
    done = subprocess.run(
        [sys.executable, "-c", f"{begin}\n{script}"], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_answers_are_those_of_the_call_and_come_from_copies_as_well() -> None:
    said = _run(
        """
def call(value):
    begun()
    return None if value % 11 == 0 else b"%d %d" % (value, os.getpid())
with SideBySide(call, values) as answers:
    assert answers.is_ahead
    found = [answers.get(number) for number in values]
for value, answer in zip(values, found, strict=True):
    assert answer is None if value % 11 == 0 else int(answer.split()[0]) == value
makers = [int(each.split()[1]) for each in found if each]
print(set(makers) != {me})
"""
    )
    assert said == "True\n"


def test_answers_larger_than_a_pipe_arrive_whole() -> None:
    said = _run(
        """
def call(value):
    begun()
    return b"%d" % value * 2_000
with SideBySide(call, values) as answers:
    print(all(answers.get(number) == b"%d" % number * 2_000 for number in values), answers._kept)
"""
    )
    assert said == "True {}\n"


def test_an_error_is_raised_here_and_where_its_turn_comes() -> None:
    said = _run(
        """
def call(value):
    begun()
    if value in (700, 701, 702, 703):
        raise RefusedError(f"{value} {os.getpid() == me}")
    return b""
with SideBySide(call, values) as answers:
    for number in values:
        try:
            answers.get(number)
        except RefusedError as error:
            print(number, error.message)
"""
    )
    assert said.splitlines() == [f"{number} {number} True" for number in (700, 701, 702, 703)]


def test_an_error_that_nobody_expects_is_raised_and_not_told_by_a_copy() -> None:
    said = _run(
        """
def call(value):
    begun()
    return b"" if value < 700 else {}[value]
with SideBySide(call, values) as answers:
    try:
        for number in values:
            answers.get(number)
    except KeyError as error:
        print("told here")
"""
    )
    assert said == "told here\n"


@pytest.mark.parametrize("order", ["reversed(values)", "[5, 900, 6, 5, 901, 1999, 0, 5]"])
def test_any_order_has_the_same_answers(order: str) -> None:
    said = _run(
        f"""
with SideBySide(lambda value: b"%d" % value, values) as answers:
    print(all(answers.get(number) == b"%d" % number for number in {order}))
"""
    )
    assert said == "True\n"


@pytest.mark.parametrize("after", [1, 3, 20])
def test_what_a_copy_that_dies_leaves_is_worked_out_here(after: int) -> None:
    said = _run(
        f"""
def call(value):
    if begun() == {after}:
        os.kill(os.getpid(), signal.SIGKILL)
    return b"%d" % value
with SideBySide(call, values) as answers:
    print(all(answers.get(number) == b"%d" % number for number in values))
"""
    )
    assert said == "True\n"


def test_where_no_process_can_be_made_all_is_worked_out_here() -> None:
    said = _run(
        """
def fork():
    raise BlockingIOError(11, "no more processes")
os.fork = fork
before = os.listdir("/proc/self/fd")
with SideBySide(lambda value: b"%d" % os.getpid(), values) as answers:
    print(answers.is_ahead, {int(answers.get(number)) for number in values} == {me})
print(os.listdir("/proc/self/fd") == before)
"""
    )
    assert said == "False True\nTrue\n"


def test_no_process_and_no_file_is_left_wherever_one_stops() -> None:
    said = _run(
        """
def endless(value):
    while os.getpid() != me:
        signal.pause()
before = os.listdir("/proc/self/fd")
try:
    with SideBySide(endless, values):
        raise KeyboardInterrupt
except KeyboardInterrupt:
    pass
try:
    os.waitpid(-1, 0)
except ChildProcessError:
    print("none is left", os.listdir("/proc/self/fd") == before)
"""
    )
    assert said == "none is left True\n"


def test_a_copy_neither_hears_of_an_interruption_nor_writes_what_waits_to_be_written() -> None:
    said = _run(
        """
sys.stdout.write("once;")
def call(value):
    if begun():
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGTERM)
    return b"%d" % os.getpid()
with SideBySide(call, values) as answers:
    print({answers.get(number) for number in values} != {b"%d" % me})
"""
    )
    assert said == "once;True\n"


def test_one_core_needs_no_copy() -> None:
    assert _run("print(SideBySide(str, values).is_ahead)", cores=1) == "False\n"


def test_a_process_with_threads_is_never_split(monkeypatch: pytest.MonkeyPatch) -> None:
    end = threading.Event()
    thread = threading.Thread(target=end.wait)
    thread.start()
    monkeypatch.setattr(os, "fork", lambda: pytest.fail("it was split"))
    try:
        with SideBySide(lambda value: b"%d" % value, range(2_000)) as answers:
            assert not answers.is_ahead
            assert answers.get(3) == b"3"
    finally:
        end.set()
        thread.join()


def test_signals_come_through_again_once_copies_are_made() -> None:
    said = _run(
        """
with SideBySide(lambda value: b"", values):
    print(signal.pthread_sigmask(signal.SIG_BLOCK, []))
"""
    )
    assert said == f"{signal.pthread_sigmask(signal.SIG_BLOCK, [])}\n"


def test_copies_end_when_the_first_process_is_killed() -> None:
    """Each has more to say than a pipe holds, and the end of all that could write to `mine` is the end of `theirs`."""
    theirs, mine = os.pipe()
    script = f"""
def call(value):
    begun()
    return bytes(2**20)
SideBySide(call, values)
os.read(hearing, 1)
os.kill(me, signal.SIGKILL)
os.fstat({mine})
"""
    with subprocess.Popen(
        [sys.executable, "-c", f"{_BEGIN.replace('CORES', '3')}\n{script}"], pass_fds=(mine,)
    ) as first:
        os.close(mine)
        assert first.wait(60) == -signal.SIGKILL
        ended, _, _ = select.select([theirs], [], [], 30)
    os.close(theirs)
    assert ended, "a copy lives on"
