"""Which decisions the store keeps, what of each is its answer, and what changed since."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from connector.rules.decision import Decisions, json_lines
from connector.rules.difference import NAME, answers, differences
from connector.store.decisions import PART, StoredDecision
from connector.store.decisions import Decision as Kept

FLEETING = ("met", "on_track")
"""Answers about a month that still runs that are not kept: they come and go without a consequence."""

GONE, NO_LONGER = "none", "no longer decided"
"""The answer kept in place of a decision that is not made any more, and its reason."""


def kept(decisions: Decisions, zone: ZoneInfo) -> Iterator[Kept]:
    """Yield the decisions to keep; the answer is decision and reason, not the numbers that grow daily."""
    frame = decisions.frame.filter(~fleeting(decisions, zone))
    columns = ("policy", "rule", "subject", "employee", "period", "decision", "reason")
    for part in frame.iter_slices(PART):
        for line, row in zip(json_lines(part), part.select(columns).iter_rows(), strict=True):
            policy, rule, subject, employee, period, decision, reason = row
            yield Kept(policy, rule, subject, employee, period, line, f"{decision}\n{reason}")


def vanished(
    decisions: Decisions, stored: Sequence[StoredDecision], judged: Collection[tuple[str, str]]
) -> Iterator[Kept]:
    """Yield for each kept decision that is no longer made one that says so, once.

    Of the policies and periods that are judged now; without it what is gone would stand for ever.
    """
    made = set(decisions.frame.select(NAME).iter_rows())
    for one in stored:
        name = (one.policy, one.subject, one.employee, one.period)
        line = json.loads(one.document)
        if name in made or (one.policy, one.period) not in judged or line["decision"] == GONE:
            continue
        blank: dict[str, Any] = {"numbers": {}, "evidence": [], "flags": [], "actions": []}
        told = {**line, "decision": GONE, "reason": NO_LONGER, **blank}
        document = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
        yield Kept(one.policy, one.rule, one.subject, one.employee, one.period, document, GONE)


def fleeting(decisions: Decisions, zone: ZoneInfo) -> pl.Expr:
    """Return whether a decision is one that is not kept."""
    running = decisions.as_of.astimezone(zone).strftime("%Y-%m")
    return (pl.col("period") == running) & pl.col("decision").is_in(FLEETING)


def changed_since(
    decisions: Decisions,
    stored: Sequence[StoredDecision],
    judged: Collection[tuple[str, str]],
    zone: ZoneInfo,
) -> pl.DataFrame:
    """Return what the decisions say otherwise than those kept last: rows of `difference.differences`.

    `judged` are the policies and periods asked about; what was kept of others is no difference. What is never
    kept is no news where nothing was kept.
    """
    now = decisions.frame.with_columns(pl.col(NAME).cast(pl.String))
    kept_rows = [json.loads(one.document) for one in stored if (one.policy, one.period) in judged]
    kept_rows = [line for line in kept_rows if line["decision"] != GONE]
    before = answers(_frame(kept_rows))
    names = before.select(NAME)
    passing = now.filter(fleeting(decisions, zone)).join(names, on=NAME, how="anti", nulls_equal=True)
    after = now.join(passing.select(NAME), on=NAME, how="anti", nulls_equal=True)
    return differences(before, answers(after))


def _frame(lines: Sequence[dict[str, Any]]) -> pl.DataFrame:
    """Return kept lines with the columns that answers are made of."""
    columns = (*NAME, "client_name", "decision", "reason", "numbers")
    rows = [{**line, "client_name": None, "numbers": json.dumps(line["numbers"])} for line in lines]
    return pl.DataFrame(
        [[row[name] for name in columns] for row in rows],
        schema=dict.fromkeys(columns, pl.String),
        orient="row",
    )
