"""The rules of the house that no linter knows."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "modeltui"
MODULES = sorted(SOURCE.rglob("*.py"))
STYLES = sorted(SOURCE.rglob("*.tcss"))
MOST_LINES, MOST_FUNCTION_LINES, MOST_METHODS, MOST_APP_LINES = 400, 50, 25, 200
DRAWERS = re.compile(r"util|helper|common|misc|manager")


def _name(path: Path) -> str:
    return str(path.relative_to(SOURCE))


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_a_module_is_one_idea_of_readable_size(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    assert text.count("\n") <= MOST_LINES
    assert not DRAWERS.search(path.stem)
    long = [f.name for f in _functions(tree) if (f.end_lineno or f.lineno) - f.lineno + 1 > MOST_FUNCTION_LINES]
    assert not long
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            methods = sum(isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef) for item in node.body)
            assert methods <= MOST_METHODS, f"{node.name} has {methods} methods"


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_a_module_says_what_it_is_for(path: Path) -> None:
    assert path.read_text(encoding="utf-8").strip() == "" or ast.get_docstring(_tree(path))


@pytest.mark.parametrize("path", STYLES, ids=_name)
def test_a_stylesheet_is_nested_under_its_screen_and_uses_theme_variables(path: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not re.search(r"#[0-9a-fA-F]{6}\b|rgba?\(", text), "colours come from the theme"
    outermost = re.findall(r"^(\S[^{]*)\{", text, flags=re.MULTILINE)
    assert outermost
    assert all(re.match(r"[A-Z]\w+", selector) for selector in outermost), outermost


def test_the_app_is_small() -> None:
    assert (SOURCE / "tui" / "app.py").read_text(encoding="utf-8").count("\n") <= MOST_APP_LINES


def test_only_two_modules_write_to_the_streams() -> None:
    allowed = {"cli/output.py", "cli/report.py"}
    for path in MODULES:
        if _name(path) not in allowed:
            calls = [n for n in ast.walk(_tree(path)) if isinstance(n, ast.Call)]
            assert not any(isinstance(c.func, ast.Name) and c.func.id == "print" for c in calls), _name(path)


def test_the_core_reads_no_environment() -> None:
    readers = {
        _name(path)
        for path in MODULES
        if re.search(r"os\.environ|os\.getenv|getpass\.", path.read_text(encoding="utf-8"))
    }
    assert readers <= {"config.py", "history/git.py"}, "git's own environment is scrubbed in history/git.py"


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_a_document_is_asked_for_where_its_file_may_have_gone(path: Path) -> None:
    """`catalog.document(key)` raises as `documents[key]` does, and says so; `documents.get(key)` gives None."""
    if _name(path) != "domain/catalog.py":
        assert "catalog.documents[" not in path.read_text(encoding="utf-8")


def test_only_the_boundaries_catch_everything() -> None:
    boundaries = {"cli/main.py", "tui/app.py", "tui/lowband/sender.py"}
    for path in MODULES:
        if _name(path) in boundaries:
            continue
        for node in ast.walk(_tree(path)):
            if isinstance(node, ast.ExceptHandler):
                names = {n.id for n in ast.walk(node.type) if isinstance(n, ast.Name)} if node.type else {"Exception"}
                assert not names & {"Exception", "BaseException"}, f"{_name(path)}:{node.lineno}"
