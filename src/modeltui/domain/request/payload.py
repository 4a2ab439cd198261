"""The request of a model: what is sent, as the file's `[request]` describes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from modeltui.domain.call import Call, Encoding
from modeltui.domain.document import ABSENT, Document
from modeltui.domain.inputs.specs import InputSpec
from modeltui.domain.reading import Table, whole
from modeltui.domain.request.placeholder import Scope, Template, as_text, compile_path, compile_template
from modeltui.domain.request.placeholder_faults import MODEL_NAMES, verify_placeholders

METHODS: Final = ("POST", "GET", "PUT", "PATCH", "DELETE")
ENCODINGS: Final[tuple[Encoding, ...]] = ("json", "multipart", "form")

BuildCall: TypeAlias = Callable[[Scope], Call | str]
"""scope -> the call, or in one sentence why it cannot be made."""


def compile_request(document: Document, specs: tuple[InputSpec, ...]) -> BuildCall:
    """Prepare `[request]` for many runs. Raises InvalidValueError naming the field that cannot work."""
    request = whole(document).table("request")
    if request is None:
        whole(document).refuse("is needed", "request")
    method, encoding = _method(request), _encoding(request)
    verify_placeholders(document, specs)
    path, body = _path(request), _body(request)
    query, headers = _texts(request, "query"), _texts(request, "headers")

    def build(scope: Scope) -> Call | str:
        to = path(scope)
        if to is ABSENT:
            return "the path of the request needs a value that is not given"
        sent_headers = _filled(headers, scope)
        if any(not _is_header_value(value) for value in sent_headers.values()):
            return "a value with a line break or control character cannot be sent in a header"
        content = body(scope)
        return Call(
            method=method,
            path=to,
            query=_filled(query, scope),
            headers=sent_headers,
            body=None if content is ABSENT else content,
            encoding=encoding,
        )

    return build


def model_scope(document: Document) -> dict[str, Any]:
    """What `${model.…}` sees."""
    return {name: document[name] for name in MODEL_NAMES if isinstance(document.get(name), str)}


def _method(request: Table) -> str:
    method = request.text("method") or "POST"
    if method not in METHODS:
        request.refuse(f"must be one of {', '.join(METHODS)}", "method")
    return method


def _encoding(request: Table) -> Encoding:
    wanted = request.text("encoding") or "json"
    found = next((encoding for encoding in ENCODINGS if encoding == wanted), None)
    if found is None:
        request.refuse(f"must be one of {', '.join(ENCODINGS)}", "encoding")
    return found


def _path(request: Table) -> Template:
    path = request.needed_text("path")
    if "://" in path or path.startswith("//") or "\\" in path:
        request.refuse("must be relative to the provider's base_url; a model file has no host", "path")
    return compile_path(path)


def _body(request: Table) -> Template:
    body = request.values.get("body")
    if body is None:
        return lambda _scope: ABSENT
    if not isinstance(body, Mapping | list):
        request.refuse("must be a table or a list of tables", "body")
    return compile_template(body)


def _texts(request: Table, name: str) -> tuple[tuple[str, Template], ...]:
    table = request.table(name)
    if table is None:
        return ()
    return tuple((key, compile_template(table.needed_text(key))) for key in table.values)


def _filled(templates: tuple[tuple[str, Template], ...], scope: Scope) -> dict[str, str]:
    filled = ((key, template(scope)) for key, template in templates)
    return {key: as_text(value) for key, value in filled if value is not ABSENT}


def _is_header_value(text: str) -> bool:
    return text.isascii() and text.isprintable()
