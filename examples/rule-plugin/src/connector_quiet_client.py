"""A rule of one's own: clients who bought once and have been quiet since."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import polars as pl

from connector import Bilingual, Facts, Moment, Parameters, Rule, decision_frame, hookimpl, parameter


class QuietClientParams(Parameters):
    """What counts as quiet."""

    months: int = parameter(
        6,
        "full months without a purchase after which a client counts as quiet",
        "после скольких полных месяцев без покупок клиент считается затихшим",
        ge=1,
        le=60,
    )


class QuietClient:
    """One line a client who bought before and has not bought for so many months; it reports only."""

    name = "quiet_client"
    params = QuietClientParams
    frames = frozenset({"clients", "sales"})
    closed_too = False
    title = Bilingual(ru="Затихшие клиенты", en="Quiet clients")
    sentences: ClassVar[Mapping[str, Bilingual]] = {
        "quiet": Bilingual(
            ru="не покупает {months_since} мес., последняя покупка {last_purchase}",
            en="has not bought for {months_since} months, the last purchase was on {last_purchase}",
        ),
    }

    def decide(self, facts: Facts, params: QuietClientParams, moment: Moment) -> pl.DataFrame:
        """Return `quiet` with months_since (full months) and last_purchase, by the day of the moment."""
        last = facts.sales.filter((pl.col("amount") > 0) & (pl.col("date") < moment.today))
        last = last.group_by("client").agg(last_purchase=pl.col("date").max())
        since = 12 * (moment.today.year - pl.col("last_purchase").dt.year())
        since += moment.today.month - pl.col("last_purchase").dt.month()
        since -= (pl.col("last_purchase").dt.day() > moment.today.day).cast(pl.Int64)
        rows = facts.clients.filter(pl.col("closed_from").is_null()).join(last, on="client")
        rows = rows.with_columns(months_since=since).filter(pl.col("months_since") >= params.months)
        return decision_frame(
            rows,
            moment,
            decision=pl.lit("quiet"),
            reason=pl.lit("no purchase for a long time"),
            numbers=("months_since", "last_purchase"),
        )


@hookimpl
def register_rules() -> type[Rule[QuietClientParams]]:
    """Offer the rule to policies."""
    return QuietClient
