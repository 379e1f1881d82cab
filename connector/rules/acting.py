"""Adds a policy's own tasks to its rule's decisions, where their conditions hold."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import polars as pl

from connector.rules.actions import NO_ACTIONS
from connector.rules.brief import written
from connector.rules.client_view import client_view
from connector.rules.decision_fields import DECISION_FIELDS, numbers_of
from connector.rules.escalation import placed_with
from connector.rules.facts import Facts
from connector.rules.invitation import DAY_FORMAT
from connector.rules.jsontext import json_objects
from connector.rules.moment import Moment
from connector.rules.policy import Policy
from connector.rules.policy_actions import SHOWN, TaskAction
from connector.rules.staff import with_head
from connector.rules.where.columns import Today
from connector.rules.where.condition import MISSING

KEYS = ("kind", "target", "assignee", "title", "due", "text", "purpose", "period")
_NO_TASKS = pl.Schema({"_row": pl.UInt32, "_task": pl.String})
_KINDS = {"number": pl.Float64, "day": pl.Date, "text": pl.String, "truth": pl.Boolean}


def with_actions(facts: Facts, decided: pl.DataFrame, moment: Moment, policy: Policy) -> pl.DataFrame:
    """Return the decisions with the tasks of the policy's `[[action]]` after those of its rule.

    A decision that is about no client gets none. Each task's period holds the action's id, so that two
    actions of one policy make two tasks.
    """
    if not policy.actions:
        return decided
    rows = decided.with_row_index("_row")
    seen = _seen(facts, rows.filter(pl.col("client").is_not_null()), moment, policy)
    texts = [_tasks(facts, seen, moment, action) for action in policy.actions]
    added = pl.concat(texts).group_by("_row", maintain_order=True).agg(pl.col("_task").str.join(","))
    old = pl.col("actions").str.strip_prefix("[").str.strip_suffix("]")
    both = pl.concat_list(pl.when(pl.col("actions") != NO_ACTIONS).then(old), "_task").list.drop_nulls()
    joined = pl.concat_str(pl.lit("["), both.list.join(","), pl.lit("]"))
    return (
        rows.join(added, on="_row", how="left", maintain_order="left")
        .with_columns(actions=joined)
        .select(decided.columns)
    )


def _seen(facts: Facts, rows: pl.DataFrame, moment: Moment, policy: Policy) -> pl.DataFrame:
    """Return the decisions with every field that the actions' conditions and texts name."""
    kinds = numbers_of(policy.judge)
    numbers = [written("numbers").str.json_path_match(f"$.{name}").alias(f"_said_{name}") for name in kinds]
    rows = rows.with_columns(*numbers)
    typed = [
        pl.col(f"_said_{name}").cast(_KINDS[kind], strict=False).alias(name) for name, kind in kinds.items()
    ]
    named = {field for action in policy.actions for field in action.when.fields}
    own = named - set(kinds) - set(DECISION_FIELDS) - {MISSING}
    return rows.with_columns(*typed).join(
        client_view(facts, moment, own), on="client", how="left", maintain_order="left"
    )


def _tasks(facts: Facts, rows: pl.DataFrame, moment: Moment, action: TaskAction) -> pl.DataFrame:
    """Return the action as JSON for each decision for which its condition holds: _row, _task."""
    rows = rows.with_columns(action.when.unknown().alias(MISSING))
    rows = rows.filter(action.when.holds(Today(moment.today, moment.calendar)))
    if rows.is_empty():
        return _NO_TASKS.to_frame()
    due = moment.calendar.nth_after(moment.today, action.days) if action.days else moment.today
    shown = due.strftime(DAY_FORMAT.said(facts.company.language))
    rows = _addressed(facts, rows, moment, action)
    rows = rows.with_columns(title=pl.lit(action.title), text=pl.lit(action.text))
    rows = rows.with_columns(_filled(name, rows.columns, shown) for name in ("title", "text"))
    each = rows.partition_by("employee", "period")
    placed = pl.concat([placed_with(facts, one, "_to", "assignee", moment) for one in each]).with_columns(
        kind=pl.lit("create_task"),
        purpose=pl.lit("decision"),
        due=pl.lit(due.isoformat()),
        period=pl.concat_str("period", pl.lit(f" {action.id}")),
    )
    told = json_objects({key: placed[key] for key in KEYS})
    return pl.DataFrame({"_row": placed["_row"], "_task": told}, schema=_NO_TASKS)


def _addressed(facts: Facts, rows: pl.DataFrame, moment: Moment, action: TaskAction) -> pl.DataFrame:
    if action.to == "owner":
        return rows.with_columns(_to="employee")
    if action.to == "head":
        return with_head(facts, rows, moment).rename({"decider": "_to"})
    return rows.with_columns(_to=pl.lit(action.to))


def _filled(column: str, columns: Collection[str], due: str) -> pl.Expr:
    """Put what the decision says where its marks stand, literally; the client's name comes last."""
    filled = pl.col(column).str.replace_all("{due}", due, literal=True)
    for name in _marks(columns):
        said = pl.col(f"_said_{name}") if f"_said_{name}" in columns else pl.col(name)
        filled = filled.str.replace_all(f"{{{name}}}", said.fill_null("—"), literal=True)
    return filled.str.replace_all("{client}", pl.col("client_name").fill_null(""), literal=True)


def _marks(columns: Collection[str]) -> Sequence[str]:
    """Return what a text may show of the decision."""
    plain = [name for name in DECISION_FIELDS if name != "flags" and name not in SHOWN]
    return [*plain, *(name.removeprefix("_said_") for name in columns if name.startswith("_said_"))]
