"""The quick look for one `key = value` finds what the scanner finds, or nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import tomli
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from modeltui.domain.document import FieldPath
from modeltui.domain.syntax import Statement, plain_pair, statements
from property.test_editing import BOM, Written, documents, quoted, spellings

SAMPLE = Path(__file__).parents[2] / "catalog"
seldom = settings(suppress_health_check=list(HealthCheck))
bare = st.sampled_from(["a", "b", "x-1", "_c", "true", "inf", "1"])


def pairs(content: bytes) -> dict[FieldPath, Statement]:
    return {item.path: item for item in statements(content) if item.kind == "pair"}


def asked(content: bytes) -> set[FieldPath]:
    """Paths that are there, and others that look like them: without positions, or in another table."""
    there = {item.path for item in statements(content)}
    named = {tuple(part for part in path if isinstance(part, str)) for path in there}
    names = {path[-1:] for path in named if path}
    return {path for path in there | named | names | {(*p, *n) for p in named for n in names} if path}


def holds(content: bytes) -> int:
    """How many were found, all as the scanner finds them."""
    known, count = pairs(content), 0
    for path in asked(content):
        found = plain_pair(content, path)
        assert found is None or found == known.get(path), path
        count += found is not None
    return count


@seldom
@given(documents())
def test_of_odd_documents(written: Written) -> None:
    content = re.sub(rb"(?m)^\[ ([^\]\n]*) \]", rb"[\1]", written.content)
    assume(is_toml(content))
    holds(content)


@st.composite
def plain_documents(draw: st.DrawFn) -> bytes:
    """Bare keys, one-line and other values, headers without blanks: what the quick look is made for."""
    lines = []
    for header in draw(st.lists(st.lists(bare, max_size=2), min_size=1, max_size=4, unique_by=tuple)):
        if header:
            name = ".".join(map(quoted, header))
            lines.append(draw(st.sampled_from([f"[{name}]", f"[{name}]", f"[[{name}]]", f"[{name}] # note"])))
        for key in draw(st.lists(bare, max_size=4, unique=True)):
            value = draw(st.sampled_from(["true", '"x # y"', "'z'", "1", "[1, 'a']", "2026-01-31 07:32:00Z"]))
            value = draw(spellings()) if draw(st.integers(0, 5)) == 0 else value
            lines.append(f"{key} = {value}{draw(st.sampled_from(['', ' # note', ' ']))}")
        lines += draw(st.lists(st.sampled_from(["", "# a = 1", "# [a]", "  "]), max_size=2))
    end = draw(st.sampled_from(["\n", "\r\n"]))
    return (end.join(lines) + draw(st.sampled_from([end, ""]))).encode()


@seldom
@given(plain_documents())
def test_of_plain_documents(content: bytes) -> None:
    assume(is_toml(content))
    holds(content)


def is_toml(content: bytes) -> bool:
    try:
        tomli.loads(content.removeprefix(BOM).decode())
    except tomli.TOMLDecodeError:
        return False
    return True


def test_the_fields_of_the_sample_are_found() -> None:
    for place in sorted((SAMPLE / "models").rglob("*.toml"))[::80]:
        content = place.read_bytes()
        known = pairs(content)
        found = {path: plain_pair(content, path) for path in known}
        assert all(each in {None, known[path]} for path, each in found.items()), place
        assert found["active",] is not None, place


@pytest.mark.parametrize(
    "text",
    [
        "x = [\n[1],\n]\na = 1\n",
        "x = '''\n[t]\na = 1\n'''\n[t]\na = 2\n",
        '[t]\nb = """\na = 1\n"""\na = 2\n',
        "t.a = 1\n",
        '"a" = 1\n',
        "a.b = 1\n",
        "[t] # a note\na = 1\n",
        "x = [\n  1,\n]\na = 1\n",
        "a = 1",
        "a = { b = 1 }\n",
        "[[t]]\n[t.u]\na = 1\n[[t]]\n[t.u]\na = 2\n",
        "a = 2026-01-31 07:32:00\n",
    ],
)
def test_what_takes_a_closer_look(text: str) -> None:
    for path in (("a",), ("t", "a"), ("t", "u", "a")):
        assert plain_pair(text.encode(), path) is None
