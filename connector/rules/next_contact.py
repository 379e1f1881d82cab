"""Rule `next_contact`: after each contact the next one is planned (features C4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import polars as pl
from pydantic import Field

from connector.rules.clients import exists, is_open, owner_flags, owners
from connector.rules.contacts import last_contacts, local_day, named_event
from connector.rules.decision import decision_frame, flag_list
from connector.rules.decision_table import Result
from connector.rules.due import due_days
from connector.rules.facts import Facts
from connector.rules.invitation import contact_actions
from connector.rules.moment import Moment
from connector.rules.norms import norm_rows
from connector.rules.standin import answering
from connector.rules.tailoring import outcome
from connector.rules.terms import ContactNormParams, Parameters, parameter
from connector.rules.wording import Bilingual

WORKING_MONTH = 20
"""Working days over which a month's contacts are spread where the policy names no interval (features C4)."""


_OWNED = (
    *("client", "subject", "client_name", "employee", "closed_from"),
    *("bad_inn", "doubtful", "conflict", "assumed", "unmapped"),
)
"""What is told of a client and its owner: with a million clients every column more is felt."""


class Interval(Parameters):
    """Working days from one contact to the next, by class."""

    A: int = Field(ge=1)
    B: int = Field(ge=1)
    C: int = Field(ge=1)


class NextContactParams(Parameters):
    """What is planned, and how many working days after the last contact."""

    item: Literal["task", "call", "meeting"] = parameter(
        "task",
        "what is planned: a task, a call or a meeting",
        "что ставим: task (задача), call (звонок) или meeting (встреча)",
    )
    interval: Interval | None = parameter(
        None,
        "working days to the next contact by class, such as { A = 5, B = 10, C = 20 }; default: 20 / norm",
        "рабочих дней до следующего контакта по классам: { A = 5, B = 10, C = 20 }; иначе 20 / норма",
    )


class NextContact:
    """One line a client that was ever contacted: is the next contact planned, and if not, when is it due."""

    name = "next_contact"
    params = NextContactParams
    frames = frozenset({"clients", "employees", "events", "ownership", "absences", "tasks", "deals", "sales"})
    closed_too = False
    results: ClassVar[Mapping[str, Result]] = {
        "interval_days": Result(
            1, 366, Bilingual("рабочих дней до следующего контакта", "working days to the next contact"),
            ("Рабочих дней до контакта", "Интервал"),
        )
    }  # fmt: skip
    title = Bilingual(ru="Следующий контакт после каждого контакта", en="A next contact after each contact")

    def decide(self, facts: Facts, params: NextContactParams, moment: Moment) -> pl.DataFrame:
        """Return plan_next, already_planned or none, with `due`; plan_next asks for what the policy plans.

        Each action's `period` is the day of the last contact, so that a due day that moves makes no second
        item.
        """
        rows = _judged(facts, moment)
        unplanned = rows.filter(pl.col("decision") == "plan_next")
        unplanned = unplanned.select("client", "client_name", "employee", "day")
        wanted = _due(facts, unplanned, params, moment)
        asked = answering(facts, wanted, "employee", moment)
        actions = contact_actions(facts, asked, moment, params.item, policy=self.name)
        rows = (
            rows.join(wanted.select("client", "due"), on="client", how="left")
            .join(actions, on="client", how="left")
            .with_columns(pl.coalesce("due", "planned_on").alias("due"), flag_list(owner_flags()))
        )
        evidence = pl.concat_list(pl.coalesce("planned_as", "event")).alias("evidence")
        decision, reason = pl.col("decision"), pl.col("reason")
        return decision_frame(
            rows.with_columns(evidence), moment, decision=decision, reason=reason, numbers=("due",)
        )


def _judged(facts: Facts, moment: Moment) -> pl.DataFrame:
    """Return the contacted clients with owner, last contact, next planned step, decision and reason."""
    rows = (
        last_contacts(facts, moment)
        .join(owners(facts, moment).filter(exists(moment.as_of)).select(_OWNED), on="client")
        .join(_planned(facts, moment), on="client", how="left")
    )
    cases: list[tuple[str, str, Any]] = [
        ("none", "client_closed", ~is_open(moment.today)),
        ("none", "no_owner", pl.col("employee").is_null()),
        ("already_planned", "a next step is planned", pl.col("planned_on").is_not_null()),
    ]
    decision = pl.coalesce(
        *(pl.when(case).then(pl.lit(name)) for name, _, case in cases), pl.lit("plan_next")
    )
    reason = pl.coalesce(
        *(pl.when(case).then(pl.lit(why)) for _, why, case in cases), pl.lit("no next step is planned")
    )
    rows = rows.with_columns(decision=decision, reason=reason)
    planned = pl.col("decision") == "already_planned"
    return rows.with_columns(pl.when(planned).then(name).alias(name) for name in ("planned_on", "planned_as"))


def _planned(facts: Facts, moment: Moment) -> pl.DataFrame:
    """Return each client's first planned step from as_of on: client, planned_on (day), planned_as (its id).

    A step is a planned event of any kind, or an open task on an open deal that is not ours.
    """
    events = facts.events.filter((pl.col("status") == "planned") & (pl.col("planned_at") >= moment.as_of))
    steps = pl.concat(
        [
            events.select("client", pl.col("planned_at").alias("at"), named_event().alias("planned_as")),
            _deal_steps(facts, moment),
        ]
    )
    first = steps.sort("client", "at", "planned_as").unique("client", keep="first", maintain_order=True)
    return first.select("client", local_day("at", facts).alias("planned_on"), "planned_as")


def _deal_steps(facts: Facts, moment: Moment) -> pl.DataFrame:
    open_deals = facts.deals.filter(pl.col("stage_kind") == "open").select(
        "client", pl.col("source").cast(pl.String), pl.col("external_id").alias("deal")
    )
    ahead = (pl.col("status") == "open") & (pl.col("due") >= moment.as_of) & pl.col("key").is_null()
    steps = facts.tasks.filter(ahead).join(open_deals, on=["source", "deal"])
    return steps.select("client", pl.col("due").alias("at"), pl.col("task").alias("planned_as"))


def _due(facts: Facts, rows: pl.DataFrame, params: NextContactParams, moment: Moment) -> pl.DataFrame:
    """Add what the running month says of the owner and client (abc, plan_required, done), and the due day."""
    terms = moment.terms.contact
    columns = ("client", "employee", "abc", "norm", "plan_required", "done")
    norms = norm_rows(facts, terms, moment).select(columns)
    rows = rows.join(norms, on=["client", "employee"], how="left").with_columns(
        pl.col("abc").fill_null(terms.no_class), pl.col("plan_required", "done").fill_null(0)
    )
    rows = rows.with_columns(interval=_interval(params, terms))
    if moment.terms.layers.get("next_contact"):
        rows = rows.join(outcome(facts, moment, "next_contact", "interval_days"), on="client", how="left")
        rows = rows.with_columns(interval=pl.coalesce("interval_days", "interval"))
    return rows.with_columns(due_days(facts, rows, moment).alias("due"))


def _interval(params: NextContactParams, terms: ContactNormParams) -> pl.Expr:
    """Return the working days to the next contact: by class, or by the norm that a table sets the client."""
    by_class = pl.col("abc").replace_strict(intervals(params, terms), return_dtype=pl.Int64)
    if params.interval is not None:
        return by_class
    return pl.coalesce(pl.max_horizontal(1, WORKING_MONTH // pl.col("norm").clip(1)), by_class)


def intervals(params: NextContactParams, terms: ContactNormParams) -> dict[str, int]:
    """Return the working days to the next contact by class; a class owed none is seen once a month."""
    if params.interval is not None:
        return params.interval.model_dump()
    return {abc: max(1, WORKING_MONTH // max(1, norm)) for abc, norm in terms.norm.model_dump().items()}
