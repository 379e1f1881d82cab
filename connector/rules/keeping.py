"""Which decisions the store keeps, and what of each is its answer."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

import polars as pl

from connector.rules.decision import Decisions, json_lines
from connector.store.decisions import Decision as Kept

FLEETING = ("met", "on_track")
"""Answers about a month that still runs that are not kept: they come and go without a consequence."""


def kept(decisions: Decisions, zone: ZoneInfo) -> Iterator[Kept]:
    """Yield the decisions to keep; the answer is decision and reason, not the numbers that grow daily."""
    running = decisions.as_of.astimezone(zone).strftime("%Y-%m")
    fleeting = (pl.col("period") == running) & pl.col("decision").is_in(FLEETING)
    frame = decisions.frame.filter(~fleeting)
    columns = ("policy", "rule", "subject", "employee", "period", "decision", "reason")
    for line, row in zip(json_lines(frame), frame.select(columns).iter_rows(), strict=True):
        policy, rule, subject, employee, period, decision, reason = row
        yield Kept(policy, rule, subject, employee, period, line, f"{decision}\n{reason}")
