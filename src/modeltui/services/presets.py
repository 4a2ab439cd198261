"""The presets that new models can be made from: those of the catalogue, and those that come with modeltui."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from modeltui.domain.finding import Finding
from modeltui.domain.presets import Origin, Preset
from modeltui.errors import BrokenFileError, NotFoundError
from modeltui.services.starting import sample_catalog
from modeltui.storage.guard import read_file
from modeltui.storage.toml.codec import parse
from modeltui.storage.walk import SUFFIX, toml_files

_FOLDER: Final = "presets"


class PresetService:
    def __init__(self, root: str, shipped: Callable[[], str] = sample_catalog) -> None:
        """`shipped` names the folder of the sample catalogue; it raises NotFoundError where there is none."""
        self._root = root
        self._shipped = shipped

    def presets(self) -> tuple[Preset, ...]:
        """All presets by name, as they are on disk now; one of the catalogue takes the place of a shipped one."""
        found = {**self._of_sample(), **_read(self._root, "catalogue")}
        return tuple(found[name] for name in sorted(found))

    def find(self, name: str) -> Preset:
        """Raises NotFoundError."""
        known = {preset.id: preset for preset in self.presets()}
        if name not in known:
            raise NotFoundError(f"there is no preset {name!r}", hint=_nearest(name, known))
        return known[name]

    def _of_sample(self) -> dict[str, Preset]:
        try:
            return _read(self._shipped(), "shipped")
        except NotFoundError:
            return {}


def _read(root: str, origin: Origin) -> dict[str, Preset]:
    found = [each for each in toml_files(root, _FOLDER) if each.path.endswith(SUFFIX)]
    presets = (_preset(root, each.path, origin, each.fault) for each in found)
    return {preset.id: preset for preset in presets}


def _preset(root: str, path: str, origin: Origin, fault: Finding | None) -> Preset:
    name = path.removeprefix(f"{_FOLDER}/").removesuffix(SUFFIX)
    if fault is not None:
        return Preset(name, path, origin, "", {}, fault.message)
    text = ""
    try:
        content = read_file(root, path)
        text = content.decode("utf-8", errors="replace")
        document = parse(content)
    except BrokenFileError as error:
        return Preset(name, path, origin, text, {}, error.message)
    from modeltui.domain.schema.findings import findings_of  # noqa: PLC0415  # loads pydantic

    wrong = next(iter(findings_of(path, document, "preset")), None)
    return Preset(name, path, origin, text, document, wrong.message if wrong else None)


def _nearest(name: str, known: Mapping[str, Preset]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415  # 8 ms, wanted only on this error

    near = get_close_matches(name, known, n=1)
    return f"did you mean {near[0]}?" if near else "`modeltui presets` lists them"
