"""Other tools at the same work, in the same run, where they are installed: VisiData, fzf and taplo."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.answering import key_times, our_key_times
from benchmarks.bench import Bench
from benchmarks.catalogs import haystack, values
from benchmarks.full_table import console, found, shows_in_order
from benchmarks.measure import Absent, paired, percentile
from benchmarks.report import amount
from benchmarks.rows import names
from benchmarks.screen import Screen
from benchmarks.targets import Unit
from benchmarks.terminal import Terminal
from benchmarks.thin_line import alone, our_keys, vim_keys, visidata_keys

_LONGEST_S = 5.0
_WORD = "9731"
_COUNT = re.compile(r"^\s*(\d+)/\d+")


@dataclass(frozen=True, slots=True)
class Compared:
    work: str
    ours: float
    peer: str
    theirs: float
    unit: Unit = "ms"
    note: str = ""


Comparison = Compared | Absent


def compared(bench: Bench) -> Iterator[Comparison]:
    """Every comparison that can be made here; what fails is told as absent, since no target hangs on it."""
    for case in (_checking, _filtering_whole, _filtering_by_key, _browsing, _scrolling):
        begun = time.perf_counter()
        try:
            yield from case(bench)
        except Exception as error:  # noqa: BLE001  # another's failure is no miss of ours
            yield Absent(case.__name__.strip("_").replace("_", " "), f"{type(error).__name__}: {error}"[:200])
        bench.say(f"peers, {case.__name__.strip('_').replace('_', ' ')}: {time.perf_counter() - begun:.0f} s")


def table(comparisons: Sequence[Comparison]) -> str:
    """The comparisons as Markdown."""
    rows = ["| work | peer | ours | theirs | ratio | |", "|---|---|---:|---:|---:|---|"]
    for each in comparisons:
        if isinstance(each, Absent):
            rows.append(f"| {each.name} | – | – | – | – | not here: {' '.join(each.why.split()).replace('|', '/')} |")
            continue
        ratio = each.ours / each.theirs if each.theirs else float("inf")
        ours, theirs = amount(each.ours, each.unit), amount(each.theirs, each.unit)
        verdict = "ahead" if ratio < 0.95 else "level" if ratio <= 1.05 else "behind"
        said = f"{verdict}; {each.note}" if each.note else verdict
        rows.append(f"| {each.work} | {each.peer} | {ours} | {theirs} | {ratio:.2f} × | {said} |")
    return "\n".join(rows)


def _checking(bench: Bench) -> Iterator[Comparison]:
    """Syntax alone, and with the shape of a model file as a JSON schema; ours looks at much more."""
    taplo = bench.peer("taplo")
    work = f"check {bench.count:,} files, whole process"
    if taplo is None:
        yield Absent(work, "no taplo")
        return
    catalog = bench.catalog(bench.count)
    schema = bench.folder / "model.schema.json"
    schema.write_text(json.dumps(_schema()), encoding="utf-8")
    files = f"{catalog}/models/**/*.toml"
    for options, said in (
        (("--no-schema",), "taplo lint: syntax only"),
        (("--schema", schema.as_uri()), "taplo lint: syntax and a JSON schema"),
    ):
        figure = paired(
            "check",
            lambda: bench.modeltui(catalog, "check"),
            lambda options=options: bench.run(taplo, "lint", *options, files),  # type: ignore[misc]
            min(bench.runs, 3),
        )
        note = "ours: every rule, on the bytes that are on disk now"
        yield Compared(work, figure.ours, said, figure.floor or 0, note=note)


def _schema() -> object:
    from modeltui.domain.schema.model_file import ModelFile  # noqa: PLC0415  # loads pydantic

    return ModelFile.model_json_schema()


def _filtering_whole(bench: Bench) -> Iterator[Comparison]:
    fzf = bench.peer("fzf")
    work = f"one word over {bench.many:,} models, whole process, warm"
    if fzf is None:
        yield Absent(work, "no fzf")
        return
    catalog, lines = bench.catalog(bench.many), _lines(bench)
    command = f"{fzf} --exact --no-sort --filter {_WORD} < {lines} || [ $? -eq 1 ]"
    figure = paired(
        "filter",
        lambda: bench.modeltui(catalog, "list", _WORD),
        lambda: bench.run("sh", "-c", command),
        min(bench.runs, 5),
    )
    yield Compared(
        work, figure.ours, "fzf --filter", figure.floor or 0, note="fzf is given the lines and reads no file"
    )


def _filtering_by_key(bench: Bench) -> Iterator[Comparison]:
    fzf = bench.peer("fzf")
    work = f"one key of the filter over {bench.many:,} models, to the painted frame, median"
    if fzf is None:
        yield Absent(work, "no fzf")
        return
    texts = list(haystack(bench.many))

    def fzf_found(screen: Screen) -> int:
        return next((int(said.group(1)) for line in screen.lines if (said := _COUNT.search(line))), -1)

    command = f"exec {fzf} --exact --no-sort < {_lines(bench)}"
    with bench.terminal("sh", "-c", command) as terminal:
        terminal.quiet(bench.rest_s, _LONGEST_S)
        theirs = key_times(bench, terminal, texts, fzf_found)
    ours = our_key_times(bench, texts)
    for share, said in ((0.5, work), (0.95, work.replace("median", "p95"))):
        yield Compared(said, percentile(ours, share), "fzf", percentile(theirs, share))


def _lines(bench: Bench) -> Path:
    path = bench.folder / "lines.txt"
    if not path.exists():
        path.write_text("".join(f"{text.replace(chr(10), ' ')}\n" for text in haystack(bench.many)), encoding="utf-8")
    return path


def _browsing(bench: Bench) -> Iterator[Comparison]:
    """The same acts by keys in both, each from its last key to the screen that answers it; all with many rows."""
    visidata = bench.peer("vd")
    works = (
        f"start to the first table of {bench.count:,}",
        f"choose the rows with a word of {bench.many:,}",
        f"turn the order of {bench.many:,} rows round",
    )
    if visidata is None:
        yield from (Absent(work, "no VisiData") for work in works)
        return
    small, large = bench.catalog(bench.count), bench.catalog(bench.many)
    theirs = [visidata, "-N"]

    def start(command: Sequence[str]) -> float:
        with bench.terminal(*command) as terminal:
            return terminal.wait(shows_in_order([name[:12] for name in names(bench.rows(small))[:20]]))

    figure = paired(
        "start",
        lambda: start(console(small)),
        lambda: start([*theirs, str(bench.rows(small) / "rows.csv")]),
        bench.runs,
    )
    yield Compared(works[0], figure.ours, "VisiData, the same rows as CSV", figure.floor or 0)
    with bench.terminal(*console(large)) as terminal:
        ours = _our_acts(bench, terminal)
    with bench.terminal(*theirs, str(bench.rows(large) / "rows.csv")) as terminal:
        others = _visidata_acts(bench, terminal)
    for work, one, other in zip(works[1:], ours, others, strict=True):
        yield Compared(work, one, "VisiData, the same rows as CSV", other)


def _our_acts(bench: Bench, terminal: Terminal) -> tuple[float, float]:
    word, last = _last(bench)
    count = sum(word in text for text in haystack(bench.many))
    terminal.wait(lambda screen: found(screen) == bench.many)
    terminal.quiet(bench.rest_s, _LONGEST_S)
    terminal.answer_to("/" + word[:-1], bench.rest_s)
    chosen = terminal.press(word[-1], lambda screen: found(screen) == count)
    terminal.answer_to("\x1b", bench.rest_s)
    terminal.answer_to("s", bench.rest_s)
    terminal.answer_to("\r", bench.rest_s)
    return chosen, terminal.press("S", _begins_with(last))


def _visidata_acts(bench: Bench, terminal: Terminal) -> tuple[float, float]:
    word, last = _last(bench)
    terminal.wait(lambda screen: screen.shows(f"{bench.many} rows"))
    terminal.quiet(bench.rest_s, _LONGEST_S)
    turned = terminal.press("]", _begins_with(last))
    terminal.answer_to("|", bench.rest_s)
    terminal.answer_to(word, bench.rest_s)
    chosen = terminal.press("\r", lambda screen: screen.shows("•1"))
    terminal.quiet(bench.rest_s, _LONGEST_S)
    return chosen + terminal.press('"', lambda screen: screen.shows(" 1 row")), turned


def _last(bench: Bench) -> tuple[str, str]:
    """A word of one name only, and that name: the last one."""
    name = str(values(bench.many - 1)["name"])
    return name.split()[1], name


def _begins_with(name: str) -> Callable[[Screen], bool]:
    """Tells a screen with this name in its first row, which is among the first lines in either program."""
    return lambda screen: any(name in line for line in screen.lines[1:5])


def _scrolling(bench: Bench) -> Iterator[Comparison]:
    """Both catalogues, and VisiData by the key that it scrolls with."""
    catalog = bench.catalog(bench.count)
    works = "bytes per cursor key, preview hidden", "bytes per scroll of one row, preview hidden"
    ours = our_keys(bench, catalog, alone(catalog))
    others = ("vim", vim_keys(bench, catalog)), ("VisiData, its key `j`", visidata_keys(bench, catalog, "j"))
    for peer, theirs in others:
        for at, work in enumerate(works):
            if theirs is None:
                yield Absent(work, f"no {peer}")
            else:
                yield Compared(work, ours[at], f"{peer}, the same rows", theirs[at], "bytes")
