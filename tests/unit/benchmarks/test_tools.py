"""What the benchmarks look through: the screen, the terminal, the plot, and catalogues whose words are known."""

from __future__ import annotations

import ast
import os
import re
import subprocess
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks import sorting
from benchmarks.answering import WORDS
from benchmarks.bench import Bench, floor
from benchmarks.catalogs import haystack, make_catalog, values
from benchmarks.full_table import found, rows_shown, shows_in_order
from benchmarks.plot import Curve, log_log
from benchmarks.rows import names, write_rows
from benchmarks.screen import Screen
from benchmarks.terminal import Terminal, processor_ms, resident_bytes
from modeltui.bootstrap import open_workspace
from modeltui.config import load_settings
from modeltui.services.catalog import CatalogService

COUNT = 300
FLOORS = Path(__file__).parents[3] / "benchmarks" / "floors"
ALSO = {"parse": {"tomli"}, "rewrite": {"ctypes", "subprocess"}, "syncs": set[str](), "copy_json": {"json"}}
SVG = "{http://www.w3.org/2000/svg}"


def _screen(text: str, columns: int = 10, rows: int = 4) -> Screen:
    screen = Screen(columns, rows)
    screen.feed(text)
    return screen


@pytest.mark.parametrize(
    ("written", "lines"),
    [
        ("one\r\ntwo", ["one", "two", "", ""]),
        ("\x1b[2;3Hx\x1b[Hy", ["y", "  x", "", ""]),
        ("\x1b[31mre\x1b[0md\x1b]0;title\x07!", ["red!", "", "", ""]),
        ("0123456789ab", ["0123456789", "ab", "", ""]),
        ("0123456789\r\nab", ["0123456789", "ab", "", ""]),
        ("a\r\nb\r\nc\r\nd\r\ne", ["b", "c", "d", "e"]),
        ("a\r\nb\r\nc\r\nd\x1b[2;3r\x1b[3H\n", ["a", "c", "", "d"]),
        ("a\r\nb\r\nc\r\nd\x1b[2;3r\x1b[2H\x1bM", ["a", "", "b", "d"]),
        ("a\r\nb\r\nc\r\nd\x1b[2H\x1b[L", ["a", "", "b", "c"]),
        ("a\r\nb\r\nc\r\nd\x1b[2H\x1b[M", ["a", "c", "d", ""]),
        ("a\r\nb\r\nc\r\nd\x1b[2;3r\x1b[S", ["a", "c", "", "d"]),
        ("abcdef\x1b[1;3H\x1b[2X", ["ab  ef", "", "", ""]),
        ("abcdef\x1b[1;3H\x1b[2P", ["abef", "", "", ""]),
        ("abcdef\x1b[1;3H\x1b[2@", ["ab  cdef", "", "", ""]),
        ("abcdef\x1b[1;3H\x1b[K", ["ab", "", "", ""]),
        ("abcdef\x1b[1;3H\x1b[1K", ["   def", "", "", ""]),
        ("a\r\nb\r\nc\x1b[2H\x1b[J", ["a", "", "", ""]),
        ("ab\x1b[3bc", ["abbbbc", "", "", ""]),
        ("漢字x\x1b[1;5Hy", ["漢字y", "", "", ""]),
        ("abc\x1b7\x1b[4Hz\x1b8d", ["abcd", "", "", "z"]),
        ("old\x1b[?1049hnew", ["new", "", "", ""]),
        ("abc\x1b[2Dx\by", ["ayc", "", "", ""]),
    ],
)
def test_a_screen_shows_what_a_terminal_would(written: str, lines: list[str]) -> None:
    assert _screen(written).lines == lines
    bit_by_bit = Screen(10, 4)
    for character in written:
        bit_by_bit.feed(character)
    assert bit_by_bit.lines == lines


def test_a_screen_is_never_stuck_on_nonsense() -> None:
    assert "end" in _screen("\x1b[99;99Hx\x1b[999A\x1b[;r\x1b[<1u\x1b[>4;2m\x1b(B\x1b=\x1b[?25l\x00\x7fend").lines[0]


def test_rows_count_only_below_each_other() -> None:
    screen = _screen("top\r\n| Aa 1\r\n| Bb 2\r\nCc")
    assert rows_shown(screen, ["Aa", "Bb", "Cc", "Dd"]) == 3
    assert rows_shown(screen, ["Aa", "Cc"]) == 1
    assert rows_shown(screen, ["Dd"]) == 0
    assert not shows_in_order(["Dd", "Ee"])(screen)
    assert shows_in_order(["Aa", "Bb"])(screen)


@pytest.mark.parametrize(
    ("line", "count"), [("/ 97   1,234 of 100,000", 1234), ("/ 97  0 of 5000", 0), ("/ filter", -1), ("12 of 50 x", -1)]
)
def test_how_many_are_found_is_read_from_the_line_of_the_filter(line: str, count: int) -> None:
    assert found(_screen(f"\r\n{line}", columns=40)) == count


def test_a_terminal_tells_bytes_and_what_is_shown() -> None:
    script = 'printf ready; read key; printf "\\033[5;5Hgot %s" "$key"; read key'
    with Terminal(["sh", "-c", script]) as terminal:
        assert terminal.wait(lambda screen: screen.shows("ready")) > 0
        assert terminal.wait(lambda screen: screen.shows("ready")) > 0
        before = terminal.written
        assert terminal.press("x\n", lambda screen: screen.shows("got x")) > 0
        assert terminal.written > before
        assert terminal.screen.lines[4] == "    got x"
        assert processor_ms(terminal.pid) > 0
        assert resident_bytes(terminal.pid) > 0


def test_a_program_that_ends_too_soon_is_told_with_its_screen() -> None:
    with Terminal(["sh", "-c", "echo no such thing"]) as terminal, pytest.raises(TimeoutError, match="no such thing"):
        terminal.wait(lambda screen: screen.shows("never"))


def test_a_program_that_ends_while_it_is_listened_to_is_not_taken_for_idle() -> None:
    with Terminal(["sh", "-c", "echo gone"]) as terminal, pytest.raises(RuntimeError, match="ended"):
        terminal.listen(60)


def test_the_floors_load_nothing_that_they_do_not_use() -> None:
    for path in sorted(FLOORS.glob("[!_]*.py")):
        named = {
            alias.name
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Import)
            for alias in node.names
        }
        assert named <= {"os", "sys"} | ALSO[path.stem], path


def test_the_floor_of_apply_writes_every_file_anew(tmp_path: Path) -> None:
    folder = make_catalog(tmp_path / "catalog", 5)
    files = sorted((folder / "models").rglob("*.toml"))
    inodes = {path: path.stat().st_ino for path in files}
    subprocess.run(floor("rewrite", str(folder)), check=True)
    assert sorted((folder / "models").rglob("*.toml")) == files
    assert all(path.stat().st_ino != inodes[path] for path in files)
    assert len({path.read_bytes() for path in files}) == len(files)


def test_a_catalogue_that_was_taken_is_made_anew_for_the_next(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    taken = bench.taken(1)
    (taken / "catalog.toml").unlink()
    assert bench.catalog(1) != taken
    assert (bench.catalog(1) / "catalog.toml").exists()


def test_a_plot_is_well_formed_and_inside_its_frame() -> None:
    sizes = (100, 1_000, 10_000, 100_000)
    curves = [Curve(f"work <{n}> & more", tuple((s, 0.01 * s * (1 + n / 1e6)) for s in sizes)) for n in range(6)]
    root = ElementTree.fromstring(log_log("a < b", "models", "ms", curves))
    width, height = map(float, root.attrib["viewBox"].split()[2:])
    assert len(root.findall(f"{SVG}path")) == 6
    assert len(root.findall(f"{SVG}circle")) == 24
    for circle in root.findall(f"{SVG}circle"):
        assert 0 < float(circle.attrib["cx"]) < width
        assert 0 < float(circle.attrib["cy"]) < height
    names_at_ends = [each for each in root.findall(f"{SVG}text") if each.attrib.get("class", "").startswith("n")]
    heights = sorted(float(each.attrib["y"]) for each in names_at_ends)
    assert all(below - above >= 15 for above, below in pairwise(heights)), "no name is written over another"
    style = root.find(f"{SVG}style")
    assert style is not None
    assert "prefers-color-scheme: dark" in (style.text or "")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> CatalogService:
    folder = make_catalog(tmp_path_factory.mktemp("made") / "catalog", COUNT)
    return open_workspace(load_settings(str(folder))).catalog


def test_a_made_catalogue_says_what_it_was_told_to(service: CatalogService) -> None:
    models = service.snapshot().catalog.models
    assert len(models) == COUNT
    assert not [model for model in models.values() if model.is_broken]
    for number in (0, 7, COUNT - 1):
        said = values(number)
        model = models[said["key"]]
        assert (model.uid, model.name, model.provider, model.order) == (
            said["uid"],
            said["name"],
            said["provider"],
            said["order"],
        )
        assert str(model.base_cost) == said["base"].rstrip("0").rstrip(".") or str(model.base_cost) == said["base"]
        assert model.active
        assert not model.is_locked


def test_nothing_but_a_missing_default_is_wrong_with_a_made_catalogue(service: CatalogService) -> None:
    assert {finding.code for finding in service.check()} <= {"no-default"}


@pytest.mark.parametrize("word", [*WORDS, "9", "97", "b7", "vendor/model-0002", "sandbox_w", "prompt_to_speech"])
def test_the_text_of_the_floor_is_what_a_word_is_looked_for_in(service: CatalogService, word: str) -> None:
    assert len(service.select(word)) == sum(word in text for text in haystack(COUNT))


@pytest.mark.parametrize("name", sorting.KEYS)
def test_the_floor_sorts_by_the_same_keys(service: CatalogService, name: str) -> None:
    rows = service.select("")
    assert [row.key for row in sorted(rows, key=sorting.KEYS[name])] == [row.key for row in service.select("", name)]


def test_the_rows_for_others_are_those_of_the_console(service: CatalogService, tmp_path: Path) -> None:
    folder = write_rows(service.snapshot().catalog.root, tmp_path / "rows")
    assert names(folder) == [row.name for row in service.select("")]
    lines = (folder / "rows.csv").read_text(encoding="utf-8").splitlines()
    assert len(lines) == COUNT + 1
    assert re.match(r"Name,Provider,Type,Cost", lines[0])
    assert os.path.getsize(folder / "rows.txt") > COUNT * 40
