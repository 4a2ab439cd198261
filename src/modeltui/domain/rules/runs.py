"""The run part of a model file: inputs, calls and cost. What files have in common of it is checked once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, Final

from modeltui.domain.document import Document, FieldPath, parse_field
from modeltui.domain.finding import Finding
from modeltui.domain.inputs.rules import Rule, compile_rules
from modeltui.domain.inputs.specs import InputSpec, read_inputs
from modeltui.domain.pricing.cost import compile_cost
from modeltui.domain.rules.calls import check_calls
from modeltui.domain.rules.inputs import check_inputs, fits_cost, named_but_for_cost
from modeltui.domain.rules.mentions import PlacedByCall, placeholders
from modeltui.domain.rules.report import found
from modeltui.domain.run_spec import compile_run
from modeltui.domain.value_bytes import bytes_of
from modeltui.errors import InvalidValueError, UsageError

COST: Final = "cost"
TABLES: Final = ("inputs", "rules", "before", "request", "poll", "result", "cancel", COST)
"""Nothing else of a file counts here."""


class _Rest:
    """A run part but for its cost, in which nothing is wrong. Its inputs are compiled when it is met again."""

    def __init__(self, document: Document, placed: PlacedByCall) -> None:
        self._named = named_but_for_cost(document, placed)
        self._compiled: tuple[tuple[InputSpec, ...], tuple[Rule, ...]] | None = None

    def fits_cost_of(self, document: Document) -> bool:
        """Whether nothing is to be said of the cost of a document that has this rest."""
        if not fits_cost(document, self._named):
            return False
        if "request" not in document:
            return True
        if self._compiled is None:
            specs = read_inputs(document)
            self._compiled = specs, compile_rules(document, specs)
        try:
            compile_cost(document, *self._compiled)
        except InvalidValueError:
            return False
        return True


class SoundRuns:
    """Run parts without findings, by their digest; and by that of all but the cost, which the most models share."""

    def __init__(self, most: int = 4096) -> None:
        """`most`: how many are kept; then it begins anew, so that memory has a bound."""
        self._whole: set[bytes] = set()
        self._rests: dict[bytes, _Rest] = {}
        self._most = most

    def has(self, document: Document) -> bool:
        """Whether surely nothing is to be said of the run part of a document."""
        whole, rest = _digests(document)
        if whole is None or rest is None:
            return False
        if whole in self._whole:
            return True
        known = self._rests.get(rest)
        if known is None or not known.fits_cost_of(document):
            return False
        self._keep(whole)
        return True

    def add(self, document: Document, placed: PlacedByCall) -> None:
        """A document of whose run part nothing was to be said, the engine asked as well."""
        whole, rest = _digests(document)
        if whole is not None and rest is not None:
            self._keep(whole)
            if len(self._rests) >= self._most // 4:
                self._rests.clear()
            self._rests[rest] = _Rest(document, placed)

    def _keep(self, whole: bytes) -> None:
        if len(self._whole) >= self._most:
            self._whole.clear()
        self._whole.add(whole)


_SOUND: Final = SoundRuns()


def check_run(path: str, document: Document, *, has_faults: bool) -> list[Finding]:
    """Of a model file whose run part has no schema fault. has_faults: some other part has, so it is not compiled."""
    if _SOUND.has(document):
        return []
    placed = placeholders(document)
    findings = [*check_inputs(path, document, placed), *check_calls(path, document, placed)]
    if has_faults or any(finding.severity == "error" for finding in findings):
        return findings
    if "request" in document:
        findings.extend(_refused(path, document))
    if not findings:
        _SOUND.add(document, placed)
    return findings


def _refused(path: str, document: Document) -> Iterator[Finding]:
    """What the engine refuses and no rule has said."""
    try:
        compile_run(document)
    except InvalidValueError as error:
        yield found("cannot-run", path, error.message, at=_named(error.message), hint=error.hint)


def _named(message: str) -> FieldPath:
    """The field that the engine's message begins with; the whole file where it names none."""
    try:
        path = parse_field(message.partition(": ")[0])
    except UsageError:
        return ()
    return path if path[0] in TABLES else ()


def _digests(document: Document) -> tuple[bytes | None, bytes | None]:
    """Of the run part, and of it without its cost; None where a value has no bytes."""
    rest = _digest([(name, document[name]) for name in TABLES if name in document and name != COST])
    return _digest([rest, document.get(COST)]) if rest is not None else None, rest


def _digest(value: Any) -> bytes | None:
    content = bytes_of(value)
    return None if content is None else hashlib.blake2b(content, digest_size=32).digest()
