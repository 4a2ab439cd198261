"""The audit log: appended by many, walked by anybody, and what was done to it behind its back is found."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from modeltui.domain.audit import Verdict, anchor_text, decoded_entry, encoded_entry, parsed_anchor, walk
from modeltui.storage.audit_file import AUDIT, HEAD, AuditFile
from modeltui.storage.log_file import sealed
from modeltui.storage.real_fs import RealFs

AT = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)
COUNT = 5


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "models").mkdir()
    return tmp_path


@pytest.fixture
def audit(root: Path) -> AuditFile:
    file = _open(root)
    for number in range(COUNT):
        assert file.note("apply", f"id-{number}", "why\n\x1b[31m", [f"chat/{number}"]) is None
    return file


def _open(root: Path, user: str = "alice") -> AuditFile:
    return AuditFile(RealFs(str(root)), user, "here", lambda: AT)


def _verdict(root: Path) -> Verdict:
    content = _open(root).read()
    return walk(content.lines, [content.head] if content.head else [])


def _lines(root: Path) -> list[bytes]:
    return (root / AUDIT).read_bytes().splitlines(keepends=True)


def _write(root: Path, lines: list[bytes]) -> None:
    (root / AUDIT).write_bytes(b"".join(lines))


def _forged(line: bytes, **members: object) -> bytes:
    data = json.loads(line)
    del data["sum"]
    return sealed({**data, **members})


def test_entries_are_chained_and_say_who_what_and_why(root: Path, audit: AuditFile) -> None:
    assert _verdict(root) == Verdict(COUNT)
    first, second, *_ = [decoded_entry(line) for line in audit.read().lines]
    assert (first.number, first.by, first.host, first.at, first.what, first.subject, first.keys) == (
        1, "alice", "here", AT, "apply", "id-0", ("chat/0",),
    )  # fmt: skip
    assert (first.before, second.before) == ("", first.digest)
    assert decoded_entry(encoded_entry(first)) == first
    head = audit.head()
    assert head is not None
    assert parsed_anchor(head, HEAD) == audit.read().head


@pytest.mark.parametrize(
    ("tamper", "number", "said"),
    [
        (lambda lines: [*lines[:2], _forged(lines[2], by="bob"), *lines[3:]], 3, "entry 3 was changed"),
        (lambda lines: [*lines[:2], lines[2].replace(b"alice", b"bobby"), *lines[3:]], 3, "entry 3 is missing"),
        (lambda lines: [*lines[:1], *lines[3:]], 2, "entries 2 to 3 are missing"),
        (lambda lines: lines[1:], 1, "entry 1 is missing"),
        (lambda lines: [lines[0], lines[2], lines[1], *lines[3:]], 2, "entry 2 is missing"),
        (lambda lines: [*lines[:4], lines[3], lines[4]], 4, "the order was changed"),
        (lambda lines: lines[:3], 4, "entry 4 is missing: .modeltui/audit.head names entry 5"),
        (lambda lines: [*lines[:4], _forged(lines[4], by="bob")], 5, "entry 5 is not the one that"),
        (lambda lines: [*lines[:2], _forged(lines[2], more="x"), *lines[3:]], 3, "is not one that was written"),
        (lambda lines: [], 1, "begun anew, or emptied"),
    ],
)
def test_a_walk_names_the_first_entry_that_is_wrong(
    root: Path, audit: AuditFile, tamper: Callable[[list[bytes]], list[bytes]], number: int, said: str
) -> None:
    _write(root, tamper(_lines(root)))
    verdict = _verdict(root)
    assert verdict.broken is not None
    assert said in verdict.broken
    assert verdict.number == number


def test_what_was_taken_off_the_end_still_shows_after_the_next_append(root: Path, audit: AuditFile) -> None:
    _write(root, _lines(root)[:3])
    assert audit.note("apply", "later") is None
    verdict = _verdict(root)
    assert (verdict.broken, verdict.number) == ("entries 4 to 5 are missing: removed or damaged", 4)


@pytest.mark.parametrize("kept", [1, 40, -1])
def test_a_crash_in_the_middle_of_an_append_leaves_a_log_that_goes_on(root: Path, audit: AuditFile, kept: int) -> None:
    whole = _lines(root)
    data = json.loads(whole[-1])
    entry = decoded_entry({name: value for name, value in data.items() if name != "sum"})
    torn = sealed({**encoded_entry(entry), "number": COUNT + 1, "before": entry.digest})
    _write(root, [*whole, torn[:kept]])
    assert audit.read().is_torn
    assert _verdict(root).broken is None
    assert audit.note("apply", "after") is None
    content = audit.read()
    assert not content.is_torn
    assert _verdict(root) == Verdict(COUNT + 2)
    assert [decoded_entry(line).what for line in content.lines[-2:]] == ["log", "apply"]
    assert any(path.name.startswith("audit.jsonl.torn") for path in (root / ".modeltui").iterdir())


def test_a_note_of_the_head_that_is_gone_or_unreadable_is_no_break(root: Path, audit: AuditFile) -> None:
    (root / HEAD).write_text("?")
    assert _verdict(root).broken is None
    (root / HEAD).unlink()
    assert _verdict(root).broken is None
    assert audit.note("apply", "x") is None
    assert (root / HEAD).read_text().strip() == audit.head()


def test_heads_that_are_kept_elsewhere_are_held_against_the_log(audit: AuditFile) -> None:
    lines = audit.read().lines
    entries = [decoded_entry(line) for line in lines]
    own = parsed_anchor(anchor_text(entries[1]), "commit abc", is_ours=False)
    assert own is not None
    assert walk(lines, [own]).broken is None
    assert "commit abc names entry 2" in str(walk(lines[:1], [own]).broken)
    foreign = parsed_anchor(f"{'0' * 16}.9.{'0' * 64}", "commit abc", is_ours=False)
    ours = parsed_anchor(f"{'0' * 16}.9.{'0' * 64}", "the record")
    assert foreign is not None
    assert ours is not None
    assert walk(lines, [foreign]).notes
    assert "begun anew" in str(walk(lines, [ours]).broken)
    assert parsed_anchor("x.1.y", "commit") is None


def test_where_nothing_can_be_kept_it_is_said_and_nothing_is_raised(root: Path) -> None:
    (root / ".modeltui").write_text("a file in the way")
    said = _open(root).note("apply", "x")
    assert said is not None
    assert said.startswith("not in the audit log: ")
    assert _open(root).head() is None


def _many(root: Path, user: str) -> list[str | None]:
    file = _open(root, user)
    return [file.note("apply", f"{user}-{number}") for number in range(20)]


def test_several_users_write_one_chain(root: Path) -> None:
    """Each with a file of their own: the kernel's lock does not tell threads from processes."""
    with ThreadPoolExecutor() as pool:
        said = pool.map(_many, [root] * 3, ("alice", "bob", "carol"))
    assert all(why is None for each in said for why in each)
    assert _verdict(root) == Verdict(60)
