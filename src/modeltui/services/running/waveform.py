"""How loud a WAV file is, from its start to its end."""

from __future__ import annotations

import sys
import wave
from array import array
from typing import Final

from msgspec import Struct

from modeltui.services.running.result_file import opened_plain

_MOST_READ: Final = 32_768
"""Frames of one column that are looked at: the loudest of them stands for it."""
_MOST_COLUMNS: Final = 1_000
_FLIPPED: Final = bytes(value ^ 0x80 for value in range(256))
"""From the unsigned samples of 8 bits to signed ones."""


class Waveform(Struct, frozen=True):
    peaks: tuple[float, ...]
    """The loudest sample of each column, 0 to 1."""
    seconds: float
    rate: int
    """Samples a second."""
    channels: int


def waveform(path: str, columns: int) -> Waveform | None:
    """Read from the samples themselves; None for what is no PCM WAV. Never raises for what a file holds."""
    try:
        with opened_plain(path) as content, wave.open(content, "rb") as file:
            return _read(file, max(1, min(columns, _MOST_COLUMNS)))
    except (OSError, EOFError, ValueError, ArithmeticError, wave.Error):
        return None


def _read(file: wave.Wave_read, columns: int) -> Waveform | None:
    frames, rate, width = file.getnframes(), file.getframerate(), file.getsampwidth()
    if frames < 1 or rate < 1 or width not in {1, 2, 3, 4}:
        return None
    columns = min(columns, frames)
    peaks: list[float] = []
    for column in range(columns):
        start, end = frames * column // columns, frames * (column + 1) // columns
        file.setpos(start)
        peaks.append(_peak(file.readframes(min(end - start, _MOST_READ)), width))
    return Waveform(tuple(peaks), frames / rate, rate, file.getnchannels())


def _peak(data: bytes, width: int) -> float:
    samples = array("h")
    samples.frombytes(_as_16_bits(data, width))
    if sys.byteorder == "big":
        samples.byteswap()
    return max(max(samples, default=0), -min(samples, default=0)) / 32_768


def _as_16_bits(data: bytes, width: int) -> bytes:
    """Signed, little-endian; what is finer than that nobody sees."""
    whole = data[: len(data) // width * width]
    if width == 2:
        return whole
    made = bytearray(len(whole) // width * 2)
    made[1::2] = whole.translate(_FLIPPED) if width == 1 else whole[width - 1 :: width]
    if width > 2:
        made[0::2] = whole[width - 2 :: width]
    return bytes(made)
