"""The `model_list` of LiteLLM's proxy, as YAML: export only."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, NamedTuple

from modeltui.domain.document import Document
from modeltui.domain.exchange import litellm
from modeltui.domain.exchange.fitting import price_text
from modeltui.domain.exchange.prices import MILLION, amount_of
from modeltui.domain.json_text import json_line
from modeltui.domain.pricing.rate import UNITS

_PROVIDERS: Final[Mapping[str, str]] = {
    **{name: name for name in ("anthropic", "elevenlabs", "groq", "mistral", "openai", "openrouter", "replicate")},
    **{name: name for name in ("deepgram", "deepseek", "perplexity", "recraft", "runwayml", "stability", "xai")},
    **{ours: theirs for theirs, ours in litellm.PROVIDERS.items()},
}
"""LiteLLM's names by ours."""
_MODES: Final[Mapping[str, str]] = {
    "chat": "chat",
    "image_editing": "image_edit",
    "prompt_to_image": "image_generation",
    "prompt_to_video": "video_generation",
    "image_to_video": "video_generation",
    "speech_to_text": "audio_transcription",
    "text_to_speech": "audio_speech",
}
_BY_NAME: Final = ("os", "environ")
"""What LiteLLM wants before the name of a variable. In two parts, for nothing here reads the environment."""


class Proxy(NamedTuple):
    text: str
    left_out: tuple[str, ...]
    """Sentences on models that LiteLLM cannot serve."""


def written(
    documents: Iterable[tuple[str, Document]], providers: Mapping[str, Document], names: Mapping[str, str]
) -> Proxy:
    """Active models by key as a configuration. `names`: LiteLLM's names of further providers, by ours.

    A provider that is in `names` is called at the `base_url` of its file.
    """
    known = {**_PROVIDERS, **names}
    served: list[tuple[str, Document]] = []
    left_out: Counter[str] = Counter()
    for key, document in documents:
        provider = str(document.get("provider"))
        if document.get("active") is not True:
            left_out["not active"] += 1
        elif provider not in known:
            left_out[f"LiteLLM has no provider {provider} (--provider {provider}=openai says what it is like)"] += 1
        else:
            served.append((key, document))
    entries = [
        _entry(
            name,
            document,
            known[str(document["provider"])],
            providers,
            is_native=str(document["provider"]) not in names,
        )
        for name, document in zip(_names([key for key, _ in served]), (each for _, each in served), strict=True)
    ]
    lines = ["model_list:" if entries else "model_list: []", *(line for entry in entries for line in _yaml_item(entry))]
    reasons = tuple(f"{number} left out: {reason}" for reason, number in left_out.items())
    return Proxy("\n".join(lines) + "\n", reasons)


def _names(keys: Sequence[str]) -> list[str]:
    """The last part of each key, or all of it where two have one: two entries of a name would share their load."""
    counts = Counter(key.rpartition("/")[2] for key in keys)
    return [name if counts[name := key.rpartition("/")[2]] == 1 else key for key in keys]


def _entry(
    name: str, document: Document, provider: str, providers: Mapping[str, Document], *, is_native: bool
) -> dict[str, Any]:
    ours = providers.get(str(document["provider"]), {})
    limits = _table(document, "limits")
    parameters: dict[str, Any] = {"model": f"{provider}/{document.get('model_id')}"}
    if key := _key_name(document, ours):
        parameters["api_key"] = f"{'.'.join(_BY_NAME)}/{key}"
    if not is_native and isinstance(ours.get("base_url"), str):
        parameters["api_base"] = ours["base_url"]
    parameters |= {limit: limits[limit] for limit in ("rpm", "tpm") if isinstance(limits.get(limit), int)}
    info: dict[str, Any] = {"id": document.get("uid")}
    if mode := _MODES.get(str(document.get("content_type"))):
        info["mode"] = mode
    sizes = {"max_input_tokens": "input_tokens", "max_output_tokens": "output_tokens"}
    info |= {theirs: limits[mine] for theirs, mine in sizes.items() if isinstance(limits.get(mine), int)}
    return {"model_name": name, "litellm_params": parameters, "model_info": info | dict(_prices(document))}


def _key_name(document: Document, provider: Document) -> str | None:
    """The name of the key that is tried first; never its value."""
    for names in (document.get("keys"), _table(provider, "auth").get("env")):
        if isinstance(names, list) and names and isinstance(names[0], str):
            return names[0]
    return None


def _prices(document: Document) -> Iterator[tuple[str, Decimal]]:
    """Prices in USD that hold for every run; what depends on inputs LiteLLM knows better itself."""
    cost = _table(document, "cost")
    if cost.get("currency") != "USD" or "table" in cost or "multipliers" in cost:
        return
    tokens, rate = _table(cost, "tokens"), _table(cost, "rate")
    for name, theirs in (("input", "input_cost_per_token"), ("output", "output_cost_per_token")):
        if (amount := amount_of(tokens.get(name))) is not None:
            yield theirs, amount / MILLION
    if (amount := amount_of(tokens.get("cached_input"))) is not None:
        yield "cache_read_input_token_cost", amount / MILLION
    per, amount = rate.get("per"), amount_of(rate.get("price"))
    is_heard = document.get("content_type") == "speech_to_text"
    if amount is not None and per in ("second", "minute", "hour"):
        yield f"{'input' if is_heard else 'output'}_cost_per_second", amount / UNITS[per]
    elif amount is not None and per in ("character", "1000_characters", "1000000_characters"):
        yield "input_cost_per_character", amount / UNITS[per]
    is_image = _MODES.get(str(document.get("content_type")), "").startswith("image")
    if is_image and not tokens and not rate and (amount := amount_of(cost.get("base"))) is not None:
        yield "output_cost_per_image", amount


def _table(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = document.get(name)
    return value if isinstance(value, Mapping) else {}


def _yaml_item(entry: Mapping[str, Any]) -> Iterator[str]:
    """One item of a list in block style. Texts are quoted as in JSON, which YAML reads the same."""
    sign = "  - "
    for name, value in entry.items():
        if isinstance(value, Mapping):
            yield f"{sign}{name}:"
            yield from (f"      {inner}: {_scalar(item)}" for inner, item in value.items())
        else:
            yield f"{sign}{name}: {_scalar(value)}"
        sign = "    "


def _scalar(value: Any) -> str:
    if isinstance(value, Decimal):
        text = price_text(value)
        return text if "." in text else f"{text}.0"
    return json_line(value, ascii_only=True) if isinstance(value, str) else json.dumps(value)
