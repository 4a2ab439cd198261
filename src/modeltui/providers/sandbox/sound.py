"""Music and tones that follow from a text, as WAV."""

from __future__ import annotations

import io
import math
import struct
import wave
from array import array
from itertools import islice

from modeltui.providers.sandbox.dice import Dice

HERTZ = 22_050
_PENTATONIC = (0, 3, 5, 7, 10, 12, 15, 17)
_BEATS_PER_BAR = 4
_LETTER_S = 0.09


def melody(prompt: str, seconds: float) -> bytes:
    """A tune over a bass, as long as asked for (1 to 60 seconds)."""
    seconds = min(max(seconds, 1.0), 60.0)
    dice = Dice(prompt)
    root, beat = dice.pick((196.0, 220.0, 246.9, 261.6)), dice.pick((0.3, 0.36, 0.42))
    samples = _silence(seconds)
    step = 3
    for number in range(int(seconds / beat)):
        step = min(max(step + dice.pick((-2, -1, 1, 1, 2)), 0), len(_PENTATONIC) - 1)
        if number % _BEATS_PER_BAR == 0:
            _add(samples, number * beat, beat * _BEATS_PER_BAR, root / 2 * dice.pick((1.0, 4 / 3, 3 / 2)), 0.22)
        if dice.number() > 0.15:
            _add(samples, number * beat, beat * 2, root * 2 ** (_PENTATONIC[step] / 12), 0.3)
    return _wav(samples)


def spelled(text: str, comment: str) -> bytes:
    """Tones in the rhythm of a text: one for each letter, a pause for each blank."""
    letters = text[:200]
    samples = _silence(_LETTER_S * len(letters) + 0.3)
    for position, letter in enumerate(letters):
        if not letter.isspace():
            _add(samples, _LETTER_S * position, 0.12, 220.0 * 2 ** (ord(letter) % 24 / 12), 0.35)
    return _wav(samples, comment)


def pcm(levels: bytes, hertz: int, comment: str = "") -> bytes:
    """16-bit mono samples as a WAV file, with a comment that players show."""
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(hertz)
        file.writeframes(levels)
    return _with_comment(content.getvalue(), comment) if comment else content.getvalue()


def _silence(seconds: float) -> array[float]:
    return array("d", bytes(8 * int(seconds * HERTZ)))


def _add(samples: array[float], start: float, length: float, frequency: float, loudness: float) -> None:
    """One plucked note: two partials that fade."""
    first, count = int(start * HERTZ), int(length * HERTZ)
    turn = math.tau * frequency / HERTZ
    fade = math.exp(-4 / count)
    level = loudness
    for number in islice(range(len(samples) - first), count):
        rise = min(number / 200, 1.0)
        samples[first + number] += rise * level * (math.sin(turn * number) + 0.3 * math.sin(2 * turn * number))
        level *= fade


def _wav(samples: array[float], comment: str = "") -> bytes:
    return pcm(array("h", (int(32_000 * math.tanh(sample)) for sample in samples)).tobytes(), HERTZ, comment)


def _with_comment(file: bytes, comment: str) -> bytes:
    text = comment.encode() + b"\0"
    text += b"\0" * (len(text) % 2)
    entry = b"INFO" + struct.pack("<4sI", b"ICMT", len(text)) + text
    chunk = struct.pack("<4sI", b"LIST", len(entry)) + entry
    return file[:4] + struct.pack("<I", len(file) - 8 + len(chunk)) + file[8:] + chunk
