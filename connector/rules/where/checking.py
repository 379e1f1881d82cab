"""Checks a condition's tree against the fields and functions there are; collects all that is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from connector.rules.where.fields import OWN, FieldSpec, Kind, custom_name, is_custom
from connector.rules.where.functions import FUNCTIONS, Function
from connector.rules.where.grammar import COMPARISONS
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
from connector.rules.where.words import ConditionError

ORDERED = ("number", "day")
UNITS = ("d", "wd")
_LONGEST_DAY = len("31.12.2026")


class Checker:
    """Types every node; `problems` are what is wrong, a node that is wrong has no kind."""

    def __init__(self, fields: Mapping[str, FieldSpec], *, own: bool = True) -> None:
        """`own` tells that a firm's own fields, `custom.NAME`, may be named."""
        self._fields = fields
        self._own = own
        self.problems: list[ConditionError] = []

    def condition(self, node: Node) -> Node:
        """Return the tree with texts that stand for days turned into days; it must be a yes or no."""
        node, kind = self._typed(node)
        self._want(node, kind, "truth")
        return node

    def spec(self, name: str) -> FieldSpec | None:
        """Return what is known of the field; None if there is none of that name."""
        if is_custom(name):
            return OWN if self._own and custom_name(name) else None
        return self._fields.get(name)

    def _typed(self, node: Node) -> tuple[Node, Kind | None]:
        match node:
            case Literal():
                return node, _kind_of(node.value)
            case Field():
                return node, self._field(node)
            case Null():
                return node, self._wrong("null_value", node.at)
            case Unary():
                return self._unary(node)
            case Binary():
                return self._binary(node)
            case Call():
                return self._call(node)
            case OneOf():
                return self._one_of(node)
            case Holds():
                return self._holds(node)
            case Like():
                of, kind = self._typed(node.of)
                self._want(of, kind, "text")
                return Like(node.at, of, node.pattern), "truth"
            case IsNull():
                return IsNull(node.at, self._typed(node.of)[0]), "truth"

    def _field(self, node: Field) -> Kind | None:
        spec = self.spec(node.name)
        if spec is None:
            known = [*self._fields, *(["custom.NAME"] if self._own else [])]
            return self._wrong("unknown_field", node.at, word=node.name, known=known)
        return spec.kind

    def _unary(self, node: Unary) -> tuple[Node, Kind | None]:
        of, kind = self._typed(node.of)
        wanted: Kind = "truth" if node.sign == "not" else "number"
        self._want(of, kind, wanted)
        return Unary(node.at, node.sign, of), wanted

    def _binary(self, node: Binary) -> tuple[Node, Kind | None]:
        left, first = self._typed(node.left)
        right, second = self._typed(node.right)
        if node.sign in COMPARISONS:
            left, right = self._compared(node, left, first, right, second)
            return Binary(node.at, node.sign, left, right), "truth"
        wanted: Kind = "truth" if node.sign in ("and", "or") else "number"
        self._want(left, first, wanted)
        self._want(right, second, wanted)
        return Binary(node.at, node.sign, left, right), wanted

    def _compared(
        self, node: Binary, left: Node, first: Kind | None, right: Node, second: Kind | None
    ) -> tuple[Node, Node]:
        left, first = self._as_day(left, first, second)
        right, second = self._as_day(right, second, first)
        if first is None or second is None:
            return left, right
        if first != second:
            self._wrong("cannot_compare", node.at, left=first, right=second)
        elif first == "texts":
            self._wrong("list_compared", node.at)
        elif node.sign not in ("=", "<>") and first not in ORDERED:
            self._wrong("no_order", node.at, sign=node.sign, kind=first)
        else:
            self._possible(left, right)
            self._possible(right, left)
        return left, right

    def _as_day(self, node: Node, kind: Kind | None, other: Kind | None) -> tuple[Node, Kind | None]:
        """Read a text beside a day as a day."""
        if other != "day" or kind != "text" or not isinstance(node, Literal):
            return node, kind
        day = read_day(str(node.value))
        if day is None:
            return node, self._wrong("bad_day", node.at, word=node.value)
        return Literal(node.at, day), "day"

    def _possible(self, field: Node, value: Node) -> None:
        """Complain of a word that the field never holds."""
        spec = self.spec(field.name) if isinstance(field, Field) else None
        if spec is None or not spec.choices or not isinstance(value, Literal):
            return
        if value.value not in spec.choices:
            about = {"word": value.value, "known": list(spec.choices)}
            self._wrong("impossible_value", value.at, **about)

    def _one_of(self, node: OneOf) -> tuple[Node, Kind | None]:
        of, kind = self._typed(node.of)
        choices = []
        for choice in node.choices:
            typed, each = self._typed(choice)
            pair = Binary(choice.at, "=", of, typed)
            choices.append(self._compared(pair, of, kind, typed, each)[1])
        return OneOf(node.at, of, tuple(choices)), "truth"

    def _holds(self, node: Holds) -> tuple[Node, Kind | None]:
        of, kind = self._typed(node.of)
        self._want(of, kind, "text")
        whole = self._field(node.whole)
        if whole not in (None, "texts"):
            self._wrong("not_a_list", node.whole.at, word=node.whole.name)
        return Holds(node.at, of, node.whole), "truth"

    def _call(self, node: Call) -> tuple[Node, Kind | None]:
        function = FUNCTIONS.get(node.name)
        typed = [self._typed(argument) for argument in node.arguments]
        if function is None:
            return node, self._wrong("unknown_function", node.at, word=node.name, known=list(FUNCTIONS))
        if not function.least <= len(typed) <= max(function.most, len(function.takes)):
            about = {"name": node.name, "least": function.least, "most": function.most}
            return node, self._wrong("arguments", node.at, **about)
        arguments = self._arguments(function, typed)
        if node.name == "in_last" and len(arguments) > len(UNITS):
            self._unit(arguments[-1])
        kind = function.gives or next((kind for _, kind in typed if kind), None)
        return Call(node.at, node.name, arguments), kind

    def _arguments(self, function: Function, typed: list[tuple[Node, Kind | None]]) -> tuple[Node, ...]:
        first = typed[0][1]
        if function.takes[0] is None and first == "texts":
            self._wrong("list_compared", typed[0][0].at)
        found = []
        for place, (node, kind) in enumerate(typed):
            wanted = function.takes[min(place, len(function.takes) - 1)] or first
            node, kind = self._as_day(node, kind, wanted)
            if wanted is not None:
                self._want(node, kind, wanted)
            found.append(node)
        return tuple(found)

    def _unit(self, node: Node) -> None:
        if not isinstance(node, Literal) or node.value not in UNITS:
            self._wrong("unit", node.at)

    def _want(self, node: Node, kind: Kind | None, wanted: Kind) -> None:
        if kind is not None and kind != wanted:
            self._wrong("wrong_kind", node.at, kind=kind, wanted=wanted)

    def _wrong(self, code: str, at: int, **about: Any) -> Kind | None:
        """Keep what is wrong; what is wrong has no kind."""
        self.problems.append(ConditionError(code, at, **about))
        return None


def _kind_of(value: object) -> Kind:
    if isinstance(value, bool):
        return "truth"
    if isinstance(value, date):
        return "day"
    return "number" if isinstance(value, float) else "text"


def read_day(text: str) -> date | None:
    """Return the day that `2026-12-31` or `31.12.2026` says; None for anything else."""
    if len(text) > _LONGEST_DAY:
        return None
    try:
        if "." in text:
            day, month, year = text.split(".")
            return date(int(year), int(month), int(day))
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None
