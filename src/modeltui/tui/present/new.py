"""What is asked for a new model, field by field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from modeltui.domain.document import ABSENT, format_field, get, shown
from modeltui.domain.fields import describe
from modeltui.tui.present.line import Line, line
from modeltui.tui.present.toml import numbered

if TYPE_CHECKING:
    from modeltui.domain.presets import Preset
    from modeltui.domain.snapshot import Snapshot

KEY: Final = "key"
CONTENT_TYPE: Final = "content_type"


@dataclass(frozen=True, slots=True)
class Question:
    """One field of the form."""

    field: str
    """Path in the file; KEY for the key of the model."""
    title: str
    value: str = ""
    help: str = ""
    choices: tuple[str, ...] = ()


def questions_of(preset: Preset, snapshot: Snapshot) -> list[Question]:
    """What a new model has to say for itself: what the preset leaves open, and what it has only an example for."""
    models = snapshot.shown.models.values()
    asked = [Question("name", "Name", help="what people call it")]
    if preset.content_type is None:
        types = Counter(model.content_type for model in models if model.content_type)
        ours = Counter(
            model.content_type for model in models if model.content_type and model.provider == preset.provider
        )
        usual = next((each for each, _ in ours.most_common(1)), None)
        asked.append(_choice(CONTENT_TYPE, "Content type", types, usual))
    if preset.provider is None:
        asked.append(_choice("provider", "Provider", snapshot.catalog.providers))
    said = get(preset.document, ("model_id",))
    asked.append(Question("model_id", "model_id", said if isinstance(said, str) else "", "the provider's own name"))
    for path in preset.asked:
        shape = describe(path)
        value = get(preset.document, path)
        text = "" if value is ABSENT else value if isinstance(value, str) else shown(value)
        asked.append(Question(format_field(path), format_field(path), text, shape.doc if shape else ""))
    return [*asked, Question(KEY, "Key", help="proposed from the name")]


def questions_of_copy(key: str, name: str) -> list[Question]:
    return [
        Question("name", "Name", name, "what people call it"),
        Question(KEY, "Key", key, "another content type may stand before the slash"),
    ]


def _choice(field: str, title: str, values: Collection[str], usual: str | None = None) -> Question:
    choices = tuple(sorted(values))
    return Question(field, title, usual or (choices[0] if choices else ""), "enter shows them all", choices)


def draft_lines(text: str, warnings: Sequence[str]) -> list[Line]:
    """The text that will be queued, with what is doubtful about it above."""
    return [*(line(f" ! {warning}", "warn") for warning in warnings), *numbered(text)]
