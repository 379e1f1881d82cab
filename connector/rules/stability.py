"""Rule `stability`: how evenly a client buys, X, Y or Z (features C1, clarification 20)."""

from __future__ import annotations

from datetime import date

import polars as pl

from connector.rules.clients import exists, is_open
from connector.rules.decision import decision_frame, flag_list
from connector.rules.facts import Facts
from connector.rules.moment import Moment
from connector.rules.period import DAY
from connector.rules.terms import Parameters, parameter
from connector.rules.turnover import turnover_by_month, turnover_facts, turnover_source
from connector.rules.wording import Bilingual

_EXACT = pl.Int128()
"""Squares of kopecks outgrow 64 bits."""


class StabilityParams(Parameters):
    """How much monthly turnover may vary; what turnover is, the policy `abc` says."""

    window_months: int = parameter(
        12, "full months that are looked at", "сколько полных месяцев смотрим", ge=2, le=60
    )
    min_months: int = parameter(
        6, "with fewer months of history: unknown", "если история короче стольких месяцев — unknown", ge=2
    )
    x_percent: int = parameter(
        10, "X: monthly turnover varies by at most this", "X: оборот по месяцам колеблется не больше", ge=0
    )
    y_percent: int = parameter(
        25, "Y: varies by at most this; Z: by more", "Y: колеблется не больше; Z — больше", ge=0
    )


class Stability:
    """One line a client open on the month's first day: X even, Y wavering, Z by chance, or unknown."""

    name = "stability"
    params = StabilityParams
    frames = frozenset({"clients", "employees", "ownership", "sales", "deals"})
    closed_too = False
    title = Bilingual(ru="Стабильность оборота клиента (XYZ)", en="How evenly a client buys (XYZ)")

    def decide(self, facts: Facts, params: StabilityParams, moment: Moment) -> pl.DataFrame:
        """Return X, Y, Z or unknown with `cv`, the population's coefficient of variation (1.0 = 100 %).

        Months without a sale count as zeros; a return takes away. Bounds are compared exactly.
        """
        rows = _measured(facts, params, moment)
        cases = _cases(params)
        decision = pl.coalesce(pl.when(case).then(pl.lit(name)) for name, case, _ in cases)
        reason = pl.coalesce(pl.when(case).then(pl.lit(text)) for _, case, text in cases)
        known = ~(pl.col("short") | pl.col("idle"))
        spread = (pl.col("variance").cast(pl.Float64).sqrt() / pl.col("total").cast(pl.Float64)).alias("cv")
        flags = {name: pl.col(name) for name in ("no_rate", "no_turnover_source")}
        return decision_frame(
            rows.with_columns(pl.when(known).then(spread).alias("cv"), flag_list(flags)),
            moment,
            decision=decision,
            reason=reason,
            numbers=("cv",),
        )


def _cases(params: StabilityParams) -> list[tuple[str, pl.Expr, str]]:
    """Return the answers with condition and reason; the first that holds wins."""
    x, y = params.x_percent, params.y_percent
    return [
        ("unknown", pl.col("short"), f"fewer than {params.min_months} months of history"),
        ("unknown", pl.col("idle"), "no turnover on average"),
        ("X", _within(x), f"turnover varies by at most {x} %"),
        ("Y", _within(y), f"turnover varies by at most {y} %"),
        ("Z", pl.lit(value=True), f"turnover varies by more than {y} %"),
    ]


def _within(percent: int) -> pl.Expr:
    """Return whether cv <= percent / 100, in whole numbers; `variance` is n * squares - sum squared."""
    allowed = pl.lit(percent * percent, dtype=_EXACT) * pl.col("total") * pl.col("total")
    return pl.lit(100 * 100, dtype=_EXACT) * pl.col("variance") <= allowed


def _measured(facts: Facts, params: StabilityParams, moment: Moment) -> pl.DataFrame:
    """Return each client's window: months, total, variance, short, idle, no_rate, no_turnover_source."""
    terms = moment.terms.abc.model_copy(update={"metric": "revenue"})
    first, last = moment.period.plus(-params.window_months).first, moment.period.first - DAY
    turnover = turnover_facts(facts)
    source = turnover_source(facts, turnover, terms)
    if source is not None:
        turnover = turnover.filter(pl.col("source") == source)
    linked = facts.records.filter(pl.col("source") == source) if source is not None else facts.records
    known = linked.select("client", linked=pl.lit(value=True)).unique()
    begun = turnover.filter(pl.col("date") <= last).group_by("client").agg(bought=pl.col("date").min())
    rows = (
        facts.clients.filter(is_open(moment.period.first) & exists(moment.as_of))
        .select("client", "subject", "client_name", "created_on")
        .join(begun, on="client", how="left")
        .join(_sums(turnover_by_month(turnover, terms, first, last)), on="client", how="left")
        .join(known, on="client", how="left")
        .with_columns(pl.col("total", "squares").fill_null(0), pl.col("no_rate").fill_null(value=False))
    )
    months = _months(params.window_months, first).cast(_EXACT)
    return rows.with_columns(
        months=months,
        variance=months * pl.col("squares") - pl.col("total") * pl.col("total"),
        short=months < params.min_months,
        idle=pl.col("total") <= 0,
        no_turnover_source=pl.col("linked").is_null(),
    )


def _months(window: int, first: date) -> pl.Expr:
    """Return how many months of the window there are since the client was created or first bought."""
    since = pl.min_horizontal("created_on", "bought")
    late = (since.dt.year().cast(pl.Int64) - first.year) * 12 + since.dt.month().cast(pl.Int64) - first.month
    return (window - late.clip(0)).clip(0).fill_null(window)


def _sums(by_month: pl.DataFrame) -> pl.DataFrame:
    value = pl.col("value").cast(_EXACT)
    return by_month.group_by("client").agg(
        total=value.sum(), squares=(value * value).sum(), no_rate=pl.col("no_rate").any()
    )
