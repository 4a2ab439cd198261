"""Local files that inputs name in place of a URL: what they are, and what stands for them until they are sent."""

from __future__ import annotations

import base64
import os
import re
import stat
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

from msgspec import Struct, field

from modeltui.domain.inputs.specs import InputSpec
from modeltui.services.running.local_files import LARGEST_MB, MB, data_url

_ELSEWHERE: Final = re.compile(r"(?:[a-z][a-z0-9+.-]*://|data:)", re.IGNORECASE)
_HEAD: Final = 64
_MOST_READ: Final = 8


class ChosenFile(Struct, frozen=True):
    path: str
    size: int = 0
    """Bytes."""
    media_type: str = ""
    """From its first bytes."""
    facts: str = ""
    """Such as `512 × 512`."""
    seconds: float | None = None
    problem: str | None = None
    """Why it cannot be taken, as far as that is seen without reading it."""
    stand_in: str = ""
    """A short data URL that begins as its own would."""


class Chosen(Struct, frozen=True):
    values: Mapping[str, Any]
    """The inputs, with what stands for each file in its place."""
    files: Mapping[str, tuple[ChosenFile, ...]] = field(default_factory=dict)
    """By input."""

    @property
    def seconds(self) -> float | None:
        """The longest of the files; None where none could be measured."""
        lengths = [file.seconds for files in self.files.values() for file in files if file.seconds is not None]
        return max(lengths, default=None)

    @property
    def megabytes(self) -> float | None:
        """The largest of the files; None where there is none."""
        return max((file.size / MB for files in self.files.values() for file in files), default=None)

    @property
    def problems(self) -> dict[str, str]:
        """By input, the first of each."""
        wrong = [(name, file.problem) for name, files in self.files.items() for file in files if file.problem]
        return dict(reversed(wrong))


def is_local(value: Any) -> bool:
    """Whether a value of a media input is the path of a file."""
    return isinstance(value, str) and bool(value.strip()) and _ELSEWHERE.match(value) is None


def chosen_files(specs: Iterable[InputSpec], values: Mapping[str, Any]) -> Chosen:
    """What the media inputs name, looked at and not read."""
    made, files = dict(values), dict[str, tuple[ChosenFile, ...]]()
    for spec in specs:
        part = spec if spec.is_media else spec.items
        if spec.name not in values or part is None or not part.is_media:
            continue
        value = values[spec.name]
        each = value if isinstance(value, list) else [value]
        looked = {one: _looked(one, part) for one in each if is_local(one)}
        if looked:
            files[spec.name] = tuple(looked.values())
            shown = [looked[one].stand_in if is_local(one) else one for one in each]
            made[spec.name] = shown if isinstance(value, list) else shown[0]
    return Chosen(made, files)


def path_of(text: str) -> str:
    """Of a file as a person types it."""
    return os.path.abspath(os.path.expanduser(text.strip()))


def _looked(text: str, spec: InputSpec) -> ChosenFile:
    from modeltui.providers.media_facts import facts  # noqa: PLC0415  # only runs need providers
    from modeltui.providers.media_types import sniff  # noqa: PLC0415

    path, none = path_of(text), f"data:{spec.type}/*;base64,"
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            return ChosenFile(path, problem=f"{text} is no file", stand_in=none)
        with open(path, "rb") as file:
            head = file.read(_HEAD)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return ChosenFile(path, problem=f"neither a URL nor a file: {reason.lower()}", stand_in=none)
    media_type = sniff(head)
    said = facts(path, media_type)
    length = None if media_type.startswith("image/") else _seconds(path, media_type, status.st_mtime_ns, status.st_size)
    problem = _problem(spec, media_type, status.st_size, length)
    stand_in = f"data:{media_type};base64,{base64.b64encode(head[:18]).decode('ascii')}"
    return ChosenFile(path, status.st_size, media_type, said, length, problem, stand_in)


def _problem(spec: InputSpec, media_type: str, size: int, length: float | None) -> str | None:
    """What is said again, and for certain, when the file is read to be sent."""
    kinds = {spec.type, "video"} if spec.type == "audio" else {spec.type}
    if media_type.partition("/")[0] not in kinds:
        return f"this file is {media_type}, and no {spec.type}"
    if size > (limit := spec.max_mb or LARGEST_MB) * MB:
        return f"has {size / MB:.1f} MB, and {limit:g} is the most"
    if spec.max_seconds is not None and length is not None and length > spec.max_seconds:
        return f"has {length:.1f} seconds, and {spec.max_seconds:g} is the most"
    return None


@lru_cache(maxsize=32)
def _seconds(path: str, media_type: str, _changed: int, size: int) -> float | None:
    """Length of a sound or a film; read once for each version of the file."""
    from modeltui.providers.media_length import seconds  # noqa: PLC0415  # only runs need providers

    if size > LARGEST_MB * MB:
        return None
    try:
        with open(path, "rb") as file:
            return seconds(file.read(LARGEST_MB * MB), media_type)
    except OSError:
        return None


class FileReader:
    """Local files as data URLs, each read once for each version of it: for who asks at every key."""

    def __init__(self) -> None:
        self._read: dict[tuple[Any, ...], str] = {}

    def __call__(self, path: str, spec: InputSpec) -> str:
        """As `data_url`."""
        try:
            status = os.stat(path)
        except (OSError, ValueError):
            return data_url(path, spec)
        limits = (spec.type, spec.max_mb, spec.max_seconds)
        version = (path, status.st_ino, status.st_mtime_ns, status.st_size, *limits)
        found = self._read.pop(version, None) or data_url(path, spec)
        self._read[version] = found
        if len(self._read) > _MOST_READ:
            del self._read[next(iter(self._read))]
        return found


def sendable(
    specs: Iterable[InputSpec], values: Mapping[str, Any], read: Callable[[str, InputSpec], str] = data_url
) -> dict[str, Any]:
    """The inputs with each local file read into a data URL. Raises ModeltuiError where one cannot be taken."""
    made = dict(values)
    for spec in specs:
        part = spec if spec.is_media else spec.items
        value = values.get(spec.name)
        if part is None or not part.is_media or value is None:
            continue
        given = value if isinstance(value, list) else [value]
        each = [read(path_of(one), part) if is_local(one) else one for one in given]
        made[spec.name] = each if isinstance(value, list) else each[0]
    return made
