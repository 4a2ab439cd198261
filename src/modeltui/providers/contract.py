"""What a model file says about its API but for the request itself: steps before, submit, poll, result, cancel."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from typing import Any, Literal, TypeAlias, get_args

from msgspec import Struct, field
from msgspec.structs import replace

from modeltui.domain.call import Encoding
from modeltui.domain.document import Document
from modeltui.domain.reading import Table, whole
from modeltui.domain.request.placeholder import references
from modeltui.domain.request.places import PLACES, saved_for
from modeltui.errors import InvalidValueError
from modeltui.providers.expression import compiled
from modeltui.providers.usage import Usage, usage_of

Kind: TypeAlias = Literal["url", "base64", "bytes", "data_url", "text", "json"]
KINDS: tuple[Kind, ...] = get_args(Kind)

HTTP_STATUS = "@http"
"""A status expression that means the HTTP status code."""
HEADER = "@header:"
"""What a cost expression begins with that names a header of the answer."""
TASK_ID = "task_id"
"""The saved value that is the provider's own id of the job."""

_LONGEST_S = 86_400
_LONGEST_KEPT_S = 366 * 86_400
_ENCODINGS: Mapping[str, Encoding] = {each: each for each in get_args(Encoding)}


class FollowUp(Struct, frozen=True):
    """A call before or after the submit. Its texts may hold placeholders."""

    method: str
    path: str | None
    url: str | None
    """Instead of `path`: a URL that the provider gave."""
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    base: str | None = None
    """What `path` is below: a name of the provider's `[bases]`; its `base_url` where None."""
    encoding: Encoding = "json"


class Step(Struct, frozen=True, kw_only=True):
    """A call before the submit: once, or once for each file that an input holds."""

    call: FollowUp
    input: str | None
    save: Mapping[str, str]
    use: str | None
    """What the request gets in place of the file; a template."""


class ToldCost(Struct, frozen=True):
    """Where an answer says what the provider takes for the run."""

    expression: str
    factor: Decimal
    """What one of that costs, in `currency`."""
    currency: str


class Poll(Struct, frozen=True, kw_only=True):
    call: FollowUp
    save: Mapping[str, str]
    """Of the answer that tells of success, for `[result.fetch]`."""
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


class Result(Struct, frozen=True, kw_only=True):
    kind: Kind
    select: str
    text: str
    media: str
    json_strings: tuple[str, ...]
    late_s: float
    expires_s: float
    """How long the provider keeps it, from when it is done; 0 where the file does not say."""
    is_authorized: bool
    cost: ToldCost | None
    fetch: FollowUp | None

    @property
    def kept(self) -> str:
        """`the provider keeps it 10 min`; empty where the file does not say how long."""
        return f"the provider keeps it {_span(self.expires_s)}" if self.expires_s else ""


class Contract(Struct, frozen=True, kw_only=True):
    before: tuple[Step, ...]
    save: Mapping[str, str]
    cost: ToldCost | None
    """In the answer to the submit; what the last answer tells counts more."""
    poll: Poll | None
    """None: the answer to the submit is the result."""
    result: Result
    cancel: FollowUp | None
    usage: Usage | None
    """Where the answer tells tokens, and their prices."""
    is_idempotent: bool
    """A submit may be sent again although the first may have arrived."""
    timeout_s: float
    """How long the answer to the submit may take."""
    is_traceable: bool = False
    """A job whose submit got no answer can be polled all the same: by our own id, and by nothing that was saved."""


def contract_of(document: Document) -> Contract:
    """Raises InvalidValueError, naming the field, for a file that could not be run."""
    table = whole(document)
    request, result = table.table("request"), table.table("result")
    poll, cancel, cost = table.table("poll"), table.table("cancel"), table.table("cost")
    if request is None or result is None:
        table.refuse("a model that can be run has [request] and [result]")
    return Contract(
        before=_steps(table),
        save=_saves(request),
        cost=_told_cost(request, currency := (cost.text("currency") if cost else None) or ""),
        poll=None if poll is None else _poll(poll, saved_for(document, ("poll",))),
        result=_result(result, currency),
        cancel=None if cancel is None else _follow_up(cancel, "POST"),
        usage=usage_of(document),
        is_idempotent=request.flag("idempotent"),
        timeout_s=_seconds(request, "timeout_s", 120),
        is_traceable=poll is not None and _is_traceable(poll, result),
    )


def _steps(table: Table) -> tuple[Step, ...]:
    steps = tuple(_step(Table(entry, ("before", position))) for position, entry in _entries(table))
    for name in {step.input for step in steps if step.input is not None}:
        if sum(step.use is not None for step in steps if step.input == name) != 1:
            table.refuse(f"one step for {name}, and only one, needs `use`", "before")
    return steps


def _entries(table: Table) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for position, entry in enumerate(table.list("before") or ()):
        if not isinstance(entry, Mapping):
            table.refuse("must be a list of tables", "before")
        yield position, entry


def _step(table: Table) -> Step:
    encoding = table.text("encoding") or "json"
    if encoding not in _ENCODINGS:
        table.refuse(f"must be one of {', '.join(_ENCODINGS)}", "encoding")
    call = replace(_follow_up(table, "POST"), base=table.text("base"), encoding=_ENCODINGS[encoding])
    if (encoding == "bytes") != isinstance(call.body, str):
        table.refuse('must be "${file.bytes}" with encoding bytes, and only there', "body")
    return Step(call=call, input=table.text("input"), save=_saves(table), use=table.text("use"))


def _saves(table: Table) -> Mapping[str, str]:
    save = table.table("save")
    return {} if save is None else {name: _expression(save, name) for name in save.values}


def _is_traceable(poll: Table, result: Table) -> bool:
    calls = [table.values for table in (poll, result.table("fetch")) if table is not None]
    names = {name[:2] for call in calls for place in PLACES for name in references(call.get(place))}
    told = {("saved", name) for name in _saves(poll)}
    return ("job", "uuid") in names and all(name[0] != "saved" or name in told for name in names)


def _poll(table: Table, saved: Collection[str]) -> Poll:
    interval = _seconds(table, "interval_s", 5)
    success = frozenset(table.texts("success"))
    if not success:
        table.refuse("must list at least one status", "success")
    save = _saves(table)
    if again := next((name for name in save if name in saved), None):
        table.refuse(f"saves {again}, as an earlier call does", "save")
    return Poll(
        call=_follow_up(table, "GET"),
        save=save,
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
        expires_s=_seconds(table, "expires_s", 0, _LONGEST_KEPT_S),
        is_authorized=table.flag("authorized"),
        cost=_told_cost(table, currency),
        fetch=None if fetch is None else _follow_up(fetch, "GET"),
    )


def _told_cost(table: Table, currency: str) -> ToldCost | None:
    """`currency`: what the amount is in where the table does not say."""
    expression = table.text("cost") or ""
    if not expression.startswith(HEADER):
        expression = _expression(table, "cost")
    factor, own = table.price("cost_factor"), table.text("cost_currency")
    return ToldCost(expression, Decimal(1) if factor is None else factor, own or currency) if expression else None


def _follow_up(table: Table, method: str) -> FollowUp:
    path, url, method = table.text("path"), table.text("url"), table.text("method") or method
    if (path is None) == (url is None):
        table.refuse("needs `path`, or `url` in its place")
    if method not in ("GET", "POST", "PUT", "DELETE"):
        table.refuse("must be GET, POST, PUT or DELETE", "method")
    body = table.values.get("body")
    if not (body is None or isinstance(body, Mapping | list | str)):
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


def _seconds(table: Table, name: str, default: float, longest: float = _LONGEST_S) -> float:
    value = table.number(name)
    if value is None:
        return default
    if not 0 <= value <= longest:
        table.refuse(f"must be from 0 to {longest}", name)
    return value


def _span(seconds: float) -> str:
    """`10 min`, `24 h`, `3 days`: in the largest unit of which there are two."""
    for size, unit in ((86_400, "days"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds:g} s"


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
