"""What was skipped is said by reasons: never a screenful, and every model is counted."""

from __future__ import annotations

import pytest

from cli.small import BROKEN, VEO, Line


@pytest.fixture
def many(modeltui: Line) -> Line:
    """Sixty more locked models: all but two by alice, for one reason."""
    text = modeltui.file(VEO).read_text()
    for number in range(60):
        other = text.replace("1d0002", f"2e{number:04}").replace('name = "Veo 3.1"', f'name = "Veo {number}"')
        other = other.replace('"alice"', f'"bob {number}"') if number < 2 else other
        modeltui.file(f"{VEO}-{number:02}").write_text(other)
    return modeltui


def test_many_skips_are_grouped_by_reason(many: Line) -> None:
    ran = many("set", "lock:yes", "order=1")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.splitlines()[:4] == [
        f"skipped {VEO}, {VEO}-02, {VEO}-03, {VEO}-04, {VEO}-05 and 54 more: is locked by alice (in production)",
        f"skipped {VEO}-00: is locked by bob 0 (in production)",
        f"skipped {VEO}-01: is locked by bob 1 (in production)",
        "error: nothing was queued: all 61 models refuse",
    ]


def test_reasons_without_end_are_counted(many: Line) -> None:
    for number in range(60):
        path = many.file(f"{VEO}-{number:02}")
        path.write_text(path.read_text().replace('"in production"', f'"reason {number}"'))
    ran = many("set", "key:*", "order=9")
    *skipped, more, summary = ran.err.splitlines()
    assert len(skipped) == 8
    assert all(line.startswith("skipped ") for line in skipped)
    assert (more, summary) == ("and 54 more, for other reasons", "2 models queued, 62 skipped")


def test_a_few_are_named_one_by_one(modeltui: Line) -> None:
    ran = modeltui("set", "key:*", "order=9")
    assert [line.split(":")[0] for line in ran.err.splitlines()[:-1]] == [f"skipped {BROKEN}", f"skipped {VEO}"]
