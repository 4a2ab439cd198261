"""What others change on disk is on the screen soon after, and nothing of the user's is lost by it."""

from __future__ import annotations

from pathlib import Path

from tui.driver import running

AURORA, BOREALIS = "prompt_to_image/aurora", "prompt_to_image/borealis"


async def test_a_change_on_disk_is_shown_and_cursor_marks_filter_and_queue_stay(root: Path) -> None:
    async with running(root, live=True) as console:
        await console.press("/", *"au", "enter", "space", "t")
        before = (console.query, console.table.marks, console.table.cursor, console.pending)
        path = root / "models" / f"{BOREALIS}.toml"
        text = path.read_text(encoding="utf-8")
        written = 0

        def is_shown() -> bool:
            """The watch starts at its own time, so the file is written until it is noticed."""
            nonlocal written
            written += 1
            path.write_text(f"{text}\n# {written}\n", encoding="utf-8")
            return console.snapshot.catalog.models[BOREALIS].digest != digest

        digest = console.snapshot.catalog.models[BOREALIS].digest
        await console.until(is_shown)
        await console.settle()
        assert (console.query, console.table.marks, console.table.cursor, console.pending) == before
        assert before[0] == "au"
        assert before[1] == {AURORA}
