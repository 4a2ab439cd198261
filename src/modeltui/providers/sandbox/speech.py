"""Speech where the optional espeak-ng wheel is installed, else tones that say what they are."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec

from modeltui.providers.sandbox.sound import spelled

_PROGRAM = "modeltui.providers.sandbox.espeak"
_LOADER = "espeakng_loader"
_TIMEOUT_S = 60
_NOT_INSTALLED = "tones, not speech: install modeltui[speech]"
_NOT_WORKING = "tones, not speech: espeak-ng did not start"


def spoken(text: str, voice: str) -> bytes:
    """WAV of the text in the voice of a language, such as `en` or `de`."""
    if find_spec(_LOADER) is None:
        return spelled(text, _NOT_INSTALLED)
    return _by_espeak(text, voice) or spelled(text, _NOT_WORKING)


def _by_espeak(text: str, voice: str) -> bytes | None:
    """None where the library does not work here. The child gets no environment, and so no keys."""
    try:
        done = subprocess.run(  # noqa: S603  # our own module; text goes by stdin
            [sys.executable, "-P", "-m", _PROGRAM, voice],
            input=text.encode("utf-8", "replace").replace(b"\0", b""),
            capture_output=True,
            check=False,
            timeout=_TIMEOUT_S,
            env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 and done.stdout else None
