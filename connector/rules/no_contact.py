"""Rule `no_contact`: clients whom nobody contacted in the month (features C3)."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from connector.rules.clients import exists, is_open, owner_flags, owners
from connector.rules.contacts import between, by_us, contacts, future_claims, last_contacts, local_day
from connector.rules.decision import decision_frame, flag_list
from connector.rules.facts import Facts
from connector.rules.moment import Moment
from connector.rules.terms import Parameters
from connector.rules.wording import Bilingual


class NoContactParams(Parameters):
    """Nothing of its own: what a contact is, the policy `contact_norm` says."""


class NoContact:
    """One line a client without a counted contact by anybody in the month; it reports, it asks nothing."""

    name = "no_contact"
    params = NoContactParams
    frames = frozenset({"clients", "employees", "events", "ownership"})
    closed_too = True
    title = Bilingual(ru="Клиенты без контактов", en="Clients without contacts")

    def decide(self, facts: Facts, params: NoContactParams, moment: Moment) -> pl.DataFrame:
        """Return `no_contact` with its numbers: days_since_last is null for never.

        `next_planned` is the day of the first contact that is planned from as_of on, whatever its month.
        """
        touched = contacts(facts, moment.terms.contact, moment).select("client").unique()
        future = future_claims(facts, moment.terms.contact, moment).with_columns(future=pl.lit(value=True))
        rows = (
            _listed(facts, moment)
            .join(touched, on="client", how="anti")
            .join(last_contacts(facts, moment), on="client", how="left")
            .join(_other_touches(facts, moment), on="client", how="left")
            .join(_overdue(facts, moment), on="client", how="left")
            .join(_next_planned(facts, moment), on="client", how="left")
            .join(future, on="client", how="left")
        )
        since = (pl.lit(moment.today) - pl.col("day")).dt.total_days().alias("days_since_last")
        rows = rows.with_columns(
            since,
            pl.col("other_touches", "overdue_planned").fill_null(0),
            flag_list(owner_flags() | {"future_event": pl.col("future")}),
        )
        numbers = ("days_since_last", "other_touches", "overdue_planned", "next_planned")
        reason = pl.lit("no counted contact in the month")
        return decision_frame(rows, moment, decision=pl.lit("no_contact"), reason=reason, numbers=numbers)


def _listed(facts: Facts, moment: Moment) -> pl.DataFrame:
    """Return the clients that were there and open at the earlier of as_of and the month's end."""
    day = min(moment.today, moment.period.last)
    until = min(moment.as_of, moment.period.end(moment.zone) - timedelta(microseconds=1))
    return owners(facts, moment).filter(is_open(day) & exists(until))


def _other_touches(facts: Facts, moment: Moment) -> pl.DataFrame:
    """Count the completed events of kinds that are no contact in the month: client, other_touches."""
    start, end = moment.period.start(moment.zone), moment.period.end(moment.zone)
    held = between("completed_at", start, end) & (pl.col("completed_at") <= moment.latest)
    other = ~pl.col("kind").is_in(list(moment.terms.contact.kinds))
    found = facts.events.filter(held & other & (pl.col("status") == "completed") & ~by_us())
    return found.group_by("client").agg(other_touches=pl.len().cast(pl.Int64))


def _overdue(facts: Facts, moment: Moment) -> pl.DataFrame:
    """Count the contacts planned before as_of and still planned: client, overdue_planned."""
    found = _planned(facts, moment).filter(pl.col("planned_at") < moment.as_of)
    return found.group_by("client").agg(overdue_planned=pl.len().cast(pl.Int64))


def _next_planned(facts: Facts, moment: Moment) -> pl.DataFrame:
    """Return the day of each client's first contact planned from as_of on: client, next_planned."""
    found = _planned(facts, moment).filter(pl.col("planned_at") >= moment.as_of)
    return found.group_by("client").agg(local_day("planned_at", facts).min().alias("next_planned"))


def _planned(facts: Facts, moment: Moment) -> pl.DataFrame:
    contact = pl.col("kind").is_in(list(moment.terms.contact.kinds))
    return facts.events.filter((pl.col("status") == "planned") & contact)
