"""Why a policy concerns a client or not: each part of its condition with the client's values, and the row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from connector.locale import Texts
from connector.rules.client_view import client_view
from connector.rules.decision_table import DecisionTable
from connector.rules.facts import Facts
from connector.rules.moment import Moment
from connector.rules.policy import Policy
from connector.rules.where.columns import Today, compiled
from connector.rules.where.condition import MISSING, Condition
from connector.rules.where.nodes import Field, Node, inner

_HELD = {True: "yes", False: "no", None: "unknown"}


def layer_story(facts: Facts, moment: Moment, policy: Policy, client: int, words: Texts) -> list[str]:
    """Return a line for each part of the policy's condition, and one for the row of its table that decides.

    `client` is the store's number. Nothing where the policy has neither, or the client is not there.
    """
    fields = policy.layers.fields
    if not policy.layers:
        return []
    rows = client_view(facts, moment, fields).filter(pl.col("client") == client)
    if rows.is_empty():
        return []
    today = Today(moment.today, moment.calendar)
    lines: list[str] = []
    if policy.layers.scope:
        unknown = policy.layers.scope.unknown().alias(MISSING)
        lines += _condition(policy.layers.scope, rows.with_columns(unknown), today, words)
    if policy.layers.table:
        lines.append(_row(policy.layers.table, rows, today, words))
    return lines


def _condition(condition: Condition, rows: pl.DataFrame, today: Today, words: Texts) -> Iterator[str]:
    for text, node in condition.parts():
        held = words.say(f"layer.{_HELD[_value(rows, compiled(node, today))]}")
        yield words.say("layer.part", text=text, held=held, values=_values(node, rows, words))


def _row(table: DecisionTable, rows: pl.DataFrame, today: Today, words: Texts) -> str:
    for number, row in enumerate(table.rows, 1):
        if _value(rows, row.holds(today)):
            return words.say("layer.row", number=number, said=row.said())
    return words.say("layer.no_row")


def _values(node: Node, rows: pl.DataFrame, words: Texts) -> str:
    named = dict.fromkeys(part.name for part in inner(node) if isinstance(part, Field))
    return ", ".join(f"{name} = {_shown(rows[name][0], words)}" for name in named)


def _value(rows: pl.DataFrame, expression: pl.Expr) -> Any:
    return rows.with_columns(_held=expression)["_held"][0]


def _shown(value: Any, words: Texts) -> str:
    if value is None:
        return words.say("layer.unknown")
    if isinstance(value, bool):
        return words.say(f"layer.{_HELD[value]}")
    if isinstance(value, pl.Series):
        return "|".join(value.to_list()) or "—"
    return f"{value:.15g}" if isinstance(value, float) else str(value)
