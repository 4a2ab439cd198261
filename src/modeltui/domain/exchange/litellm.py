"""LiteLLM's price map: what hundreds of models cost in USD, by LiteLLM's own names for them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from modeltui.domain.exchange.json_documents import Doubled, fault_in, parsed
from modeltui.domain.exchange.listing import Listing, count_in, day_in, media_in, price_in, row_of, said, short_id
from modeltui.domain.exchange.prices import MILLION, Quote
from modeltui.domain.exchange.row import Refused, Row, Skipped
from modeltui.errors import InvalidValueError, UsageError

PROVIDERS: Final[Mapping[str, str]] = {
    "black_forest_labs": "bfl",
    "fal_ai": "fal",
    "gemini": "google",
    "together_ai": "together",
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

_EXAMPLE: Final = "sample_spec"
_VARIANT: Final = re.compile(r"\d+-x-\d+|max-x-max|\d+-steps|max-steps|low|medium|high|auto|standard|hd")
_ABILITIES: Final = {
    "supports_function_calling": "tool_call",
    "supports_reasoning": "reasoning",
    "supports_response_schema": "structured_output",
    "supports_vision": "vision",
    "supports_web_search": "web_search",
}


def read(content: bytes) -> Iterator[Row | Refused | Skipped]:
    """The rows of a price map. Raises UsageError where it is none."""
    models = parsed(content, parse_float=Decimal)
    if not isinstance(models, dict):
        raise UsageError("this is no price map", hint='it is one object: {"gpt-5": {"litellm_provider": …}, …}')
    twice = frozenset(models.twice) if isinstance(models, Doubled) else frozenset()
    for name, entry in models.items():
        if name in twice:
            yield Refused(name, None, "it is there twice")
        elif (reason := fault_in(entry)) is not None:
            yield Refused(name, None, reason)
        elif name != _EXAMPLE:
            yield _row(name, entry)


def _row(name: str, entry: Any) -> Row | Refused | Skipped:
    provider = entry.get("litellm_provider") if isinstance(entry, dict) else None
    if not isinstance(provider, str) or not provider:
        return Refused(name, None, "it names no litellm_provider")
    if any(_VARIANT.fullmatch(part) for part in name.split("/")[:-1]):
        return Skipped(name, None, "a price by size or quality, not a model")
    try:
        return row_of(_listing(name, provider, entry))
    except InvalidValueError as error:
        return Refused(name, None, error.message)


def _listing(name: str, provider: str, entry: Mapping[str, Any]) -> Listing:
    head, _, rest = name.partition("/")
    own_id = rest if rest and provider.startswith(head) else name
    abilities = {("capabilities", ours): True for theirs, ours in _ABILITIES.items() if entry.get(theirs) is True}
    return Listing(
        where=name,
        provider=provider,
        model_ids=tuple(dict.fromkeys((name, own_id))),
        content_type=CONTENT_TYPES.get(str(entry.get("mode"))),
        name=short_id(own_id),
        quote=_quote(entry),
        facts=said(
            {
                ("limits", "input_tokens"): count_in(entry, "max_input_tokens"),
                ("limits", "output_tokens"): count_in(entry, "max_output_tokens"),
                ("limits", "rpm"): count_in(entry, "rpm"),
                ("limits", "tpm"): count_in(entry, "tpm"),
                ("modalities", "input"): media_in(entry, "supported_modalities"),
                ("modalities", "output"): media_in(entry, "supported_output_modalities"),
                ("retires_on",): day_in(entry, "deprecation_date"),
            }
        ),
        details=abilities | said({("source",): _text(entry.get("source"))}),
    )


def _quote(entry: Mapping[str, Any]) -> Quote:
    return Quote(
        run=price_in(entry, "output_cost_per_image", "input_cost_per_image"),
        second=price_in(entry, "output_cost_per_second", "output_cost_per_video_per_second", "input_cost_per_second"),
        character=price_in(entry, "input_cost_per_character", "output_cost_per_character"),
        input=_of_million(price_in(entry, "input_cost_per_token")),
        output=_of_million(price_in(entry, "output_cost_per_token")),
        cached_input=_of_million(price_in(entry, "cache_read_input_token_cost")),
    )


def _of_million(price: Decimal | None) -> Decimal | None:
    return None if price is None else price * MILLION


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value.strip() else None
