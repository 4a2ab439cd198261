"""The `[cost]` of a media model that a price map lists, and the inputs that it depends on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final, NamedTuple

from msgspec import Struct, field

from modeltui.domain.exchange.fitting import price_text
from modeltui.domain.exchange.litellm_variants import VariantTable
from modeltui.domain.pricing.tokens import MILLION

_ASSUMED: Final = {"input": 1000, "output": 500}
_USUAL_PIXELS: Final = 1024 * 1024
_TEXT: Final = {"type": "string"}
_COUNT: Final = {"type": "integer", "default": 1, "minimum": 1}


class MediaCost(NamedTuple):
    inputs: dict[str, Any]
    cost: dict[str, Any]
    """Empty where the map states no price."""


class MediaQuote(Struct, frozen=True, kw_only=True):
    """Prices in USD. None, or nothing, where the map does not say."""

    mode: str
    """`image`, `speech`, `hearing` or `video`."""
    run: Decimal | None = None
    """Of one result."""
    second: Decimal | None = None
    character: Decimal | None = None
    pixel: Decimal | None = None
    by_resolution: Mapping[str, Decimal] = field(default_factory=dict)
    """Of one result of a picture model, of one second of a video model."""
    variants: VariantTable | None = None
    input_image: Decimal | None = None
    free_images: int = 0
    tokens: Mapping[str, Decimal] = field(default_factory=dict)
    """By class, a million of them."""
    above: Mapping[int, Mapping[str, Decimal]] = field(default_factory=dict)
    """The same for a request with more tokens of input than this."""


def media_cost(quote: MediaQuote) -> MediaCost:
    """Everything that the map says of the price, in the fields of a model file."""
    made = _BY_MODE[quote.mode](quote)
    cost = {**made.cost, **_plus(quote, made)}
    if quote.tokens:
        cost = _with_tokens(cost, quote)
    return MediaCost(made.inputs, {"currency": "USD", **cost} if cost else {})


def _of_images(quote: MediaQuote) -> MediaCost:
    inputs: dict[str, Any] = {"n": dict(_COUNT)}
    if quote.variants is not None:
        table = quote.variants
        inputs = {**{name: dict(_TEXT) for name in table.by}, **inputs}
        dearest = max(table.prices.values()) if quote.run is None else quote.run
        prices = {"by": list(table.by), "prices": table.nested(price_text)}
        return MediaCost(inputs, {"base": price_text(dearest), "times": ["n"], "table": prices})
    if quote.by_resolution:
        dearest = max(quote.by_resolution.values()) if quote.run is None else quote.run
        table_cost = {"by": ["resolution"], "prices": _texts(quote.by_resolution)}
        cost = {"base": price_text(dearest), "times": ["n"], "table": table_cost}
        return MediaCost({"resolution": dict(_TEXT), **inputs}, cost)
    if quote.pixel is not None and quote.pixel > 0:
        usual = _USUAL_PIXELS if quote.run is None else int(quote.run / quote.pixel)
        rate = {"per": "pixel", "of": "inputs.size", "price": price_text(quote.pixel), "unknown": usual}
        base = price_text(quote.pixel * usual)
        return MediaCost({"size": dict(_TEXT), **inputs}, {"base": base, "times": ["n"], "rate": rate})
    if quote.run is None:
        return MediaCost({}, {})
    base = price_text(quote.run)
    if quote.tokens:
        rate = {"per": "image", "of": "inputs.n", "price": base}
        return MediaCost(inputs, {"base": base, "rate": rate})
    return MediaCost(inputs, {"base": base, "times": ["n"]})


def _of_speech(quote: MediaQuote) -> MediaCost:
    if quote.character is not None:
        rate = {"per": "character", "of": "inputs.text", "price": price_text(quote.character)}
        text = {**_TEXT, "required": True}
        return MediaCost({"text": text}, {"base": price_text(quote.character), "rate": rate})
    return _of_seconds(quote) if quote.second else _of_runs(quote)


def _of_hearing(quote: MediaQuote) -> MediaCost:
    return _of_runs(quote) if quote.second is None else _of_seconds(quote)


def _of_seconds(quote: MediaQuote) -> MediaCost:
    price = price_text(quote.second or Decimal(0))
    return MediaCost({}, {"base": price, "rate": {"per": "second", "of": "media", "price": price}})


def _of_runs(quote: MediaQuote) -> MediaCost:
    return MediaCost({}, {} if quote.run is None else {"base": price_text(quote.run)})


def _of_videos(quote: MediaQuote) -> MediaCost:
    if quote.second is None and not quote.by_resolution:
        return _of_runs(quote)
    second = max(quote.by_resolution.values()) if quote.second is None else quote.second
    inputs: dict[str, Any] = {"duration": {"type": "number", "minimum": 0}}
    rate: dict[str, Any] = {"per": "second", "of": "inputs.duration"}
    if quote.by_resolution:
        inputs["resolution"] = dict(_TEXT)
        rate |= {"by": "resolution", "prices": _texts(quote.by_resolution)}
    else:
        rate["price"] = price_text(second)
    return MediaCost(inputs, {"base": price_text(second), "rate": rate})


def _plus(quote: MediaQuote, made: MediaCost) -> dict[str, Any]:
    """Pictures that are put in. The input is declared with them."""
    if not quote.input_image or not made.cost:
        return {}
    made.inputs["images"] = {"type": "array", "items": {"type": "image"}}
    plus: dict[str, Any] = {"price": price_text(quote.input_image), "per": "image", "of": "inputs.images"}
    return {"plus": [plus | ({"free": quote.free_images} if quote.free_images else {})]}


def _with_tokens(cost: dict[str, Any], quote: MediaQuote) -> dict[str, Any]:
    """Tokens price what the answer says was used; alone, they also make the estimate."""
    tokens: dict[str, Any] = _texts(quote.tokens)
    if quote.above:
        tokens["above"] = [{"tokens": size, **_texts(prices)} for size, prices in sorted(quote.above.items())]
    if cost.keys() & {"table", "rate"}:
        return {**cost, "tokens": tokens}
    tokens |= {f"assume_{name}": count for name, count in _ASSUMED.items() if name in quote.tokens}
    estimate = sum((quote.tokens.get(name, Decimal(0)) * count for name, count in _ASSUMED.items()), Decimal(0))
    return {"base": price_text(estimate / MILLION), **cost, "tokens": tokens}


def _texts(prices: Mapping[str, Decimal]) -> dict[str, Any]:
    return {name: price_text(price) for name, price in prices.items()}


_BY_MODE: Final[Mapping[str, Callable[[MediaQuote], MediaCost]]] = {
    "image": _of_images,
    "speech": _of_speech,
    "hearing": _of_hearing,
    "video": _of_videos,
}
