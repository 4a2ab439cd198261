"""Many runs at once, in the console: the form with its price, the way, the end, and what is left of it."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from modeltui.domain.batch import BatchItem, BatchPlan, BatchProgress, BatchState, Tally
from modeltui.domain.inputs.shared import shared_inputs
from modeltui.domain.inputs.specs import InputSpec
from modeltui.domain.job import JobState
from modeltui.tui.present.batch import bar, plan_lines, told_at_end
from modeltui.tui.present.batch_inputs import limits_of, read_for
from modeltui.tui.present.line import plain
from modeltui.tui.screens.batch import BatchScreen
from modeltui.tui.screens.batch_form import BatchFormScreen
from modeltui.tui.screens.batch_questions import ask_to_send
from modeltui.tui.screens.batches import BatchesScreen
from modeltui.tui.screens.catalog import CatalogScreen
from modeltui.tui.screens.job import JobScreen
from modeltui.tui.widgets.confirm import Confirm
from modeltui.tui.widgets.input_form import InputForm
from modeltui.tui.widgets.input_row import InputRow
from modeltui.tui.widgets.row_list import RowList
from modeltui.tui.widgets.type_in import TypeIn
from modeltui.tui.work_messages import BatchMoved, StartBatch
from tui.driver import Console, running
from tui.kept_jobs import PICTURE, add_more, ended, shown, slow, workspace


async def open_form(console: Console, query: str = "sandbox-i") -> None:
    await console.press("slash", *query, "enter", "R")
    await console.until(lambda: isinstance(console.screen, BatchFormScreen))
    await console.settle()


async def send(console: Console, prompt: str = "fox", query: str = "sandbox-i") -> None:
    await open_form(console, query)
    await console.write(prompt)
    await console.press("ctrl+s")
    await console.until(lambda: isinstance(console.screen, Confirm))
    await console.press("y")
    await console.until(lambda: isinstance(console.screen, BatchScreen))


async def stopped(console: Console) -> None:
    """So that nothing is at work when the test ends."""
    console._send("X")
    await console.until(lambda: isinstance(console.screen, Confirm))
    console._send("y")
    await console.until(lambda: any(each.is_over for each in console.seen(BatchMoved)))


async def test_the_form_says_what_it_costs_and_who_is_skipped_before_anything_is_sent(sandbox_root: Path) -> None:
    async with running(sandbox_root, (120, 40)) as console:
        await open_form(console)
        assert "run 2 models" in console.text
        assert "prompt: is required" in console.text
        await console.write("fox")
        await shown(console, "2 runs at 1 provider", "1 credit")
        await console.press("ctrl+s")
        assert isinstance(console.screen, Confirm)
        assert "Send 2 runs for 1 credit?" in console.text
        await console.press("enter")
        assert console.seen(StartBatch) == [], "no is the default"
        await console.press("escape", "R")
        await shown(console, "2 runs at 1 provider")


async def test_a_budget_holds_back_what_does_not_fit(sandbox_root: Path) -> None:
    async with running(sandbox_root, (120, 40)) as console:
        await open_form(console)
        await console.write("fox")
        rows = [row for row in console.one(InputForm).query(InputRow) if row.spec.name == "the budget"]
        rows[0].query_one("Input").focus()
        await console.write("0.5")
        await shown(console, "1 of 2 fit into the budget of 0.5 credits")
        await console.write("x")
        await console.press("ctrl+s")
        assert isinstance(console.screen, BatchFormScreen)
        assert "is no currency" in console.text


async def test_a_batch_runs_to_its_end_and_its_report_is_saved(sandbox_root: Path, tmp_path: Path) -> None:
    async with running(sandbox_root, (120, 40)) as console:
        await send(console)
        await shown(console, "✓ finished", "2/2", "spent 1 credit")
        target = tmp_path / "report.json"
        await console.press("s")
        assert isinstance(console.screen, TypeIn)
        await console.press("ctrl+u")
        await console.write(str(target))
        await console.press("enter")
        await console.until(target.exists)
        assert json.loads(target.read_text())["tally"]["succeeded"] == 2
        await console.press("s", "ctrl+u")
        await console.write(str(target))
        await console.press("enter")
        assert "Replace this file?" in console.text
        await console.press("n", "s", "ctrl+u", *str(tmp_path / "report.txt"), "enter")
        await console.until((tmp_path / "report.txt").exists)
        assert "2 of 2 runs succeeded" in (tmp_path / "report.txt").read_text()
        await console.press("enter")
        assert isinstance(console.screen, JobScreen)


async def test_it_goes_on_when_its_screen_is_left_and_is_found_again(sandbox_root: Path) -> None:
    async with running(slow(sandbox_root), (120, 40)) as console:
        await send(console)
        await shown(console, "» running", "1 running")
        await console.press("escape")
        assert isinstance(console.screen, CatalogScreen), "the form is not come back to"
        await console.press("B")
        assert isinstance(console.screen, BatchesScreen)
        await shown(console, "» running", "1 batch")
        await console.press("enter")
        assert isinstance(console.screen, BatchScreen)
        await shown(console, "» polling")
        await stopped(console)
        await shown(console, "– cancelled")


async def test_pause_go_on_and_stop(sandbox_root: Path) -> None:
    made = workspace(slow(sandbox_root))
    plan = made.batches.plan("", {"prompt": "fox"}, models=[PICTURE], repeat=3, concurrency=1)
    async with running(sandbox_root, (120, 40), workspace=made) as console:
        console.app.post_message(StartBatch(console.app, plan))
        await console.press("B")
        await shown(console, "» running")
        await console.press("enter")
        await shown(console, "1 running", "· queued")
        await console.press("space")
        await shown(console, "= paused")
        await console.press("space")
        await shown(console, "» running")
        await console.press("x")
        assert "2 runs to come stay queued" in console.text
        await console.press("n")
        await stopped(console)
        await shown(console, "– stopped")
        assert made.batches.list()[0].tally.queued == 2


async def test_failures_are_grouped_and_run_again_after_a_yes(sandbox_root: Path) -> None:
    made = workspace(add_more(sandbox_root))
    plan = made.batches.plan("key:*sandbox-i*", {"prompt": "x", "sandbox_mode": "fail"})
    report = await ended(made, made.batches.run(plan))
    assert report.tally.failed == 2
    async with running(sandbox_root, (120, 40), workspace=made) as console:
        await console.press("B")
        await shown(console, "x finished", "2 failed")
        await console.press("enter")
        await shown(console, "failed")
        rows = console.screen.query_one("#runs", RowList).rows
        assert rows[0].failure is not None
        await console.press("enter")
        alone = console.screen.query_one("#runs", RowList).rows
        assert len(alone) < len(rows) or len(report.failures) == 1
        assert "▾" in console.text
        await console.press("R")
        await console.until(lambda: isinstance(console.screen, Confirm))
        assert "They are a batch of their own." in console.text
        await console.press("y")
        await console.until(lambda: len(made.batches.list()) == 2)
        await console.until(lambda: any(each.is_over for each in console.seen(BatchMoved)))
        assert made.batches.list()[0].tally.failed == 2


async def test_what_was_interrupted_is_gone_on_with_after_a_yes(sandbox_root: Path) -> None:
    made = workspace(sandbox_root)
    stream = made.batches.run(made.batches.plan("", {"prompt": "x"}, models=[PICTURE], repeat=3, concurrency=1))
    await anext(stream)
    await stream.aclose()
    async with running(sandbox_root, (120, 40), workspace=made) as console:
        await console.press("B")
        await shown(console, "to go on with: space")
        await console.press("space")
        assert "not sent yet are sent now, and cost" in console.text
        await console.press("y")
        await console.until(lambda: isinstance(console.screen, BatchScreen))
        await console.until(lambda: made.batches.list()[0].state is BatchState.FINISHED)
        await shown(console, "finished")


async def test_quitting_while_a_batch_runs_asks_and_leaves_it_to_be_resumed(sandbox_root: Path) -> None:
    made = workspace(slow(sandbox_root))
    async with running(sandbox_root, (120, 40), workspace=made) as console:
        await send(console)
        await shown(console, "» polling", "1 running")
        await console.press("ctrl+q")
        assert "Quit while a batch is under way?" in console.text
        assert "1 running, 0 to come" in console.text
        await console.press("enter")
        assert console.app.is_running
        await console.press("ctrl+q")
        console._send("y")
        await console.until(lambda: not console.app.is_running)
    left = [kept.job.state for kept in made.jobs.list(query="key:*sandbox-image")]
    assert left == [JobState.POLLING], "nothing was cancelled at the provider"


async def test_a_viewer_is_told_before_the_form(sandbox_root: Path) -> None:
    async with running(sandbox_root, read_only=True) as console:
        await console.press("R")
        assert isinstance(console.screen, CatalogScreen)
        assert any("read-only" in each for each in console.notices)


@pytest.mark.parametrize("size", [(80, 24), (60, 15)])
async def test_it_fits(sandbox_root: Path, size: tuple[int, int]) -> None:
    async with running(sandbox_root, size, color=False) as console:
        await send(console)
        await shown(console, "✓ finished", "✓ succeeded")
        await console.until(lambda: "enter open" in console.text or "s save report" in console.text)


def test_many_runs_want_their_number_typed() -> None:
    items = tuple(BatchItem(f"a/{n}", f"{n}", "p", {}, None) for n in range(30))
    shown_lines = [plain(each) for each in plan_lines(BatchPlan(query="", items=items, unpriced=30), 60)]
    assert "30 runs at 1 provider" in shown_lines[0]
    assert any("30 runs without a price" in each for each in shown_lines)


async def test_the_number_is_typed_before_many_are_sent(sandbox_root: Path) -> None:
    made = workspace(sandbox_root)
    plan = made.batches.plan("", {"prompt": "x"}, models=[PICTURE], repeat=25)
    sent: list[bool] = []
    async with running(sandbox_root, workspace=made) as console:
        ask_to_send(console.screen, plan, lambda: sent.append(True))
        await console.settle()
        await console.press("2", "4", "enter")
        assert "type 25" in console.text
        assert not sent
        await console.press("backspace", "5", "enter")
        assert sent == [True]


# The parts


def spec(name: str, kind: str = "string", **facts: object) -> InputSpec:
    return InputSpec(name=name, type=kind, **facts)  # type: ignore[arg-type]


def test_shared_inputs_come_first_and_rare_ones_are_folded() -> None:
    found = shared_inputs(
        {
            "a": (spec("rare"), spec("prompt", required=True), spec("size", enum=("s", "m"))),
            "b": (spec("prompt", required=True), spec("size", enum=("m", "l"))),
            "c": (spec("prompt", required=True), spec("size", "integer")),
        }
    )
    assert [each.spec.name for each in found] == ["prompt", "size", "rare"]
    prompt, size, rare = found
    assert prompt.spec.required
    assert prompt.spec.help == "every model takes it"
    assert size.spec.enum is None, "one of them has no choices"
    assert rare.spec.advanced
    assert rare.spec.help == "1 of 3 models take it"


def test_choices_of_all_are_offered_and_each_model_gets_its_own_type() -> None:
    (size,) = shared_inputs({"a": (spec("size", enum=("5", "10")),), "b": (spec("size", "integer", enum=(5, 8)),)})
    assert size.spec.enum == ("5", "10", 8)
    assert read_for({"size": "5"}, [spec("size", "integer", enum=(5, 8))]) == {"size": 5}
    assert read_for({"size": 8}, [spec("size", enum=("8",))]) == {"size": "8"}
    assert read_for({"n": "3", "other": "x"}, [spec("n", "integer")]) == {"n": 3, "other": "x"}
    assert read_for({"n": 3}, [spec("n")]) == {"n": "3"}


def test_limits_are_read_or_named() -> None:
    good = limits_of({"the budget": "$2.50", "at once": 3})
    assert good.budget is not None
    assert (good.budget.amount, good.budget.currency, good.concurrency) == (Decimal("2.50"), "USD", 3)
    bad = limits_of({"the budget": "lots", "at once": 0})
    assert set(bad.problems) == {"the budget", "at once"}


def test_a_bar_and_the_word_at_the_end() -> None:
    tally = Tally(total=4, succeeded=1, failed=1, running=1, queued=1)
    assert plain(bar(tally, 8)) == "██▓▓▒▒░░"
    progress = BatchProgress(id="12345678", state=BatchState.STOPPED, tally=tally, providers={}, note="budget")
    assert told_at_end(progress).startswith("batch 12345678 stopped (budget): 1 of 4 runs succeeded, 1 failed")
