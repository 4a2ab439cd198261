"""What lies in `<catalogue>/.modeltui/`, by name: paths relative to the catalogue."""

from __future__ import annotations

from typing import Final

STATE: Final = ".modeltui"
MUTEX: Final = f"{STATE}/mutex"
HOLDER: Final = f"{STATE}/mutex.json"
JOURNAL: Final = f"{STATE}/journal"
ABORT: Final = f"{STATE}/journal.abort"
DRAFT: Final = f"{STATE}/journal.tmp"
GENERATION: Final = f"{STATE}/generation"
HISTORY: Final = f"{STATE}/history.jsonl"
QUEUES: Final = f"{STATE}/queue"
RESCUED: Final = f"{STATE}/rescued"
IGNORE: Final = f"{STATE}/.gitignore"
