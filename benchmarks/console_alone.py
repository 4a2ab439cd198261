"""The console as it is, with the preview beside the table hidden at every width. Arguments as of `modeltui`."""

from __future__ import annotations

import sys

from modeltui.__main__ import main
from modeltui.tui.screens.page import Page

if __name__ == "__main__":
    Page.HORIZONTAL_BREAKPOINTS = [(0, "-narrow")]
    sys.exit(main())
