"""Texts that mean something: placeholders, paths, headers, and JMESPath over a provider's answer."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Any, Final, TypeAlias

from pydantic import AfterValidator, StringConstraints

from modeltui.domain.header import is_forbidden
from modeltui.domain.placeholder import compile_template
from modeltui.domain.schema.kinds import Kind
from modeltui.domain.schema.table import custom
from modeltui.errors import InvalidValueError

LONGEST_EXPRESSION: Final = 300
"""Characters of a JMESPath."""


def _expression(text: str) -> str:
    if len(text) > LONGEST_EXPRESSION:
        raise custom("bad-expression", f"has {len(text)} characters; {LONGEST_EXPRESSION} is the most", "select less")
    if (reason := _fault_of_expression(text)) is not None:
        raise custom("bad-expression", f"is not a JMESPath: {reason}", "see https://jmespath.org/specification.html")
    return text


@lru_cache(maxsize=4096)
def _fault_of_expression(text: str) -> str | None:
    import jmespath  # noqa: PLC0415  # 10 ms, wanted only where a file has expressions
    from jmespath.exceptions import JMESPathError, ParseError  # noqa: PLC0415

    try:
        jmespath.compile(text)
    except ParseError as error:
        return f"{error.token_value!r} is not expected at character {error.lex_position + 1}"
    except (JMESPathError, RecursionError, ValueError) as error:
        return str(error).partition("\n")[0] or type(error).__name__
    return None


def _status(text: str) -> str:
    return text if text == "@http" else _expression(text)


def _template(value: Any) -> Any:
    try:
        compile_template(value)
    except InvalidValueError as error:
        raise custom("bad-placeholder", f"cannot be read: {error.message}", error.hint or "") from None
    return value


def _relative(path: str) -> str:
    if "://" in path or path.startswith("//") or "\\" in path or not path.startswith(("/", "${")):
        raise custom(
            "bad-value", "is not a path such as /v1/jobs", "begin it with /; the host stands in the provider file alone"
        )
    return path


def _one_placeholder(text: str) -> str:
    if not (text.startswith("${") and text.endswith("}") and text.count("${") == 1):
        raise custom("bad-value", "is not one placeholder", 'write url = "${saved.NAME}", or use `path`')
    return text


def _body(value: Any) -> Any:
    if not isinstance(value, dict | list):
        raise custom("wrong-type", "is neither a table nor a list of tables", "write [request.body] and its keys")
    return _template(value)


def _header(name: str) -> str:
    if is_forbidden(name):
        raise custom("forbidden-header", "is a header that no file may set", "take it out")
    return name


def _printable(text: str) -> str:
    if not (text.isascii() and text.isprintable()):
        raise custom("bad-value", "cannot be sent in a header", "use printable ASCII on one line")
    return text


Expression: TypeAlias = Annotated[str, AfterValidator(_expression), Kind("JMESPath", "a JMESPath, such as data.state")]
StatusExpression: TypeAlias = Annotated[str, AfterValidator(_status), Kind("JMESPath", "a JMESPath, or @http")]
TemplateText: TypeAlias = Annotated[str, AfterValidator(_template), Kind("text", "text, with placeholders or without")]
RelativePath: TypeAlias = Annotated[
    str, AfterValidator(_template), AfterValidator(_relative), Kind("path", "a path such as /v1/jobs")
]
PlaceholderUrl: TypeAlias = Annotated[
    str, AfterValidator(_template), AfterValidator(_one_placeholder), Kind("url", 'one placeholder, "${saved.NAME}"')
]
Body: TypeAlias = Annotated[Any, AfterValidator(_body), Kind("JSON", "a table or a list of tables")]
HeaderName: TypeAlias = Annotated[
    str,
    StringConstraints(pattern=r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+$"),
    AfterValidator(_header),
    Kind("header", "the name of an HTTP header"),
]
HeaderText: TypeAlias = Annotated[
    str, AfterValidator(_template), AfterValidator(_printable), Kind("text", "text, with placeholders or without")
]
