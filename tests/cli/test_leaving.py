"""SIGTERM and SIGHUP while a job is followed: what is on its way is waited for, and what is left is said as it is."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

import pytest

from modeltui.cli import following
from modeltui.cli.following import Leaving, follow
from modeltui.domain.job import Job, JobState
from unit.jobs.making import job


@dataclass
class Told:
    """A process that is told to end in the midst of a submit."""

    states: tuple[JobState, ...]
    times: int = 1
    leaving: Leaving = field(default_factory=Leaving)
    ended: list[str] = field(default_factory=list)
    at: str = ""

    async def jobs(self) -> AsyncGenerator[Job, None]:
        for state in self.states:
            self.at = state.value
            yield job(id="abc", state=state)
            if state is JobState.SUBMITTING:
                for _ in range(self.times):
                    self.leaving.leave(signal.SIGTERM)
                await asyncio.sleep(0.05)
        self.at = "over"

    def run(self, monkeypatch: pytest.MonkeyPatch, grace_s: float) -> list[str]:
        monkeypatch.setattr(following, "_GRACE_S", grace_s)
        monkeypatch.setattr(os, "kill", lambda pid, number: self.ended.append(self.at))
        monkeypatch.setattr(signal, "signal", lambda number, act: None)
        asyncio.run(follow(self.jobs(), self.leaving))
        return self.ended


def test_an_answer_that_comes_is_kept(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    told = Told((JobState.SUBMITTING, JobState.POLLING))
    assert told.run(monkeypatch, 3600)[0] == "polling"
    assert "`modeltui jobs resume abc` goes on with it" in capsys.readouterr().err


def test_an_answer_that_does_not_come_leaves_it_uncertain(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert Told((JobState.SUBMITTING,)).run(monkeypatch, 0)[0] == "submitting"
    said = capsys.readouterr().err
    assert "the job is uncertain" in said
    assert "goes on with it" not in said


def test_told_twice_it_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Told((JobState.SUBMITTING, JobState.POLLING), times=2).run(monkeypatch, 3600)[0] == "submitting"
