"""Rows held against the catalogue, one by one: a bad one is named, and the rest goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from msgspec import Struct, field

from modeltui.domain.catalog import Catalog, folded_key
from modeltui.domain.change import Action, Edit
from modeltui.domain.document import Document, differences, same, with_value
from modeltui.domain.exchange.import_plan import ABSENT_HERE, ALREADY, FOREIGN_HINT, SAID, Changed, Created, ImportPlan
from modeltui.domain.exchange.listing import short_id
from modeltui.domain.exchange.provider_names import known_provider
from modeltui.domain.exchange.row import Options, Refused, Row, Skipped
from modeltui.domain.fields import check_values
from modeltui.domain.model import Model
from modeltui.domain.pending.plan import Plan, pending_document
from modeltui.domain.rules.files import check_model
from modeltui.domain.schema.fatal import SCHEMA_VERSION
from modeltui.domain.slug import slug
from modeltui.domain.text import some_of
from modeltui.domain.value_size import refuse_large
from modeltui.errors import LockedError, ModeltuiError, RefusedError

Found: TypeAlias = Created | Changed | Skipped | Refused

_CONTRACT: Final = frozenset({"inputs", "rules", "before", "request", "poll", "result", "cancel", "cost"})
"""Tables that hang together, so that the whole file is checked where one of them changes."""
_OF_COST: Final = frozenset({"base", "tokens", "currency", "minimum", "round"})
_MOST_ALIKE: Final = 10
_SLUG: Final = "lower case letters and digits, with - between words"


class Ground(Struct, frozen=True, kw_only=True):
    """What rows are held against."""

    catalog: Catalog
    """With the models that wait to be created."""
    plan: Plan
    aliases: Mapping[str, str]
    """Usual names of providers in a format, for those that the catalogue has."""
    new_uid: Callable[[], str]
    text_of: Callable[[Document], str]
    """The text of a new file. Raises RefusedError where a document cannot be one."""


def planned(
    source: str, rows: Iterable[Row | Refused | Skipped], ground: Ground, options: Options, warnings: Sequence[str] = ()
) -> ImportPlan:
    """The plan of an import, its rows in the order of the file. Nothing is queued by it."""
    work = _Work(ground, options)
    found: list[Found] = []
    for row in rows:
        found.extend(work.of_row(row) if isinstance(row, Row) else [row])
    return ImportPlan(
        source=source,
        created=tuple(item for item in found if isinstance(item, Created)),
        changed=tuple(item for item in found if isinstance(item, Changed)),
        skipped=tuple(item for item in found if isinstance(item, Skipped)),
        refused=tuple(item for item in found if isinstance(item, Refused)),
        warnings=(*warnings, *work.warnings()),
    )


class _Work(Struct):
    ground: Ground
    options: Options
    _by_id: dict[tuple[str, str], list[Model]] = field(default_factory=dict)
    _uids: dict[str, str] = field(default_factory=dict)
    """Keys of models by uid, those that this import makes too."""
    _taken: dict[str, str] = field(default_factory=dict)
    """Keys as a disk may see them."""
    _named: dict[str, tuple[str, Document]] = field(default_factory=dict)
    """Where each key was named before, and what it is to be."""
    _made: dict[tuple[str, str], str] = field(default_factory=dict)
    """Where each new model, by provider and model_id, was named."""
    _changed_keys: set[str] = field(default_factory=set)
    """Models that the import changes or makes."""
    _notes: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for key, model in self.ground.catalog.models.items():
            self._taken[folded_key(key)] = key
            if model.uid:
                self._uids.setdefault(model.uid.casefold(), key)
            if model.provider and model.model_id:
                self._by_id.setdefault((model.provider, model.model_id), []).append(model)

    def warnings(self) -> Iterator[str]:
        for note, keys in self._notes.items():
            yield f"{some_of(keys, len(keys))}: {note}"
        yield from self._second_defaults()

    def _second_defaults(self) -> Iterator[str]:
        """Defaults that this import would make beside others of their content type."""
        catalog, plan = self.ground.catalog, self.ground.plan
        after = {key: model.default for key, model in catalog.models.items()}
        after |= {key: pending_document(plan, catalog, key).get("default") is True for key in plan.files}
        after |= {key: document.get("default") is True for key, (_, document) in self._named.items()}
        defaults: dict[str, list[str]] = {}
        for key, is_default in after.items():
            if is_default:
                defaults.setdefault(key.partition("/")[0], []).append(key)
        for content_type, keys in defaults.items():
            if len(keys) > 1 and any(key in self._changed_keys for key in keys):
                yield f"{content_type} would have {len(keys)} defaults: {some_of(keys, len(keys))}"

    def of_row(self, row: Row) -> list[Found]:
        """Mostly one; a row of a public registry may mean several models."""
        try:
            if row.key is None and row.uid is None:
                return self._of_listing(row)
            key = row.key if row.key is not None else self._uids.get(str(row.uid).casefold())
            if key is None:
                raise RefusedError(f"no model has the uid {row.uid}", hint="a new model needs a key")
            return [self._of_key(row, key)]
        except ModeltuiError as error:
            return [Refused(row.where, row.key, error.message, error.hint)]

    # A row that names its model

    def _of_key(self, row: Row, key: str) -> Found:
        try:
            return self._changed(row, key) if key in self.ground.catalog.models else self._created(row, key)
        except ModeltuiError as error:
            return Refused(row.where, key, error.message, error.hint)

    def _changed(self, row: Row, key: str) -> Found:
        ground = self.ground
        model = ground.catalog.models[key]
        if model.fault is not None:
            raise RefusedError(f"the file is broken: {model.fault.message}", hint=model.fault.hint)
        before = pending_document(ground.plan, ground.catalog, key)
        after = self._mapped(row.wanted(before), before)
        if self._is_said(key, after):
            return Skipped(row.where, key, SAID)
        if (note := row.notes(before)) is not None:
            self._notes.setdefault(f"{note}; the price stays", []).append(key)
        edits = _edits(before, after)
        if edits:
            check_open(ground.catalog, ground.plan, model)
            refuse_large(edits)
            check_edits(model, edits, before, after)
            self._changed_keys.add(key)
        self._named[key] = (row.where, after)
        if not edits:
            return Skipped(row.where, key, ALREADY)
        return Changed(row.where, key, edits)

    def _created(self, row: Row, key: str) -> Found:
        if key in self._named:
            raise RefusedError(f"{self._named[key][0]} makes it already", hint="keep one of the two rows")
        folder, _, name = key.partition("/")
        if slug(name) != name or not name or "/" in name:
            raise RefusedError(f"{key!r} is no key for a new model", hint=f"content_type/name, the name in {_SLUG}")
        if (other := self._taken.get(folded_key(key))) is not None and other != key:
            raise RefusedError(f"but for case or encoding it is {other}", hint="choose another key")
        identity: Document = {"schema": SCHEMA_VERSION, "uid": self.ground.new_uid(), "content_type": folder}
        if row.provider is not None:
            identity = {**identity, "provider": row.provider}
        document = self._mapped((row.made or row.wanted)(identity), {})
        document = {name: value for name, value in document.items() if name != "lock"}
        self._check_new(key, folder, document)
        text = self.ground.text_of(document)
        self._taken[folded_key(key)] = key
        self._uids[str(document["uid"]).casefold()] = key
        self._named[key] = (row.where, document)
        self._changed_keys.add(key)
        self._made.setdefault((str(document["provider"]), str(document["model_id"])), row.where)
        return Created(row.where, key, text)

    def _check_new(self, key: str, folder: str, document: Document) -> None:
        for finding in check_model(f"models/{key}.toml", document):
            if finding.severity == "error":
                raise RefusedError(finding.message, hint=finding.hint)
        if document["content_type"] != folder:
            raise RefusedError(f"its content_type is {document['content_type']}, its folder {folder}")
        self._known_provider(str(document["provider"]))
        if (other := self._uids.get(str(document["uid"]).casefold())) is not None:
            raise RefusedError(f"its uid is that of {other}", hint="leave the uid out, and a new one is made")

    def _is_said(self, key: str, wanted: Document) -> bool:
        """Whether an earlier row wants the same. Raises RefusedError where it wants something else of this model."""
        if (before := self._named.get(key)) is None:
            return False
        where, earlier = before
        if not same(earlier, wanted):
            raise RefusedError(f"{where} says something else of it", hint="keep one of the two rows")
        return True

    # A row that says how others call it

    def _of_listing(self, row: Row) -> list[Found]:
        try:
            provider = self._known_provider(str(row.provider))
        except RefusedError as error:
            return [Skipped(row.where, None, error.message, FOREIGN_HINT)]
        models = [model for name in row.model_ids for model in self._by_id.get((provider, name), ())]
        if models:
            return [self._of_key(row, key) for key in dict.fromkeys(model.key for model in models)]
        if where := next(
            (self._made[provider, name] for name in row.model_ids if (provider, name) in self._made), None
        ):
            return [Skipped(row.where, None, f"{where} is the same model")]
        if not self.options.creates:
            return [Skipped(row.where, None, ABSENT_HERE)]
        if row.content_type is None:
            return [Refused(row.where, None, "nothing tells its content type", "create it by hand: `modeltui new`")]
        return [self._of_key(row, self._free_key(row, provider))]

    def _free_key(self, row: Row, provider: str) -> str:
        """The shortest key that says enough: by the end of the id, by all of it, with the provider, with a number."""
        name = row.model_ids[-1]
        whole = f"{provider}-{name}"
        for text in (short_id(name), name, whole, *(f"{whole}-{number}" for number in range(2, _MOST_ALIKE))):
            key = f"{row.content_type}/{slug(text)}"
            if slug(text) and folded_key(key) not in self._taken:
                return key
        raise RefusedError("every key for it is taken", hint="create it by hand: `modeltui new`")

    # Providers

    def _mapped(self, document: Document, before: Document) -> Document:
        """The document with the provider by the catalogue's name, where it is another one than before."""
        provider = document.get("provider")
        if not isinstance(provider, str) or provider == before.get("provider"):
            return document
        known = self._known_provider(provider)
        return document if known == provider else with_value(document, ("provider",), known)

    def _known_provider(self, name: str) -> str:
        """The catalogue's name. Raises RefusedError where it has no such provider."""
        ground = self.ground
        known = known_provider(name, ground.catalog.providers, self.options.providers, ground.aliases)
        if known is not None:
            return known
        raise RefusedError(
            f"the catalogue has no provider {name}", hint=f"say which of yours it is: --provider {name}=NAME"
        )


def _edits(before: Document, after: Document) -> tuple[Edit, ...]:
    """What differs; top-level fields that were left alone are the same objects, and need no look."""
    touched = [name for name in dict.fromkeys((*before, *after)) if before.get(name) is not after.get(name)]
    old = {name: before[name] for name in touched if name in before}
    new = {name: after[name] for name in touched if name in after}
    return tuple(Edit(*difference) for difference in differences(old, new))


def check_open(catalog: Catalog, plan: Plan, model: Model) -> None:
    """Raises RefusedError with the reason why this model takes no edit."""
    if model.lock is not None:
        raise LockedError(f"it is {model.lock}", hint="unlock it, and apply that, before you change it")
    if model.key in catalog.twins:
        raise RefusedError("its key differs from another one only in case or encoding", hint="rename one file")
    file = plan.files.get(model.key)
    if file is not None and file.is_stale:
        raise RefusedError(f"its pending change is stale: {file.problem}", hint="rebase or discard that first")
    if file is not None and file.action is Action.DELETE:
        raise RefusedError("it is about to be removed", hint="discard the removal first")


def check_edits(model: Model, edits: Sequence[Edit], before: Document, after: Document) -> None:
    """Raises InvalidValueError where the file would have a new fault."""
    check_values([(edit.path, edit.new) for edit in edits], before)
    if not any(_is_of_contract(edit) for edit in edits):
        return
    known = {(finding.code, finding.field) for finding in check_model(model.path, before)}
    for finding in check_model(model.path, after):
        if finding.severity == "error" and (finding.code, finding.field) not in known:
            raise RefusedError(finding.message, hint=finding.hint)


def _is_of_contract(edit: Edit) -> bool:
    head, *rest = edit.path
    return head in _CONTRACT and not (head == "cost" and rest and rest[0] in _OF_COST)
