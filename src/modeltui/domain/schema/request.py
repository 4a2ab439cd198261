"""The calls of a model: `[request]`, `[poll]`, `[result]`, `[cancel]`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, TypeAlias

from modeltui.domain.schema.kinds import (
    Currency,
    DottedPath,
    InputName,
    Interval,
    MediaType,
    Name,
    Positive,
    Price,
    SomeTexts,
    Text,
    Texts,
    Unit,
    Wait,
)
from modeltui.domain.schema.table import Clash, Table
from modeltui.domain.schema.templates import (
    Body,
    CostExpression,
    Expression,
    HeaderName,
    HeaderText,
    PlaceholderUrl,
    RelativePath,
    StatusExpression,
    StepBody,
    TemplateText,
)
from modeltui.domain.schema.usage import Usage

Query: TypeAlias = dict[Text, TemplateText]
Headers: TypeAlias = dict[HeaderName, HeaderText]

_BYTES = 'write body = "${file.bytes}"'


class Request(Table):
    """What is sent to start a run."""

    method: Literal["POST", "GET", "PUT", "PATCH", "DELETE"] | None = None
    """POST where absent."""
    path: RelativePath
    """Below the provider's `base_url`. The value of a placeholder is percent-encoded as one part of the path."""
    query: Query | None = None
    """Parameters of the URL; one whose placeholder finds nothing is left out."""
    headers: Headers | None = None
    """Headers beside those of the provider file."""
    encoding: Literal["json", "multipart", "form"] | None = None
    """How the body is sent; json where absent."""
    idempotent: bool | None = None
    """The provider takes an id of ours, so that a request may be sent again after a timeout. False where absent."""
    timeout_s: Interval | None = None
    """How long the answer may take; 120 where absent."""
    body: Body | None = None
    """The provider's own JSON, with placeholders."""
    save: dict[Name, Expression] | None = None
    """Values to keep of the answer, for `${saved.NAME}`. `task_id` is the provider's id of the job."""
    cost: CostExpression | None = None
    """Where the answer already says what the provider takes; what `[result] cost` finds later counts more."""
    cost_factor: Price | None = None
    """What one of that costs, where the provider counts something else than money; 1 where absent."""
    cost_currency: Currency | None = None
    """Of `cost`; that of `[cost]` where absent."""

    def clashes(self) -> Iterator[Clash]:
        yield from _of_cost(self)


class Call(Table):
    """A call after the request."""

    method: Literal["GET", "POST", "PUT", "DELETE"] | None = None
    """GET where absent; POST for `[cancel]`."""
    path: RelativePath | None = None
    """Below the provider's `base_url`."""
    url: PlaceholderUrl | None = None
    """Instead of `path`: a URL that the provider gave. Its host must be one of the provider file."""
    query: Query | None = None
    """Parameters of the URL."""
    headers: Headers | None = None
    """Headers beside those of the provider file."""
    body: Body | None = None
    """The provider's own JSON, with placeholders."""

    def clashes(self) -> Iterator[Clash]:
        if self.path is not None and self.url is not None:
            yield Clash("either-or", ("url",), "stands beside `path`", "keep one of the two")
        if self.path is None and self.url is None:
            yield Clash("missing-key", ("path",), "is missing", "say `path`, or `url` where the provider gave one")


class Step(Call):
    """A call before the request, such as the upload of a file."""

    method: Literal["GET", "POST", "PUT", "DELETE"] | None = None
    """POST where absent."""
    input: InputName | None = None
    """An image, audio or video, or a list of them: the step runs for each value that is a file, and for no URL."""
    base: Name | None = None
    """What `path` is below: a name of the provider file's `[bases]`; its `base_url` where absent."""
    encoding: Literal["json", "multipart", "form", "bytes"] | None = None
    """How the body is sent; json where absent. `bytes`: the file itself."""
    body: StepBody | None = None
    """The provider's own JSON, with placeholders; `"${file.bytes}"` with encoding bytes."""
    save: dict[Name, Expression] | None = None
    """Values to keep of the answer, for `${saved.NAME}` of later steps and, without `input`, of later calls."""
    use: TemplateText | None = None
    """What the request gets in place of the file: `"${saved.url}"`."""

    def clashes(self) -> Iterator[Clash]:
        yield from super().clashes()
        if self.base is not None and self.path is None:
            yield Clash("missing-key", ("path",), "is missing; `base` is what it is below")
        if self.use is not None and self.input is None:
            yield Clash("missing-key", ("input",), "is missing; `use` stands for its file")
        if isinstance(self.body, str) and self.encoding != "bytes":
            yield Clash("missing-key", ("encoding",), "is not bytes, and the body is the file itself")
        if self.encoding == "bytes" and not isinstance(self.body, str):
            yield Clash("missing-key", ("body",), "is not the file itself, and encoding is bytes", _BYTES)


class Poll(Call):
    """How to ask whether the job is done. Absent: the answer to the request is the result."""

    status: StatusExpression
    """Where the answer says how it stands; `@http` is the HTTP status code."""
    pending: Texts | None = None
    """Statuses that mean: not yet."""
    success: SomeTexts
    """Statuses that mean: done."""
    failure: Texts | None = None
    """Statuses that mean: failed. Any other status is shown, and asked again until `timeout_s`."""
    error: Expression | None = None
    """Where the answer says why it failed; the provider file's message where absent."""
    progress: Expression | None = None
    """Where the answer says how far it is."""
    progress_max: Positive | None = None
    """What `progress` counts up to; 1 where absent."""
    json_strings: list[DottedPath] | None = None
    """Fields of the answer that hold JSON as text; read before anything else."""
    grace_s: Wait | None = None
    """How long after the request "not found" means "not visible yet"; 0 where absent."""
    interval_s: Interval | None = None
    """Between two questions; 5 where absent."""
    delay_s: Wait | None = None
    """Before the first question; `interval_s` where absent."""
    timeout_s: Interval | None = None
    """Deadline, counted from the request; 900 where absent."""
    save: dict[Name, Expression] | None = None
    """Values to keep of the answer that tells of success, for `${saved.NAME}` in `[result.fetch]`."""

    def clashes(self) -> Iterator[Clash]:
        yield from super().clashes()
        seen: dict[str, str] = {}
        for name in ("pending", "success", "failure"):
            for status in getattr(self, name) or ():
                if status in seen:
                    yield Clash("repeated-value", (name,), f'holds "{status}", as does `{seen[status]}`', "keep one")
                seen[status] = name


class Result(Table):
    """Where the result is in the last answer."""

    kind: Literal["url", "base64", "bytes", "data_url", "text", "json"]
    """How the result comes: a URL to download, encoded in the answer, the answer itself, or text."""
    select: Expression | None = None
    """Where in the answer: one value, or a list. Not for bytes; json without it keeps the whole answer."""
    media: MediaType | None = None
    """What is expected. The true type comes from the first bytes of the file."""
    json_strings: list[DottedPath] | None = None
    """Fields of the answer that hold JSON as text; read before anything else."""
    text: Expression | None = None
    """Text to keep beside the files, such as a revised prompt."""
    late_s: Wait | None = None
    """How long after success the result may still be missing; 0 where absent."""
    expires_s: Annotated[Positive, Unit("s")] | None = None
    """How long the provider keeps it."""
    authorized: bool | None = None
    """The download needs the key; the URL must then be of one of the provider's `hosts`."""
    cost: CostExpression | None = None
    """Where the answer says what the provider took; `@header:NAME` reads a header of the answer."""
    cost_factor: Price | None = None
    """What one of that costs, where the provider counts something else than money; 1 where absent."""
    cost_currency: Currency | None = None
    """Of `cost`; that of `[cost]` where absent."""
    usage: Usage | None = None
    fetch: Call | None = None
    """One more call after success, whose answer is then read."""

    def clashes(self) -> Iterator[Clash]:
        if self.kind == "bytes" and self.select is not None:
            yield Clash("misplaced-key", ("select",), "has no meaning where the answer is the file", "take it out")
        if self.kind not in ("bytes", "json") and self.select is None:
            yield Clash("missing-key", ("select",), "is missing", f"say where in the answer the {self.kind} is")
        yield from _of_cost(self)


def _of_cost(table: Request | Result) -> Iterator[Clash]:
    for name in ("cost_factor", "cost_currency"):
        if getattr(table, name) is not None and table.cost is None:
            yield Clash("misplaced-key", (name,), "has a meaning only with `cost`", "take it out")
