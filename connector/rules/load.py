"""How much work clients are, and how much an employee can take: both in contacts a month."""

from __future__ import annotations

import polars as pl

from connector.rules.clients import exists, is_open, owners
from connector.rules.facts import Facts
from connector.rules.moment import Moment
from connector.rules.norms import client_norms
from connector.rules.staff import people

CONTACTS_A_DAY = 10
"""Contacts that somebody manages on a working day where nobody says otherwise (features A3)."""


def weights(facts: Facts, moment: Moment) -> pl.DataFrame:
    """Return the contacts a month that each client is owed by its class now: client, abc, weight."""
    now = moment.judging(moment.running)
    return client_norms(facts, now.terms.contact, now).select("client", "abc", pl.col("norm").alias("weight"))


def loads(facts: Facts, moment: Moment) -> pl.DataFrame:
    """Return what each owner carries on as_of's day: employee, clients (open ones), load."""
    held = owners(facts, moment).filter(is_open(moment.today) & exists(moment.as_of))
    held = held.filter(pl.col("employee").is_not_null()).join(weights(facts, moment), on="client")
    return held.group_by("employee").agg(clients=pl.len().cast(pl.Int64), load=pl.col("weight").sum())


def capacities(facts: Facts, moment: Moment) -> pl.DataFrame:
    """Return the people at work on as_of's day with `month_capacity`: the columns of `staff.people`.

    Contacts a day times the working days of the running month, absences not deducted (clarification 29); half
    of it while a new hire is ramping up (clarification 45).
    """
    month = moment.running
    days = len(moment.calendar.working_days(month.first, month.last))
    whole = pl.col("capacity").fill_null(CONTACTS_A_DAY) * days
    ramping = (pl.col("ramp_until") >= moment.today).fill_null(value=False)
    return people(facts, moment).with_columns(
        month_capacity=pl.when(ramping).then(whole // 2).otherwise(whole), ramping=ramping
    )
