"""One model in words: what it is, what is pending for it, what it takes and costs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from modeltui.domain.change import Action
from modeltui.domain.document import Document, format_field, shown
from modeltui.domain.text import safe
from modeltui.tui.present.line import BLANK, Line, Piece, cut, fit, folded, separated
from modeltui.tui.present.state import would_be
from modeltui.tui.present.tested import run_lines

if TYPE_CHECKING:
    from modeltui.domain.model import Model
    from modeltui.domain.pending.plan import PlannedFile
    from modeltui.domain.snapshot import Snapshot
    from modeltui.domain.workflow import Workflow

_LABEL = 11
_MOST_FOR_NAME = 18


def summary(key: str, snapshot: Snapshot, width: int, found: Sequence[Line] = ()) -> list[Line]:
    """What the pane at the side says about a model, where it is `width` cells wide; `found` follows its state."""
    model = snapshot.shown.models.get(key)
    if model is None:
        return [((safe(key), "strong"),), BLANK, (("this model is no longer in the catalogue", "warn"),)]
    planned = snapshot.plan.files.get(key)
    parts: list[list[Line]] = [_title(model), [*_state(model, planned), *found]]
    if planned is not None:
        parts.append(pending_lines(planned))
    if model.fault is not None:
        parts.append(_fault(model))
    else:
        document = snapshot.shown.documents.get(key, {})
        runs = run_lines(model, snapshot.shown, width)
        parts += [_facts(model, document, width), runs, _inputs(document, width), _cost(document)]
    return apart(parts)


def apart(parts: Sequence[Sequence[Line]]) -> list[Line]:
    """The lines of all parts that have any, with a blank line between parts."""
    lines: list[Line] = []
    for part in filter(None, parts):
        lines += [*([BLANK] if lines else []), *part]
    return lines


def _title(model: Model) -> list[Line]:
    return [((safe(model.label), "strong"),), ((safe(model.key), "muted"),)]


def _state(model: Model, planned: PlannedFile | None) -> list[Line]:
    if model.is_broken:
        return [(("! broken", "bad"),)]
    is_active = would_be(model.active, planned, ("active",)) is True
    words: list[Line] = [(("● active", "good") if is_active else ("○ inactive", "muted"),)]
    flags = {"default": model.default, "premium": model.premium, "internal": model.internal}
    words += [((name, "plain"),) for name, is_set in flags.items() if would_be(is_set, planned, (name,)) is True]
    if model.status not in (None, "active"):
        words.append(((safe(model.status), "warn"),))
    lines = [separated(words, " · ")]
    if model.lock is not None:
        lines.append((("L ", "strong"), (safe(model.lock), "plain")))
        if model.lock.at is not None:
            lines.append(((f"  since {moment(model.lock.at)}", "muted"),))
    if model.is_drifted:
        lines.append(
            (
                ("≠ drifted: ", "bad"),
                ("changed behind the lock", "plain"),
            )
        )
    return lines


def pending_lines(planned: PlannedFile) -> list[Line]:
    what = {Action.CREATE: "would be created", Action.UPDATE: "pending", Action.DELETE: "would be removed"}
    lines: list[Line] = [((f"{planned.action.sign} {what[planned.action]}", "warn"),)]
    lines += [edit_line(edit.path, edit.old, edit.new) for edit in planned.edits]
    if planned.text is not None and planned.action is Action.UPDATE:
        lines.append((("  the whole text", "plain"),))
    if planned.problem is not None:
        lines.append(((f"  {safe(planned.problem)}", "bad"),))
    return lines


def edit_line(path: Any, old: Any, new: Any) -> Line:
    """`active  true → false`."""
    name = safe(format_field(path) if isinstance(path, tuple) else path)
    return (
        (f"  {name}  ", "muted"),
        (safe(shown(old)), "removed"),
        (" → ", "muted"),
        (safe(shown(new)), "added"),
    )


def _fault(model: Model) -> list[Line]:
    assert model.fault is not None
    lines: list[Line] = [((safe(model.fault.where), "muted"),), ((safe(model.fault.message), "bad"),)]
    if model.fault.hint:
        lines += [BLANK, ((safe(model.fault.hint), "plain"),)]
    return lines


def _facts(model: Model, document: Document, width: int) -> list[Line]:
    family = " ".join(filter(None, (model.family, model.variant)))
    texts = {
        "provider": model.provider,
        "model_id": model.model_id,
        "type": model.content_type,
        "family": family,
        "version": model.version,
        "group": model.group,
        "category": model.category,
        "tags": ", ".join(model.tags),
        "time": f"{model.estimated_seconds:g} s" if model.estimated_seconds is not None else None,
        "released": model.released_on,
        "deprecated": model.deprecated_on,
        "retires": model.retires_on,
        "verified": model.verified_on,
        "replaced by": document.get("replaced_by"),
        "rollout": _rollout(model, document),
    }
    return [line for name, text in texts.items() if text for line in _folded_fact(name, text, width)]


def _rollout(model: Model, document: Document) -> str | None:
    if model.rollout is None:
        return None
    from modeltui.tui.present.rollout import rollout_text  # for models that have one

    return rollout_text(model, document)


def _folded_fact(name: str, value: object, width: int) -> list[Line]:
    """A fact whose value goes on below itself where it is too long."""
    first, *others = folded(safe(value), max(width - _LABEL - 1, _LABEL))
    return [fact(name, first), *(fact("", other) for other in others)]


def fact(name: str, value: object) -> Line:
    """A name in the role of a label, and its value."""
    return ((f"{name:<{_LABEL}} ", "muted"), (safe(value), "plain"))


def _inputs(document: Document, width: int) -> list[Line]:
    inputs = document.get("inputs")
    if not isinstance(inputs, Mapping) or not inputs:
        return []
    longest = min(max(len(safe(name)) for name in inputs), _MOST_FOR_NAME)
    lines = [_input(name, spec, longest) for name, spec in inputs.items()]
    return [(("inputs", "strong"),), *(cut(line, width) for line in lines)]


def _input(name: str, spec: Any, longest: int) -> Line:
    if not isinstance(spec, Mapping):
        return (("  ", "plain"), (safe(name), "plain"))
    needed: Piece = ("* ", "accent") if spec.get("required") is True else ("  ", "plain")
    said = ", ".join(_input_facts(spec))
    shown_name = fit(safe(name), longest)
    return (("  ", "plain"), (shown_name, "plain"), needed, (safe(said), "muted"))


def _input_facts(spec: Mapping[str, Any]) -> Iterator[str]:
    values = spec.get("enum")
    if isinstance(values, list):
        yield " ".join(map(str, values[:8])) + (" …" if len(values) > 8 else "")
    else:
        yield str(spec.get("type", ""))
    low, high = spec.get("minimum"), spec.get("maximum")
    if low is not None or high is not None:
        yield f"{'' if low is None else low}..{'' if high is None else high}"
    if "max_length" in spec:
        yield f"at most {spec['max_length']}"
    if "default" in spec:
        yield f"default {spec['default']}"


def _cost(document: Document) -> list[Line]:
    cost = document.get("cost")
    if not isinstance(cost, Mapping):
        return []
    currency = cost.get("currency", "")
    facts = {safe(name): value if isinstance(value, str) else shown(value) for name, value in _flat(cost)}
    if facts.pop("currency", None) and "base" in facts:
        facts["base"] = f"{facts['base']} {currency}"
    longest = min(max(map(len, facts), default=0), _MOST_FOR_NAME)
    lines: list[Line] = [((f"  {name:<{longest}}  ", "muted"), (safe(value), "plain")) for name, value in facts.items()]
    return [(("cost", "strong"),), *lines]


def _flat(table: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{name} ")
        else:
            yield f"{before}{name}", value


def moment(at: datetime) -> str:
    """A time as people read it, in the time zone that it was written in."""
    return at.strftime("%Y-%m-%d %H:%M")


def used_by_lines(workflows: Sequence[Workflow]) -> list[Line]:
    """In the pane of a model: which workflows name it."""
    return [
        (
            ("used by    ", "muted"),
            (f"workflow {safe(each.slug)}", "plain"),
            ("" if each.active else " (inactive)", "muted"),
        )
        for each in workflows
    ]
