"""One pass over the model files: what is known already is taken over, the rest is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, TypeAlias

from msgspec.structs import replace

from modeltui.domain.digest import digest as digest_of
from modeltui.domain.document import Document
from modeltui.domain.finding import Finding
from modeltui.domain.model import Model, broken_model, model_of
from modeltui.errors import BrokenFileError
from modeltui.storage import codec
from modeltui.storage.stamps import is_racy
from modeltui.storage.summary_cache import Known
from modeltui.storage.walk import SUFFIX, Found

Validate: TypeAlias = Callable[[str, Document], Finding | None]
"""The first fault that makes a parsed model file unusable, given its path; None where there is none."""

Seen: TypeAlias = Callable[[Model, Document, bytes], None]
"""Told of each file that is parsed: its row, its data and its bytes. A pass that is made anew parses what changed
since, or all where it is to be fresh."""

MODELS: Final = "models"


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
        self._stamps: dict[str, bytes] = {}
        self._racy: set[str] = set()
        self._unparsed: set[str] = set()
        self.learnt = 0
        """Of how many files more is known than before: another reading could go without them, or without their data."""

    def known(self, files: Iterable[Found]) -> Known:
        """The rows of `files`, in the order of keys, and what is known of the files."""
        for found in self._changed(files):
            self._look(found, _key(found.path))
        self.learnt += sum(key not in self._models for key in self._before.stamps)
        models = {key: self._models[key] for key in sorted(self._models)}
        return Known(models, self._stamps, frozenset(self._racy), frozenset(self._unparsed))

    def _changed(self, files: Iterable[Found]) -> list[Found]:
        """Those that are to be read. The others are as they were before, as far as their stamps can tell."""
        before = self._before
        rows, stamps, racy = before.models, before.stamps, before.racy
        changed = []
        for found in files:
            key = _key(found.path)
            stamp = stamps.get(key)
            if stamp is None or stamp != found.stamp or key in racy:
                changed.append(found)
            else:
                row = rows[key]
                self._models[row.key], self._stamps[row.key] = row, stamp  # by the text that is there already
        self._unparsed.update(key for key in before.unparsed if key in self._models)
        return changed

    def _look(self, found: Found, key: str) -> None:
        if found.fault:
            self._models[key] = broken_model(key, found.path, found.fault)
            return
        try:
            content = self._read(found.path)
        except BrokenFileError as error:
            if error.code != "missing":  # a file that vanished since its name was read is no row
                self._models[key] = broken_model(key, found.path, finding_of(found.path, error))
            return
        digest = digest_of(content)
        before = self._before.models.get(key)
        is_parsed = before is not None and before.digest == digest
        if before is not None and is_parsed:
            self._models[key] = before
            self._unparsed |= self._before.unparsed & {key}
        else:
            self._models[key] = self._parsed(key, found.path, digest, content)
        if found.stamp is not None:
            self._stamps[key] = found.stamp
            if is_racy(found.stamp, self._moment):
                self._racy.add(key)
            self.learnt += not is_parsed or key not in self._racy

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
    return Finding(error.code, "error", error.message, path, error.line, hint=error.hint)


def _key(path: str) -> str:
    return path[len(MODELS) + 1 : -len(SUFFIX)]
