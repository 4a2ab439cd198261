"""New models: from a preset, or as a copy of another one. Nothing is written; a new file waits in the queue."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from modeltui.domain.catalog import Catalog, folded_key
from modeltui.domain.change import Action, Edit
from modeltui.domain.document import ABSENT, Document, FieldPath, format_field, get, parse_field, shown
from modeltui.domain.finding import Finding
from modeltui.domain.model import model_of, rollout_percent
from modeltui.domain.presets import Preset
from modeltui.domain.rollout import NAME as ROLLOUT
from modeltui.domain.rollout import percent_text
from modeltui.domain.schema.fatal import SCHEMA_VERSION
from modeltui.domain.schema_line import with_schema_line
from modeltui.domain.slug import copy_key, free_key, name_from, parse_key, slug
from modeltui.domain.snapshot import Snapshot
from modeltui.errors import BrokenFileError, InvalidValueError, RefusedError
from modeltui.services.changing.acts import checked
from modeltui.services.changing.queueing import Creation, Queueing
from modeltui.services.changing.schema_lines import schema_line_of
from modeltui.services.current import Current
from modeltui.services.outcome import Outcome
from modeltui.services.rendering import Renderer
from modeltui.storage.toml.codec import parse
from modeltui.storage.toml.new_model import new_text

_GONE: Final[tuple[FieldPath, ...]] = (("preset",), ("lock",))
_OF_COPY: Final[tuple[FieldPath, ...]] = (*_GONE, (ROLLOUT,))
_NAMED: Final = ("name", "model_id", "provider")
"""What of the identity the user says; the rest follows from the key."""


class Draft(Struct, frozen=True):
    """A new model, checked and not queued yet."""

    label: str
    """What the undo calls it."""
    key: str
    path: str
    text: str
    document: Document
    warnings: tuple[str, ...] = ()


class CreateService:
    def __init__(
        self,
        current: Current,
        queueing: Queueing,
        renderer: Renderer,
        new_uid: Callable[[], str] = lambda: str(uuid.uuid4()),
    ) -> None:
        self._current = current
        self._queueing = queueing
        self._renderer = renderer
        self._new_uid = new_uid

    def free_key(self, content_type: str, name: str) -> str:
        """A key for a new model of this name that no other has; empty where the name gives none."""
        made = slug(name)
        return free_key(content_type, made, self._taken()) if made else ""

    def copy_key(self, name: str) -> str:
        """The key that a copy of a model gets unasked. Raises NotFoundError."""
        return copy_key(self._current.snapshot().shown.find(name).key, self._taken())

    def new_uid(self) -> str:
        return self._new_uid()

    def from_preset(
        self, preset: Preset, key: str, assignments: Sequence[tuple[str, str]] = (), *, uid: str | None = None
    ) -> Draft:
        """A model as a preset has it, with FIELD=VALUE set as a person typed them; with a new uid, or a given one.

        Raises UsageError, and RefusedError with the first reason why there cannot be such a model.
        """
        from modeltui.domain.fields import parse_value  # noqa: PLC0415  # loads pydantic

        snapshot = self._current.snapshot()
        folder = self._free(key)
        said = {parse_field(field): text for field, text in assignments}
        identity = {**self._identity_from(preset, key, folder, said, snapshot), "uid": uid or self._new_uid()}
        base: dict[str, Any] = {name: value for name, value in preset.document.items() if name != "preset"}
        document: Document = {**base, **identity}
        values: list[tuple[FieldPath, Any]] = []
        for path, text in said.items():
            if path not in [(name,) for name in _NAMED]:
                values.append((path, parse_value(path, text, get(document, path))))
        edits = checked(values, document)
        if base.get("default") is True:
            edits = [Edit(("default",), True, False), *edits]
        warnings = [*_guessed(identity, said, preset), *_still_examples(preset, said, document)]
        line = schema_line_of(folder, snapshot.catalog.models, self._renderer.read)
        text = with_schema_line(new_text(preset.text.encode(), identity, _GONE, edits), line)
        return self._draft(f"new {key} from {preset.id}", key, text, snapshot, warnings)

    def copy(self, name: str, key: str | None = None, new_name: str | None = None, *, uid: str | None = None) -> Draft:
        """A model under another key: its text with what is pending for it, a uid of its own, no lock and no rollout.

        It is inactive and no default, so that nobody gets it before somebody looked at it. Raises NotFoundError,
        BrokenFileError, and RefusedError with the first reason why there cannot be such a model.
        """
        snapshot = self._current.snapshot()
        model = snapshot.shown.find(name)
        made = key or copy_key(model.key, self._taken())
        folder = self._free(made)
        content = self._content(snapshot, model.key)
        document = parse(content)
        identity = {
            "uid": uid or self._new_uid(),
            "name": new_name or f"{model.name or model.key} (Copy)",
            "content_type": folder,
        }
        off = [Edit((field,), True, False) for field in ("active", "default") if get(document, (field,)) is True]
        text = new_text(content, identity, _OF_COPY, off)
        return self._draft(f"duplicate {model.key} as {made}", made, text, snapshot, _left_out(model.label, document))

    def create(self, draft: Draft) -> Outcome:
        """Queue a new model. Raises RefusedError where its key was taken meanwhile."""
        with self._current.guard:
            self._free(draft.key)
            creation = Creation(draft.key, draft.path, draft.text)
            outcome = self._queueing.queue(draft.label, [], lambda *_: [], creations=[creation], is_whole=True)
            return replace(outcome, warnings=draft.warnings)

    def _content(self, snapshot: Snapshot, key: str) -> bytes:
        """The text of a model as it would be after the apply; as it is where the apply would delete it."""
        planned = snapshot.plan.files.get(key)
        if planned is not None and planned.is_stale:
            raise RefusedError(
                f"{key} has a pending change that is stale: {planned.problem}", hint="rebase or discard it first"
            )
        model = snapshot.shown.models[key]
        if model.fault is not None:
            raise BrokenFileError(f"{model.fault.where}: {model.fault.message}", hint=model.fault.hint)
        if planned is None or planned.action is Action.DELETE:
            return self._renderer.read(model.path)
        content = self._renderer.rendered(planned, self._renderer.current(planned))
        assert content is not None
        return content

    def _identity_from(
        self, preset: Preset, key: str, folder: str, said: Mapping[FieldPath, str], snapshot: Snapshot
    ) -> dict[str, Any]:
        if (reason := preset.why_not(snapshot.catalog.providers)) is not None and ("provider",) not in said:
            raise RefusedError(f"preset {preset.id}: {reason}", hint="`modeltui presets` lists the others")
        if preset.fault is not None:
            raise RefusedError(f"preset {preset.id}: {preset.fault}", hint="mend presets/, or choose another")
        if preset.content_type not in (None, folder):
            hint = f"choose a key such as {preset.content_type}/{key.partition('/')[2]}"
            raise RefusedError(f"preset {preset.id} is for {preset.content_type}, and the key for {folder}", hint=hint)
        named = {name: said.get((name,), preset.document.get(name)) for name in _NAMED}
        if named["provider"] is None:
            raise RefusedError(f"preset {preset.id} leaves the provider open", hint="say provider=NAME")
        return {
            "schema": SCHEMA_VERSION,
            "model_id": named["model_id"] or key.partition("/")[2],
            "name": named["name"] or name_from(key),
            "provider": named["provider"],
            "content_type": folder,
        }

    def _draft(self, label: str, key: str, text: str, snapshot: Snapshot, warnings: Sequence[str]) -> Draft:
        """Raises RefusedError where the file would have a fault."""
        document = parse(text.encode())
        if document.get("default") is True:
            raise RefusedError("a new model is no default", hint="`modeltui default` makes it one, when it is active")
        path = f"models/{key}.toml"
        doubts = list(warnings)
        for finding in _findings(snapshot.catalog, key, path, document):
            if finding.severity == "error":
                raise InvalidValueError(finding.message, hint=finding.hint)
            doubts.append(finding.message)
        return Draft(label, key, path, text, document, tuple(doubts))

    def _free(self, key: str) -> str:
        """The content type of a key that may be used. Raises RefusedError where it is taken, also by a pending one."""
        folder, _ = parse_key(key)
        if (other := self._current.snapshot().shown.by_folded_key.get(folded_key(key))) is not None:
            free = free_key(folder, key.partition("/")[2], self._taken())
            raise RefusedError(f"there is a model {other} already", hint=f"choose another key, such as {free}")
        for user, plan in self._current.others().items():
            for file in plan.files.values():
                if file.action is Action.CREATE and folded_key(file.key) == folded_key(key):
                    raise RefusedError(f"{user} is about to make a model {file.key}", hint="choose another key")
        return folder

    def _taken(self) -> frozenset[str]:
        """Keys of models, of the new ones in my queue, and of those in the queues of others; folded."""
        others = (file.key for plan in self._current.others().values() for file in plan.files.values())
        return frozenset((*self._current.snapshot().shown.by_folded_key, *map(folded_key, others)))


def _findings(catalog: Catalog, key: str, path: str, document: Document) -> list[Finding]:
    """What `check` would say of the file, other files left aside."""
    from modeltui.domain.rules.files import check_model  # noqa: PLC0415  # loads pydantic
    from modeltui.domain.rules.providers import asked_of, providers_of  # noqa: PLC0415

    model = model_of(key, path, "", document)
    return [*check_model(path, document), *providers_of(model, asked_of(document), catalog)]


def _left_out(source: str, document: Document) -> list[str]:
    """Of a copy: who gets the one is no word on who is to get the other."""
    percent = rollout_percent(document)
    if percent is None:
        return []
    return [
        f"the rollout of {source} ({percent_text(percent)}) is not copied: everybody gets the copy once it is active"
    ]


def _guessed(identity: Mapping[str, Any], said: Mapping[FieldPath, str], preset: Preset) -> list[str]:
    """What the user did not say, and was made from the key."""
    is_guess = ("model_id",) not in said and "model_id" not in preset.document
    return [f"model_id was not said; {identity['model_id']!r} is a guess from the key"] if is_guess else []


def _still_examples(preset: Preset, said: Mapping[FieldPath, str], document: Document) -> list[str]:
    """Fields that every model has to say for itself, and whose value is still that of the preset."""
    return [
        f"`{format_field(path)}` is still that of the preset: {shown(get(document, path))}"
        for path in preset.asked
        if path not in said and get(document, path) is not ABSENT
    ]
