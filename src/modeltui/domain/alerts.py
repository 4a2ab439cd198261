"""What an administrator should look at today: one line each, with why it matters and, where it is clear, what to do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Final

from msgspec import Struct

from modeltui.domain.catalog import Catalog
from modeltui.domain.change import Edit
from modeltui.domain.document import Document, get, same
from modeltui.domain.finding import Severity
from modeltui.domain.model import Model
from modeltui.domain.text import some_of

SOON: Final = timedelta(days=30)
LATER: Final = timedelta(days=90)
VERIFIED_WITHIN: Final = 90
"""Days after which a price counts as not verified."""
SEVERITIES: Final[tuple[Severity, ...]] = ("error", "warning", "note")


class Remedy(Struct, frozen=True):
    """What would end an alert about one model."""

    label: str
    """In words: `disable`."""
    edits: tuple[Edit, ...]

    def is_in(self, document: Document) -> bool:
        """Whether a document, such as one with what is pending, has it."""
        return all(same(get(document, edit.path), edit.new) for edit in self.edits)


class Alert(Struct, frozen=True, kw_only=True):
    code: str
    """Stable name of what it says, such as `retired-active`."""
    severity: Severity
    subject: str
    """The key of the model, the provider or the content type that it is about."""
    message: str
    explanation: str
    """Why it matters, and what to do."""
    keys: tuple[str, ...]
    """The models that it is about."""
    query: str
    """What shows them in the catalogue."""
    remedy: Remedy | None = None
    """For the one model in `keys`; None where somebody has to choose."""

    @property
    def id(self) -> str:
        return f"{self.code} {self.subject}"


def alerts_of(
    catalog: Catalog, today: date, keys_missing: Mapping[str, Collection[str]], verified_within: int = VERIFIED_WITHIN
) -> tuple[Alert, ...]:
    """Every alert, the gravest first, then by what it is about.

    keys_missing: providers that need a key and have none here, with the names of the variables that may hold it.
    verified_within: days since the last verification of a price that are taken as fresh.
    """
    chains = _Chains(catalog)
    found = [
        *_of_providers(catalog, keys_missing),
        *_of_defaults(catalog),
        *(alert for model in catalog.models.values() for alert in _of_model(model, chains, today, verified_within)),
    ]
    return gravest_first(found)


def gravest_first(alerts: Iterable[Alert]) -> tuple[Alert, ...]:
    """Then by what they say, then by what they are about."""
    return tuple(sorted(alerts, key=lambda alert: (SEVERITIES.index(alert.severity), alert.code, alert.subject)))


def _of_model(model: Model, chains: _Chains, today: date, verified_within: int) -> Iterator[Alert]:
    if model.fault is not None:
        message = f"cannot be used: {model.fault.message}"
        yield _about(
            model, "broken", "error", message, "A broken file is never written. Mend it in an editor; f5 reads it."
        )
        return
    if model.is_drifted:
        message = f"was changed after it was {model.lock}"
        explanation = (
            "The lock says that nobody changes it. `modeltui drift` shows what changed, takes it back or locks it anew."
        )
        yield _about(model, "lock-broken", "error", message, explanation)
    yield from _of_replacement(model, chains)
    if model.active:
        yield from _of_last_day(model, today)
        yield from _of_deprecation(model, today)
        yield from _of_price(model, today, verified_within)


def _of_last_day(model: Model, today: date) -> Iterator[Alert]:
    last = model.retires_on
    if last is None or last - today > LATER:
        return
    days = (last - today).days
    if days < 0:
        explanation = "The provider no longer serves it, so runs fail. Disable it."
        yield _about(
            model, "retired-active", "error", f"retired on {last}, and is active", explanation, remedy=_DISABLE
        )
        return
    when = "today" if days == 0 else "tomorrow" if days == 1 else f"in {days} days"
    explanation = "After that day runs fail. Choose what takes its place, tell who uses it, and disable it in time."
    severity: Severity = "warning" if last - today <= SOON else "note"
    yield _about(model, "retires-soon", severity, f"retires on {last}, {when}", explanation)


def _of_deprecation(model: Model, today: date) -> Iterator[Alert]:
    day = model.deprecated_on
    if model.status == "deprecated" or (day is not None and day <= today):
        since = f" since {day}" if day is not None and day <= today else ""
        explanation = "The provider advises against it, and new users still find it. Disable it when nobody needs it."
        yield _about(
            model, "deprecated-active", "warning", f"is deprecated{since}, and is active", explanation, remedy=_DISABLE
        )


def _of_price(model: Model, today: date, verified_within: int) -> Iterator[Alert]:
    if model.base_cost is None or (model.verified_on and (today - model.verified_on).days <= verified_within):
        return
    since = f"since {model.verified_on}" if model.verified_on else "yet"
    explanation = (
        "Providers change their prices. Compare it with the provider's page, then set verified_on to that day."
    )
    yield _about(model, "price-unverified", "note", f"the price was not verified {since}", explanation)


def _of_replacement(model: Model, chains: _Chains) -> Iterator[Alert]:
    name = model.replaced_by
    if name is None:
        return
    successor = chains.models.get(name)
    if successor is not None and successor.active and name != model.key:
        return
    state = "is not there" if successor is None else "is not active"
    explanation = "Who follows it gets nothing. Name an active model."
    last = chains.last(name)
    remedy = None
    if last not in (None, model.key):
        remedy = Remedy(f"replace it by {last}", (Edit(("replaced_by",), name, last),))
    yield _about(
        model, "replaced-by-inactive", "warning", f"is replaced by {name}, which {state}", explanation, remedy=remedy
    )


class _Chains:
    """What follows what, each chain gone along once."""

    def __init__(self, catalog: Catalog) -> None:
        self.models = catalog.models
        self._last: dict[str, str | None] = {}

    def last(self, name: str) -> str | None:
        """The first active model that the replacements from `name` on lead to; None where they lead nowhere."""
        passed: list[str] = []
        while name in self.models and not self.models[name].active and name not in self._last:
            self._last[name] = None  # unless the chain leads on, and not back here
            passed.append(name)
            name = self.models[name].replaced_by or ""
        end = self._last.get(name, name if name in self.models else None)
        self._last.update((each, end) for each in passed)
        return end


def _of_defaults(catalog: Catalog) -> Iterator[Alert]:
    by_type: dict[str, list[Model]] = defaultdict(list)
    for model in catalog.models.values():
        if model.content_type is not None and not model.is_broken:
            by_type[model.content_type].append(model)
    for content_type, models in by_type.items():
        yield from _of_default(content_type, models, catalog)


def _of_default(content_type: str, models: Iterable[Model], catalog: Catalog) -> Iterator[Alert]:
    active = [model for model in models if model.active]
    defaults = [model for model in models if model.default]
    query = f"type:{content_type}"
    if len(defaults) > 1:
        yield Alert(
            code="several-defaults",
            severity="error",
            subject=content_type,
            message=f"has {len(defaults)} defaults: {some_of((model.key for model in defaults), len(defaults), 3)}",
            explanation="Applications that name no model would take either. Keep one.",
            keys=tuple(model.key for model in defaults),
            query=f"{query} default:yes",
        )
    elif defaults and not defaults[0].active:
        explanation = (
            f"Applications that ask for the default of {content_type} get nothing. Enable it, or choose another."
        )
        yield _about(
            defaults[0],
            "inactive-default",
            "warning",
            f"is the default of {content_type}, and is not active",
            explanation,
        )
    elif not defaults and active:
        is_one = len(active) == 1
        yield Alert(
            code="no-default",
            severity="warning",
            subject=content_type,
            message=f"has {len(active)} active {'model' if is_one else 'models'}, and none is the default",
            explanation="Applications that name no model get none. Make one of its active models the default.",
            keys=tuple(model.key for model in active),
            query=f"{query} active:yes",
            remedy=_make_default(active[0], catalog) if is_one else None,
        )


def _make_default(model: Model, catalog: Catalog) -> Remedy:
    before = get(catalog.documents.get(model.key, {}), ("default",))
    return Remedy(f"make {model.key} the default", (Edit(("default",), before, True),))


def _of_providers(catalog: Catalog, keys_missing: Mapping[str, Collection[str]]) -> Iterator[Alert]:
    served: dict[str, list[str]] = {provider: [] for provider in keys_missing}
    for model in catalog.models.values():
        if model.active and model.provider in served:
            served[model.provider].append(model.key)
    for provider, names in keys_missing.items():
        if keys := tuple(served[provider]):
            yield Alert(
                code="key-missing",
                severity="warning",
                subject=provider,
                message=f"has {len(keys)} active {'model' if len(keys) == 1 else 'models'}, and its key is not here",
                explanation=f"Its models cannot be run from here. Set {' or '.join(names) or 'it'} in the environment.",
                keys=keys,
                query=f"provider:{provider} active:yes",
            )


_DISABLE: Final = Remedy("disable", (Edit(("active",), True, False),))


def _about(
    model: Model, code: str, severity: Severity, message: str, explanation: str, *, remedy: Remedy | None = None
) -> Alert:
    return Alert(
        code=code,
        severity=severity,
        subject=model.key,
        message=message,
        explanation=explanation,
        keys=(model.key,),
        query=model.key,
        remedy=remedy,
    )
