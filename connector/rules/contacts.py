"""Which events are contacts, and for whom each counts."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial

import polars as pl

from connector.rules.availability import absent_days
from connector.rules.facts import Facts
from connector.rules.moment import SKEW, Moment
from connector.rules.ownership import owned_within
from connector.rules.terms import ContactNormParams


def local_day(column: str, facts: Facts) -> pl.Expr:
    """Return the company's calendar day of a column of UTC times."""
    return pl.col(column).dt.convert_time_zone(str(facts.company.zone)).dt.date()


def between(column: str, start: datetime, end: datetime) -> pl.Expr:
    """Return whether the column's time lies in `[start, end)`."""
    return (pl.col(column) >= start) & (pl.col(column) < end)


def by_us() -> pl.Expr:
    """Return whether our own account completed the event, where nobody was touched by it."""
    return pl.col("by_us").fill_null(value=False)


def obstacles(params: ContactNormParams) -> dict[str, pl.Expr]:
    """Return what makes an event no contact: name -> condition, never null, in the order of telling.

    It is of another kind, was not held, nobody answered (the vendor's word), it was too short (a call of
    unknown length is long enough), or our own account completed it (clarification 39).
    """
    completed = (pl.col("status") == "completed") & pl.col("completed_at").is_not_null()
    short = (pl.col("kind") == "call") & (pl.col("duration_s") < params.min_call_seconds)
    return {
        "other_kind": ~pl.col("kind").is_in(list(params.kinds)).fill_null(value=False),
        "not_held": ~completed.fill_null(value=False),
        "unanswered": pl.col("successful").eq(pl.lit(value=False)).fill_null(value=False),
        "too_short": short.fill_null(value=False),
        "by_us": by_us(),
    }


def is_contact(params: ContactNormParams) -> pl.Expr:
    """Return whether an event is a contact: none of the obstacles holds."""
    return ~pl.any_horizontal(*obstacles(params).values())


def named_event() -> pl.Expr:
    """Return the event as evidence names it: `event:ID`."""
    return pl.concat_str(pl.lit("event:"), "event").alias("event")


def within(moment: Moment) -> pl.Expr:
    """Return whether an event was completed in the judged month."""
    return between("completed_at", moment.period.start(moment.zone), moment.period.end(moment.zone))


def contacts(facts: Facts, params: ContactNormParams, moment: Moment) -> pl.DataFrame:
    """Return the judged month's contacts up to `as_of`: client, event, employee, completed_at, day, late.

    `late` where the contact was entered only after the month, or after `as_of`. An event later than `as_of`
    and five minutes is ignored (clarification 10). Computed once for the same moment and parameters.
    """
    key = ("contacts", params.model_dump_json(), moment.period, moment.as_of)
    return facts.once(key, partial(_contacts, facts, params, moment))


def _contacts(facts: Facts, params: ContactNormParams, moment: Moment) -> pl.DataFrame:
    held = within(moment) & (pl.col("completed_at") <= moment.latest)
    late = (pl.col("logged_at") > min(moment.period.end(moment.zone), moment.as_of)).fill_null(value=False)
    return facts.events.filter(held & is_contact(params)).select(
        "client",
        named_event(),
        "completed_at",
        employee=pl.col("employee").cast(pl.String),
        day=local_day("completed_at", facts),
        late=late,
    )


def capped(contacts: pl.DataFrame, params: ContactNormParams) -> pl.DataFrame:
    """Keep the contacts of each client and day that count: the first ones, in order of time, then id."""
    ordered = contacts.sort("client", "day", "completed_at", "event")
    # A row beyond the cap has as many before it of the same client and day: cheaper than to count each day
    earlier = pl.col("client", "day").shift(params.max_counted_per_day)
    beyond = pl.all_horizontal(pl.col("client", "day") == earlier)
    return ordered.filter(~beyond.fill_null(value=False))


def coverage(contacts: pl.DataFrame, params: ContactNormParams) -> pl.DataFrame:
    """Count the contacts of each client by anybody: client, coverage."""
    return capped(contacts, params).group_by("client").agg(pl.len().cast(pl.Int64).alias("coverage"))


def credited(facts: Facts, contacts: pl.DataFrame, params: ContactNormParams, moment: Moment) -> pl.DataFrame:
    """Count what each owner gets credit for: client, employee (the owner), done, evidence (event ids), late.

    The daily cap is applied to what is credited: a colleague's call on that day never costs the owner one.
    """
    own_days = on_own_days(facts, contacts, moment)
    counted = capped(creditable(facts, own_days, params, moment), params)
    return counted.group_by("client", pl.col("owner").alias("employee"), maintain_order=True).agg(
        pl.len().cast(pl.Int64).alias("done"), pl.col("event").alias("evidence"), pl.col("late").any()
    )


def on_own_days(facts: Facts, contacts: pl.DataFrame, moment: Moment) -> pl.DataFrame:
    """Return the contacts with the client's `owner` on their day, whoever held them."""
    spans = owned_within(facts.ownership, moment.period.first, moment.period.last).select(
        "client", pl.col("employee").alias("owner"), "first", "last"
    )
    return contacts.join(spans, on="client").filter(pl.col("day").is_between("first", "last"))


def creditable(facts: Facts, held: pl.DataFrame, params: ContactNormParams, moment: Moment) -> pl.DataFrame:
    """Keep of `on_own_days` what the owner may get credit for (clarifications 12 and 14), with `by`.

    Held by the owner or, where the policy says so, by the deputy on any calendar day of the owner's absence,
    or by whoever serves the client beside the owner (`team`, features E): `by` is owner, deputy or team.
    """
    parts = [held.filter(pl.col("employee") == pl.col("owner")).with_columns(by=pl.lit("owner"))]
    others = held.filter(pl.col("employee") != pl.col("owner"))
    for by, who in _stand_ins(facts, params, moment).items():
        found = others.join(who, on=who.columns, how="semi")
        parts.append(found.with_columns(by=pl.lit(by)))
        others = others.join(who, on=who.columns, how="anti")
    return pl.concat(parts)


def _stand_ins(facts: Facts, params: ContactNormParams, moment: Moment) -> dict[str, pl.DataFrame]:
    """Return whose contacts count for the owner, too; a frame's columns say for whom, or of whom, or when."""
    if params.credit == "owner":
        return {}
    deputies = {"deputy": _deputies(facts, moment.period.first, moment.period.last)}
    return deputies | ({"team": facts.co_owners} if params.credit == "team" else {})


def future_claims(facts: Facts, params: ContactNormParams, moment: Moment) -> pl.DataFrame:
    """Return the clients with a contact dated after `as_of` and after it was entered: some clock is wrong.

    They show in the running month; a contact that is merely later than an `as_of` in the past is no error.
    """
    if moment.closed:
        return facts.events.clear().select("client")
    ahead = pl.col("completed_at") > moment.latest
    impossible = pl.col("completed_at") > pl.col("known_at") + SKEW
    return facts.events.filter(ahead & impossible & is_contact(params)).select("client").unique()


def last_contacts(facts: Facts, moment: Moment) -> pl.DataFrame:
    """Return each client's last contact by anybody up to `as_of`, if there is one: client, event, day.

    Computed once for the same moment and terms.
    """
    key = ("last contacts", moment.terms.contact.model_dump_json(), moment.as_of)
    return facts.once(key, partial(_last_contacts, facts, moment))


def _last_contacts(facts: Facts, moment: Moment) -> pl.DataFrame:
    held = facts.events.filter(is_contact(moment.terms.contact) & (pl.col("completed_at") <= moment.latest))
    held = held.select("client", "event", "completed_at")
    newest = held.filter(pl.col("completed_at") == pl.col("completed_at").max().over("client"))
    return newest.group_by("client").agg(
        named_event().max(), local_day("completed_at", facts).first().alias("day")
    )


def _deputies(facts: Facts, first: date, last: date) -> pl.DataFrame:
    """Return who stands in for whom on which day: owner, employee (the deputy), day."""
    away = absent_days(facts, first, last).filter(pl.col("deputy").is_not_null())
    return away.select(pl.col("employee").alias("owner"), pl.col("deputy").alias("employee"), "day")
