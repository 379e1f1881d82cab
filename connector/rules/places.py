"""Into which records of a client a policy's changes are written (contracts §3)."""

from __future__ import annotations

import polars as pl

from connector.errors import PolicyError
from connector.rules.facts import Facts
from connector.rules.moment import Moment
from connector.tomlfile import did_you_mean

PLACE = ("client", "source", "external_id", "target", "rank")


def places(facts: Facts, moment: Moment) -> pl.DataFrame:
    """Return the records that may be written, a client's first choice first: PLACE.

    They are those of the sources in the policy's `write_to`, in its order; without it all, in the firm's
    order of trust. A client that none of the named sources has is written nowhere.
    """
    records = facts.records.select(PLACE)
    if not moment.write_to:
        return records
    ranks = {source: rank for rank, source in enumerate(moment.write_to)}
    named = records.filter(pl.col("source").is_in(list(ranks)))
    rank = pl.col("source").replace_strict(ranks, default=None, return_dtype=pl.Int64).alias("rank")
    return named.with_columns(rank).sort("client", "rank", "external_id")


def owner_places(facts: Facts, moment: Moment) -> pl.DataFrame:
    """Return the records in which a client's owner is changed: PLACE.

    The policy's `write_to` goes before the firm's source of record, which stands for all others; a client
    that this one does not have changes its owner in every record.
    """
    records, home = places(facts, moment), facts.company.owner_of_record
    if moment.write_to or home is None:
        return records
    there = records.filter(pl.col("source") == home)
    return pl.concat([there, records.join(there, on="client", how="anti")])


def check_sources(policy: str, write_to: tuple[str, ...], facts: Facts) -> None:
    """Raise PolicyError for a name in a policy's `write_to` that no source has."""
    for name in write_to:
        if name not in facts.sources:
            advice = did_you_mean(name, facts.sources)
            raise PolicyError(f"{policy}: write_to: no source {name!r}{advice}", hint="see [[source]]")
