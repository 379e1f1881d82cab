"""The clients as conditions see them: one row each, a column for every field that is asked about."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial

import polars as pl

from connector.rules.clients import is_open
from connector.rules.contacts import last_contacts
from connector.rules.facts import Facts
from connector.rules.moment import Moment
from connector.rules.ownership import EARLIEST, owned_on
from connector.rules.ranking import classes
from connector.rules.where.condition import MISSING
from connector.rules.where.fields import custom_name, is_custom

_KOPECKS = 100
MONTHS_A_YEAR = 12
_CARD = ("name", "kind", "inn", "industry", "region", "status", "tags")


def client_view(facts: Facts, moment: Moment, fields: Collection[str]) -> pl.DataFrame:
    """Return `client` and a column for each of the fields, for the judged month as of the moment.

    What is not known is null. Money is in whole units of the policy's currency. Attributes without history
    (industry, tags, ...) are today's (contracts §5). Computed once for the same moment and fields.
    """
    wanted = tuple(sorted(set(fields) - {MISSING}))
    return facts.once(("view", wanted, moment.key()), partial(_view, facts, moment, wanted))


def _view(facts: Facts, moment: Moment, wanted: tuple[str, ...]) -> pl.DataFrame:
    rows = facts.clients.select("client")
    for source in (_card, _standing, _ownership, _ranking, _contact):
        rows = source(facts, moment, wanted, rows)
    return rows.select("client", *wanted)


def _card(facts: Facts, moment: Moment, wanted: tuple[str, ...], rows: pl.DataFrame) -> pl.DataFrame:
    own = [name for name in wanted if is_custom(name)]
    plain = [name for name in _CARD if name in wanted]
    if not own and not plain:
        return rows
    card = facts.card(*plain, *(["custom"] if own else []))
    paths = {name: f'$["{custom_name(name)}"]' for name in own}
    found = [pl.col("custom").str.json_path_match(path).alias(name) for name, path in paths.items()]
    return rows.join(card.select("client", *plain, *found), on="client", how="left")


def _standing(facts: Facts, moment: Moment, wanted: tuple[str, ...], rows: pl.DataFrame) -> pl.DataFrame:
    named: dict[str, Callable[[], pl.Expr]] = {
        "closed": lambda: ~is_open(moment.today),
        "key_account": lambda: pl.col("key"),
        "created_at": lambda: pl.col("created_on"),
        "closed_at": lambda: pl.when(pl.col("closed_from") > EARLIEST).then("closed_from"),
    }
    asked = {name: made() for name, made in named.items() if name in wanted}
    if not asked:
        return rows
    return rows.join(facts.clients.select("client", **asked), on="client", how="left")


def _ownership(facts: Facts, moment: Moment, wanted: tuple[str, ...], rows: pl.DataFrame) -> pl.DataFrame:
    if "owner" not in wanted:
        return rows
    held = owned_on(facts.ownership, moment.today).select("client", pl.col("employee").alias("owner"))
    return rows.join(held, on="client", how="left")


def _ranking(facts: Facts, moment: Moment, wanted: tuple[str, ...], rows: pl.DataFrame) -> pl.DataFrame:
    """Add class and turnover; neither is known where there is nothing to rank by."""
    begun = moment.over(min(moment.period, moment.running))
    known = ~pl.any_horizontal("no_data", "no_turnover_source")
    if "class" in wanted:
        ranked = classes(facts, moment.terms.abc, begun)
        rows = rows.join(ranked.filter(known).select("client", **{"class": "abc"}), on="client", how="left")
    if "turnover_12m" in wanted:
        year = moment.terms.abc.model_copy(update={"metric": "revenue", "window_months": MONTHS_A_YEAR})
        value = pl.when(pl.col("share").is_not_null()).then(pl.col("value") / _KOPECKS)
        ranked = classes(facts, year, begun).select("client", turnover_12m=value)
        rows = rows.join(ranked, on="client", how="left")
    return rows


def _contact(facts: Facts, moment: Moment, wanted: tuple[str, ...], rows: pl.DataFrame) -> pl.DataFrame:
    if "days_since_contact" not in wanted:
        return rows
    since = (pl.lit(moment.today) - pl.col("day")).dt.total_days().cast(pl.Float64)
    last = last_contacts(facts, moment).select("client", since.alias("days_since_contact"))
    return rows.join(last, on="client", how="left")
