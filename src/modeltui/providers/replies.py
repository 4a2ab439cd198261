"""Reading a provider's answer: accepted, refused, throttled, or better asked again."""

from __future__ import annotations

import json
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

    @property
    def is_accepted(self) -> bool:
        return self.verdict is Verdict.ACCEPTED

    @property
    def excerpt(self) -> str:
        """The start of the body as text that is safe to show."""
        return safe(self.body[:EXCERPT].decode("utf-8", "replace")) or "(nothing)"

    def error(self) -> ProviderError:
        hint = "the account needs credit or another plan" if self.is_about_money else None
        code = f" ({self.code})" if self.code not in ("", str(self.status)) else ""
        return ProviderError(f"answered {self.status}{code}: {self.message or self.excerpt}", hint=hint)


def judge(answer: Answer, errors: Errors, now: datetime) -> Reply:
    """What an answer means. Raises ProviderError where an expression of the provider file does not fit it."""
    data = _json(answer)
    is_success = 200 <= answer.status < 300
    if is_success and not (errors.failed and data is not None and is_set(search(errors.failed, data))):
        after_s = retry_after(answer.headers, "", now)
        return Reply(Verdict.ACCEPTED, answer.status, answer.body, data, after_s=after_s)
    own_code = as_text(_found(errors.code, data))
    codes = {own_code} if is_success else {str(answer.status), own_code}
    is_about_money = bool(codes & errors.money)
    return Reply(
        verdict=Verdict.REFUSED if is_about_money else _verdict(codes, errors),
        status=answer.status,
        body=answer.body,
        data=data,
        code=own_code[:_LONGEST_CODE],
        message=as_text(_found(errors.message, data))[:EXCERPT],
        after_s=retry_after(answer.headers, as_text(_found(errors.retry_text, data)), now),
        is_about_money=is_about_money,
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
    return search(expression, data) if expression and data is not None else None


def _json(answer: Answer) -> Any:
    is_declared = "json" in answer.headers.get("content-type", "")
    if not is_declared and answer.body[:64].lstrip()[:1] not in (b"{", b"["):
        return None
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        return None
