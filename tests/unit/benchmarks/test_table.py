"""The pieces of the benchmarks that could be wrong without anybody seeing it: targets, verdicts, medians, the page."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import benchmarks.__main__ as program
from benchmarks import growth, peers, report
from benchmarks.bench import Bench
from benchmarks.measure import Absent, Figure, paired, percentile, process_ms
from benchmarks.report import Failed
from benchmarks.targets import TARGETS, Target

FROZEN = {
    "list-warm": (0.40, 0, None, "ms"),
    "list-cold": (2.0, 0, None, "ms"),
    "list-sample": (5, 0, None, "ms"),
    "start-sample": (1.25, 0, None, "ms"),
    "start-many": (0.8, 0, None, "ms"),
    "open-warm": (1.5, 0, None, "ms"),
    "refresh": (1.25, 0, None, "ms"),
    "filter": (3, 16.7, None, "ms"),
    "sort": (2, 0, None, "ms"),
    "apply-many": (2.5, 0, None, "ms"),
    "apply-git": (2.5, 0, None, "ms"),
    "apply-one": (4, 0, None, "ms"),
    "memory": (2.5, 0, None, "MB"),
    "memory-whole": (None, 0, 400, "MB"),
    "cursor-hidden": (1.3, 0, None, "bytes"),
    "cursor-shown": (3, 0, None, "bytes"),
    "scroll-hidden": (0.5, 0, None, "bytes"),
    "scroll-shown": (3, 0, None, "bytes"),
    "letter": (None, 0, 300, "bytes"),
    "start-bytes": (0.2, 0, None, "bytes"),
    "palette-bytes": (0.2, 0, None, "bytes"),
    "idle-bytes": (None, 0, 0, "bytes"),
    "idle-ticks": (None, 0, 0, "ticks"),
    "idle-filter-bytes": (None, 0, 0, "bytes"),
    "idle-filter-ticks": (None, 0, 0, "ticks"),
    "dry-run": (25, 0, None, "ms"),
}
PAGE = Path(__file__).parents[3] / "docs" / "performance.md"
SIZES = {"count": 5000, "many": 100_000}


def test_no_target_was_changed() -> None:
    assert {name: (t.times, t.plus, t.most, t.unit) for name, t in TARGETS.items()} == FROZEN


def test_the_floor_of_apply_is_said_as_the_target_says_it() -> None:
    assert TARGETS["apply-many"].floor == "write all to a stage, one syncfs, rename each"


def test_what_a_case_leaves_out_is_a_miss(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(program, "CASES", {_case(1): ("sort", "memory")})
    monkeypatch.setattr(sys, "argv", ["benchmarks", "--only", "sort", "--only", "memory"])
    assert program.main() == 1
    assert "1 missed: memory" in capsys.readouterr().out


def test_every_target_is_measured_by_one_case_and_in_the_order_of_the_table() -> None:
    assert [name for names in program.CASES.values() for name in names] == list(TARGETS)


def test_a_limit_is_the_least_that_a_target_says() -> None:
    assert Target("a", "", "", 3, plus=10).limit(5) == 25
    assert Target("a", "", "", 3, most=12).limit(5) == 12
    assert Target("a", "", "", 3, most=400).limit(5) == 15
    assert Target("a", "", "", most=0).limit(None) == 0
    assert Target("a", "", "", 3).limit(None) is None


def test_a_target_is_said_in_words() -> None:
    assert TARGETS["filter"].said == "≤ 3 × + 16.7 ms"
    assert TARGETS["memory-whole"].said == "≤ 400 MB"
    assert TARGETS["idle-bytes"].said == "0 bytes"


@pytest.mark.parametrize(("share", "value"), [(0.5, 3), (0.95, 5), (0.2, 1), (0.21, 2), (1, 5), (0, 1)])
def test_a_percentile_is_one_of_the_values(share: float, value: int) -> None:
    assert percentile([5, 3, 1, 2, 4], share) == value


def test_there_is_no_percentile_of_nothing() -> None:
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.95)


def test_pairs_turn_round_and_the_first_one_does_not_count() -> None:
    calls: list[str] = []
    ours, bare = iter([900, 1, 5, 3]), iter([900, 10, 30, 20])

    def one() -> float:
        calls.append("ours")
        return next(ours)

    def other() -> float:
        calls.append("bare")
        return next(bare)

    figure = paired("list-warm", one, other, 3)
    assert (figure.ours, figure.floor) == (3, 20)
    assert figure.times == pytest.approx(0.15)
    assert calls == ["ours", "bare"] * 2 + ["bare", "ours"] + ["ours", "bare"]


def test_the_median_of_the_pairs_is_what_is_judged_and_shown() -> None:
    disturbed = Figure("list-warm", 50, 100, times=0.39)
    assert report.is_kept(TARGETS["list-warm"], disturbed)
    assert not report.is_kept(TARGETS["list-warm"], Figure("list-warm", 30, 100, times=0.41))
    assert "| 0.39 × | ≤ 0.4 × | ok |" in report.table([disturbed], SIZES)


def test_a_process_that_fails_says_why() -> None:
    with pytest.raises(RuntimeError, match="no such thing"):
        process_ms([sys.executable, "-c", "raise SystemExit('no such thing')"])


def test_at_the_limit_a_target_holds_and_above_it_is_missed() -> None:
    target = TARGETS["list-warm"]
    assert report.is_kept(target, Figure("list-warm", 40, 100))
    assert not report.is_kept(target, Figure("list-warm", 40.1, 100))
    assert not report.is_kept(TARGETS["idle-bytes"], Figure("idle-bytes", 1))


def test_a_case_that_fails_is_a_miss_and_a_peer_that_is_not_here_is_none() -> None:
    outcomes: list[report.Outcome] = [Figure("sort", 5, 1), Figure("dry-run", 25, 1), Failed("apply-one", "it broke")]
    outcomes.append(Absent("letter", "x"))
    assert report.missed(outcomes) == ["sort", "apply-one"]


def test_the_table_shows_figure_ratio_target_and_verdict() -> None:
    text = report.table(
        [Figure("list-warm", 50, 100), Figure("memory-whole", 399.94, None, "51 MB empty"), Failed("sort", "a | b\nc")],
        SIZES,
    )
    lines = text.splitlines()
    assert "| `list` of 5,000 files, warm cache, whole process |" in lines[2]
    assert lines[2].endswith("| 50.0 ms | 100.0 ms | 0.50 × | ≤ 0.4 × | MISS |")
    assert lines[3].endswith("(51 MB empty) | – | 399.9 MB | – | – | ≤ 400 MB | ok |")
    assert lines[4].startswith("| sort 100,000 models by a column, the worst of them: a / b c |")
    assert lines[4].endswith("| FAILED |")
    assert len({line.count("|") for line in lines}) == 1


def _case(ours: float) -> object:
    def case(_: Bench) -> Iterator[Figure]:
        yield Figure("sort", ours, 10)

    return case


def _breaks(_: Bench) -> Iterator[Figure]:
    yield Figure("memory", 1, 10)
    raise RuntimeError("no room")


@pytest.mark.parametrize(("ours", "code"), [(20, 0), (20.1, 1)])
def test_a_miss_ends_with_1(
    ours: float, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kept, page = tmp_path / "figures.json", tmp_path / "page.md"
    page.write_text("# A\n<!-- targets -->\nold\n<!-- end of targets -->\nrest\n", encoding="utf-8")
    monkeypatch.setattr(program, "CASES", {_case(ours): ("sort",)})
    monkeypatch.setattr(sys, "argv", ["benchmarks", "--only", "sort", "--json", str(kept), "--page", str(page)])
    assert program.main() == code
    assert ("1 missed: sort" in capsys.readouterr().out) == bool(code)
    (figure,) = json.loads(kept.read_text(encoding="utf-8"))["figures"]
    assert (figure["ours"], figure["limit"], figure["ok"]) == (ours, 20, not code)
    assert "old" not in page.read_text(encoding="utf-8")
    assert page.read_text(encoding="utf-8").endswith("<!-- end of targets -->\nrest\n")


def test_a_case_that_breaks_is_told_and_the_others_go_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(program, "CASES", {_breaks: ("memory", "memory-whole"), _case(1): ("sort",)})
    monkeypatch.setattr(sys, "argv", ["benchmarks", "--only", "memory", "--only", "sort"])
    assert program.main() == 1
    told = capsys.readouterr().out
    assert "RuntimeError: no room" in told
    assert "1 missed: memory-whole" in told


def test_a_trial_fails_on_what_breaks_and_judges_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["benchmarks", "--smoke", "--only", "sort"])
    monkeypatch.setattr(program, "CASES", {_case(1e9): ("sort",)})
    assert program.main() == 0
    assert "MISS" not in capsys.readouterr().out
    monkeypatch.setattr(program, "CASES", {_breaks: ("sort",)})
    assert program.main() == 1


def test_a_page_without_the_marks_is_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("no marks", encoding="utf-8")
    with pytest.raises(ValueError, match="no marks"):
        report.write_between(page, "targets", "text")
    assert page.read_text(encoding="utf-8") == "no marks"


def test_our_own_page_has_every_mark_once() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for name in ("targets", "growth", "peers"):
        assert re.findall(rf"<!-- (?:end of )?{name} -->", text) == [f"<!-- {name} -->", f"<!-- end of {name} -->"]


def test_peers_are_told_as_ahead_or_behind() -> None:
    text = peers.table(
        [
            peers.Compared("filter", 10, "fzf", 20),
            peers.Compared("scroll", 900, "VisiData", 300, "bytes", "a note"),
            Absent("check", "no | taplo"),
        ]
    )
    lines = text.splitlines()
    assert lines[2].endswith("| 10.0 ms | 20.0 ms | 0.50 × | ahead |")
    assert lines[3].endswith("| 900 bytes | 300 bytes | 3.00 × | behind; a note |")
    assert lines[4].endswith("| not here: no / taplo |")


def test_growth_is_told_per_model() -> None:
    sizes = (100, 1_000, 10_000)
    times = {"load": [1.0, 10.0, 160.0], "sort": [1.0, 10.0, 149.0]}
    assert growth.per_model(times["load"], sizes) == pytest.approx(1.6)
    lines = growth.table({name: times.get(name, [1.0, 1.0, 1.0]) for name in growth.WORKS}, sizes).splitlines()
    assert [line.split("|")[-2].strip() for line in lines[2:]] == [
        "worse than linear",
        "linear or better",
        "linear or better",
        "linear or better",
        "linear or better",
        "linear or better",
    ]
