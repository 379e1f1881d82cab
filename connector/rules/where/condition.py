"""A condition as policies hold it: its text, its checked tree, the fields it names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from connector.rules.where.checking import Checker
from connector.rules.where.columns import Today, compiled
from connector.rules.where.fields import CLIENT_FIELDS, FieldSpec
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

    def parts(self) -> list[tuple[str, Node]]:
        """Return what is joined by `and` at the top, as it is written and as it is meant, in order."""
        joints, nodes = [], []
        waiting = [self.node]
        while waiting:
            node = waiting.pop()
            if isinstance(node, Binary) and self._joins(node):
                joints.append(node.at)
                waiting += [node.right, node.left]
            else:
                nodes.append(node)
        ends = [*sorted(joints), len(self.text)]
        starts = [0, *(_after_word(self.text, at) for at in sorted(joints))]
        return [(_bare(self.text[a:b]), node) for a, b, node in zip(starts, ends, nodes, strict=True)]

    def _joins(self, node: Binary) -> bool:
        """Tell whether the node is an `and` that was written, not one that `between` stands for."""
        return node.sign == "and" and self.text[node.at : node.at + 1].lower() in ("a", "и")


def read_condition(
    text: str, fields: Mapping[str, FieldSpec] = CLIENT_FIELDS, *, own: bool = True
) -> tuple[Condition | None, list[ConditionError]]:
    """Return the condition, or None and all that is wrong with it, in order of place.

    `own` tells that a firm's own fields, `custom.NAME`, may be named beside those given.
    """
    try:
        tree = parse(text)
    except ConditionError as error:
        return None, [error]
    checker = Checker(fields, own=own)
    tree = checker.condition(tree)
    if checker.problems:
        return None, sorted(checker.problems, key=lambda problem: problem.at)
    return Condition(text, tree), []


def _after_word(text: str, at: int) -> int:
    """Return where the word at the place ends."""
    while at < len(text) and text[at].isalpha():
        at += 1
    return at


def _bare(text: str) -> str:
    """Return a part without the brackets that belong to the whole."""
    text = text.strip()
    while text.count("(") > text.count(")"):
        text = text.replace("(", "", 1).strip()
    while text.count(")") > text.count("("):
        text = text[: text.rindex(")")] + text[text.rindex(")") + 1 :]
    return text.strip()
