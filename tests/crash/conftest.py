"""`make crash` prints what it tried and what came of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TypeAlias

import pytest

Tell: TypeAlias = Callable[[Mapping[str, int]], None]


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Tell:
    """Keeps the outcomes of a test, by name, for the table."""

    def told(outcomes: Mapping[str, int]) -> None:
        record_property("outcomes", dict(outcomes))

    return told


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if os.environ.get("MODELTUI_CRASH") != "all":
        return
    terminalreporter.section("what was tried, and what came of it")
    terminalreporter.write_line("| tried | states | outcomes |")
    terminalreporter.write_line("|---|---:|---|")
    for report in terminalreporter.getreports("passed"):
        found = dict(report.user_properties).get("outcomes")
        if report.when == "call" and isinstance(found, dict):
            name = report.nodeid.partition("::")[2].removeprefix("test_").replace("_", " ")
            counts = " · ".join(f"{count:,} {outcome}" for outcome, count in sorted(found.items()))
            terminalreporter.write_line(f"| {name} | {sum(found.values()):,} | {counts} |")
