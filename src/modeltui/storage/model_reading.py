"""One pass over the model files: what is known already is taken over, the rest is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from msgspec.structs import replace

from modeltui.domain.digest import digest as digest_of
from modeltui.domain.document import Document
from modeltui.domain.file_paths import MODELS
from modeltui.domain.finding import Finding
from modeltui.domain.model import Model, broken_model, model_of
from modeltui.errors import BrokenFileError
from modeltui.storage.stamps import is_racy
from modeltui.storage.summary_cache import Known
from modeltui.storage.toml import codec
from modeltui.storage.walk import SUFFIX, Found, Looked, Sheet

Validate: TypeAlias = Callable[[str, Document], Finding | None]
"""The first fault that makes a parsed model file unusable, given its path; None where there is none."""

Seen: TypeAlias = Callable[[Model, Document, bytes], None]
"""Told of each file that is parsed: its row, its data and its bytes. A pass that is made anew parses what changed
since, or all where it is to be fresh."""


class ModelReading:
    """Makes the rows of one moment."""

    def __init__(
        self,
        before: Known,
        moment: int,
        read: Callable[[str], bytes],
        validate: Validate | None = None,
        seen: Seen | None = None,
    ) -> None:
        """moment: ns since 1970, before the files were looked at. read: raises BrokenFileError."""
        self._before = before
        self._moment = moment
        self._read = read
        self._validate = validate
        self._seen = seen
        self._models: dict[str, Model] = {}
        self._again: set[str] = set()
        self._unparsed: set[str] = set()
        self.learnt = 0
        """Of how many files more is known than before: another reading could go without them, or without their data."""

    def known(self, looked: Looked) -> Known:
        """The rows of the files, in the order of keys, and what is known of them; the same as before where all is."""
        before = self._before
        if not looked.others and not before.again and looked.sheets == before.sheets:
            return before
        changed, gone = self._differences(looked)
        self._models = dict(before.models.items())
        self._unparsed = set(before.unparsed)
        for path in gone - changed.keys():
            key = _key(path)
            self._unparsed.discard(key)
            self.learnt += self._models.pop(key, None) is not None and key not in before.again
        for found in changed.values():
            self._look(found, _key(found.path))
        models = self._models
        if models.keys() != before.models.keys():
            models = {key: models[key] for key in sorted(models)}
        return Known(models, looked.sheets, frozenset(self._again), frozenset(self._unparsed))

    def _differences(self, looked: Looked) -> tuple[dict[str, Found], set[str]]:
        """What is to be read, by path, and the paths of what is not there any more.

        The others are as they were before, as far as their stamps can tell.
        """
        old, new = self._before.sheets, looked.sheets
        changed: dict[str, Found] = {}
        gone: set[str] = set()
        for folder in dict.fromkeys((*new, *old)):
            if old.get(folder) != new.get(folder):
                was, now = _stamps(old, folder), _stamps(new, folder)
                gone |= was.keys() - now.keys()
                changed.update((path, Found(path, None, now[path])) for path in now if was.get(path) != now[path])
        again = [f"{MODELS}/{key}{SUFFIX}" for key in self._before.again]
        stamps = {folder: _stamps(new, folder) for folder in {_folder(path) for path in again}}
        for path in again:
            if (stamp := stamps[_folder(path)].get(path)) is None:
                gone.add(path)
            else:
                changed[path] = Found(path, None, stamp)
        changed.update((found.path, found) for found in looked.others)
        return changed, gone

    def _look(self, found: Found, key: str) -> None:
        before = self._before.models.get(key)
        if before is not None:
            key = before.key  # the text that is there already
        self._unparsed.discard(key)
        if found.fault:
            self._leave_out(key, found.path, found.fault)
            return
        try:
            content = self._read(found.path)
        except BrokenFileError as error:
            if error.code == "missing":  # a file that vanished since its name was read is no row
                self._models.pop(key, None)
                self._again.add(key)
            else:
                self._leave_out(key, found.path, finding_of(found.path, error))
            return
        digest = digest_of(content)
        is_parsed = before is not None and before.digest == digest
        if before is not None and is_parsed:
            self._models[key] = before
            self._unparsed |= self._before.unparsed & {key}
        else:
            self._models[key] = self._parsed(key, found.path, digest, content)
        if found.stamp is None or is_racy(found.stamp, self._moment):
            self._again.add(key)
        if found.stamp is not None:
            self.learnt += not is_parsed or key not in self._again

    def _leave_out(self, key: str, path: str, fault: Finding) -> None:
        """Of a file that was not read. It is tried again each time."""
        self._models[key] = broken_model(key, path, fault)
        self._unparsed.add(key)
        self._again.add(key)

    def _parsed(self, key: str, path: str, digest: str, content: bytes) -> Model:
        try:
            document = codec.fast_parse(content)
        except BrokenFileError as error:
            self._unparsed.add(key)
            return broken_model(key, path, finding_of(path, error), digest)
        fault = self._validate(path, document) if self._validate else None
        model = model_of(key, path, digest, document, fault)
        if model.lock is not None and model.lock.digest is not None and not model.lock.fits(content):
            model = replace(model, is_drifted=True)
        if self._seen is not None:
            self._seen(model, document, content)
        return model


def finding_of(path: str, error: BrokenFileError) -> Finding:
    """What a file that cannot be read is told as."""
    return Finding(error.code, "error", error.message, path, error.line, hint=error.hint, column=error.column)


def _key(path: str) -> str:
    return path[len(MODELS) + 1 : -len(SUFFIX)]


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _stamps(sheets: Mapping[str, Sheet], folder: str) -> dict[str, bytes]:
    """By path."""
    sheet = sheets.get(folder)
    return {} if sheet is None else {f"{folder}/{name}": stamp for name, stamp in sheet.by_name().items()}
