"""Many command lines in one process, as a test runs it: an answer for each, in order, whatever they print."""

from __future__ import annotations

import contextlib
import io
import json
import sys

from modeltui.cli.main import main


def answers() -> None:
    """Each line of stdin is a JSON list of words; each line of stdout is `[code, stdout, stderr]`."""
    for line in sys.stdin:
        out, err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="surrogateescape"), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main(json.loads(line))
        out.flush()
        out.seek(0)
        json.dump([code, out.read(), err.getvalue()], sys.stdout)
        sys.stdout.write("\n")
        sys.stdout.flush()


if __name__ == "__main__":
    answers()
