"""An answer that is not whole is a result, and says so beside it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from modeltui.cli.job_report import finished
from modeltui.cli.report import Exit
from modeltui.domain.job import Job, JobState
from modeltui.domain.model import Model


def test_the_text_goes_to_stdout_and_that_it_is_not_whole_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    job = Job(
        id="u",
        key="chat/a",
        uid=None,
        provider="acme",
        state=JobState.SUCCEEDED,
        started_at=datetime(2026, 11, 20, tzinfo=UTC),
        text="Once upon a",
        hint="the answer is not whole: length",
    )
    assert finished(job, Model(key="chat/a", path="", name="A", provider="acme"), "text") == Exit.DONE
    said = capsys.readouterr()
    assert said.out == "Once upon a\n"
    assert said.err.splitlines()[-1] == "the answer is not whole: length"
