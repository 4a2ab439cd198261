"""JSON: a list of documents as `show --format json` prints them, each with its key."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from msgspec import Struct

from modeltui.domain.document import Document, plain
from modeltui.domain.exchange.fitting import fitted
from modeltui.domain.exchange.row import Options, Refused, Row
from modeltui.domain.json_text import json_line, no_constant
from modeltui.domain.text import cut
from modeltui.errors import InvalidValueError, UsageError

_LEFT_ASIDE = ("key", "lock")
"""The key is no field; a lock is set by `lock` only."""

_IDENTITY = ("schema", "uid", "content_type")
"""What a row need not repeat, as whole as it is."""

_MOST_DIGITS: Final = 1_000
"""Of a whole number: far beyond any meaning, and within what Python reads."""


class _LongNumber(Struct, frozen=True):
    """Stands where a whole number has more digits than are read."""

    digits: int


class Doubled(dict[str, Any]):
    """An object that says names twice; it holds what was said last."""

    twice: tuple[str, ...] = ()


def read(content: bytes, options: Options) -> Iterator[Row | Refused]:
    """The rows of a file. Raises UsageError where it is no list of documents, nor one document."""
    documents = parsed(content)
    if isinstance(documents, dict):
        documents = [documents]
    if not isinstance(documents, list):
        raise UsageError("this is not a list of documents", hint="`modeltui export json` writes one")
    for number, document in enumerate(documents, 1):
        where = f"row {number}"
        if isinstance(document, dict):
            reason = fault_in(document)
            yield _row(where, document, options) if reason is None else Refused(where, _key_of(document), reason)
        else:
            yield Refused(where, None, "it is not a document", "write { … } with the fields of one model")


def written(documents: Iterable[tuple[str, Document]]) -> str:
    """Documents by key as such a list, one a line."""
    body = ",\n".join(json_line({"key": key} | plain(document) | {"key": key}) for key, document in documents)
    return f"[\n{body}\n]\n" if body else "[]\n"


def parsed(content: bytes, **kinds: Any) -> Any:
    """Strict JSON; a byte order mark is let pass. `kinds` goes to `json.loads`. Raises UsageError.

    What only spoils its own row is left in place for `fault_in` to find.
    """
    try:
        text = content.decode("utf-8-sig")
        strict = {"parse_constant": no_constant, "parse_float": _finite, "parse_int": _whole}
        return json.loads(text, object_pairs_hook=_object, **{**strict, **kinds})
    except RecursionError as error:
        raise UsageError("this is not JSON that can be read: nested too deep") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"this is not UTF-8: byte {error.start}", hint="save the file as UTF-8") from error
    except ValueError as error:
        raise UsageError(f"this is not JSON: {error}") from error


def fault_in(value: Any) -> str | None:
    """Why nothing of a value that was `parsed` can be taken: a name that is said twice, a number without end."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        kind = type(each)
        if kind is str:
            continue
        if kind is dict:
            waiting.extend(each.values())
        elif isinstance(each, Doubled):
            return f"it says {cut(json_line(each.twice[0]), 60)} twice"
        elif isinstance(each, _LongNumber):
            return f"it has a number of {each.digits:,} digits; {_MOST_DIGITS:,} are the most"
        elif isinstance(each, list):
            waiting += each
    return None


def _key_of(document: Mapping[str, Any]) -> str | None:
    """Only where it says one key."""
    key = document.get("key")
    is_sure = isinstance(key, str) and not (isinstance(document, Doubled) and "key" in document.twice)
    return key if is_sure else None


def _row(where: str, document: Mapping[str, Any], options: Options) -> Row | Refused:
    key, uid = document.get("key"), document.get("uid")
    if not isinstance(key, str | None) or not isinstance(uid, str | None):
        return Refused(where, None, "its key or uid is not text")
    if key is None and uid is None:
        return Refused(where, None, "it has no key", 'write "key": "prompt_to_image/flux"')
    values = {name: value for name, value in document.items() if name not in _LEFT_ASIDE}

    def wanted(current: Document) -> Document:
        kept = {name: current[name] for name in _LEFT_ASIDE if name in current}
        try:
            found = fitted((), values, current, whole=options.whole)
        except RecursionError:
            raise InvalidValueError("nested too deep") from None
        assert isinstance(found, dict)
        identity = {name: current[name] for name in _IDENTITY if name in current}
        return identity | found | kept

    return Row(where=where, key=key, uid=uid, wanted=wanted)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    names = [name for name, _ in pairs]
    doubled = Doubled(found)
    doubled.twice = tuple(name for name in found if names.count(name) > 1)
    return doubled


def _whole(text: str) -> int | _LongNumber:
    digits = len(text.removeprefix("-"))
    return int(text) if digits <= _MOST_DIGITS else _LongNumber(digits)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{cut(text, 40)} is too large a number")
    return number
