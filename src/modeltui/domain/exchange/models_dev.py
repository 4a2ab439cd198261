"""models.dev: a tree of TOML files, `providers/<provider>/models/<model id>.toml`, some of which build on others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from modeltui.domain.document import ABSENT, Document, with_value
from modeltui.domain.exchange.listing import Listing, count_in, day_in, media_in, price_in, row_of, said
from modeltui.domain.exchange.prices import Quote
from modeltui.domain.exchange.row import Refused, Row
from modeltui.errors import InvalidValueError, UsageError

PROVIDERS: Final[Mapping[str, str]] = {"togetherai": "together"}
"""Our shipped names for theirs, where they differ."""

_CONTENT_TYPES: Final = {
    "video": "prompt_to_video",
    "image": "prompt_to_image",
    "text": "chat",
    "audio": "text_to_speech",
}
"""By what a model makes; the first counts."""
_CLASSES: Final = {
    "cache_write": "cache_write",
    "reasoning": "reasoning",
    "input_audio": "audio_input",
    "output_audio": "audio_output",
}
"""Further classes of tokens."""
_ABILITIES: Final = {
    "reasoning": "reasoning",
    "tool_call": "tool_call",
    "structured_output": "structured_output",
    "attachment": "attachment",
}
_STATUSES: Final = frozenset({"alpha", "beta", "deprecated"})


def read(documents: Mapping[str, Document]) -> Iterator[Row | Refused]:
    """The rows of a tree, given its parsed files by path. Raises UsageError where it holds no models."""
    for found in listings(documents):
        yield row_of(found) if isinstance(found, Listing) else found


def listings(documents: Mapping[str, Document]) -> Iterator[Listing | Refused]:
    """The same, as the tree says it."""
    places = [(path, place) for path in sorted(documents) if (place := place_of(path)) is not None]
    if not places:
        raise UsageError("no models here", hint="models.dev keeps them as providers/NAME/models/ID.toml")
    bases = {path[path.rfind("models/") :]: path for path in documents if place_of(path) is None}
    for path, (provider, model_id) in places:
        try:
            merged = _merged(documents[path], documents, bases)
            yield _listing(path, provider, model_id, merged)
        except InvalidValueError as error:
            yield Refused(path, None, error.message)


def place_of(path: str) -> tuple[str, str] | None:
    """Provider and model id of a path such as `…/providers/xai/models/grok-4.toml`."""
    parts = path.removesuffix(".toml").split("/")
    for at in range(len(parts) - 3):
        if parts[at] == "providers" and parts[at + 2] == "models":
            return parts[at + 1], "/".join(parts[at + 3 :])
    return None


def _merged(document: Document, documents: Mapping[str, Document], bases: Mapping[str, str]) -> Document:
    """A document on top of the one that it builds on, without what it says to leave out."""
    name = document.get("base_model")
    if name is None:
        return document
    path = bases.get(f"models/{name}.toml")
    if path is None:
        raise InvalidValueError(f"it builds on {str(name)[:80]}, which is not here")
    base = documents[path]
    omitted = document.get("base_model_omit")
    for omit in omitted if isinstance(omitted, list) else ():
        if isinstance(omit, str) and omit:
            base = _without(base, tuple(omit.split(".")))
    return _over(base, document)


def _without(document: Document, path: tuple[str, ...]) -> Document:
    inner = document
    for name in path[:-1]:
        inner = inner.get(name, ABSENT)
        if not isinstance(inner, Mapping):
            return document
    return with_value(document, path, ABSENT)


def _over(base: Document, document: Document) -> Document:
    merged = dict(base)
    for name, value in document.items():
        below = base.get(name)
        merged[name] = _over(below, value) if isinstance(below, Mapping) and isinstance(value, Mapping) else value
    return merged


def _listing(path: str, provider: str, model_id: str, document: Document) -> Listing:
    limit, cost, modalities = (_table(document, name) for name in ("limit", "cost", "modalities"))
    output = media_in(modalities, "output")
    name, family, status = document.get("name"), document.get("family"), document.get("status")
    said_of = {ours: document.get(theirs) for theirs, ours in _ABILITIES.items()}
    return Listing(
        where=path,
        provider=provider,
        model_ids=(model_id,),
        content_type=_content_type(model_id, output or ()),
        name=name if isinstance(name, str) and name.strip() else model_id,
        quote=Quote(
            input=price_in(cost, "input"),
            output=price_in(cost, "output"),
            cached_input=price_in(cost, "cache_read", "cached_input", "cache_input"),
            others={ours: price for theirs, ours in _CLASSES.items() if (price := price_in(cost, theirs))},
        ),
        facts=said(
            {
                ("limits", "context"): count_in(limit, "context"),
                ("limits", "input_tokens"): count_in(limit, "input"),
                ("limits", "output_tokens"): count_in(limit, "output"),
                ("modalities", "input"): media_in(modalities, "input"),
                ("modalities", "output"): output,
            }
        ),
        abilities={name: is_able for name, is_able in said_of.items() if isinstance(is_able, bool)},
        details=said(
            {
                ("family",): family if isinstance(family, str) and family.strip() else None,
                ("status",): status if status in _STATUSES else None,
                ("released_on",): day_in(document, "release_date"),
            }
        ),
    )


def _content_type(model_id: str, output: Sequence[str]) -> str | None:
    """None also for what makes embeddings: the tree says that they make text."""
    if "embed" in model_id:
        return None
    return next((kind for medium, kind in _CONTENT_TYPES.items() if medium in output), None)


def _table(document: Document, name: str) -> Mapping[str, Any]:
    value = document.get(name, {})
    if not isinstance(value, Mapping):
        raise InvalidValueError(f"{name} is no table")
    return value
