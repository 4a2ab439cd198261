"""What a JMESPath of a file may be: asked by `check` and again before one is used, so that both say the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from math import prod
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from msgspec import Struct

if TYPE_CHECKING:
    from jmespath.parser import ParsedResult

LONGEST_EXPRESSION: Final = 300
"""Characters."""
_SPECIFICATION: Final = "see https://jmespath.org/specification.html"
_MAX_COPIES: Final = 1_000
"""How often one value may be repeated by `[a, b]` and `{a: b}` inside each other."""
_REPEATING: Final = ("multi_select_list", "multi_select_dict")
_MAX_QUOTINGS: Final = 2
"""How many `to_string` there may be: inside each other, each doubles what the one before escaped."""

FUNCTIONS: Final[Mapping[str, int]] = {
    "abs": 1,
    "avg": 1,
    "ceil": 1,
    "contains": 2,
    "ends_with": 2,
    "floor": 1,
    "join": 2,
    "keys": 1,
    "length": 1,
    "map": 2,
    "max": 1,
    "max_by": 2,
    "min": 1,
    "min_by": 2,
    "reverse": 1,
    "sort": 1,
    "sort_by": 2,
    "starts_with": 2,
    "sum": 1,
    "to_array": 1,
    "to_number": 1,
    "to_string": 1,
    "type": 1,
    "values": 1,
}
"""How many arguments each function of JMESPath takes. An unknown one would fail only on an answer that is paid for."""
AT_LEAST_ONE: Final = ("merge", "not_null")
"""Functions of one argument or more."""
BY_EXPRESSION: Final[Mapping[str, int]] = {"map": 0, "max_by": 1, "min_by": 1, "sort_by": 1}
"""Which argument of a function must be an `&expression`, counted from 0."""

Node: TypeAlias = Mapping[str, Any]


class Fault(Struct, frozen=True):
    says: str
    """The rest of a sentence that begins with the expression, or its field: `is not a JMESPath: …`."""
    hint: str


@lru_cache(maxsize=4096)
def parsed(expression: str) -> ParsedResult | Fault:
    """The expression ready to search with, or why it cannot be used. Never raises."""
    import jmespath  # noqa: PLC0415  # 10 ms, wanted only where a file has expressions
    from jmespath.exceptions import JMESPathError, ParseError  # noqa: PLC0415

    if len(expression) > LONGEST_EXPRESSION:
        return Fault(f"has {len(expression)} characters; {LONGEST_EXPRESSION} is the most", "select less at once")
    try:
        result = jmespath.compile(expression)
        nodes = list(_nodes(result.parsed))
    except ParseError as error:
        where = f"{error.token_value!r} is not expected at character {error.lex_position + 1}"
        return Fault(f"is not a JMESPath: {where}", _SPECIFICATION)
    except (JMESPathError, RecursionError, ValueError) as error:
        reason = str(error).partition("\n")[0] or type(error).__name__
        return Fault(f"is not a JMESPath: {reason}", _SPECIFICATION)
    return next((fault for fault in (_wrong_call(nodes), _too_much(nodes)) if fault is not None), result)


def _wrong_call(nodes: Iterable[Node]) -> Fault | None:
    for node in nodes:
        if node["type"] == "function_expression" and (says := _call_fault(node["value"], node["children"])):
            return Fault(says, _SPECIFICATION)
    return None


def _call_fault(name: str, arguments: list[Node]) -> str | None:
    if name not in FUNCTIONS and name not in AT_LEAST_ONE:
        return f"calls {name}(), which is no function of JMESPath"
    wanted, given = FUNCTIONS.get(name), len(arguments)
    if wanted is None:
        return None if given else f"calls {name}() with nothing; it takes one value or more"
    if given != wanted:
        return f"calls {name}() with {given} value{'' if given == 1 else 's'}; it takes {wanted}"
    return _reference_fault(name, arguments)


def _reference_fault(name: str, arguments: list[Node]) -> str | None:
    """A value where `&a` is wanted: wrong for every answer there can be."""
    expected = BY_EXPRESSION.get(name)
    if expected is not None and arguments[expected]["type"] != "expref":
        return f"calls {name}() without an &expression as its {'second' if expected else 'first'} value"
    return None


def _too_much(nodes: list[Node]) -> Fault | None:
    if prod(len(node["children"]) for node in nodes if node["type"] in _REPEATING) > _MAX_COPIES:
        return Fault("repeats its value too often", "use fewer [a, b] and {a: b}")
    if len(_calls(nodes, "to_string")) > _MAX_QUOTINGS:
        return Fault("quotes its value too often", "use fewer to_string()")
    if any(call["children"] and call["children"][0]["type"] != "literal" for call in _calls(nodes, "join")):
        return Fault("joins with what it finds", "the first of join() is a fixed text")
    return None


def _calls(nodes: Iterable[Node], function: str) -> list[Node]:
    return [node for node in nodes if node["type"] == "function_expression" and node["value"] == function]


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    for child in node["children"]:
        if isinstance(child, dict):
            yield from _nodes(child)
