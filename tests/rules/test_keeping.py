"""What is kept of the decisions: each answer once, and none that comes and goes within the month."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import polars as pl

from connector.rules.decision import SCHEMA, Decisions
from connector.rules.keeping import kept

ZONE = ZoneInfo("Europe/Moscow")


def decisions(*rows: tuple[str, str], reason: str = "r", numbers: str = "{}") -> Decisions:
    """Return decisions of (period, decision), as of the last hour of October in Moscow."""
    blank = dict.fromkeys(SCHEMA)
    lists = {"evidence": [], "flags": [], "actions": "[]"}
    frame = pl.DataFrame(
        [
            blank
            | lists
            | {
                "period": period,
                "decision": decision,
                "reason": reason,
                "subject": "client:1",
                "numbers": numbers,
            }
            for period, decision in rows
        ],
        schema=SCHEMA,
    )
    named = frame.with_columns(policy=pl.lit("contact-norm"), rule=pl.lit("contact_norm"))
    return Decisions(datetime(2026, 10, 31, 20, 30, tzinfo=UTC), named)


def test_met_and_on_track_of_a_running_month_are_not_kept() -> None:
    of_a_month = [("2026-10", each) for each in ("met", "on_track", "behind", "unreachable", "exempt")]
    made = list(kept(decisions(*of_a_month, ("2026-09", "met")), ZONE))
    assert [(one.period, one.answer.split("\n")[0]) for one in made] == [
        ("2026-10", "behind"),
        ("2026-10", "unreachable"),
        ("2026-10", "exempt"),
        ("2026-09", "met"),
    ]


def test_the_month_runs_by_the_companys_clock() -> None:
    far_east = ZoneInfo("Asia/Vladivostok")  # there it is November already
    assert [one.period for one in kept(decisions(("2026-10", "met")), far_east)] == ["2026-10"]


def test_numbers_are_no_new_answer_but_a_reason_is() -> None:
    first, grown, other = (
        next(kept(each, ZONE)).answer
        for each in (
            decisions(("2026-10", "behind"), numbers='{"done":0}'),
            decisions(("2026-10", "behind"), numbers='{"done":1}'),
            decisions(("2026-10", "behind"), reason="s"),
        )
    )
    assert first == grown
    assert first != other


def test_the_line_is_kept_as_the_world_sees_it() -> None:
    one = next(kept(decisions(("2026-09", "met")), ZONE))
    assert one.document.startswith('{"policy":"contact-norm","rule":"contact_norm","subject":"client:1"')
