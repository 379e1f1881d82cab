"""The arithmetic of contact norms: what each owner owed a client in a month, and what was held."""

from __future__ import annotations

from functools import partial

import polars as pl

from connector.rules.availability import employment, late_absences, with_free_days, workdays
from connector.rules.clients import exists, with_strangers
from connector.rules.contacts import contacts, coverage, credited, future_claims
from connector.rules.facts import Facts
from connector.rules.given import classes_in_month
from connector.rules.moment import Moment
from connector.rules.ownership import owned_within
from connector.rules.period import DAY
from connector.rules.ranking import classes
from connector.rules.tailoring import tailored_norms
from connector.rules.terms import ContactNormParams

USUAL_MONTH = 21
"""Working days of the month for which a norm is meant where it is scaled (features E, short months)."""


def required(norm: pl.Expr, days: pl.Expr, whole: pl.Expr) -> pl.Expr:
    """Return what may be demanded for `days` of a `whole` month: rounded down, so that doubt never punishes.

    One exception: 1 for a norm of 1 or 2 once three quarters of a contact are due, so that one day off does
    not exempt every C client (clarification 13). Consecutive owners together never owe more than the norm.
    """
    nearly = norm.is_in([1, 2]) & (4 * norm * days >= 3 * whole) & (norm * days < whole)
    return pl.when(nearly).then(1).otherwise(norm * days // whole)


def plan_required(norm: pl.Expr, days: pl.Expr, whole: pl.Expr) -> pl.Expr:
    """Return what is planned for `days` of a `whole` month: rounded up."""
    return (norm * days + whole - 1) // whole


def norm_rows(facts: Facts, params: ContactNormParams, moment: Moment) -> pl.DataFrame:
    """Return a row for each client and employee who owned it on a day of the judged month while it was open.

    Columns: client, employee, abc, no_class, norm, required, plan_required, done, missing, coverage,
    eligible_days, elapsed_days, remaining_days, period_days, expected (what should be done by now), evidence,
    and the conditions late, late_absence, assumed, conflict, unmapped, future, unsure (Boolean).
    Computed once for the same moment and parameters.
    """
    key = ("norm", params.model_dump_json(), moment.key())
    return facts.once(key, partial(_norm_rows, facts, params, moment))


def _norm_rows(facts: Facts, params: ContactNormParams, moment: Moment) -> pl.DataFrame:
    held = contacts(facts, params, moment)
    future = future_claims(facts, params, moment).with_columns(future=pl.lit(value=True))
    rows = (
        _eligible(facts, moment)
        .join(client_norms(facts, params, moment), on="client", how="left")
        .join(credited(facts, held, params, moment), on=["client", "employee"], how="left")
        .join(coverage(held, params), on="client", how="left")
        .join(future, on="client", how="left")
        .join(employment(facts).select("employee", "unmapped"), on="employee", how="left")
    )
    rows = with_strangers(rows, facts, with_events=True)
    rows = rows.join(_shortened_late(facts, moment), on=["client", "employee"], how="left")
    rows = rows.with_columns(pl.col("late_absence").fill_null(value=False))
    return _measured(rows.with_columns(pl.col("done", "coverage").fill_null(0)), params, moment)


def _eligible(facts: Facts, moment: Moment) -> pl.DataFrame:
    """Count the days on which each owner owed contacts, in all and before today (clarification 12)."""
    first, last = moment.period.first, moment.period.last
    days = workdays(facts, moment.calendar, first, last)
    open_until = pl.min_horizontal("last", pl.col("closed_from") - pl.duration(days=1))
    spans = (
        owned_within(facts.ownership, first, last)
        .join(facts.clients.filter(exists(moment.as_of)).select("client", "closed_from"), on="client")
        .with_columns(last=open_until)
        .filter(pl.col("first") <= pl.col("last"))
    )
    past = pl.min_horizontal("last", pl.lit(moment.today - DAY))
    spans = with_free_days(spans, days, pl.col("last"), "eligible_days")
    spans = with_free_days(spans, days, past, "elapsed_days")
    counts = pl.col("eligible_days", "elapsed_days").sum()
    return spans.group_by("client", "employee").agg(counts, pl.col("assumed", "conflict").any())


def _shortened_late(facts: Facts, moment: Moment) -> pl.DataFrame:
    """Return whose days an absence took away that was entered late: client, employee, late_absence."""
    spans = owned_within(facts.ownership, moment.period.first, moment.period.last)
    both = spans.join(late_absences(facts, moment), on="employee")
    touched = both.filter((pl.col("from_date") <= pl.col("last")) & (pl.col("to_date") >= pl.col("first")))
    return touched.select("client", "employee", late_absence=pl.lit(value=True)).unique()


def client_norms(facts: Facts, params: ContactNormParams, moment: Moment) -> pl.DataFrame:
    """Return each client's class at the month's start and its norm: client, abc, no_class, norm, unsure.

    `unsure`: a field that the policy asks about is not known, so that the norm may be another.
    A month that has not begun is judged by the classes of the running one.
    """
    begun = moment.over(min(moment.period, moment.running))
    known = ~pl.any_horizontal("no_data", "no_turnover_source")
    classed = classes(facts, moment.terms.abc, begun).filter(known)
    classed = classed.select("client", pl.col("abc").alias("_abc"))
    rows = facts.clients.select("client").join(classed, on="client", how="left")
    abc = pl.col("_abc").fill_null(params.no_class)
    norm = abc.replace_strict(params.norm.model_dump(), return_dtype=pl.Int64)
    rows = rows.select(
        "client", abc.alias("abc"), pl.col("_abc").is_null().alias("no_class"), norm.alias("norm")
    )
    rows = _strictest(facts, rows, params, begun) if params.class_at == "strictest" else rows
    return tailored_norms(facts, rows, moment)


def _strictest(facts: Facts, rows: pl.DataFrame, params: ContactNormParams, moment: Moment) -> pl.DataFrame:
    """Raise class and norm to those of the class, among all that the client was given, that owes most."""
    norm = pl.col("abc").replace_strict(params.norm.model_dump(), return_dtype=pl.Int64)
    most = (
        classes_in_month(facts, moment)
        .with_columns(_most=norm)
        .sort("_most", "abc", descending=[True, False])
    )
    most = most.unique("client", keep="first", maintain_order=True).rename({"abc": "_class"})
    raised = (pl.col("_most") > pl.col("norm")).fill_null(value=False)
    return (
        rows.join(most, on="client", how="left")
        .with_columns(
            abc=pl.when(raised).then("_class").otherwise("abc"),
            norm=pl.when(raised).then("_most").otherwise("norm"),
            no_class=pl.col("no_class") & ~raised,
        )
        .drop("_class", "_most")
    )


def _measured(rows: pl.DataFrame, params: ContactNormParams, moment: Moment) -> pl.DataFrame:
    worked = len(moment.calendar.working_days(moment.period.first, moment.period.last))
    norm, days = pl.col("norm"), pl.col("eligible_days")
    whole = pl.lit(USUAL_MONTH if params.scale_by_wd else max(1, worked), dtype=pl.Int64)
    rows = rows.with_columns(
        period_days=pl.lit(worked, dtype=pl.Int64),
        remaining_days=days - pl.col("elapsed_days"),
        required=required(norm, days, whole),
        plan_required=plan_required(norm, days, whole),
        expected=norm * pl.col("elapsed_days") // whole,
    ).with_columns(missing=(pl.col("required") - pl.col("done")).clip(0))
    # Millions of rows are remembered, and no month has so many contacts
    return rows.with_columns(pl.col(pl.Int64).exclude("client").cast(pl.Int32))
