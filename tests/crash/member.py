"""The command line as one of several system users. As a script: commands on stdin, what came of each on stdout."""

from __future__ import annotations

import io
import json
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from typing import Any

from modeltui.cli.main import main
from modeltui.storage.real_fs import RealFs


def _killed_at(exchange: int) -> None:
    """This process kills itself as it is about to make its n-th exchange of files, counted from 0."""
    real, left = RealFs.exchange, [exchange]

    def counted(fs: RealFs, one: str, other: str) -> None:
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left[0] -= 1
        real(fs, one, other)

    RealFs.exchange = counted  # type: ignore[assignment,method-assign]


class _Talk(io.StringIO):
    """Kept, and heard at once by whoever started this process."""

    def write(self, text: str) -> int:
        os.write(2, text.encode())
        return super().write(text)


def _ran(words: Sequence[str]) -> dict[str, Any]:
    out, err = io.BytesIO(), _Talk()
    with io.TextIOWrapper(out, encoding="utf-8", write_through=True) as stdout:
        with redirect_stdout(stdout), redirect_stderr(err):
            code = main(words)
        return {"code": code, "out": out.getvalue().decode(), "err": err.getvalue()}


def _serve() -> None:
    os.umask(0o022)
    for line in sys.stdin:
        asked = json.loads(line)
        if asked["killed_at"] is not None:
            _killed_at(asked["killed_at"])
        sys.__stdout__.write(json.dumps(_ran(asked["words"])) + "\n")  # type: ignore[union-attr]
        sys.__stdout__.flush()  # type: ignore[union-attr]


if __name__ == "__main__":
    _serve()
