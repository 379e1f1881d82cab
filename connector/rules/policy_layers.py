"""Reads the second and third layer of a policy file: its table and its conditions."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from connector.rules.layers import Layers
from connector.rules.policy_mistakes import Mistake, place_in_text, place_of
from connector.rules.policy_source import PolicySource
from connector.rules.rule import Rule, results_of, takes_receivers
from connector.rules.table_check import oddities
from connector.rules.table_reading import TABLE, TableReader
from connector.rules.where.condition import Condition, read_condition
from connector.rules.where.receivers import RECEIVER_FIELDS
from connector.rules.where.words import ConditionError

Read = Callable[[str], tuple[Condition | None, list[ConditionError]]]

SCOPE = ("scope", "where")
RECEIVER = ("receiver", "where")


def read_layers(source: PolicySource, rule: Rule[Any]) -> tuple[Layers, list[Mistake], list[Mistake]]:
    """Return the layers, everything wrong with them, and everything odd about them."""
    reader = TableReader(source, results_of(rule))
    table = reader.read()
    odd = oddities(table, place_of(source, (TABLE,))) if table else []
    scope, mistakes = _condition(source, SCOPE, read_condition)
    of_people = partial(read_condition, fields=RECEIVER_FIELDS, own=False)
    receiver, more = _condition(source, RECEIVER, of_people) if takes_receivers(rule) else (None, [])
    return Layers(scope, table, receiver), [*reader.mistakes, *mistakes, *more], odd


def _condition(
    source: PolicySource, keys: tuple[str, str], read: Read
) -> tuple[Condition | None, list[Mistake]]:
    said = source.data.get(keys[0])
    text = said.get(keys[1]) if isinstance(said, dict) else None
    if not isinstance(text, str):
        return None, []  # what it is instead, the model of the file tells
    condition, problems = read(text)
    name = ".".join(keys)
    return condition, [
        Mistake(place_in_text(source, keys, problem.at), name, problem.code, problem.about)
        for problem in problems
    ]
