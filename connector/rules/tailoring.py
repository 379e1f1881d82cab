"""Lays a policy's condition and table over its rule: who is concerned, what a table sets, what is doubtful.

What cannot be known matches nothing; where that could cost somebody a client, it is said (`missing_data`).
"""

from __future__ import annotations

from functools import partial

import polars as pl

from connector.rules.client_view import client_view
from connector.rules.facts import Facts
from connector.rules.layers import NOTHING
from connector.rules.moment import Moment
from connector.rules.where.columns import Today
from connector.rules.where.condition import MISSING

CONTACTS = "contacts_per_month"
"""What a table of `contact_norm` may set."""


def verdicts(facts: Facts, moment: Moment, rule: str) -> pl.DataFrame:
    """Return for each client: client, inside (true, false, null: cannot be known), unsure (Boolean).

    `unsure`: a field that is not known keeps the condition, or an earlier row of the table, from matching.
    Computed once for the same moment.
    """
    return facts.once(("verdicts", rule, moment.key()), partial(_verdicts, facts, moment, rule))


def _verdicts(facts: Facts, moment: Moment, rule: str) -> pl.DataFrame:
    layers = moment.terms.layers.get(rule, NOTHING)
    rows = client_view(facts, moment, layers.fields)
    inside = pl.lit(value=True)
    if layers.scope:
        rows = rows.with_columns(layers.scope.unknown().alias(MISSING))
        inside = layers.scope.holds(Today(moment.today, moment.calendar))
    told = rows.with_columns(inside=inside).select("client", "inside")
    if layers.table:
        told = told.hstack(_by_table(facts, moment, rule).select("unsure"))
    else:
        told = told.with_columns(unsure=pl.lit(value=False))
    return told.with_columns(unsure=pl.col("inside").is_null() | (pl.col("inside") & pl.col("unsure")))


def _by_table(facts: Facts, moment: Moment, rule: str) -> pl.DataFrame:
    """Return what the rule's table says of each client, in the order of `client_view`."""
    layers = moment.terms.layers.get(rule, NOTHING)
    assert layers.table is not None, "asked only where there is one"
    judge = partial(layers.table.judge, client_view(facts, moment, layers.fields))
    return facts.once(("table", rule, moment.key()), lambda: judge(Today(moment.today, moment.calendar)))


def outcome(facts: Facts, moment: Moment, rule: str, name: str) -> pl.DataFrame:
    """Return what the table of the rule's policy sets for each client: client and the column `name`."""
    layers = moment.terms.layers.get(rule, NOTHING)
    if layers.table is None:
        return facts.clients.select("client", pl.lit(None, pl.Int64).alias(name))
    told = _by_table(facts, moment, rule)
    value = told[name] if name in told.columns else pl.lit(None, pl.Int64)
    clients = client_view(facts, moment, layers.fields).select("client")
    return clients.with_columns(value.alias(name))


def concerned(facts: Facts, rows: pl.DataFrame, moment: Moment, rule: str) -> pl.DataFrame:
    """Return the rows of the clients whom the rule's policy surely concerns."""
    if moment.terms.layers.get(rule, NOTHING).scope is None:
        return rows
    return rows.join(verdicts(facts, moment, rule).filter("inside"), on="client", how="semi")


def tailored_norms(facts: Facts, rows: pl.DataFrame, moment: Moment) -> pl.DataFrame:
    """Lay the norms' policy over the column `norm`, and add `unsure`; whom it does not concern owes none."""
    if "contact_norm" not in moment.terms.layers:
        return rows.with_columns(unsure=pl.lit(value=False))
    rows = rows.join(verdicts(facts, moment, "contact_norm"), on="client", how="left")
    rows = rows.join(outcome(facts, moment, "contact_norm", CONTACTS), on="client", how="left")
    norm = pl.when("inside").then(pl.coalesce(CONTACTS, "norm")).otherwise(0)
    return rows.with_columns(norm=norm).drop("inside", CONTACTS)


def withheld(facts: Facts, rows: pl.DataFrame, moment: Moment) -> pl.DataFrame:
    """Lay the withdrawal's policy over rows with `guard`: others stay out, doubt becomes a guard."""
    if "withdraw" in moment.terms.layers:
        told = verdicts(facts, moment, "withdraw").rename({"unsure": "_unsure"})
        rows = rows.join(told, on="client", how="left").filter(pl.col("inside").fill_null(value=True))
        rows = rows.with_columns(pl.col("unsure") | pl.col("_unsure")).drop("inside", "_unsure")
    doubt = pl.when(pl.col("guard").is_null() & pl.col("unsure")).then(pl.lit(MISSING))
    return rows.with_columns(guard=pl.coalesce("guard", doubt))


def scoped(facts: Facts, decided: pl.DataFrame, moment: Moment, rule: str, spares: str) -> pl.DataFrame:
    """Leave out the decisions about clients whom the policy does not concern.

    Of those of whom that cannot be known a punitive rule, one with a decision `spares` by which it lets a
    client alone, says so: that decision, with reason and flag `missing_data` and no action.
    """
    if moment.terms.layers.get(rule, NOTHING).scope is None:
        return decided
    rows = decided.join(
        verdicts(facts, moment, rule).select("client", "inside"),
        on="client",
        how="left",
        maintain_order="left",
    )
    unknown = pl.col("client").is_not_null() & pl.col("inside").is_null()
    rows = rows.filter(pl.col("client").is_null() | pl.col("inside") | (unknown & pl.lit(bool(spares))))
    spared = {"decision": spares, "reason": MISSING, "actions": "[]"}
    told = {name: pl.when(unknown).then(pl.lit(value)).otherwise(name) for name, value in spared.items()}
    flags = pl.when(unknown).then(pl.concat_list("flags", pl.lit([MISSING])).list.unique().list.sort())
    return rows.with_columns(**told, flags=flags.otherwise("flags")).select(decided.columns)
