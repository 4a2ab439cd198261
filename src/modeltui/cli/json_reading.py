"""JSON that is named on the command line, as it is or as a file."""

from __future__ import annotations

from typing import Any

from modeltui.cli.reading import content_of
from modeltui.domain.json_reading import parse_json_object


def json_object(text: str) -> dict[str, Any]:
    """`JSON`, or `@FILE` that holds it; `@-` is stdin. Raises UsageError."""
    return parse_json_object(content_of(text[1:]) if text.startswith("@") else text)
