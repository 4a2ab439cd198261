"""From the text of a query to its terms."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import cast

from msgspec.structs import replace

from modeltui.domain.query.cells import Token, day_of, folded, number_of
from modeltui.domain.query.fields import Field, Kind, field_named, nearest_field
from modeltui.domain.query.patterns import Pattern, glob, regex
from modeltui.domain.query.terms import Age, Comparison, OneOf, Operator, Query, Switch, Term, Test, Word
from modeltui.errors import QueryError, UsageError

_FIELD = re.compile(r"""(\.?[A-Za-z_][\w-]*(?:\.(?:[\w-]+|"[^"\\\x00-\x1f]*"))*)(:~|:|<=|>=|<|>|=)""", re.ASCII)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_BLANKS = re.compile(r"\s*")
_REST = re.compile(r"\S*")
_ALTERNATIVE = re.compile(r"[^\s,]*")
_ESCAPE = re.compile(r'\\(["\\])')
_AGE = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)(s|min|m|h|d|w|mo|y)", re.ASCII)
_UNITS = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "min": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
    "mo": timedelta(days=30),
    "y": timedelta(days=365),
}
_STATES = {"yes": True, "true": True, "on": True, "1": True, "no": False, "false": False, "off": False, "0": False}


def parse_query(text: str) -> Query:
    """Raises QueryError with the position of the mistake."""
    terms = _Parser(text).terms()
    if any(_names_currency(term) for term in terms):
        terms = [_as_written(term) for term in terms]
    return Query(text, tuple(terms))


def _names_currency(term: Term) -> bool:
    return not term.is_negated and isinstance(term.test, OneOf) and term.test.field.name == "currency"


def _as_written(term: Term) -> Term:
    test = term.test
    if not isinstance(test, Comparison) or test.field.compared_of is None or test.field.kind is not Kind.NUMBER:
        return term
    return replace(term, test=replace(test, is_as_written=True))


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def terms(self) -> list[Term]:
        found: list[Term] = []
        self._take(_BLANKS)
        while self._at < len(self._text):
            found.append(self._term())
            self._take(_BLANKS)
        return found

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._at)
        if match is None:
            return ""
        self._at = match.end()
        return match[0]

    def _term(self) -> Term:
        is_negated = self._text[self._at] == "-"
        start = self._at = self._at + is_negated
        if start == len(self._text) or self._text[start].isspace():
            raise QueryError("a minus negates the term right after it", position=start - 1)
        head = _FIELD.match(self._text, start)
        test = self._word() if head is None else self._test(head)
        return Term(test, is_negated, self._text[start : self._at])

    def _word(self) -> Word:
        text, _ = self._piece(_REST)
        return Word(text, folded(text))

    def _test(self, head: re.Match[str]) -> Test:
        name, sign = head.groups()
        field = self._field(name, head.start())
        self._at = head.end()
        if sign == "=":
            raise QueryError(f"a query has no `=`; write {name}:value", position=head.end() - 1)
        if sign == ":~":
            return self._regex(field)
        if sign == ":":
            return self._switch(field) if field.kind is Kind.SWITCH else self._one_of(field)
        return self._comparison(field, cast(Operator, sign))

    def _field(self, name: str, position: int) -> Field:
        field = field_named(name)
        if field is None:
            near = nearest_field(name)
            meant = f"did you mean {near}? " if near else ""
            more = f"a path such as limits.context reaches any field, and .{name} that key"
            hint = f"{meant}Quotes search for the text as it is; {more}"
            raise QueryError(f"unknown field {name!r}", position=position, hint=hint)
        return field

    def _piece(self, bare: re.Pattern[str]) -> tuple[str, bool]:
        """The next text, and whether it was quoted. Raises QueryError for a quote that is not closed."""
        if self._text[self._at : self._at + 1] != '"':
            return self._take(bare), False
        start = self._at
        quoted = self._take(_QUOTED)
        if not quoted:
            raise QueryError("this quote is not closed", position=start)
        following = self._text[self._at : self._at + 1]
        if following and not following.isspace() and (following != "," or bare is not _ALTERNATIVE):
            raise QueryError("a blank is missing after this quote", position=self._at)
        return _ESCAPE.sub(r"\1", quoted[1:-1]), True

    def _alternatives(self, field: Field) -> list[tuple[str, bool, int]]:
        """The texts between commas, each with whether it was quoted and where it stands. At least one."""
        start = self._at
        found: list[tuple[str, bool, int]] = []
        while True:
            position = self._at
            text, is_quoted = self._piece(_ALTERNATIVE)
            if text or is_quoted:
                found.append((text, is_quoted, position))
            if self._text[self._at : self._at + 1] != ",":
                break
            self._at += 1
        if not found:
            raise QueryError(
                f"a value is missing after {field.name}:",
                position=start,
                hint=f"-{field.name}:* finds the models that have none",
            )
        return found

    def _switch(self, field: Field) -> Switch:
        states = set()
        for text, _, position in self._alternatives(field):
            state = _STATES.get(text.casefold())
            if state is None:
                raise QueryError(f"{field.name} is yes or no, not {text!r}", position=position)
            states.add(state)
        return Switch(field, frozenset(states))

    def _one_of(self, field: Field) -> OneOf:
        wanted: set[Token] = set()
        patterns: list[Pattern] = []
        for text, is_quoted, _ in self._alternatives(field):
            if not is_quoted and ("*" in text or "?" in text):
                patterns.append(glob(text))
                continue
            wanted.add(text.casefold())
            if field.kind is not Kind.TEXT and (number := number_of(text)) is not None:
                wanted.add(number)
        return OneOf(field, frozenset(wanted), tuple(patterns))

    def _regex(self, field: Field) -> OneOf:
        position = self._at
        text, _ = self._piece(_REST)
        try:
            return OneOf(field, frozenset(), (regex(text),))
        except UsageError as error:
            raise QueryError(error.message, position=position, hint=error.hint) from error

    def _comparison(self, field: Field, sign: Operator) -> Comparison:
        position = self._at
        if field.kind in (Kind.SWITCH, Kind.TEXT):
            raise QueryError(
                f"{field.name} is {field.kind.value} and has no order",
                position=position - len(sign),
                hint=f"write {field.name}:value",
            )
        text, _ = self._piece(_REST)
        operand = _operand(text, field.kind)
        if operand is None:
            raise QueryError(f"{field.name} is compared with {field.kind.value}, not {text!r}", position=position)
        return Comparison(field, sign, operand)


def _operand(text: str, kind: Kind) -> Decimal | date | Age | None:
    readers = {
        Kind.NUMBER: (_number,),
        Kind.PERCENT: (_percent,),
        Kind.SECONDS: (_number, _age),
        Kind.DATE: (day_of, _age),
        Kind.ANY: (_number, day_of, _age),
    }
    return next((operand for read in readers[kind] if (operand := read(text)) is not None), None)


def _number(text: str) -> Decimal | None:
    """`2.5`, or `90%` as 0.9."""
    if text.endswith("%"):
        number = number_of(text[:-1])
        return None if number is None else number.scaleb(-2)
    return number_of(text)


def _percent(text: str) -> Decimal | None:
    """`90` and `90%` alike."""
    return number_of(text.removesuffix("%"))


def _age(text: str) -> Age | None:
    match = _AGE.fullmatch(text)
    return Age(float(match[1]) * _UNITS[match[2]]) if match else None
