"""Reading a provider's answer: accepted, refused, throttled, or better asked again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum, auto
from typing import Any

from modeltui.domain.document import get, with_value
from modeltui.domain.text import safe
from modeltui.errors import ProviderError
from modeltui.providers.expression import as_text, is_set, search
from modeltui.providers.http import Answer
from modeltui.providers.provider import Errors
from modeltui.providers.retry import is_transient, retry_after

EXCERPT = 2048
"""Bytes of an answer that are shown where it makes no sense."""
_LONGEST_CODE = 80
_LONGEST_PLACE = 300
_LONGEST_SAVED = 8192
_NO_WORD = frozenset({"401", "402", "403", "404", "405", "407", "408", "410", "429"})
"""Who asks, or how, is refused there: that says nothing about the job."""
_SAVE_HINT = "it may be running and billed; compare `save` of the model file with this answer"


class Verdict(Enum):
    ACCEPTED = auto()
    THROTTLED = auto()
    """Refused for its rate, untouched: it may be sent again."""
    TRANSIENT = auto()
    """The provider is in trouble; whether it did anything is not known."""
    UNSEEN = auto()
    """The provider does not know the job, or not yet."""
    REFUSED = auto()


@dataclass(frozen=True, slots=True)
class Reply:
    verdict: Verdict
    status: int
    body: bytes = field(repr=False)
    data: Any = field(repr=False)
    """The body as JSON; None where it is none."""
    code: str = ""
    """The answer's own code, where it has one beside the HTTP status."""
    message: str = ""
    """What the provider says went wrong."""
    after_s: float | None = None
    """The least wait that it asks for."""
    is_about_money: bool = False
    says_failed: bool = False
    """It is the provider's own word that a job which it took came to nothing."""
    may_retry: bool = True
    """False where the provider says outright that the same request will do no better."""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Names in lower case."""

    @property
    def is_accepted(self) -> bool:
        return self.verdict is Verdict.ACCEPTED

    @property
    def excerpt(self) -> str:
        """The start of the body as text that is safe to show."""
        return safe(self.body[:EXCERPT].decode("utf-8", "replace")) or "(nothing)"

    def find(self, expression: str) -> Any:
        """What an expression of the model file finds. Raises ProviderError, with the answer, where it does not fit."""
        try:
            return search(expression, self.data)
        except ProviderError as error:
            raise self.nonsense(error.message, error.hint) from error

    def saved(self, save: Mapping[str, str]) -> dict[str, str]:
        """The values to keep that are there. Raises ProviderError where one is no text, number or switch."""
        found = {name: self.find(expression) for name, expression in save.items()}
        for name, value in found.items():
            if isinstance(value, list | dict) or (isinstance(value, str) and len(value) > _LONGEST_SAVED):
                raise self.nonsense(f"accepted, but {name} is nothing that could be kept", _SAVE_HINT)
        texts = {name: as_text(value).encode("utf-8", "replace").decode() for name, value in found.items()}
        return {name: text for name, text in texts.items() if text}

    def nonsense(self, what: str, hint: str | None = None) -> ProviderError:
        """An error that shows what came."""
        return ProviderError(f"{what}: {self.excerpt}", hint=hint)

    def error(self) -> ProviderError:
        if 300 <= self.status < 400 and (place := safe(self.headers.get("location", ""))[:_LONGEST_PLACE]):
            why = f"answered {self.status}: it points to {place}, and redirects are not followed"
            return ProviderError(why, hint="`base_url` of the provider file, or the path, may be wrong")
        hint = "the account needs credit or another plan" if self.is_about_money else None
        code = f" ({self.code})" if self.code not in ("", str(self.status)) else ""
        return ProviderError(f"answered {self.status}{code}: {self.message or self.excerpt}", hint=hint)


def judge(answer: Answer, errors: Errors, now: datetime) -> Reply:
    """What an answer means. Raises ProviderError where `failed` of the provider file does not fit it."""
    data = _json(answer)
    is_success = 200 <= answer.status < 300
    if is_success and not _is_failure(answer, data, errors):
        after_s = retry_after(answer.headers, "", now)
        return Reply(Verdict.ACCEPTED, answer.status, answer.body, data, after_s=after_s, headers=answer.headers)
    own_code = as_text(_found(errors.code, data))
    codes = {own_code} if is_success else {str(answer.status), own_code}
    is_about_money = bool(codes & errors.money)
    verdict = Verdict.REFUSED if is_about_money else _verdict(codes, errors)
    is_about_us = is_about_money or data is None or (not codes & errors.refused and bool(codes & _NO_WORD))
    return Reply(
        verdict=verdict,
        status=answer.status,
        body=answer.body,
        data=data,
        code=own_code[:_LONGEST_CODE],
        message=_told(answer, data, errors)[:EXCERPT],
        after_s=retry_after(answer.headers, as_text(_found(errors.retry_text, data)), now),
        is_about_money=is_about_money,
        says_failed=verdict is Verdict.REFUSED and not is_about_us and not 300 <= answer.status < 400,
        may_retry=answer.headers.get("x-should-retry") != "false",
        headers=answer.headers,
    )


def with_data(reply: Reply, json_strings: tuple[str, ...]) -> Reply:
    """The reply with the JSON that stands as text at each dotted path in place of that text."""
    data = reply.data
    for path in json_strings:
        parts = tuple(path.split("."))
        text = get(data, parts)
        if isinstance(text, str):
            try:
                data = with_value(data, parts, json.loads(text))
            except (ValueError, RecursionError):
                continue
    return replace(reply, data=data)


def _is_failure(answer: Answer, data: Any, errors: Errors) -> bool:
    """Whether an answer with a good HTTP status tells of an error all the same."""
    if any(answer.headers.get(name) in values for name, values in errors.failed_headers.items()):
        return True
    return bool(errors.failed) and data is not None and is_set(search(errors.failed, data))


def _told(answer: Answer, data: Any, errors: Errors) -> str:
    """What the provider says went wrong: in its words, or by the header that gave it away."""
    said = as_text(_found(errors.message, data))
    found = (answer.headers.get(name) for name, values in errors.failed_headers.items())
    return said or next((f"{value}" for value in found if value), "")


def _verdict(codes: set[str], errors: Errors) -> Verdict:
    if codes & errors.refused:
        return Verdict.REFUSED
    if codes & errors.throttled:
        return Verdict.THROTTLED
    if codes & errors.unseen:
        return Verdict.UNSEEN
    if codes & errors.transient or any(code.isdecimal() and is_transient(int(code)) for code in codes):
        return Verdict.TRANSIENT
    return Verdict.REFUSED


def _found(expression: str, data: Any) -> Any:
    """What an error says of itself. Where that cannot be read, its HTTP status still decides what it means."""
    try:
        return search(expression, data) if expression and data is not None else None
    except ProviderError:
        return None


def _json(answer: Answer) -> Any:
    is_declared = "json" in answer.headers.get("content-type", "")
    if not is_declared and answer.body[:64].lstrip()[:1] not in (b"{", b"["):
        return None
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        return None
