"""Files of this machine as inputs: read into data URLs, held against what the model takes, before anything is sent."""

from __future__ import annotations

import base64
import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple, NoReturn

from modeltui.domain.call import InputProblem
from modeltui.domain.inputs.specs import InputSpec
from modeltui.domain.text import cut
from modeltui.errors import InvalidValueError, ProviderError, UsageError

MB: Final = 1_000_000
"""Bytes of one of `max_mb`."""
LARGEST_MB: Final = 100
"""Of a file that is taken where the input says no less."""

_ALSO: Final = {"audio": ("video/mp4", "video/webm")}
"""Containers that hold either."""


class Measured(NamedTuple):
    """What is known of the files among the inputs."""

    seconds: float | None
    """The longest; None where none could be measured."""
    problems: tuple[InputProblem, ...]


def with_files(
    inputs: Mapping[str, Any], files: Sequence[tuple[str, str]], specs: Sequence[InputSpec]
) -> dict[str, Any]:
    """The inputs with files (name of the input, path) read into them; several for one list, in their order.

    Raises UsageError for an input that takes no file, InvalidValueError for a file that the input does not take.
    """
    result, known = dict(inputs), {spec.name: spec for spec in specs}
    lists: dict[str, list[str]] = {}
    for name, path in files:
        media = _media(known.get(name))
        if media is None:
            takers = ", ".join(spec.name for spec in specs if _media(spec) is not None)
            raise UsageError(f"{name} takes no file", hint=f"files go to {takers}" if takers else "no input takes one")
        read = data_url(path, media)
        if media is known[name]:
            if name in lists:
                raise UsageError(f"{name} takes one file", hint="give it once")
            result[name] = read
            lists[name] = [read]
        else:
            lists.setdefault(name, []).append(read)
            result[name] = lists[name]
    return result


def data_url(path: str, spec: InputSpec) -> str:
    """A file as the value of a media input, its type by its first bytes. Raises InvalidValueError."""
    from modeltui.providers.media_types import HEAD, sniff  # noqa: PLC0415  # only files need it

    content = _content(path, spec.max_mb or LARGEST_MB)
    media_type = sniff(content[:HEAD])
    if not media_type.startswith(f"{spec.type}/") and media_type not in _ALSO.get(spec.type, ()):
        _refuse(path, f"is {media_type}, and {spec.name} takes {spec.type}", "choose another file")
    if (problem := _too_long(content, media_type, spec)) is not None:
        _refuse(path, problem, "cut it, or choose another file")
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"


def measured(specs: Sequence[InputSpec], inputs: Mapping[str, Any]) -> Measured:
    """Length, and what is too large or too long, of the data URLs among the inputs."""
    if not any(_may_hold_file(value) for value in inputs.values()):
        return Measured(None, ())
    lengths: list[float] = []
    problems: list[InputProblem] = []
    for spec in specs:
        for media, text in _files(spec, inputs.get(spec.name)):
            try:
                length, problem = _judged(media, spec, text)
            except ProviderError:
                length, problem = None, "is a data URL that cannot be decoded"
            lengths += [] if length is None else [length]
            problems += [] if problem is None else [InputProblem(spec.name, problem)]
    return Measured(max(lengths, default=None), tuple(problems))


def _may_hold_file(value: Any) -> bool:
    return isinstance(value, list) or (isinstance(value, str) and value[:5].casefold() == "data:")


def _media(spec: InputSpec | None) -> InputSpec | None:
    """The media input, or what the list holds; None for an input that takes no file."""
    if spec is None or spec.is_media:
        return spec
    return spec.items if spec.items is not None and spec.items.is_media else None


def _files(spec: InputSpec, value: Any) -> Iterator[tuple[InputSpec, str]]:
    media = _media(spec)
    if media is not None:
        for item in value if isinstance(value, list) else (value,):
            if isinstance(item, str) and _may_hold_file(item):
                yield media, item


def _judged(media: InputSpec, spec: InputSpec, text: str) -> tuple[float | None, str | None]:
    """Seconds of one data URL, and what is wrong with it."""
    from modeltui.providers.data_url import parse_data_url  # noqa: PLC0415  # only files need it
    from modeltui.providers.media_length import seconds  # noqa: PLC0415
    from modeltui.providers.media_types import HEAD, sniff  # noqa: PLC0415

    found = parse_data_url(text)
    if found is None:
        return None, "is no data URL"
    media_type = sniff(found.content[:HEAD])
    length = seconds(found.content, media_type)
    limit = media.max_mb or spec.max_mb
    if limit is not None and len(found.content) > limit * MB:
        return length, _too_large(len(found.content), limit)
    return length, _too_long(found.content, media_type, media) or _too_long(found.content, media_type, spec)


def _too_long(content: bytes, media_type: str, spec: InputSpec) -> str | None:
    from modeltui.providers.media_length import seconds  # noqa: PLC0415  # only files need it

    if spec.max_seconds is None or (length := seconds(content, media_type)) is None or length <= spec.max_seconds:
        return None
    return f"has {length:.1f} seconds, and {spec.max_seconds:g} is the most"


def _too_large(size: int, limit: float) -> str:
    return f"has {size / MB:.1f} MB, and {limit:g} is the most"


def _content(path: str, limit: float) -> bytes:
    try:
        # Opening must not wait for the other end of a pipe.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        _refuse(path, f"cannot be read: {reason}", "check the path")
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode):
        os.close(descriptor)
        _refuse(path, "is no ordinary file", "name a picture, a sound or a film")
    with open(descriptor, "rb") as file:
        if found.st_size > limit * MB:
            _refuse(path, _too_large(found.st_size, limit), "make it smaller")
        content = file.read(int(limit * MB) + 1)
    if len(content) > limit * MB:
        _refuse(path, _too_large(len(content), limit), "make it smaller")
    if not content:
        _refuse(path, "is empty", "choose another file")
    return content


def _refuse(path: str, what: str, hint: str) -> NoReturn:
    raise InvalidValueError(f"{cut(path, 200)} {what}", hint=f"{hint}; nothing was sent")
