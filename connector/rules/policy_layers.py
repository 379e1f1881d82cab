"""Reads the second and third layer of a policy file: its table and its condition."""

from __future__ import annotations

from typing import Any

from connector.rules.layers import Layers
from connector.rules.policy_mistakes import Mistake, place_in_text, place_of
from connector.rules.policy_source import PolicySource
from connector.rules.rule import Rule, results_of
from connector.rules.table_check import oddities
from connector.rules.table_reading import TABLE, TableReader
from connector.rules.where.condition import Condition, read_condition

SCOPE = ("scope", "where")


def read_layers(source: PolicySource, rule: Rule[Any]) -> tuple[Layers, list[Mistake], list[Mistake]]:
    """Return both layers, everything wrong with them, and everything odd about them."""
    reader = TableReader(source, results_of(rule))
    table = reader.read()
    odd = oddities(table, place_of(source, (TABLE,))) if table else []
    scope, mistakes = _scope(source)
    return Layers(scope, table), [*reader.mistakes, *mistakes], odd


def _scope(source: PolicySource) -> tuple[Condition | None, list[Mistake]]:
    said = source.data.get("scope")
    text = said.get("where") if isinstance(said, dict) else None
    if not isinstance(text, str):
        return None, []  # what it is instead, the model of the file tells
    condition, problems = read_condition(text)
    name = ".".join(SCOPE)
    return condition, [
        Mistake(place_in_text(source, SCOPE, problem.at), name, problem.code, problem.about)
        for problem in problems
    ]
