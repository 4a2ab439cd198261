"""URLs that hold their own content (RFC 2397)."""

from __future__ import annotations

import base64
import binascii
import re
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from modeltui.errors import ProviderError

_HEADER = re.compile(r"data:([A-Za-z0-9.+-]+/[A-Za-z0-9.+-]+)?(?:;[A-Za-z0-9-]+=[^;,]*)*(;base64)?,", re.IGNORECASE)
_BLANK = re.compile(r"\s+")


class DataUrl(NamedTuple):
    media_type: str
    content: bytes


def is_data_url(text: str) -> bool:
    return _HEADER.match(text) is not None


def parse_data_url(text: str) -> DataUrl | None:
    """None for a text that is no data URL. Raises ProviderError for one whose content cannot be decoded."""
    match = _HEADER.match(text)
    if match is None:
        return None
    content = text[match.end() :]
    media_type = (match[1] or "text/plain").lower()
    return DataUrl(media_type, decode_base64(content) if match[2] else unquote_to_bytes(content))


def decode_base64(text: str) -> bytes:
    """Standard or URL-safe alphabet, padded or not. Raises ProviderError for anything else."""
    compact = _BLANK.sub("", text).replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return base64.b64decode(compact + "=" * (-len(compact) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ProviderError("the provider sent base64 that cannot be decoded") from error
