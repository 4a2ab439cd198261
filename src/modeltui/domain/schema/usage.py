"""Where an answer tells its tokens: `[result.usage]`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, TypeAlias

from annotated_types import MinLen

from modeltui.domain.schema.table import Clash, Table
from modeltui.domain.schema.templates import Expression

TokenClass: TypeAlias = Literal[
    "cached_input",
    "cache_write",
    "audio_input",
    "image_input",
    "cached_image_input",
    "reasoning",
    "audio_output",
    "image_output",
]


class Usage(Table):
    """Where the answer says how many tokens it took, by class; `[cost.tokens]` prices them."""

    input: Expression | None = None
    """All input, with the classes that are not `apart`."""
    output: Expression | None = None
    """All output, with the classes that are not `apart`."""
    cached_input: Expression | None = None
    """Input that the provider had cached."""
    cache_write: Expression | None = None
    """Input that the provider cached."""
    audio_input: Expression | None = None
    """Sound that was put in."""
    image_input: Expression | None = None
    """Pictures that were put in."""
    cached_image_input: Expression | None = None
    """Pictures that the provider had cached."""
    reasoning: Expression | None = None
    """Output that the model thought and did not show."""
    audio_output: Expression | None = None
    """Sound that came out."""
    image_output: Expression | None = None
    """Pictures that came out."""
    apart: Annotated[list[TokenClass], MinLen(1)] | None = None
    """Classes that the provider does not count in `input` or `output`."""

    def clashes(self) -> Iterator[Clash]:
        for name in self.apart or ():
            if getattr(self, name) is None:
                yield Clash("misplaced-key", ("apart",), f"names {name}, which has no place here", "take it out")
