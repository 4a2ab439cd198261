"""An apply of so many models that copies of the process help with the edits: a process of its own, without threads."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

from cli.small import model_text, write

COUNT = 600


def _run(catalog: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "modeltui", "-C", str(catalog), *words], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr.count("error")) == (0, 0), done.stderr
    return done.stdout + done.stderr


def test_every_file_holds_its_edit_and_the_history_says_so(catalog: Path) -> None:
    paths = []
    for number in range(COUNT):
        key = f"prompt_to_video/many-{number:03}"
        paths.append(f"models/{key}.toml")
        write(catalog / paths[-1], model_text(key, f"Many {number}"))
    before = {path: (catalog / path).read_text() for path in paths}
    _run(catalog, "set", "family:many", "order=7")
    assert f"{COUNT} files" in _run(catalog, "apply", "--yes", "--reason", "a test")
    after = {path: (catalog / path).read_text() for path in paths}
    for path in paths:
        old, new = before[path].splitlines(), after[path].splitlines()
        assert [line for line in new if line not in old] == ["order = 7"]
        assert [line for line in old if line not in new and not line.startswith("order")] == []
    record = json.loads((catalog / ".modeltui" / "history.jsonl").read_text().splitlines()[0])
    said = {file["path"]: file["after"] for file in record["files"]}
    assert said == {path: hashlib.sha256(text.encode()).hexdigest() for path, text in after.items()}
    assert not [name for name in os.listdir(catalog / ".modeltui") if name.startswith(("txn-", "journal"))]
