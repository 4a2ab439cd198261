"""The parts of a parsed query, and what each asks of a value."""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal, TypeAlias

from msgspec import Struct

from modeltui.domain.query.cells import Token
from modeltui.domain.query.fields import Field
from modeltui.domain.query.patterns import Pattern

Operator: TypeAlias = Literal["<", "<=", ">", ">="]

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class Word(Struct, frozen=True):
    """A text to be found anywhere, or a whole key or uid."""

    text: str
    folded: str


class Switch(Struct, frozen=True):
    """A field of yes and no has one of these states."""

    field: Field
    states: frozenset[bool]


class OneOf(Struct, frozen=True):
    """A field equals one of these tokens, or fits one of these patterns."""

    field: Field
    wanted: frozenset[Token]
    patterns: tuple[Pattern, ...] = ()

    def accepts(self, cell: tuple[Token, ...]) -> bool:
        return not self.wanted.isdisjoint(cell) or any(
            pattern.matches(str(token)) for pattern in self.patterns for token in cell
        )


class Age(Struct, frozen=True):
    """A length of time: how long ago a date is, or how many seconds a number counts."""

    length: timedelta


class Comparison(Struct, frozen=True):
    field: Field
    operator: Operator
    operand: Decimal | date | Age
    is_as_written: bool = False
    """Whether an amount of money is of the currency that the query names, so that none is converted."""

    def predicate(self, today: date) -> Callable[[tuple[Any, ...]], bool]:
        """Whether any scalar of a cell stands in this order to the operand.

        today: what ages count from, in whole days; from a moment, the age of a moment counts to the second.
        """
        compare, operand = _COMPARE[self.operator], self.operand
        if isinstance(operand, Decimal):
            return lambda cell: any(compare(part, operand) for part in cell if not isinstance(part, date))
        if isinstance(operand, date):
            return lambda cell: any(compare(_day(part), operand) for part in cell if isinstance(part, date))
        seconds = Decimal(operand.length / timedelta(seconds=1))
        sign = -1 if self.field.counts_down else 1

        def is_of_age(cell: tuple[Any, ...]) -> bool:
            return any(
                compare(sign * _age_s(part, today) if isinstance(part, date) else part, seconds) for part in cell
            )

        return is_of_age


def _age_s(then: date, now: date) -> float:
    if isinstance(then, datetime) and isinstance(now, datetime) and then.tzinfo and now.tzinfo:
        return (now - then).total_seconds()
    return (_day(now) - _day(then)).days * 86_400


def _day(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


Test: TypeAlias = Word | Switch | OneOf | Comparison


class Term(Struct, frozen=True):
    test: Test
    is_negated: bool
    source: str
    """As it was typed, without the minus."""


class Query(Struct, frozen=True):
    """Terms that must all hold; none at all holds for every model."""

    text: str
    terms: tuple[Term, ...] = ()
