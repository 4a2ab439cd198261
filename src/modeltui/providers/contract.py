"""What a model file says about the answer side of its API: submit, poll, result, cancel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, get_args

from modeltui.domain.document import Document
from modeltui.domain.reading import Table, whole
from modeltui.errors import InvalidValueError
from modeltui.providers.expression import compiled

Kind: TypeAlias = Literal["url", "base64", "bytes", "data_url", "text", "json"]
KINDS: tuple[Kind, ...] = get_args(Kind)

HTTP_STATUS = "@http"
"""A status expression that means the HTTP status code."""
TASK_ID = "task_id"
"""The saved value that is the provider's own id of the job."""

_LONGEST_S = 86_400


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A call after the submit. Its texts may hold placeholders."""

    method: str
    path: str | None
    url: str | None
    """Instead of `path`: a URL that the provider gave."""
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    call: FollowUp
    status: str
    pending: frozenset[str]
    success: frozenset[str]
    failure: frozenset[str]
    error: str
    progress: str
    progress_max: float
    json_strings: tuple[str, ...]
    interval_s: float
    delay_s: float
    """Before the first poll."""
    grace_s: float
    """How long after the submit "not found" means "not visible yet"."""
    timeout_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    kind: Kind
    select: str
    text: str
    media: str
    json_strings: tuple[str, ...]
    late_s: float
    expires_s: float
    is_authorized: bool
    cost: str
    cost_currency: str
    fetch: FollowUp | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    save: Mapping[str, str]
    poll: Poll | None
    """None: the answer to the submit is the result."""
    result: Result
    cancel: FollowUp | None
    is_idempotent: bool
    """A submit may be sent again although the first may have arrived."""
    timeout_s: float
    """How long the answer to the submit may take."""


def contract_of(document: Document) -> Contract:
    """Raises InvalidValueError, naming the field, for a file that could not be run."""
    table = whole(document)
    request, result = table.table("request"), table.table("result")
    poll, cancel, cost = table.table("poll"), table.table("cancel"), table.table("cost")
    if request is None or result is None:
        table.refuse("a model that can be run has [request] and [result]")
    return Contract(
        save={name: _expression(save, name) for name in save.values} if (save := request.table("save")) else {},
        poll=None if poll is None else _poll(poll),
        result=_result(result, (cost.text("currency") if cost else None) or ""),
        cancel=None if cancel is None else _follow_up(cancel, "POST"),
        is_idempotent=request.flag("idempotent"),
        timeout_s=_seconds(request, "timeout_s", 120),
    )


def _poll(table: Table) -> Poll:
    interval = _seconds(table, "interval_s", 5)
    success = frozenset(table.texts("success"))
    if not success:
        table.refuse("must list at least one status", "success")
    return Poll(
        call=_follow_up(table, "GET"),
        status=HTTP_STATUS if table.text("status") == HTTP_STATUS else _needed_expression(table, "status"),
        pending=frozenset(table.texts("pending")),
        success=success,
        failure=frozenset(table.texts("failure")),
        error=_expression(table, "error"),
        progress=_expression(table, "progress"),
        progress_max=table.number("progress_max") or 1,
        json_strings=table.texts("json_strings"),
        interval_s=interval,
        delay_s=_seconds(table, "delay_s", interval),
        grace_s=_seconds(table, "grace_s", 0),
        timeout_s=_seconds(table, "timeout_s", 900),
    )


def _result(table: Table, currency: str) -> Result:
    kind = table.needed_text("kind")
    if kind not in KINDS:
        table.refuse(f"must be one of {', '.join(KINDS)}", "kind")
    fetch = table.table("fetch")
    return Result(
        kind=kind,
        select=(_expression if kind in ("bytes", "json") else _needed_expression)(table, "select"),
        text=_expression(table, "text"),
        media=table.text("media") or "",
        json_strings=table.texts("json_strings"),
        late_s=_seconds(table, "late_s", 0),
        expires_s=_seconds(table, "expires_s", 0),
        is_authorized=table.flag("authorized"),
        cost=_expression(table, "cost"),
        cost_currency=table.text("cost_currency") or currency,
        fetch=None if fetch is None else _follow_up(fetch, "GET"),
    )


def _follow_up(table: Table, method: str) -> FollowUp:
    path, url, method = table.text("path"), table.text("url"), table.text("method") or method
    if (path is None) == (url is None):
        table.refuse("needs `path`, or `url` in its place")
    if method not in ("GET", "POST", "PUT", "DELETE"):
        table.refuse("must be GET, POST, PUT or DELETE", "method")
    body = table.values.get("body")
    if not (body is None or isinstance(body, Mapping | list)):
        table.refuse("must be a table or an array", "body")
    return FollowUp(
        method=method,
        path=path,
        url=url,
        query=_texts(table.table("query")),
        headers=_texts(table.table("headers")),
        body=body,
    )


def _texts(table: Table | None) -> Mapping[str, str]:
    return {} if table is None else {name: table.needed_text(name) for name in table.values}


def _seconds(table: Table, name: str, default: float) -> float:
    value = table.number(name)
    if value is None:
        return default
    if not 0 <= value <= _LONGEST_S:
        table.refuse(f"must be from 0 to {_LONGEST_S}", name)
    return value


def _needed_expression(table: Table, name: str) -> str:
    table.needed_text(name)
    return _expression(table, name)


def _expression(table: Table, name: str) -> str:
    """A JMESPath, proved to be one; empty where the file has none."""
    text = table.text(name) or ""
    if text:
        try:
            compiled(text)
        except InvalidValueError as error:
            table.refuse(error.message, name)
    return text
