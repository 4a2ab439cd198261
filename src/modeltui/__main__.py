"""`modeltui` and `python -m modeltui`."""

from __future__ import annotations

import sys

from modeltui.cli.main import main as run
from modeltui.config import Settings


def main() -> None:
    """Run the command line, which gives a terminal to the console when no command is named."""
    sys.exit(run(sys.argv[1:], _open_console))


def _open_console(settings: Settings) -> int:
    from modeltui.tui.app import run_console  # noqa: PLC0415  # Textual takes a quarter of a second to load

    return run_console(settings)


if __name__ == "__main__":
    main()
