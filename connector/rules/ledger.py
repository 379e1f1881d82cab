"""What became of every event of a month: counted for whom, or the first reason why it was not.

Nothing is reckoned here a second time: each step of `contacts` is taken with its own function, and whatever a
step leaves out gets that step's reason.
"""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from connector.rules.contacts import (
    between,
    capped,
    contacts,
    creditable,
    local_day,
    named_event,
    obstacles,
    on_own_days,
    within,
)
from connector.rules.facts import Facts
from connector.rules.moment import Moment
from connector.rules.norms import norm_rows
from connector.rules.terms import ContactNormParams

COUNTED = "counted"
COLUMNS = ("client", "owner", "event", "employee", "kind", "at", "day", "counted", "covers", "reason", "late")
_EVENT = ["client", "event"]
_PAIR = ["client", "event", "owner"]


def ledger(facts: Facts, params: ContactNormParams, moment: Moment, clients: Collection[int]) -> pl.DataFrame:
    """Return each event of the judged month for each owner of the month whom the norm asks: COLUMNS.

    An event is of the month if it was planned for it or completed in it; `at` (UTC) and `day` are those of
    completion, of the plan where it was not held. `counted` tells whether it counts for the `owner`,
    `covers` whether for the coverage, by anybody. Sorted by client, owner, time and event.
    """
    asked = norm_rows(facts, params, moment).filter(pl.col("client").is_in(list(clients)))
    owners = asked.select("client", owner="employee")
    events = _events(facts, moment).join(owners.select("client").unique(), on="client", how="semi")
    held = contacts(facts, params, moment).join(owners, on="client", how="semi")
    rows = events.join(owners, on="client").with_columns(_obstacle(params, moment))
    for name, step, keys in _steps(facts, held, params, moment):
        passed = step.select(keys).unique().with_columns(pl.lit(value=True).alias(name))
        rows = rows.join(passed, on=keys, how="left").with_columns(pl.col(name).fill_null(value=False))
    rows = rows.join(_by(facts, held, params, moment), on=_PAIR, how="left")
    rows = rows.join(held.select(*_EVENT, "late").unique(_EVENT), on=_EVENT, how="left")
    told = rows.with_columns(_reason(), pl.col("late").fill_null(value=False))
    return told.select(COLUMNS).sort("client", "owner", "at", "event")


def _events(facts: Facts, moment: Moment) -> pl.DataFrame:
    start, end = moment.period.start(moment.zone), moment.period.end(moment.zone)
    done = (pl.col("status") == "completed").fill_null(value=False)
    at = pl.when(done).then("completed_at").otherwise("planned_at")
    ours = within(moment) | between("planned_at", start, end)
    entries = [
        facts.events.with_columns(repeated=pl.lit(value=False)),
        facts.repeats.with_columns(repeated=pl.lit(value=True)),
    ]
    rows = pl.concat(entries).filter(ours.fill_null(value=False))
    named = named_event(), pl.col("employee", "kind").cast(pl.String)
    rows = rows.with_columns(*named, at=pl.coalesce(at, "completed_at"))
    return rows.with_columns(day=local_day("at", facts), inside=within(moment).fill_null(value=False))


def _obstacle(params: ContactNormParams, moment: Moment) -> pl.Expr:
    """Return why the event is no contact of the month at all, null for a contact."""
    later = (pl.col("completed_at") > moment.latest).fill_null(value=False)
    cases = {"repeated": pl.col("repeated"), **obstacles(params)}
    cases |= {"other_month": ~pl.col("inside"), "future": later}
    named = (pl.when(case).then(pl.lit(name)) for name, case in cases.items())
    return pl.coalesce(*named).alias("obstacle")


def _steps(
    facts: Facts, held: pl.DataFrame, params: ContactNormParams, moment: Moment
) -> list[tuple[str, pl.DataFrame, list[str]]]:
    """Return the steps of counting, each with what it left and by which columns that is known."""
    own = on_own_days(facts, held, moment)
    credit = creditable(facts, own, params, moment)
    return [
        ("covers", capped(held, params), _EVENT),
        ("own_day", own, _PAIR),
        ("credit", credit, _PAIR),
        ("counted", capped(credit, params), _PAIR),
    ]


def _by(facts: Facts, held: pl.DataFrame, params: ContactNormParams, moment: Moment) -> pl.DataFrame:
    credit = creditable(facts, on_own_days(facts, held, moment), params, moment)
    return credit.select(*_PAIR, "by").unique(_PAIR)


def _reason() -> pl.Expr:
    """Return `counted` or `counted_deputy`, `counted_team`, else the first reason why it does not count."""
    return (
        pl.when("counted")
        .then(
            pl.when(pl.col("by") == "owner")
            .then(pl.lit(COUNTED))
            .otherwise(pl.concat_str(pl.lit(f"{COUNTED}_"), "by"))
        )
        .when(pl.col("obstacle").is_not_null())
        .then("obstacle")
        .when(~pl.col("own_day"))
        .then(pl.lit("not_own_day"))
        .when(~pl.col("credit"))
        .then(pl.lit("not_owner"))
        .otherwise(pl.lit("day_cap"))
        .alias("reason")
    )
