"""Rule `abc`: clients ranked by turnover, A below 80 % and B below 95 % of the sum (features C1)."""

from __future__ import annotations

import polars as pl

from connector.rules.actions import field_actions
from connector.rules.decision import decision_frame, flag_list
from connector.rules.facts import Facts
from connector.rules.moment import Moment
from connector.rules.ranking import MARKS, classes
from connector.rules.terms import AbcParams
from connector.rules.wording import Bilingual


class Abc:
    """One line a client open on the month's first day: its class, frozen for the month, and its rank."""

    name = "abc"
    params = AbcParams
    frames = frozenset({"clients", "sales", "deals"})
    closed_too = False
    title = Bilingual(ru="ABC-класс клиента по обороту", en="Client's ABC class by turnover")

    def decide(self, facts: Facts, params: AbcParams, moment: Moment) -> pl.DataFrame:
        """Return decisions A, B, C with value, share, cumulative_before; a computed class goes to the card.

        A class that came from outside, or is only the default of a client without data, is never written.
        """
        rows = classes(facts, params, moment).join(
            facts.clients.select("client", "subject", "client_name"), on="client"
        )
        computed = ~pl.any_horizontal("given", "new", "no_data", "no_turnover_source")
        rows = rows.join(
            field_actions(facts, rows.filter(computed), moment, "abc_class", "abc"), on="client", how="left"
        )
        return decision_frame(
            rows.with_columns(flag_list({mark: pl.col(mark) for mark in MARKS if mark != "given"})),
            moment,
            decision=pl.col("abc"),
            reason=_reason(params),
            numbers=("value", "share", "cumulative_before"),
        )


def _reason(params: AbcParams) -> pl.Expr:
    below = {
        "A": f"share before it is below {params.a_below} %",
        "B": f"share before it is below {params.b_below} %",
    }
    ranked = pl.col("abc").replace_strict(below, default=f"share before it is {params.b_below} % or more")
    said = {
        "given": "class given from outside",
        "no_turnover_source": "not in the source of turnover",
        "no_data": "nobody has turnover",
        "new": "new client",
        "no_turnover": "no turnover",
    }
    return pl.coalesce(*(pl.when(mark).then(pl.lit(text)) for mark, text in said.items()), ranked)
