"""Tells for some records what ends the reason of an item of ours: the client's last contact, or its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from connector.model import Ref
from connector.rules.contacts import is_contact, local_day
from connector.rules.decide import terms_of
from connector.rules.facts import Facts
from connector.rules.moment import SKEW
from connector.rules.policy import Policy


@dataclass(frozen=True)
class ClientNow:
    """A client's last counted contact by anybody, UTC and the company's day, and whether it is still open."""

    contact_at: datetime | None
    contact_on: date | None
    is_open: bool


def clients_now(
    facts: Facts, policies: Sequence[Policy], refs: Sequence[Ref], as_of: datetime
) -> dict[Ref, ClientNow]:
    """Return what is known at `as_of` of the clients of these records; one that is gone is left out.

    What counts as a contact is what the norm counts; what our own account completed never does.
    """
    wanted = pl.DataFrame(
        {"source": [ref.source for ref in refs], "external_id": [ref.external_id for ref in refs]},
        schema={"source": pl.String, "external_id": pl.String},
    )
    records = facts.records.join(wanted.unique(), on=["source", "external_id"], how="semi")
    held = is_contact(terms_of(policies).contact) & (pl.col("completed_at") <= as_of + SKEW)
    last = (
        facts.events.filter(held)
        .join(records.select("client").unique(), on="client", how="semi")
        .group_by("client")
        .agg(pl.col("completed_at").max())
        .with_columns(day=local_day("completed_at", facts))
    )
    today = as_of.astimezone(facts.company.zone).date()
    ended = facts.clients.select("client", ended=pl.col("closed_from") <= today)
    rows = records.join(last, on="client", how="left").join(ended, on="client")
    return {
        Ref(row["source"], row["external_id"]): ClientNow(row["completed_at"], row["day"], not row["ended"])
        for row in rows.iter_rows(named=True)
    }
