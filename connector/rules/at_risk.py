"""Rule `at_risk`: on given days of the month, which clients a manager is about to lose (features C7)."""

from __future__ import annotations

import polars as pl

from connector.rules.clients import exists, is_open, owners
from connector.rules.decision import decision_frame, flag_list
from connector.rules.escalation import task_actions
from connector.rules.facts import Facts
from connector.rules.guards import guarded
from connector.rules.moment import Moment
from connector.rules.norms import norm_rows
from connector.rules.terms import Parameters, parameter
from connector.rules.withdrawal_terms import WithdrawParams
from connector.rules.wording import Bilingual

LATE = "missing > remaining working days"
BEHIND = "done < expected by now"
"""The reasons of `contact_norm` for the same answers."""


class AtRiskParams(Parameters):
    """When managers are warned of what the month may cost them."""

    days: tuple[int, ...] = parameter(
        (10, 15, 20),
        "days of the month from which the list is made anew; before the first of them nobody is warned",
        "числа месяца, с которых список обновляется; до первого из них никого не предупреждаем",
        strict=False,
        min_length=1,
    )


class AtRisk:
    """One line a client whose owner is behind the running month's norm, from the first given day on."""

    name = "at_risk"
    params = AtRiskParams
    frames = frozenset({"clients", "employees", "events", "ownership", "absences", "sales", "deals", "tasks"})
    closed_too = False
    title = Bilingual(ru="Клиенты под угрозой изъятия", en="Clients at risk of being withdrawn")

    def decide(self, facts: Facts, params: AtRiskParams, moment: Moment) -> pl.DataFrame:
        """Return `at_risk` with required, done, missing, remaining_days, and held_by: what would keep it now.

        Warns the owner by one task a month, which the policy `withdraw` looks for (clarification 44).
        """
        listed = max((day for day in params.days if day <= moment.today.day), default=None)
        rows = _behind(facts, moment) if listed else _behind(facts, moment).clear()
        rows = rows.join(_warnings(facts, rows, moment), on="client", how="left")
        flags = {"owner_conflict": pl.col("contested"), "ownership_assumed": pl.col("assumed")}
        late = pl.col("missing") > pl.col("remaining_days")
        return decision_frame(
            rows.with_columns(flag_list(flags)),
            moment,
            decision=pl.lit("at_risk"),
            reason=pl.when(late).then(pl.lit(LATE)).otherwise(pl.lit(BEHIND)),
            numbers=("required", "done", "missing", "remaining_days", "held_by"),
        )


def _behind(facts: Facts, moment: Moment) -> pl.DataFrame:
    """Return the rows of `norm_rows` of today's owners that are behind or cannot be met, with `held_by`."""
    late = pl.col("missing") > pl.col("remaining_days")
    behind = (pl.col("missing") > 0) & (late | (pl.col("done") < pl.col("expected")))
    held = owners(facts, moment).filter(is_open(moment.today) & exists(moment.as_of))
    norms = norm_rows(facts, moment.terms.contact, moment).filter(behind)
    rows = norms.join(held.select("client", "employee"), on=["client", "employee"], how="semi")
    terms = moment.terms.of("withdraw", WithdrawParams) or WithdrawParams()
    # The warning is what this rule is there for, so that its lack is no excuse yet.
    rows = guarded(facts, rows, terms.model_copy(update={"warned_days": 0}), moment)
    told = facts.clients.select("client", "subject", "client_name")
    return rows.rename({"guard": "held_by"}).join(told, on="client")


def _warnings(facts: Facts, rows: pl.DataFrame, moment: Moment) -> pl.DataFrame:
    last = moment.calendar.working_days(moment.today, moment.period.last)
    due = last[-1] if last else moment.period.last
    asked = rows.filter(pl.col("held_by").is_null()).with_columns(
        to="employee",
        why=pl.lit("at_risk"),
        about=pl.format("{} / {}", "done", "required"),
        period=pl.lit(str(moment.period)),
    )
    return task_actions(facts, asked, moment, due=due, purpose="contact")
