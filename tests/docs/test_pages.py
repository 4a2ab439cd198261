"""The pages as a reader meets them: links lead somewhere, prose is wrapped, paths and fields are those of the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from modeltui.api import Model

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.glob("*.md"), ROOT / "README.md", *(ROOT / "examples").glob("*.md")])
GENERATED, MEASURED = "codes.md", "performance.md"
WIDEST = 140

_FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _prose(path: Path) -> str:
    """Without code, in which brackets and # mean something else."""
    return _FENCED.sub("", path.read_text(encoding="utf-8"))


def _anchors(path: Path) -> list[str]:
    """The headings of a page, as a forge names them in links."""
    headings = re.findall(r"^#+ (.+)$", _prose(path), re.MULTILINE)
    return [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]


@pytest.mark.parametrize("path", PAGES, ids=_name)
def test_links_lead_somewhere(path: Path) -> None:
    lost = []
    for link in _LINK.findall(_prose(path)):
        if "://" in link:
            continue
        file, _, anchor = link.partition("#")
        page = (path.parent / file).resolve() if file else path
        if not page.exists() or (anchor and anchor not in _anchors(page)):
            lost.append(link)
    assert lost == []


@pytest.mark.parametrize("path", PAGES, ids=_name)
def test_a_heading_can_be_linked_to(path: Path) -> None:
    anchors = _anchors(path)
    assert path.name == GENERATED or len(anchors) == len(set(anchors)), anchors


@pytest.mark.parametrize("path", [path for path in PAGES if path.name not in {GENERATED, MEASURED}], ids=_name)
def test_prose_is_wrapped(path: Path) -> None:
    free = ("|", "    ", "![")
    assert [line for line in _prose(path).splitlines() if len(line) > WIDEST and not line.startswith(free)] == []


def test_the_paths_of_the_architecture_are_there() -> None:
    page = (DOCS / "architecture.md").read_text(encoding="utf-8")
    source = ROOT / "src" / "modeltui"
    named = re.findall(r"`([a-z_]+/[a-z_/]+(?:\.py)?)`", page)
    assert len(named) > 30
    assert [name for name in named if not (source / name).exists() and not (source / f"{name}.py").exists()] == []


def test_every_field_of_a_model_is_on_the_page_of_the_api() -> None:
    page = (DOCS / "api.md").read_text(encoding="utf-8")
    assert [field for field in Model.__struct_fields__ if f"`{field}`" not in page] == []
