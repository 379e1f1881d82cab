"""Compiles a checked condition to a Polars expression with SQL's logic of three values.

A field that is not known makes a comparison neither true nor false, and so on upwards: `not` of unknown is
unknown, `and` is false as soon as one side is, `or` true as soon as one side is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from connector.rules.calendar import Calendar
from connector.rules.where.nodes import (
    Binary,
    Call,
    Field,
    Holds,
    IsNull,
    Like,
    Literal,
    Node,
    Null,
    OneOf,
    Unary,
)

_COUNTED = timedelta(days=3653)
"""Working days are counted so far back; an earlier day counts as the first of these ten years."""


@dataclass(frozen=True)
class Today:
    """What functions of days look from: the company's day and calendar."""

    day: date
    calendar: Calendar


def compiled(node: Node, today: Today) -> pl.Expr:
    """Return the value of the node for each row; the frame has a column for every field that it names."""
    match node:
        case Literal():
            return pl.lit(node.value)
        case Field():
            return pl.col(node.name)
        case Unary():
            of = compiled(node.of, today)
            return ~of if node.sign == "not" else -of
        case Binary():
            return _binary(node.sign, compiled(node.left, today), compiled(node.right, today))
        case OneOf():
            of = compiled(node.of, today)
            if all(isinstance(choice, Literal) for choice in node.choices):
                return of.is_in([choice.value for choice in node.choices if isinstance(choice, Literal)])
            return pl.any_horizontal([of == compiled(choice, today) for choice in node.choices])
        case Holds():
            whole, of = compiled(node.whole, today), compiled(node.of, today)
            return pl.when(whole.is_not_null() & of.is_not_null()).then(whole.list.contains(of))
        case Like():
            return compiled(node.of, today).str.contains(_pattern(node.pattern))
        case IsNull():
            return compiled(node.of, today).is_null()
        case Call():
            return _call(node.name, [compiled(argument, today) for argument in node.arguments], node, today)
        case Null():
            raise TypeError("a condition with a bare null passes no check")


def _binary(sign: str, left: pl.Expr, right: pl.Expr) -> pl.Expr:
    match sign:
        case "and":
            return left & right
        case "or":
            return left | right
        case "=":
            return left == right
        case "<>":
            return left != right
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
        case ">=":
            return left >= right
        case "+":
            found = left + right
        case "-":
            found = left - right
        case "*":
            found = left * right
        case _:
            found = left / right
    # What no number can say (division by zero, overflow) is not known
    return pl.when(found.is_finite()).then(found)


def _call(name: str, given: list[pl.Expr], node: Call, today: Today) -> pl.Expr:
    match name:
        case "days_since":
            return _days_since(given[0], today)
        case "wd_since":
            return _worked_since(given[0], today)
        case "in_last":
            return _in_last(given, node, today)
        case "coalesce":
            return pl.coalesce(given)
        case "abs":
            return given[0].abs()
        case "lower":
            return given[0].str.to_lowercase()
        case "min":
            chosen = pl.min_horizontal(given)
        case _:
            chosen = pl.max_horizontal(given)
    known = pl.all_horizontal([each.is_not_null() for each in given])
    return pl.when(known).then(chosen)


def _days_since(day: pl.Expr, today: Today) -> pl.Expr:
    return (pl.lit(today.day) - day).dt.total_days().cast(pl.Float64)


def _worked_since(day: pl.Expr, today: Today) -> pl.Expr:
    """Count the working days after the day, today included; how many to a day ahead is not known."""
    worked = pl.Series(today.calendar.working_days(today.day - _COUNTED, today.day), dtype=pl.Date)
    passed = pl.lit(worked).search_sorted(day, side="right").cast(pl.Float64)
    return pl.when(day <= today.day).then(len(worked) - passed)


def _in_last(given: list[pl.Expr], node: Call, today: Today) -> pl.Expr:
    working = isinstance(node.arguments[-1], Literal) and node.arguments[-1].value == "wd"
    since = _worked_since(given[0], today) if working else _days_since(given[0], today)
    return (since >= 0) & (since < given[1])


def _pattern(like: str) -> str:
    """Return a LIKE pattern as a regular expression: `%` is any text, `_` one sign, all else itself."""
    signs = {"%": ".*", "_": "."}
    return "(?s)^" + "".join(signs.get(sign) or pl.escape_regex(sign) for sign in like) + "$"
