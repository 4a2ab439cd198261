"""Sends a Textual app's screen as the difference to what the terminal already shows.

Nothing here knows the rest of the program: `LowbandApp` is a base class for any app of the Textual version in `guard`.
"""

from modeltui.tui.lowband.app import LowbandApp

__all__ = ["LowbandApp"]
