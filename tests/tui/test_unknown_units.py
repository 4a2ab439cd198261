"""What the console says beside an amount of money where margin or credits are not known."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from textual.widgets import Static

from modeltui.domain.batch import BatchItem, BatchPlan
from modeltui.domain.call import Cost, Prepared
from modeltui.domain.chain.costs import summed
from modeltui.domain.finding import Finding
from modeltui.domain.inputs.specs import InputSpec
from modeltui.domain.run_statistics import RunShare, RunStatistics
from modeltui.domain.run_stats import RunStats
from modeltui.domain.units import NO_UNITS, Units, units_of
from modeltui.errors import InvalidValueError
from modeltui.tui.present.batch import plan_head, plan_lines
from modeltui.tui.present.line import Line
from modeltui.tui.present.pick_line import asked_of
from modeltui.tui.present.run import prepared_lines
from modeltui.tui.present.run_charts import run_rows
from modeltui.tui.present.workflow import cost_lines
from modeltui.tui.screens.run import RunScreen
from modeltui.tui.widgets.confirm import Confirm
from tui.driver import running

COST = Cost(Decimal(3), "credits")
BROKEN = units_of({}, Finding("toml-syntax", "error", "no [b]TOML", "catalog.toml", line=3))
SAID = "catalog.toml:3: no [b]TOML; margin and credits are not known"
PICTURE = "prompt_to_image/sandbox-image"


def texts(lines: Sequence[Line]) -> list[str]:
    return ["".join(text for text, _ in each).strip() for each in lines]


@pytest.mark.parametrize(("units", "times"), [(BROKEN, 1), (NO_UNITS, 0)])
def test_every_amount_has_it_beside(units: Units, times: int) -> None:
    prepared = Prepared({}, (), COST)
    assert texts(prepared_lines(prepared, units, is_touched=False)).count(SAID) == times
    plan = BatchPlan(query="", items=(BatchItem("a/b", "B", "acme", {}, COST),), units_problem=units.problem)
    assert texts(plan_head(plan)).count(SAID) == times
    folded = " ".join(texts(plan_lines(plan, 30)))
    assert ("margin and credits are not known" in " ".join(folded.split())) == bool(times)
    assert texts(cost_lines(summed("chain", (), units))).count(SAID) == times
    share = RunShare("all", RunStats(total=1, succeeded=1, spend={"credits": Decimal(3)}), 1, "")
    notes = [getattr(row, "note", "") for row in run_rows(RunStatistics(share, (share,), (), (), units))]
    assert sum(SAID in note for note in notes) == times


async def test_the_run_screen_and_its_question(sandbox_root: Path) -> None:
    (sandbox_root / "catalog.toml").write_text('schema = 1\n\n[units]\nmargin = "much"\n')
    async with running(sandbox_root) as console:
        await console.press("slash", *PICTURE, "enter", "r")
        assert isinstance(console.screen, RunScreen)
        await console.write("fox")
        assert "cost  1 credit" in console.text
        assert "catalog.toml:4: `units.margin`" in console.text
        await console.press("ctrl+s")
        assert isinstance(console.screen, Confirm)
        said = "".join(str(each.render()) for each in console.screen.query(Static))
        assert "catalog.toml:4: `units.margin`" in said


def test_a_value_that_is_given_twice_in_the_line_of_a_pick() -> None:
    read = asked_of("seconds=5 seconds=10 images=a images=b").read
    assert read is not None
    several = InputSpec(name="images", type="array", items=InputSpec(name="images", type="image"))
    with pytest.raises(InvalidValueError, match="seconds takes one value, and was given 2"):
        read([InputSpec(name="seconds", type="integer"), several])
    assert read([several]) == {"seconds": ["5", "10"], "images": ["a", "b"]}
