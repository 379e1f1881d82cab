"""The ways by which records are known to be one client, the strongest first (algorithms 9)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from connector import identifiers
from connector.identity.names import mail_domain, site_domain

MOST_SHARED = 3
"""A phone or an address that more clients of one CRM share is a call centre's or a building's."""

LEAST_DIGITS = 10

Keys = pl.DataFrame
"""Columns row and key: records with the same key may be one client."""


@dataclass(frozen=True)
class Way:
    """How records are matched: a name for the evidence, the keys, and what to do with a crowd.

    `weak`: a crowd of more than MOST_SHARED in one source says nothing, and a person is no company. Otherwise
    a crowd is a doubt: all of them claim to be the same.
    """

    name: str
    keys: Callable[[pl.DataFrame, Sequence[str]], Keys]
    weak: bool = True


def linked_ids(records: pl.DataFrame, sources: Sequence[str]) -> Keys:
    """Return the ids in another source that cards carry in a field named like that source."""
    parts = [_keyed(records, pl.concat_str("source", pl.lit(":"), "external_id"))]
    for source in sources:
        carrying = records.filter(pl.col("custom").str.contains(f'"{source}"', literal=True))
        named = pl.col("custom").str.json_path_match(f"$['{source}']").str.strip_chars()
        other = pl.when(pl.col("source") != source).then(pl.lit(f"{source}:") + named)
        parts.append(_keyed(carrying, other))
    carried = pl.concat(parts[1:]) if sources else parts[0].clear()
    targets = parts[0].join(carried, on="key", how="semi")
    return pl.concat([targets, carried])


def taxpayers_with_kpp(records: pl.DataFrame, _: Sequence[str]) -> Keys:
    """Return INN and KPP together: one division of one legal entity."""
    return _keyed(records, pl.concat_str("inn", pl.lit("/"), "kpp"))


def taxpayers(records: pl.DataFrame, _: Sequence[str]) -> Keys:
    """Return the valid INN."""
    return _keyed(records, pl.col("inn"))


def phones(records: pl.DataFrame, _: Sequence[str]) -> Keys:
    """Return the phones in E.164 without extensions."""
    exploded = _each(records, "phones").with_columns(pl.col("phones").str.split(";").list.first())
    doubted = exploded.filter(pl.col("bad_phones"))["phones"].unique().to_list()
    bad = [phone for phone in doubted if identifiers.phone(phone) != phone]
    right = pl.col("phones").str.contains(rf"^\+\d{{{LEAST_DIGITS},15}}$") & ~pl.col("phones").is_in(bad)
    return _keyed(exploded.filter(right), pl.col("phones"))


def emails(records: pl.DataFrame, _: Sequence[str]) -> Keys:
    """Return the e-mail addresses, each whole: a domain alone is no identity."""
    address = pl.col("emails").str.to_lowercase()
    return _keyed(
        _each(records, "emails"), pl.when(address.str.contains(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")).then(address)
    )


def names_with_domain(records: pl.DataFrame, _: Sequence[str]) -> Keys:
    """Return the firm's name together with its own domain, of mail or site: a name alone is no identity."""
    domains = domains_of(records).rename({"key": "domain"})
    return _keyed(
        records.select("row", "normal").join(domains, on="row"),
        pl.concat_str("normal", pl.lit(" @ "), "domain"),
    )


def names_with_place(records: pl.DataFrame, _: Sequence[str]) -> Keys:
    """Return the name together with the region: probable, and no more."""
    place = pl.col("region").str.to_lowercase().str.strip_chars()
    return _keyed(records, pl.concat_str("normal", pl.lit(", "), place))


def domains_of(records: pl.DataFrame) -> Keys:
    """Return the firms' own domains."""
    mails = _keyed(_each(records, "emails"), mail_domain(pl.col("emails")))
    return pl.concat([mails, _keyed(records, site_domain(pl.col("site")))]).unique()


WAYS = (
    Way("source_id", linked_ids, weak=False),
    Way("inn_kpp", taxpayers_with_kpp, weak=False),
    Way("inn", taxpayers, weak=False),
    Way("phone", phones),
    Way("email", emails),
    Way("name_domain", names_with_domain),
)
PROBABLE = Way("name_region", names_with_place)
"""What makes a pair probable: it is not linked, and nobody is punished for either (features E)."""


def _each(records: pl.DataFrame, column: str) -> pl.DataFrame:
    return records.filter(pl.col(column).list.len() > 0).explode(column)


def _keyed(rows: pl.DataFrame, key: pl.Expr) -> Keys:
    return rows.select("row", key=key).drop_nulls().unique()
