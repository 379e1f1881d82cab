"""Rule `base_balance`: how evenly the clients' work lies on managers (features A3, clarification 29)."""

from __future__ import annotations

import polars as pl

from connector.rules.availability import employment
from connector.rules.decision import decision_frame
from connector.rules.facts import Facts
from connector.rules.load import CONTACTS_A_DAY, capacities, loads
from connector.rules.moment import Moment
from connector.rules.terms import Parameters, parameter
from connector.rules.wording import Bilingual

NUMBERS = ("clients", "load", "utilisation", "ratio", "gini")


class BaseBalanceParams(Parameters):
    """When a manager carries too much or too little, and when the firm's bases are too uneven."""

    overloaded_above: float = parameter(
        1.0, "overloaded: load by capacity above this", "перегружен: загрузка выше этой доли", ge=0
    )
    underloaded_below: float = parameter(
        0.5, "underloaded: load by capacity below this", "недогружен: загрузка ниже этой доли", ge=0
    )
    imbalanced_above: float = parameter(
        3.0,
        "the firm is imbalanced if the largest base by the smallest is above this",
        "в фирме перекос, если наибольшая база больше наименьшей более чем во столько раз",
        ge=1,
    )


class BaseBalance:
    """One line an employed owner of open clients, and one for the company."""

    name = "base_balance"
    params = BaseBalanceParams
    frames = frozenset({"clients", "employees", "ownership", "sales", "deals"})
    closed_too = False
    title = Bilingual(ru="Равномерность клиентских баз", en="Evenness of client bases")

    def decide(self, facts: Facts, params: BaseBalanceParams, moment: Moment) -> pl.DataFrame:
        """Return overloaded, underloaded or balanced an employee, balanced or imbalanced for `company`.

        Load is contacts owed a month; utilisation is load by contacts a day times the month's working days.
        `ratio` is the largest base by the smallest, `gini` that of loads (0 is even). It asks for nothing.
        """
        owners = _owners(facts, moment)
        rows = pl.concat([_each(owners, params), _company(owners, params)])
        return decision_frame(
            rows, moment, decision=pl.col("decision"), reason=pl.col("reason"), numbers=NUMBERS
        )


def _owners(facts: Facts, moment: Moment) -> pl.DataFrame:
    """Return the employed owners: employee, clients, load, month_capacity; an unknown one has the usual."""
    gone = employment(facts).filter(pl.col("left") < moment.today).select("employee")
    month = moment.running
    usual = CONTACTS_A_DAY * len(moment.calendar.working_days(month.first, month.last))
    known = capacities(facts, moment).select("employee", "month_capacity")
    rows = loads(facts, moment).join(gone, on="employee", how="anti").join(known, on="employee", how="left")
    return rows.with_columns(pl.col("month_capacity").fill_null(usual)).sort("employee")


def _each(owners: pl.DataFrame, params: BaseBalanceParams) -> pl.DataFrame:
    share = pl.when(pl.col("month_capacity") > 0).then(pl.col("load") / pl.col("month_capacity"))
    rows = owners.with_columns(utilisation=share)
    heavy = (pl.col("utilisation") > params.overloaded_above).fill_null(value=True)
    light = pl.col("utilisation") < params.underloaded_below
    return rows.select(
        pl.concat_str(pl.lit("employee:"), "employee").alias("subject"),
        "employee",
        *("clients", "load", "utilisation"),
        *(pl.lit(None, dtype=pl.Float64).alias(name) for name in ("ratio", "gini")),
        _chosen(("overloaded", heavy), ("underloaded", light)).alias("decision"),
        _chosen(
            ("more work than capacity", heavy), ("capacity for more work", light), other="work fits capacity"
        ).alias("reason"),
    )


def _company(owners: pl.DataFrame, params: BaseBalanceParams) -> pl.DataFrame:
    rows = owners.sort("load").with_columns(place=pl.int_range(1, pl.len() + 1))
    total, count = pl.col("load").sum(), pl.len().cast(pl.Int64)
    doubled = 2 * (pl.col("place") * pl.col("load")).sum() - (count + 1) * total
    gini = pl.when(total > 0).then(doubled / (count * total)).otherwise(0.0)
    measured = rows.select(
        subject=pl.lit("company"),
        employee=pl.lit(None, dtype=pl.String),
        clients=pl.col("clients").sum(),
        load=total,
        utilisation=pl.lit(None, dtype=pl.Float64),
        ratio=pl.col("clients").max() / pl.col("clients").min(),
        gini=gini,
    )
    uneven = pl.col("ratio") > params.imbalanced_above
    judged = measured.with_columns(
        decision=_chosen(("imbalanced", uneven)),
        reason=_chosen(("the largest base is too large", uneven), other="bases are even enough"),
    )
    return judged.filter(pl.col("clients") > 0)


def _chosen(*cases: tuple[str, pl.Expr], other: str = "balanced") -> pl.Expr:
    """Return the text of the first condition that holds."""
    return pl.coalesce(*(pl.when(case).then(pl.lit(text)) for text, case in cases), pl.lit(other))
