"""A condition as policies hold it: its text, its checked tree, the fields it names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from connector.rules.where.checking import Checker
from connector.rules.where.columns import Today, compiled
from connector.rules.where.fields import CLIENT_FIELDS, FieldSpec, is_custom
from connector.rules.where.grammar import parse
from connector.rules.where.nodes import Binary, Field, Node, inner
from connector.rules.where.words import ConditionError

MISSING = "missing_data"


@dataclass(frozen=True)
class Condition:
    """A condition that was checked; `text` is what was written."""

    text: str
    node: Node

    @property
    def fields(self) -> frozenset[str]:
        """The fields that it names."""
        return frozenset(node.name for node in inner(self.node) if isinstance(node, Field))

    def frames(self, known: Mapping[str, FieldSpec] = CLIENT_FIELDS) -> frozenset[str]:
        """Return the store's frames that its fields are made of."""
        named = (known[name].frames for name in self.fields if name in known)
        return frozenset({"clients"}).union(*named)

    def holds(self, today: Today) -> pl.Expr:
        """Return for each row whether it holds: true, false, or null where that cannot be known."""
        return compiled(self.node, today)

    def unknown(self) -> pl.Expr:
        """Return whether a field that it names, other than `missing_data`, is not known."""
        named = sorted(self.fields - {MISSING})
        return pl.any_horizontal([pl.lit(value=False), *(pl.col(name).is_null() for name in named)])

    def parts(self) -> list[Node]:
        """Return what is joined by `and` at the top, in order: each is a piece of evidence."""
        found, waiting = [], [self.node]
        while waiting:
            node = waiting.pop()
            if isinstance(node, Binary) and node.sign == "and":
                waiting += [node.right, node.left]
            else:
                found.append(node)
        return found


def read_condition(
    text: str, fields: Mapping[str, FieldSpec] = CLIENT_FIELDS
) -> tuple[Condition | None, list[ConditionError]]:
    """Return the condition, or None and all that is wrong with it, in order of place."""
    try:
        tree = parse(text)
    except ConditionError as error:
        return None, [error]
    checker = Checker(fields)
    tree = checker.condition(tree)
    if checker.problems:
        return None, sorted(checker.problems, key=lambda problem: problem.at)
    return Condition(text, tree), []


def own_fields(condition: Condition) -> list[str]:
    """Return the fields of the firm's own that it names."""
    return sorted(name for name in condition.fields if is_custom(name))
