"""Speech by the espeak-ng library. Run as a process of its own: `python -m modeltui.providers.sandbox.espeak VOICE`.

Text comes in on stdin, WAV goes out on stdout. A new process each time, because the library remembers what it said
last and says the next text a little differently for it, and because a fault in C must not take the console along.
"""

from __future__ import annotations

import ctypes
import sys
from importlib import import_module
from typing import Any

from modeltui.providers.sandbox.sound import pcm

_LOADER = "espeakng_loader"

# espeak-ng/speak_lib.h
_OUTPUT_SYNCHRONOUS = 2
_DO_NOT_EXIT = 0x8000
_TEXT_IS_UTF8 = 1
_PAUSE_AT_END = 0x1000
_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


def main() -> int:
    loader = import_module(_LOADER)
    library = ctypes.CDLL(loader.get_library_path())
    hertz = library.espeak_Initialize(_OUTPUT_SYNCHRONOUS, 0, loader.get_data_path().encode(), _DO_NOT_EXIT)
    if hertz <= 0 or library.espeak_SetVoiceByName(sys.argv[1].encode()) != 0:
        return 1
    sys.stdout.buffer.write(pcm(_levels(library, sys.stdin.buffer.read()), hertz))
    return 0


def _levels(library: Any, text: bytes) -> bytes:
    """16-bit samples, as the library hands them over piece by piece."""
    pieces: list[bytes] = []

    def take(samples: Any, count: int, _events: int | None) -> int:
        if count > 0 and samples:
            pieces.append(ctypes.string_at(samples, 2 * count))
        return 0

    callback = _CALLBACK(take)
    library.espeak_SetSynthCallback(callback)
    flags = _TEXT_IS_UTF8 | _PAUSE_AT_END
    library.espeak_Synth(text, ctypes.c_size_t(len(text) + 1), 0, 0, 0, flags, None, None)
    library.espeak_Synchronize()
    return b"".join(pieces)


if __name__ == "__main__":
    sys.exit(main())
