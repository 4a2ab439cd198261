"""What the whole new text of a change says."""

from __future__ import annotations

from functools import lru_cache

from modeltui.domain.document import Document
from modeltui.errors import BrokenFileError

_MOST_KEPT = 16_384
"""A plan is made anew at every change of the queue, which may hold an import of thousands."""


@lru_cache(_MOST_KEPT)
def said_by(text: str) -> Document:
    """The document; an empty one where the text is no TOML, which the apply refuses."""
    from modeltui.storage.toml.codec import fast_parse  # noqa: PLC0415  # few queues hold a whole text

    try:
        return fast_parse(text.encode(errors="surrogatepass"))
    except BrokenFileError:
        return {}
