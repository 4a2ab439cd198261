"""A plan as JSON that a person can review: written from the queue, and read back with nothing believed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NoReturn

from msgspec import Struct

from modeltui.domain.change import Action, Edit
from modeltui.domain.document import ABSENT, Absent, Value
from modeltui.domain.json_text import json_pretty, no_constant
from modeltui.domain.pending.plan import Plan, PlannedFile
from modeltui.domain.value_codec import decoded, decoded_path, encoded, encoded_path
from modeltui.errors import RefusedError

VERSION: Final = 1
MARK: Final = "modeltui_plan"
"""The first member of every plan; its value is the version of the format."""

_MEMBERS: Final = frozenset({MARK, "catalog", "by", "at", "files"})
_FILE_MEMBERS: Final = frozenset({"key", "path", "action", "base"})
_OPTIONAL_MEMBERS: Final = frozenset({"edits", "text"})
_EDIT_MEMBERS: Final = frozenset({"field", "old", "new"})
_DEEPEST: Final = 64
"""Levels of tables and lists, as in a file."""


class PlanEntry(Struct, frozen=True, kw_only=True):
    """What a plan file asks for one file. Well formed, and not yet checked against any catalogue."""

    key: str
    path: str
    action: Action
    base: str | None
    edits: tuple[Edit, ...]
    text: str | None


class PlanFile(Struct, frozen=True):
    catalog: str
    """Name of the folder that it was made in; for people."""
    by: str
    at: datetime
    entries: tuple[PlanEntry, ...]


def plan_text(plan: Plan, catalog: str, user: str) -> str:
    """A plan of at least one file. The same changes always give the same text: its time is that of the last of them."""
    document = {
        MARK: VERSION,
        "catalog": catalog,
        "by": user,
        "at": max(file.at for file in plan.files.values()).isoformat(),
        "files": [_encoded_file(file) for file in plan.files.values()],
    }
    return f"{json_pretty(document)}\n"


def _encoded_file(file: PlannedFile) -> dict[str, Any]:
    found: dict[str, Any] = {"key": file.key, "path": file.path, "action": file.action.value, "base": file.base}
    if file.text is not None:
        found["text"] = file.text.splitlines(keepends=True)
    if file.edits:
        found["edits"] = [
            {"field": encoded_path(edit.path), "old": encoded(edit.old), "new": encoded(edit.new)}
            for edit in file.edits
        ]
    return found


def parsed_plan(content: bytes) -> PlanFile:
    """Raises RefusedError for anything that `plan_text` never writes."""
    document = _object(_json(content), _MEMBERS, "the plan")
    if type(document[MARK]) is not int or document[MARK] != VERSION:
        _refuse(f"its version is not {VERSION}", hint="use a modeltui of the same age as the plan")
    files = document["files"]
    if not isinstance(files, list):
        _refuse("files is not a list")
    entries = tuple(_entry(file, number) for number, file in enumerate(files, 1))
    key, times = Counter(entry.key for entry in entries).most_common(1)[0] if entries else ("", 0)
    if times > 1:
        _refuse(f"{key} is named {times} times")
    return PlanFile(_text(document, "catalog"), _text(document, "by"), _moment(document["at"]), entries)


def _json(content: bytes) -> Any:
    try:
        return json.loads(content.decode(), object_pairs_hook=_unique, parse_constant=no_constant)
    except RecursionError as error:
        raise _refusal("it is nested too deeply") from error
    except ValueError as error:
        raise _refusal(f"it is not JSON: {error}") from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A member that is named twice would show one value to a reader and mean another."""
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member is named twice")
    return members


def _object(value: Any, members: frozenset[str], what: str, optional: frozenset[str] = frozenset()) -> dict[str, Any]:
    if not isinstance(value, dict):
        _refuse(f"{what} is not an object")
    if missing := sorted(members - value.keys()):
        _refuse(f"{what} lacks {missing[0]}")
    if unknown := sorted(value.keys() - members - optional):
        _refuse(f"{what} holds {unknown[0]!r}, which no plan has")
    return value


def _entry(value: Any, number: int) -> PlanEntry:
    what = f"file {number}"
    members = _object(value, _FILE_MEMBERS, what, _OPTIONAL_MEMBERS)
    key = _text(members, "key")
    try:
        action = Action(members["action"])
    except ValueError:
        raise _refusal(f"{key}: {members['action']!r} is no action") from None
    base = members["base"]
    if base is not None and not isinstance(base, str):
        _refuse(f"{key}: base is no digest")
    edits, text = _edits(members.get("edits", []), key), _whole_text(members.get("text"), key)
    has_right_parts = {
        Action.CREATE: base is None and text is not None,
        Action.UPDATE: base is not None and (text is not None or bool(edits)),
        Action.DELETE: base is not None and text is None and not edits,
    }[action]
    if not has_right_parts:
        _refuse(f"{key}: its parts are not those of a {action.value}")
    return PlanEntry(key=key, path=_text(members, "path"), action=action, base=base, edits=edits, text=text)


def _edits(value: Any, key: str) -> tuple[Edit, ...]:
    if not isinstance(value, list):
        _refuse(f"{key}: edits is not a list")
    return tuple(_edit(_object(each, _EDIT_MEMBERS, f"an edit of {key}"), key) for each in value)


def _edit(members: Mapping[str, Any], key: str) -> Edit:
    try:
        path = decoded_path(members["field"])
        edit = Edit(path, decoded(members["old"]), decoded(members["new"]))
    except (ValueError, TypeError, AttributeError, KeyError, OverflowError, RecursionError) as error:
        raise _refusal(f"{key}: an edit cannot be read: {error}") from error
    if not path or not isinstance(path[0], str):
        _refuse(f"{key}: an edit is of no field")
    if not all(_is_value(value) for value in (edit.old, edit.new)):
        _refuse(f"{key}: an edit holds what TOML does not know")
    return edit


def _is_value(value: Value | Absent) -> bool:
    return value is ABSENT or _is_present(value, _DEEPEST)


def _is_present(value: Any, deepest: int) -> bool:
    if isinstance(value, Mapping | list):
        inner = value.values() if isinstance(value, Mapping) else value
        return deepest > 0 and all(_is_present(item, deepest - 1) for item in inner)
    return value is not ABSENT


def _whole_text(value: Any, key: str) -> str | None:
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(line, str) for line in value):
        _refuse(f"{key}: text is not a list of lines")
    text = "".join(value)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise _refusal(f"{key}: the text holds half a character") from error
    return text


def _text(members: Mapping[str, Any], name: str) -> str:
    value = members[name]
    if not isinstance(value, str):
        _refuse(f"{name} is not text")
    return value


def _moment(value: Any) -> datetime:
    try:
        return datetime.fromisoformat(value)
    except (ValueError, TypeError) as error:
        raise _refusal("at is no time") from error


def _refuse(what: str, hint: str | None = None) -> NoReturn:
    raise _refusal(what, hint)


def _refusal(what: str, hint: str | None = None) -> RefusedError:
    return RefusedError(f"this is no plan that can be applied: {what}", hint=hint or "nothing was written")
