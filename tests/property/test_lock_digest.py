"""The digest of a lock covers every byte that is not of the lock, and none that is, however the file is written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import tomli
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from modeltui.domain.change import Edit
from modeltui.domain.document import ABSENT, same
from modeltui.domain.lock_text import _plain_span, lock_digest, without_lock
from modeltui.storage.toml.editor import edited

from .test_editing import BOM, Written, documents, read

CATALOG = Path(__file__).parents[2] / "catalog"
LOCK = {"locked": True, "by": "ann", "reason": 'say "hi"\n[a]\n', "at": datetime(2026, 1, 31, tzinfo=UTC)}

often = settings(suppress_health_check=list(HealthCheck))


def sides(written: Written) -> Iterator[tuple[bytes, bool]]:
    """Every line, and whether it is of the lock, known from how the document was made."""
    in_table = False
    for line, chunk in written.owned:
        is_of_lock = chunk.owner[:1] == ("lock",) and not chunk.is_trivia
        if not chunk.is_trivia and chunk.lines[0].lstrip().startswith("["):
            in_table = is_of_lock
        yield line, in_table or is_of_lock


def rest_of(written: Written) -> bytes:
    mark = BOM if written.content.startswith(BOM) else b""
    return mark + b"".join(line for line, is_of_lock in sides(written) if not is_of_lock)


def is_toml(content: bytes) -> bool:
    try:
        read(content)
    except (tomli.TOMLDecodeError, UnicodeDecodeError):
        return False
    return True


@st.composite
def locked(draw: st.DrawFn) -> bytes:
    """A document with a lock as the program writes it."""
    written = draw(documents())
    assume("lock" not in written.data)
    return edited(written.content, [Edit(("lock",), ABSENT, LOCK)])


@often
@given(documents())
def test_all_lines_but_those_of_the_lock_are_covered(written: Written) -> None:
    assert without_lock(written.content) == rest_of(written)
    unlocked = {name: value for name, value in written.data.items() if name != "lock"}
    assert same(read(without_lock(written.content)), unlocked)


@often
@given(documents(), st.data())
def test_a_change_of_any_line_outside_the_lock_shows(written: Written, data: st.DataObject) -> None:
    lines = list(sides(written))
    outside = [number for number, (_, is_of_lock) in enumerate(lines) if not is_of_lock]
    assume(outside)
    number = data.draw(st.sampled_from(outside))
    changed = [line for line, _ in lines]
    changed[number] = data.draw(st.sampled_from([b"", b"#\n" + changed[number], changed[number].rstrip() + b" # z\n"]))
    new = written.content[: -len(b"".join(line for line, _ in lines)) or None] + b"".join(changed)
    assume(new != written.content and is_toml(new))
    if (
        changed[number].strip() or lines[number][0].strip()
    ):  # a blank line may be the last of a lock's table, once moved
        assert lock_digest(new) != lock_digest(written.content)


@often
@given(locked(), st.data())
def test_what_the_digest_does_not_see_is_of_the_lock(content: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(content)))
    put = data.draw(st.sampled_from([b"", b"\n", b"x", b"#", b'"', b"[lock]\n", b'"""', b"lock.x = 1\n", b"\r\n[a]\n"]))
    new = content[:at] + put + content[at + data.draw(st.integers(0, 3)) :]
    assume(is_toml(new) and lock_digest(new) == lock_digest(content))
    assert same(*({name: value for name, value in read(each).items() if name != "lock"} for each in (content, new)))


@often
@given(locked(), st.sampled_from([b'by = "bob"', b'by = """\n[cost]\n"""', b"by = [\n[1],\n]", b"# [cost]"]))
def test_no_edit_of_the_lock_shows(content: bytes, line: bytes) -> None:
    new = content.replace(b'by = "ann"', line, 1)
    assume(new.count(b'"ann"') < content.count(b'"ann"'))
    assert lock_digest(new) == lock_digest(content)


@pytest.mark.parametrize("path", sorted(CATALOG.glob("models/**/*.toml")), ids=lambda path: path.stem)
def test_every_lock_of_the_catalogue_holds_on(path: Path) -> None:
    content = path.read_bytes()
    if "lock" in read(content):
        assert lock_digest(content) == read(content)["lock"]["digest"]
        assert lock_digest(content + b"# more\n[x]\n") != lock_digest(content)
    else:
        assert without_lock(content) == content


@often
@given(st.one_of(locked(), documents().map(lambda written: written.content)))
def test_the_quick_look_and_the_close_one_are_the_same(content: bytes) -> None:
    if _plain_span(content) is not None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("modeltui.domain.lock._plain_span", lambda _: None)
            close = without_lock(content)
        assert without_lock(content) == close
