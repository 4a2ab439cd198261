"""LiteLLM's price map: what hundreds of models cost in USD, by LiteLLM's own names for them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import partial
from typing import Any, Final

from modeltui.domain.document import FieldPath
from modeltui.domain.exchange.json_documents import Doubled, fault_in, parsed
from modeltui.domain.exchange.listing import (
    Listing,
    count_in,
    day_in,
    media_in,
    price_in,
    said,
    short_id,
    taken,
    vague_in,
)
from modeltui.domain.exchange.litellm_variants import Variant, table_of, variant_of
from modeltui.domain.exchange.media_cost import MediaCost, MediaQuote, media_cost
from modeltui.domain.exchange.prices import MILLION, Quote
from modeltui.domain.exchange.row import Refused, Skipped
from modeltui.domain.pricing.rate import pixels_of
from modeltui.errors import InvalidValueError, UsageError

PROVIDERS: Final[Mapping[str, str]] = {
    "black_forest_labs": "bfl",
    "fal_ai": "fal",
    "gemini": "google",
    "together_ai": "together",
    "vercel_ai_gateway": "vercel",
}
"""Our shipped names for theirs, where they differ."""

CONTENT_TYPES: Final[Mapping[str, str]] = {
    "audio_speech": "text_to_speech",
    "audio_transcription": "speech_to_text",
    "chat": "chat",
    "completion": "chat",
    "image_edit": "image_editing",
    "image_generation": "prompt_to_image",
    "responses": "chat",
    "video_generation": "prompt_to_video",
}
"""By their `mode`."""

_LIMITS: Final = {
    "input_tokens": "max_input_tokens",
    "output_tokens": "max_output_tokens",
    "rpm": "rpm",
    "tpm": "tpm",
}
_LAST_DAY: Final = ("retires_on",)
_EXAMPLE: Final = "sample_spec"
_MODES: Final = {
    "audio_speech": "speech",
    "audio_transcription": "hearing",
    "image_edit": "image",
    "image_generation": "image",
    "video_generation": "video",
}
"""Modes of media models."""
_CLASSES: Final = {
    "input_cost_per_token": "input",
    "output_cost_per_token": "output",
    "cache_read_input_token_cost": "cached_input",
    "cache_creation_input_token_cost": "cache_write",
    "output_cost_per_reasoning_token": "reasoning",
    "input_cost_per_audio_token": "audio_input",
    "output_cost_per_audio_token": "audio_output",
    "input_cost_per_image_token": "image_input",
    "cache_read_input_image_token_cost": "cached_image_input",
    "output_cost_per_image_token": "image_output",
}
"""Our classes of tokens by their names of the price of one."""
_OWN_PLACES: Final = ("input", "output", "cached_input")
_RESOLUTION: Final = re.compile(r"output_cost_per_(?:second|image)_([0-9.]+[pkK])")
_ABOVE: Final = re.compile(r"(.+)_above_(\d{1,9})k_tokens")
_FREE: Final = "minimax_free_input_images"
_ABILITIES: Final = {
    "supports_function_calling": "tool_call",
    "supports_reasoning": "reasoning",
    "supports_response_schema": "structured_output",
    "supports_vision": "vision",
    "supports_web_search": "web_search",
}


def listings(content: bytes) -> Iterator[Listing | Refused | Skipped]:
    """The entries of a price map. Raises UsageError where it is none."""
    models = parsed(content, parse_float=Decimal)
    if not isinstance(models, dict):
        raise UsageError("this is no price map", hint='it is one object: {"gpt-5": {"litellm_provider": …}, …}')
    if _is_models_dev(models):
        raise UsageError("this is no price map", hint="its format is models.dev")
    twice = frozenset(models.twice) if isinstance(models, Doubled) else frozenset()
    variants = _variants({name: entry for name, entry in models.items() if name not in twice})
    for name, entry in models.items():
        if name in twice:
            yield Refused(name, None, "it is there twice")
        elif (reason := fault_in(entry)) is not None:
            yield Refused(name, None, reason)
        elif name != _EXAMPLE:
            yield _found(name, entry, variants.get(name))
    for name, prices in variants.items():
        if name not in models:
            yield _found(name, _without_price(models[next(iter(prices))]), prices)


def _is_models_dev(models: Mapping[str, Any]) -> bool:
    tables = [entry for entry in models.values() if isinstance(entry, dict)]
    has_models = any(isinstance(entry.get("models"), dict) for entry in tables)
    return has_models and not any("litellm_provider" in entry for entry in tables)


def _variants(models: Mapping[str, Any]) -> dict[str, dict[str, Decimal]]:
    """What an image costs by the names of a model's variants, for each model that has some."""
    found: dict[str, dict[str, Decimal]] = {}
    for name, entry in models.items():
        variant = variant_of(name)
        if variant is None or not isinstance(entry, dict) or fault_in(entry) is not None:
            continue
        try:
            price = _price_of_variant(variant, entry)
        except InvalidValueError:
            continue
        if price is not None:
            found.setdefault(variant.base, {})[name] = price
    return found


def _price_of_variant(variant: Variant, entry: Mapping[str, Any]) -> Decimal | None:
    if (price := price_in(entry, "input_cost_per_image", "output_cost_per_image")) is not None:
        return price
    pixel, pixels = price_in(entry, "input_cost_per_pixel"), pixels_of(variant.values.get("size", ""))
    return None if pixel is None or pixels is None else pixel * pixels


def _without_price(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if "cost_per_" not in name}


def _found(name: str, entry: Any, variants: Mapping[str, Decimal] | None) -> Listing | Refused | Skipped:
    provider = entry.get("litellm_provider") if isinstance(entry, dict) else None
    if not isinstance(provider, str) or not provider:
        return Refused(name, None, "it names no litellm_provider")
    if (variant := variant_of(name)) is not None:
        return Skipped(name, None, f"a price by size or quality, not a model: it is in that of {variant.base}")
    return _listing(name, provider, entry, variants or {})


def _listing(name: str, provider: str, entry: Mapping[str, Any], variants: Mapping[str, Decimal]) -> Listing:
    unread: dict[FieldPath, str] = {}
    own_id = _own_id(name, provider)
    said_of = {ours: entry.get(theirs) for theirs, ours in _ABILITIES.items()}
    facts: dict[FieldPath, Any] = {
        ("limits", ours): taken(unread, ("limits", ours), partial(count_in, entry, theirs))
        for ours, theirs in _LIMITS.items()
    }
    facts[("modalities", "input")] = media_in(entry, "supported_modalities")
    facts[("modalities", "output")] = media_in(entry, "supported_output_modalities")
    facts[_LAST_DAY] = taken(unread, _LAST_DAY, lambda: day_in(entry, "deprecation_date"))
    is_vague = facts[_LAST_DAY] is None and _LAST_DAY not in unread
    quote = taken(unread, ("cost",), lambda: _quote(entry))
    media = taken(unread, ("cost",), lambda: _media(entry, variants))
    return Listing(
        where=name,
        provider=provider,
        model_ids=tuple(dict.fromkeys((name, own_id))),
        content_type=CONTENT_TYPES.get(str(entry.get("mode"))),
        name=short_id(own_id),
        quote=quote if quote is not None and ("cost",) not in unread else Quote(),
        media=media if ("cost",) not in unread else None,
        facts=said(facts),
        abilities={ours: is_able for ours, is_able in said_of.items() if isinstance(is_able, bool)},
        details=said({("source",): _text(entry.get("source"))}),
        unread=unread,
        vague=said({_LAST_DAY: vague_in(entry, "deprecation_date", "day") if is_vague else None}),
    )


def _own_id(name: str, provider: str) -> str:
    """The provider's own id: `flux` of `fal_ai/flux`, `veo` of `vertex_ai/veo` by `vertex_ai-video-models`."""
    head, _, rest = name.partition("/")
    is_provider = provider == head or provider.startswith((f"{head}-", f"{head}_"))
    return rest if rest and is_provider else name


def _quote(entry: Mapping[str, Any]) -> Quote:
    usual, above = _tiers(entry)
    usual |= _classes(entry, "")
    others = {name: price for name, price in usual.items() if name not in _OWN_PLACES}
    return Quote(
        run=price_in(entry, "output_cost_per_image", "input_cost_per_image"),
        second=price_in(entry, "output_cost_per_second", "output_cost_per_video_per_second", "input_cost_per_second"),
        character=price_in(entry, "input_cost_per_character", "output_cost_per_character"),
        input=usual.get("input"),
        output=usual.get("output"),
        cached_input=usual.get("cached_input"),
        others={name: price for name, price in others.items() if price},
        free={name: price for name, price in others.items() if not price},
        above=_above(entry) or above,
        by_resolution=_by_resolution(entry) if entry.get("mode") == "video_generation" else {},
    )


def _tiers(entry: Mapping[str, Any]) -> tuple[dict[str, Decimal], dict[int, dict[str, Decimal]]]:
    """Prices of some chat models stand in a list, each for requests of so many tokens: the usual ones, and above."""
    tiers = entry.get("tiered_pricing")
    usual: dict[str, Decimal] = {}
    above: dict[int, dict[str, Decimal]] = {}
    for item in tiers if isinstance(tiers, list) else ():
        bounds = item.get("range") if isinstance(item, Mapping) else None
        if not isinstance(bounds, list) or not bounds:
            continue
        size = count_in({"range": bounds[0]}, "range")
        prices = _classes(item, "")
        if size is None:
            usual = prices
        elif prices:
            above[size] = prices
    return usual, above


def _media(entry: Mapping[str, Any], variants: Mapping[str, Decimal]) -> MediaCost | None:
    """The whole price of a media model; None for any other."""
    mode = _MODES.get(str(entry.get("mode")))
    if mode is None:
        return None
    run = price_in(entry, "output_cost_per_image", "input_cost_per_image")
    special = entry.get("provider_specific_entry")
    return media_cost(
        MediaQuote(
            mode=mode,
            run=run,
            second=_second(entry),
            character=price_in(entry, "input_cost_per_character", "output_cost_per_character"),
            pixel=_first_above_zero(entry, "input_cost_per_pixel", "output_cost_per_pixel"),
            by_resolution=_by_resolution(entry),
            variants=table_of(variants),
            input_image=_input_image(entry, mode, run),
            free_images=count_in(special, _FREE) or 0 if isinstance(special, Mapping) else 0,
            tokens=_tokens(entry, ""),
            above={size: prices for size, prices in _above(entry).items() if any(prices.values())},
        )
    )


def _second(entry: Mapping[str, Any]) -> Decimal | None:
    """Of what comes out; of what goes in where that costs nothing."""
    return _first_above_zero(
        entry, "output_cost_per_video_per_second", "output_cost_per_second", "input_cost_per_second"
    )


def _first_above_zero(entry: Mapping[str, Any], *names: str) -> Decimal | None:
    """The first price above 0; 0 where all that are there are."""
    prices = [price for name in names if (price := price_in(entry, name)) is not None]
    return next((price for price in prices if price), prices[0] if prices else None)


def _by_resolution(entry: Mapping[str, Any]) -> dict[str, Decimal]:
    matches = [match for name in entry if (match := _RESOLUTION.fullmatch(name)) is not None]
    return {match[1]: price for match in matches if (price := price_in(entry, match[0])) is not None}


def _input_image(entry: Mapping[str, Any], mode: str, run: Decimal | None) -> Decimal | None:
    """Where it is not another name of the price of a result."""
    price = price_in(entry, "input_cost_per_image")
    if mode == "image" and (entry.get("output_cost_per_image") is None or price == run):
        return None
    return price


def _tokens(entry: Mapping[str, Any], suffix: str) -> dict[str, Decimal]:
    prices = _classes(entry, suffix)
    return prices if any(prices.values()) else {}


def _classes(entry: Mapping[str, Any], suffix: str) -> dict[str, Decimal]:
    found = {ours: _of_million(price_in(entry, f"{theirs}{suffix}")) for theirs, ours in _CLASSES.items()}
    return {name: price for name, price in found.items() if price is not None}


def _above(entry: Mapping[str, Any]) -> dict[int, dict[str, Decimal]]:
    sizes = {int(match[2]) for name in entry if (match := _ABOVE.fullmatch(name)) and match[1] in _CLASSES}
    return {size * 1000: prices for size in sizes if (prices := _classes(entry, f"_above_{size}k_tokens"))}


def _of_million(price: Decimal | None) -> Decimal | None:
    return None if price is None else price * MILLION


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value.strip() else None
