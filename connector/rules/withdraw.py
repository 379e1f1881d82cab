"""Rule `withdraw`: which breaches cost the manager the client, and what keeps it (features D1)."""

from __future__ import annotations

import polars as pl

from connector.rules.decision import decision_frame, flag_list
from connector.rules.escalation import task_actions
from connector.rules.facts import Facts
from connector.rules.moment import Moment
from connector.rules.period import Month
from connector.rules.staff import first_of, people, with_head
from connector.rules.withdrawal import evaluated_month, withdrawal_rows
from connector.rules.withdrawal_terms import WithdrawParams
from connector.rules.wording import Bilingual

NO_GUARD = "breached and nothing holds the client"

ASKED = ("key_lock", "move_cap", "owner_conflict")
"""Guards after which somebody must decide."""


class Withdraw:
    """One line a breach of the evaluated month whose client is still with the one who breached."""

    name = "withdraw"
    params = WithdrawParams
    frames = frozenset({"clients", "employees", "events", "ownership", "absences", "sales", "deals", "tasks"})
    closed_too = False
    spares = "keep"
    title = Bilingual(ru="Изъятие клиентов за нарушение нормы", en="Withdrawal of clients for breached norms")

    def months(self, params: WithdrawParams, moment: Moment) -> list[Month]:
        """Return the one month that is judged now (clarification 23)."""
        return [evaluated_month(params, moment)]

    def decide(self, facts: Facts, params: WithdrawParams, moment: Moment) -> pl.DataFrame:
        """Return `withdraw`, or `keep` with the first guard that held as reason; numbers missing, required.

        Evidence is the counted contacts. The rule moves nobody; it asks somebody to decide about key clients,
        clients of many moves and disputed ones.
        """
        rows = withdrawal_rows(facts, params, moment)
        rows = rows.join(facts.clients.select("client", "subject", "client_name"), on="client")
        rows = rows.join(_asked(facts, rows, moment), on="client", how="left")
        flags = {
            "invalid_inn": pl.col("bad_inn"),
            "late_absence": pl.col("late_absence"),
            "late_logged": pl.col("late"),
            "missing_data": _in_doubt(),
            "no_class": pl.col("no_class"),
            "owner_conflict": pl.col("contested"),
            "ownership_assumed": pl.col("assumed"),
            "possible_duplicate": pl.col("doubtful"),
            "unmapped_employee": pl.col("stranger"),
        }
        free = pl.col("guard").is_null()
        return decision_frame(
            rows.with_columns(flag_list(flags)),
            moment,
            decision=pl.when(free).then(pl.lit("withdraw")).otherwise(pl.lit("keep")),
            reason=pl.col("guard").fill_null(NO_GUARD),
            numbers=("missing", "required"),
        )


def _in_doubt() -> pl.Expr:
    """Return whether the client stays because something is not known."""
    deal = pl.col("unknown_deal") & (pl.col("guard") == "open_deal")
    return deal | (pl.col("guard") == "missing_data")


def _asked(facts: Facts, rows: pl.DataFrame, moment: Moment) -> pl.DataFrame:
    """Return the tasks for those who must decide: of a key client the strategic manager, else the head."""
    open_ones = rows.filter(pl.col("guard").is_in(list(ASKED)))
    chosen = with_head(facts, open_ones, moment)
    strategist = first_of(people(facts, moment), ("skam",))
    key = pl.col("guard") == "key_lock"
    to = pl.when(key).then(pl.coalesce(pl.lit(strategist), "decider")).otherwise("decider")
    chosen = chosen.with_columns(
        to=to,
        why=pl.concat_str(pl.lit("withdraw_"), "guard"),
        about=pl.format("{} / {}", "done", "required"),
        period=pl.lit(str(moment.period)),
    )
    return task_actions(facts, chosen, moment)
