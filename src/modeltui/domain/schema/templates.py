"""Texts that mean something: placeholders, paths, headers, and JMESPath over a provider's answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, StringConstraints, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from modeltui.domain.document import FieldPath
from modeltui.domain.expressions import Fault, parsed
from modeltui.domain.header import is_forbidden
from modeltui.domain.request.placeholder import WHEN, compile_path, compile_template
from modeltui.domain.schema.kinds import Kind
from modeltui.domain.schema.table import custom
from modeltui.domain.url_path import template_fault
from modeltui.errors import InvalidValueError


def _expression(text: str) -> str:
    if isinstance(found := parsed(text), Fault):
        raise custom("bad-expression", found.says, found.hint)
    return text


def _status(text: str) -> str:
    return text if text == "@http" else _expression(text)


def _cost(text: str) -> str:
    return text if re.fullmatch(r"@header:[A-Za-z0-9-]+", text) else _expression(text)


def template(value: Any) -> Any:
    """The value, whose texts may hold placeholders. Raises for one that cannot be read."""
    faults = list(_placeholder_faults(value, ()))
    if len(faults) == 1 and not faults[0][0]:
        raise faults[0][1]
    if faults:
        details = [InitErrorDetails(type=fault, loc=at, input=None) for at, fault in faults]
        raise ValidationError.from_exception_data("template", details)
    return value


def _placeholder_faults(value: Any, at: FieldPath) -> Iterator[tuple[FieldPath, PydanticCustomError]]:
    """Each where it stands, so that its own line is named and not that of the table around it."""
    if isinstance(value, dict):
        for name, part in value.items():
            if name == WHEN:
                yield from _unreadable(compile_template, {WHEN: part}, (*at, name))
            else:
                yield from _placeholder_faults(part, (*at, name))
    elif isinstance(value, list):
        for position, part in enumerate(value):
            yield from _placeholder_faults(part, (*at, position))
    elif isinstance(value, str):
        yield from _unreadable(compile_template, value, at)


def _unreadable(
    compiles: Callable[[Any], object], value: Any, at: FieldPath
) -> Iterator[tuple[FieldPath, PydanticCustomError]]:
    try:
        compiles(value)
    except InvalidValueError as error:
        yield at, custom("bad-placeholder", f"cannot be read: {error.message}", error.hint or "")


def _path(text: str) -> str:
    for _, fault in _unreadable(compile_path, text, ()):
        raise fault
    return text


def _relative(path: str) -> str:
    if "://" in path or path.startswith("//") or "\\" in path or not path.startswith(("/", "${")):
        raise custom(
            "bad-value", "is not a path such as /v1/jobs", "begin it with /; the host stands in the provider file alone"
        )
    if (fault := template_fault(path)) is not None:
        raise custom("bad-value", fault.says, fault.hint)
    return path


def _one_placeholder(text: str) -> str:
    if not (text.startswith("${") and text.endswith("}") and text.count("${") == 1):
        raise custom("bad-value", "is not one placeholder", 'write url = "${saved.NAME}", or use `path`')
    return text


def _body(value: Any) -> Any:
    if not isinstance(value, dict | list):
        raise custom("wrong-type", "is neither a table nor a list of tables", "write [request.body] and its keys")
    return template(value)


def _step_body(value: Any) -> Any:
    return template(value) if isinstance(value, str) else _body(value)


def _header(name: str) -> str:
    if is_forbidden(name):
        raise custom("forbidden-header", "is a header that no file may set", "take it out")
    return name


def _printable(text: str) -> str:
    if not (text.isascii() and text.isprintable()):
        raise custom("bad-value", "cannot be sent in a header", "use printable ASCII on one line")
    return text


Expression: TypeAlias = Annotated[str, AfterValidator(_expression), Kind("JMESPath", "a JMESPath, such as data.state")]
CostExpression: TypeAlias = Annotated[
    str, AfterValidator(_cost), Kind("JMESPath", "a JMESPath, or @header: and the name of a header")
]
StatusExpression: TypeAlias = Annotated[str, AfterValidator(_status), Kind("JMESPath", "a JMESPath, or @http")]
TemplateText: TypeAlias = Annotated[str, AfterValidator(template), Kind("text", "text, with placeholders or without")]
RelativePath: TypeAlias = Annotated[
    str, AfterValidator(_path), AfterValidator(_relative), Kind("relative path", "a path such as /v1/jobs")
]
PlaceholderUrl: TypeAlias = Annotated[
    str,
    AfterValidator(template),
    AfterValidator(_one_placeholder),
    Kind("placeholder", 'one placeholder, "${saved.NAME}"'),
]
Body: TypeAlias = Annotated[Any, AfterValidator(_body), Kind("JSON", "a table or a list of tables")]
StepBody: TypeAlias = Annotated[
    Any,
    AfterValidator(_step_body),
    Kind("JSON or file", 'a table or a list of tables, or "${file.bytes}" as the whole body'),
]
HeaderName: TypeAlias = Annotated[
    str,
    StringConstraints(pattern=r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+$"),
    AfterValidator(_header),
    Kind("header", "the name of an HTTP header"),
]
HeaderText: TypeAlias = Annotated[
    str, AfterValidator(template), AfterValidator(_printable), Kind("header text", "text, with placeholders or without")
]
