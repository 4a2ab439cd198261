"""docs/providers.md: its excerpts are in the files that they name, its whole files pass `check` and run."""

from __future__ import annotations

import re
import shutil
import tomllib
from collections.abc import Callable, Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import tomlkit

from cli.small import Line
from modeltui.domain.schema.files import SHAPES
from modeltui.domain.schema.place import ANY_NAME, known_paths
from unit.providers.loopback import PNG

ROOT = Path(__file__).parents[3]
CATALOG = ROOT / "catalog"
PAGE = (ROOT / "docs" / "providers.md").read_text(encoding="utf-8")
EXCERPTS = re.findall(r"^`(catalog/[^`\n]+)`\n\n```toml\n(.*?)```", PAGE, re.MULTILINE | re.DOTALL)
_WHOLE = r"^[^\n]*`((?:providers|models)/\S*acme\S*\.toml)`[^\n]*\n\n```toml\n(schema.*?)```"
FILES = dict(re.findall(_WHOLE, PAGE, re.MULTILINE | re.DOTALL))
PROVIDER, VOICE, PAINT = (
    "providers/acme.toml",
    "models/text_to_speech/acme-voice.toml",
    "models/prompt_to_image/acme-paint.toml",
)
ON_LOOPBACK = re.findall(r"```toml\n(base_url = \"http://.*?)```", PAGE, flags=re.DOTALL)[0]
SERVER = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)[0]
OUTPUTS = re.findall(r"```text\n(.*?)```", PAGE, flags=re.DOTALL)
CONSOLE = re.findall(r"```console\n(.*?)```", PAGE, flags=re.DOTALL)

Modeltui = Callable[..., Any]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A catalogue that holds the files of the page and nothing else."""
    found = tmp_path / "catalog"
    found.mkdir()
    (found / "catalog.toml").write_text("schema = 1\n", encoding="utf-8")
    for name, text in FILES.items():
        (found / name).parent.mkdir(parents=True, exist_ok=True)
        (found / name).write_text(text, encoding="utf-8")
    return found


@pytest.fixture
def modeltui(root: Path, capsys: pytest.CaptureFixture[str]) -> Line:
    return Line(root, capsys)


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    """The server of the page, on a port that is free."""
    names: dict[str, Any] = {"__name__": "page"}
    exec(compile(SERVER, "server.py", "exec"), names)  # the page's own code
    handler: type[BaseHTTPRequestHandler] = names["Acme"]
    handler.log_message = lambda *_: None  # type: ignore[method-assign]
    found = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=found.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield found
    found.shutdown()
    found.server_close()
    thread.join()


def test_the_page_has_what_these_tests_look_for() -> None:
    assert set(FILES) == {PROVIDER, VOICE, PAINT}
    assert len(EXCERPTS) > 30
    assert PAGE.count("```toml") == len(EXCERPTS) + len(FILES) + 1


@pytest.mark.parametrize(("path", "text"), EXCERPTS, ids=[f"{n} {path}" for n, (path, _) in enumerate(EXCERPTS)])
def test_an_excerpt_is_in_the_file_that_it_names(path: str, text: str) -> None:
    """`…` stands for lines that are left out."""
    lines = (ROOT / path).read_text(encoding="utf-8").splitlines()
    start = 0
    for part in text.split("…\n"):
        start = _after(lines, part.splitlines(), start)


def _after(lines: Sequence[str], part: Sequence[str], start: int) -> int:
    for at in range(start, len(lines)):
        if list(lines[at : at + len(part)]) == list(part):
            return at + len(part)
    raise AssertionError(f"not there: {part}")


def test_every_field_of_a_provider_file_is_on_the_page() -> None:
    fields = {path[-1] for path in known_paths(SHAPES["provider"]) if path[-1] != ANY_NAME}
    marked = re.findall(r"`([^`\n]+)`", PAGE) + re.findall(r"```toml\n(.*?)```", PAGE, flags=re.DOTALL)
    assert fields - {word for span in marked for word in re.findall(r"\w+", span)} == set()


def test_every_shipped_provider_has_its_row_with_the_day() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| ([\w -]+) \| .{8,} \|$", PAGE, flags=re.MULTILINE))
    found = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in (CATALOG / "providers").glob("*.toml")}
    assert rows == {name: str(document.get("verified_on", "not checked")) for name, document in found.items()}


def test_every_link_of_the_page_leads_somewhere() -> None:
    headings = re.findall(r"^#+ (.+)$", PAGE, re.MULTILINE)
    titles = {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\]\(#([^)]+)\)", PAGE)) - titles == set()
    for path in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", PAGE):
        assert (ROOT / "docs" / path).exists(), path


def test_the_whole_files_pass_check(modeltui: Line) -> None:
    ran = modeltui("check")
    assert (ran.code, ran.out) == (0, "")


MISTAKES = [
    (PROVIDER, 'hosts = ["api.acme.example"]', 'hosts = ["acme.example"]'),
    (PROVIDER, 'env = ["ACME_API_KEY"]', 'env = ["sk-12345"]'),
    (PAINT, 'path = "/paint"', 'path = "https://api.acme.example/v1/paint"'),
    (PAINT, 'path = "/paint"\n', 'path = "/paint"\nheaders = { Authorization = "Bearer K" }\n'),
    (PAINT, 'prompt = "${inputs.prompt}"', 'prompt = "${inputs.text}"'),
    (PAINT, 'task_id = "id"', 'job = "id"'),
    (PAINT, 'path = "/jobs/${saved.task_id}"\nstatus', 'path = "/jobs/latest"\nstatus'),
    (PAINT, 'use = "${saved.url}"\n', ""),
    (PAINT, 'select = "images[].url"', 'select = "images.[url"'),
    (PAINT, 'base = "0.02"', "base = 0.02"),
]


@pytest.mark.parametrize(("path", "right", "wrong"), MISTAKES, ids=[wrong[:30] for _, _, wrong in MISTAKES])
def test_what_check_says_of_a_mistake_is_what_the_page_says(
    root: Path, modeltui: Line, path: str, right: str, wrong: str
) -> None:
    text = (root / path).read_text(encoding="utf-8")
    assert text.count(right) == 1
    (root / path).write_text(text.replace(right, wrong), encoding="utf-8")
    ran = modeltui("check")
    assert ran.code == 1
    assert any(output in ran.out for output in OUTPUTS), ran.out


def test_the_dry_run_is_as_the_page_has_it(modeltui: Line) -> None:
    ran = modeltui("run", "text_to_speech/acme-voice", "-i", "prompt=A red fox.", "--dry-run")
    shown = next(block for block in CONSOLE if "--dry-run" in block)
    assert shown.endswith(f"{ran.err}{ran.out}"), (ran.err, ran.out)


def test_both_run_against_the_server_of_the_page(
    root: Path, modeltui: Line, server: ThreadingHTTPServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOOPBACK_KEY", "anything")
    document = tomlkit.parse(FILES[PROVIDER])
    changed = tomlkit.parse(ON_LOOPBACK.replace("8123", str(server.server_port)))
    document["auth"].update(changed.pop("auth"))
    document.update(changed)
    (root / PROVIDER).write_text(tomlkit.dumps(document), encoding="utf-8")
    paint = (root / PAINT).read_text(encoding="utf-8")
    (root / PAINT).write_text(paint.replace("interval_s = 2", "interval_s = 0.01"), encoding="utf-8")
    (tmp_path / "fox.png").write_bytes(PNG)
    assert modeltui("check").code == 0
    out = str(tmp_path / "out")
    fox = f"image={tmp_path / 'fox.png'}"
    voice = modeltui("run", "text_to_speech/acme-voice", "-i", "prompt=A red fox.", "--out", out, "--yes")
    painted = modeltui(
        "run", "prompt_to_image/acme-paint", "-i", "prompt=A fox", "--upload", fox, "--out", out, "--yes"
    )
    assert (voice.code, painted.code) == (0, 0), (voice.err, painted.err)
    assert Path(voice.out.strip()).read_bytes().startswith(b"ID3")
    assert Path(painted.out.strip()).read_bytes().startswith(b"\x89PNG")


def test_a_copy_of_the_shipped_catalogue_takes_the_files_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = tmp_path / "trial"
    shutil.copytree(CATALOG, found, ignore=shutil.ignore_patterns(".*"))
    for name, text in FILES.items():
        (found / name).write_text(text, encoding="utf-8")
    assert "acme" not in Line(found, capsys)("check").out
