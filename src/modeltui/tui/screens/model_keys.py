"""The keys that act on models and on views, apart from what they do: that is loaded with the first of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.binding import Binding, BindingType

if TYPE_CHECKING:
    from modeltui.domain.model import Model

MODEL_BINDINGS: Final[list[BindingType]] = [
    Binding(
        "e", "edit_form", "Edit", id="model.edit_form", tooltip="every field in a form: the marked models, else this"
    ),
    Binding("E", "edit_text", "Edit as text", id="model.edit_text", tooltip="the file in your own editor", show=False),
    Binding("l", "lock", "Lock", id="model.lock", tooltip="lock, with a reason, or unlock"),
    Binding("r", "run", "Run", id="model.run", tooltip="a test generation"),
    Binding("h", "history", "History", id="model.history", tooltip="who changed this model, when and why", show=False),
    Binding("y", "copy", "Copy", id="model.copy", tooltip="key, id, uid … to the clipboard", show=False),
]
"""What is done to a model by the same keys wherever one is shown."""

LIFE_BINDINGS: Final[list[BindingType]] = [
    Binding("d", "life('duplicate')", "Duplicate", id="model.duplicate", tooltip="a copy of this model", show=False),
    Binding("D", "life('default')", "Make default", id="model.default", tooltip="of its content type", show=False),
    Binding(
        "x", "life('end')", "Deprecate, remove", id="model.end", tooltip="or restore: the marked models, else this one",
        show=False,
    ),
    Binding(
        "percent_sign", "life('rollout')", "Rollout…", id="model.rollout",
        tooltip="to how many callers: the marked models, else this one", show=False,
    ),
]  # fmt: skip
"""By the same keys wherever a model is shown."""

LIFE_VERBS: Final = frozenset(("new", "bulk", "duplicate", "default", "end", "rollout"))

_OPTION_DIGITS: Final = (
    *("inverted_exclamation_mark", "trade_mark_sign", "pound_sign", "cent_sign", "infinity"),
    *("section_sign", "pilcrow_sign", "bullet", "ª"),
)
"""What Textual takes escape and a digit for, which most terminals send for alt and a digit: a Mac's option keys."""

VIEW_BINDINGS: Final[list[BindingType]] = [
    Binding("c", "columns", "Columns", id="view.columns", tooltip="which, in which order, how wide", show=False),
    Binding("V", "views", "Views", id="view.menu", tooltip="filter, order and columns by name", show=False),
    Binding("F", "facets", "Facets", id="view.facets", tooltip="how many have which value; narrow by it", show=False),
    Binding("J", "jump", "Jump", id="view.jump", tooltip="to a model, by some letters of its name", show=False),
    Binding("comma", "like_this", "Rows like this cell", id="view.like", tooltip="narrow to its value", show=False),
    Binding("backslash", "group", "Group", id="view.group", tooltip="headings by provider, type …", show=False),
    *(
        Binding(
            f"alt+{number},{character}",
            f"view({number})",
            "" if number > 1 else "A view by number",
            id=f"view.show_{number}",
            key_display=f"alt+{number}",
            tooltip="alt+1 to alt+9, as V lists them",
            show=False,
        )
        for number, character in enumerate(_OPTION_DIGITS, 1)
    ),
]


def why_not_life(verb: str, model: Model | None, *, has_marks: bool = False, has_rows: bool = False) -> str | None:
    """Why one of these keys does nothing now; `model` is under the cursor."""
    if verb == "new" or (verb in ("bulk", "end", "rollout") and has_marks):
        return None
    if verb == "bulk":
        return None if has_rows else "no model is shown"
    if model is None:
        return "no model is under the cursor"
    if model.is_broken:
        return f"{model.label} is broken: mend the file, then press F5"
    if verb == "default" and model.is_locked:
        return f"{model.label} is {model.lock}. Press l to unlock it"
    return None
