"""LiteLLM's own way from an entry of its price map to an amount, written again on its names of prices. USD, exact."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import product
from typing import Any, NamedTuple

from modeltui.domain.exchange import litellm
from modeltui.domain.exchange.listing import rows_of
from modeltui.domain.exchange.row import Row
from modeltui.domain.inputs.partial import partial_inputs
from modeltui.domain.inputs.specs import read_inputs
from modeltui.domain.pricing.cost import document_cost

IDENTITY = {"schema": 1, "uid": "00000000-0000-4000-8000-000000000000", "content_type": "x", "provider": "x"}
Entry = Mapping[str, Any]

_SIZES = (None, "1024-x-1024", "1536-x-1024", "3840-x-2160")
_QUALITIES = (None, "low", "medium", "high", "hd")
_STEPS = (None, "50-steps", "max-steps")
_RESOLUTIONS = (None, "0.5K", "1K", "2K", "4K", "480p", "720p", "768p", "1080p", "2k", "4k")


class Case(NamedTuple):
    model: str
    inputs: dict[str, Any]
    seconds: float | None
    usage: dict[str, int]
    wanted: Decimal


def documents(content: bytes) -> dict[str, dict[str, Any]]:
    rows = (row for row in rows_of(litellm.listings(content)) if isinstance(row, Row))
    return {row.where: dict(row.made(IDENTITY)) for row in rows if row.made is not None}


def ours(document: Mapping[str, Any], case: Case) -> Decimal | None:
    """What the imported file says."""
    spec = document_cost(document)
    assert spec is not None, case.model
    if case.usage:
        found = spec.of_usage(case.usage)
    else:
        inputs = partial_inputs(read_inputs(document), case.inputs)
        assert not inputs.problems, inputs.problems
        found = spec(inputs.values, inputs.given, case.seconds)
    return None if found is None else found.amount


def cases(entries: Mapping[str, Entry]) -> Iterator[Case]:
    """A grid for every media model of the map, and for every size and quality that it has an entry of its own for."""
    for name, entry in entries.items():
        mode = entry["mode"]
        if mode in ("image_generation", "image_edit"):
            yield from _pictures(name, entry)
        elif mode == "video_generation":
            yield from _videos(name, entry)
        else:
            yield from _sounds(name, entry)
        yield from _usages(name, entry)


def _pictures(name: str, entry: Entry) -> Iterator[Case]:
    parts, base = _split(name)
    for n in (1, 2, 7):
        if parts:
            yield Case(base, parts | {"n": n}, None, {}, _picture(entry, parts.get("size")) * n)
        elif any(known in entry for known in ("output_cost_per_image", "input_cost_per_image")):
            yield Case(name, {"n": n}, None, {}, _picture(entry, None) * n)
        elif "input_cost_per_pixel" in entry:
            for size in ("1024x1024", "1536x1024", "640x480"):
                yield Case(name, {"n": n, "size": size}, None, {}, _picture(entry, size) * n)
        for resolution in _RESOLUTIONS[1:5]:
            if f"output_cost_per_image_{resolution}" in entry:
                price = _money(entry[f"output_cost_per_image_{resolution}"])
                yield Case(name, {"n": n, "resolution": resolution}, None, {}, price * n)
        if "output_cost_per_pixel" in entry and "output_cost_per_image" in entry and not parts:
            price = _money(entry["output_cost_per_pixel"]) * 2048 * 1024
            yield Case(name, {"n": n, "size": "2048x1024"}, None, {}, price * n)


def _split(name: str) -> tuple[dict[str, Any], str]:
    """Quality, size and steps at the head of a name; the words of LiteLLM's own keys."""
    parts: dict[str, Any] = {}
    kept: list[str] = []
    pieces = name.split("/")
    for position, piece in enumerate(pieces[:-1]):
        is_before_size = "-x-" in pieces[position + 1]
        if "-x-" in piece:
            parts["size"] = piece if piece.startswith("max") else piece.replace("-x-", "x")
        elif piece.endswith("-steps"):
            parts["steps"] = piece.removesuffix("-steps")
        elif is_before_size and piece in ("low", "medium", "high", "xhigh", "max", "standard", "hd", "auto"):
            parts["quality"] = piece
        else:
            kept.append(piece)
    return parts, "/".join([*kept, pieces[-1]])


def _picture(entry: Entry, size: str | None) -> Decimal:
    """Of one image: its price, or that of a pixel times the size, which is 1024 × 1024 where none is said."""
    for known in ("output_cost_per_image", "input_cost_per_image"):
        if entry.get(known) is not None:
            return _money(entry[known])
    width, height = map(Decimal, (size or "1024x1024").split("x"))
    return _money(entry["input_cost_per_pixel"]) * width * height


def _videos(name: str, entry: Entry) -> Iterator[Case]:
    free = int((entry.get("provider_specific_entry") or {}).get("minimax_free_input_images", 0))
    image = _money(entry.get("input_cost_per_image", 0))
    default = entry.get("output_cost_per_video_per_second", entry.get("output_cost_per_second"))
    for seconds, resolution, images in product((1, 5, 8.5, 30), _RESOLUTIONS, (0, 1, 9)):
        second = _money(entry.get(f"output_cost_per_second_{resolution}", default))
        inputs: dict[str, Any] = {"duration": seconds}
        if resolution is not None:
            if not any(key.startswith("output_cost_per_second_") for key in entry):
                continue
            inputs["resolution"] = resolution
        if images and not image:
            continue
        if images:
            inputs["images"] = ["https://example.test/a.png"] * images
        yield Case(name, inputs, None, {}, second * _money(seconds) + image * max(images - free, 0))


def _sounds(name: str, entry: Entry) -> Iterator[Case]:
    """By character; or by second, of what comes out, and of what goes in where that costs nothing; or by clip."""
    if (character := entry.get("input_cost_per_character")) is not None:
        for text in ("a", "Grüß Gott, 世界", "x" * 1234):
            yield Case(name, {"text": text}, None, {}, _money(character) * len(text))
        return
    prices = (entry.get("output_cost_per_second"), entry.get("input_cost_per_second"))
    second = next((price for price in prices if price), None)
    if second is not None:
        for seconds in (0.0, 0.1, 7.25, 60.0, 5400.0):
            yield Case(name, {}, seconds, {}, _money(second) * _money(seconds))
    elif "output_cost_per_image" in entry:
        yield Case(name, {}, None, {}, _money(entry["output_cost_per_image"]))


_TOKENS = {
    "input": ("input_cost_per_token",),
    "cached_input": ("cache_read_input_token_cost", "input_cost_per_token"),
    "audio_input": ("input_cost_per_audio_token", "input_cost_per_token"),
    "image_input": ("input_cost_per_image_token", "input_cost_per_token"),
    "output": ("output_cost_per_token",),
    "reasoning": ("output_cost_per_reasoning_token", "output_cost_per_token"),
    "audio_output": ("output_cost_per_audio_token", "output_cost_per_token"),
    "image_output": ("output_cost_per_image_token", "output_cost_per_token"),
}
_USAGES = (
    {"input": 100, "output": 50},
    {"input": 1234, "cached_input": 777, "output": 1},
    {"audio_input": 9001, "output": 333},
    {"input": 20, "image_input": 1024, "image_output": 4160},
    {"input": 7, "audio_output": 512},
    {"input": 250_000, "output": 1000, "reasoning": 4000},
)


def _usages(name: str, entry: Entry) -> Iterator[Case]:
    if _split(name)[0] or not any(entry.get(known) for names in _TOKENS.values() for known in names):
        return
    for usage in _USAGES:
        size = sum(count for kind, count in usage.items() if kind.endswith("input"))
        wanted = sum((_token(entry, kind, size) * count for kind, count in usage.items()), Decimal(0))
        yield Case(name, {}, None, usage, wanted)


def _token(entry: Entry, kind: str, size: int) -> Decimal:
    """Of one token; with more than 200,000 of input, at the price for that."""
    for known in _TOKENS[kind]:
        large = entry.get(f"{known}_above_200k_tokens") if size > 200_000 else None
        price = entry.get(known) if large is None else large
        if price is not None:
            return _money(price)
    return Decimal(0)


def _money(number: float | str | Decimal) -> Decimal:
    return Decimal(str(number))


def differences(content: bytes) -> tuple[int, list[tuple[Case, Decimal | None]]]:
    """How many amounts were compared, and those that are not the same to 6 decimals."""
    entries = json.loads(content, parse_float=Decimal)
    made = documents(content)
    found = list(cases(entries))
    wrong: list[tuple[Case, Decimal | None]] = []
    for case in found:
        amount = ours(made[case.model], case)
        if amount is None or abs(amount - case.wanted) >= Decimal("0.0000005"):
            wrong.append((case, amount))
    return len(found), wrong
