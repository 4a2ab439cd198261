"""Small trees as models.dev keeps them."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

PROVIDER = 'name = "Acme"\nenv = ["ACME_API_KEY"]\nnpm = "@ai-sdk/acme"\ndoc = "https://acme.test/docs"\n'

MODEL = """\
name = "One"
family = "uno"
release_date = "2025-01-31"
last_updated = "2025-02"
attachment = false
reasoning = true
temperature = true
tool_call = true
open_weights = false

[cost]
input = 0.50
output = 2
cache_read = 0.05

[limit]
context = 128_000
output = 0

[modalities]
input = ["text", "image"]
output = ["text"]
"""

ACME = "providers/acme"
ONE = f"{ACME}/models/one.toml"


def make(root: Path, files: dict[str, str | bytes] | None = None) -> Path:
    """A tree of one provider with one model, and `files` by their path."""
    for path, content in {f"{ACME}/provider.toml": PROVIDER, ONE: MODEL, **(files or {})}.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def link(root: Path, path: str, to: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    os.symlink(to, root / path)


def state_of(root: Path) -> dict[str, tuple[int, int, str]]:
    """All that a tree holds, down to the times of its folders."""
    found: dict[str, tuple[int, int, str]] = {}
    for place, folders, files in os.walk(root):
        for name in (".", *folders, *files):
            path = os.path.join(place, name)
            status = os.lstat(path)
            is_file = os.path.isfile(path) and not os.path.islink(path)
            digest = hashlib.sha256(Path(path).read_bytes()).hexdigest() if is_file else ""
            found[path] = (status.st_mode, status.st_mtime_ns, digest)
    return found
