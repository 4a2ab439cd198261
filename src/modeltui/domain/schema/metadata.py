"""What a model file says about its model: limits, abilities, time, lock."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator

from modeltui.domain.document import shown
from modeltui.domain.schema.kinds import (
    AtLeastOne,
    Count,
    Digest,
    Kind,
    Moment,
    NotNegative,
    Percent,
    Positive,
    Text,
    Texts,
    Unit,
)
from modeltui.domain.schema.table import Clash, Table, custom

Category: TypeAlias = Literal["premium", "standard", "budget"]
Status: TypeAlias = Literal["active", "alpha", "beta", "experimental", "deprecated"]
Medium: TypeAlias = Literal["text", "image", "audio", "video", "file", "embedding"]


def distinct_media(values: list[Medium]) -> list[Medium]:
    if len(set(values)) < len(values):
        raise custom("repeated-value", "holds a medium twice", "keep one of them")
    return values


Media: TypeAlias = Annotated[list[Medium], AfterValidator(distinct_media), Kind("media", "a list of media")]


class LockTable(Table):
    """A model that refuses changes. Written by lock and unlock."""

    locked: bool
    """Whether the lock holds. Anything but `false` holds."""
    by: Text | None = None
    """Who locked it."""
    at: Moment | None = None
    """When, with the offset from UTC."""
    reason: Text | None = None
    """Why."""
    digest: Digest | None = None
    """Of the file without its `[lock]` lines, taken when the lock was set."""


class RolloutTable(Table):
    """Which callers the model is offered to. Without this table: all of them."""

    percent: Percent
    """How many callers are in, from 0 (nobody) to 100 (everybody)."""
    salt: Text | None = None
    """What the callers are drawn by; the uid where absent. Models of one salt have the same callers."""
    allow: Texts | None = None
    """Callers that are in whatever the percentage."""
    deny: Texts | None = None
    """Callers that are out, also where they are allowed."""

    def clashes(self) -> Iterator[Clash]:
        if both := sorted({*(self.allow or ())} & {*(self.deny or ())}):
            says = f"holds {shown(both[0])}, which is in `rollout.deny` too"
            yield Clash("allowed-and-denied", ("allow",), says, "keep it in one of the two; deny is what counts")


class Timing(Table):
    """How long things take."""

    estimated_seconds: Annotated[Positive, Unit("s")] | None = None
    """How long a run usually takes."""


class Limits(Table):
    """What one request may hold, as the provider states it."""

    context: AtLeastOne | None = None
    """Tokens of input and output together."""
    input_tokens: AtLeastOne | None = None
    """Most tokens of input."""
    output_tokens: AtLeastOne | None = None
    """Most tokens of output."""
    max_images: Count | None = None
    """Most images in a request."""
    max_videos: Count | None = None
    """Most videos in a request."""
    max_audios: Count | None = None
    """Most audio files in a request."""
    max_file_mb: Annotated[Positive, Unit("MB")] | None = None
    """Size of one file that is sent."""
    min_media_seconds: Annotated[NotNegative, Unit("s")] | None = None
    """Least length of the audio or video that is sent."""
    max_media_seconds: Annotated[Positive, Unit("s")] | None = None
    """Most length of the audio or video that is sent."""
    outputs: AtLeastOne | None = None
    """Most results of one request."""
    durations: list[Annotated[Positive, Unit("s")]] | None = None
    """Lengths that a result can have."""
    qualities: Texts | None = None
    """Qualities or resolutions that a result can have."""
    rpm: AtLeastOne | None = None
    """Requests a minute."""
    tpm: AtLeastOne | None = None
    """Tokens a minute."""

    def clashes(self) -> Iterator[Clash]:
        least, most = self.min_media_seconds, self.max_media_seconds
        if least is not None and most is not None and least > most:
            yield Clash("bad-bounds", ("min_media_seconds",), "is above `max_media_seconds`")


class Modalities(Table):
    """What goes in, and what comes out."""

    input: Media | None = None
    """What the model takes."""
    output: Media | None = None
    """What the model makes."""
