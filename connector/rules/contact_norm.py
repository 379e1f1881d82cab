"""Rule `contact_norm`: did each owner have the contacts that a client's class demands (features C2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import polars as pl

from connector.rules.brief import written
from connector.rules.clients import identity_flags
from connector.rules.decision import decision_frame, flag_list
from connector.rules.decision_table import Result
from connector.rules.facts import Facts
from connector.rules.moment import Moment
from connector.rules.norms import norm_rows
from connector.rules.tailoring import CONTACTS
from connector.rules.terms import ContactNormParams
from connector.rules.wording import Bilingual

NUMBERS = ("required", "plan_required", "done", "missing", "coverage", "eligible_days", "period_days")


class ContactNorm:
    """One line a client and employee who owned it in the month: how many contacts were owed and held."""

    name = "contact_norm"
    params = ContactNormParams
    frames = frozenset({"clients", "employees", "events", "ownership", "absences", "sales", "deals"})
    closed_too = True
    spares = "exempt"
    results: ClassVar[Mapping[str, Result]] = {
        CONTACTS: Result(
            0,
            31,
            Bilingual("контактов в месяц, а не по классу", "contacts a month instead of the class's"),
            ("Контактов в месяц", "Норма"),
        )
    }
    title = Bilingual(ru="Норма контактов по классу ABC", en="Contacts owed by ABC class")

    def decide(self, facts: Facts, params: ContactNormParams, moment: Moment) -> pl.DataFrame:
        """Return decisions with all seven numbers; evidence is the counted contacts. It asks for nothing."""
        rows = norm_rows(facts, params, moment)
        names = facts.clients.select("client", "subject", "client_name", "doubtful", "bad_inn")
        rows = rows.join(names, on="client")
        flags = identity_flags() | {
            "future_event": pl.col("future"),
            "late_absence": pl.col("late_absence"),
            "late_logged": pl.col("late"),
            "missing_data": pl.col("unsure"),
            "no_class": pl.col("no_class"),
            "owner_conflict": pl.col("conflict"),
            "ownership_assumed": pl.col("assumed"),
            "unmapped_employee": pl.col("unmapped"),
        }
        return decision_frame(
            rows.with_columns(flag_list(flags)),
            moment,
            decision=_status(moment),
            reason=_reason(moment),
            numbers=NUMBERS,
        )


def fulfilment(decisions: pl.DataFrame) -> pl.DataFrame:
    """Return both measures of features C2 for each employee, from decisions of this rule for one month.

    Columns: employee, clients (rows that are not exempt), met, met_share, done (never more than required),
    required, contact_fulfilment. Shares are fractions.
    """
    number = {
        name: written("numbers").str.json_path_match(f"$.{name}").cast(pl.Int64)
        for name in ("done", "required")
    }
    rows = decisions.filter(pl.col("decision") != "exempt").with_columns(**number)
    sums = rows.group_by("employee").agg(
        clients=pl.len().cast(pl.Int64),
        met=(pl.col("decision") == "met").sum().cast(pl.Int64),
        done=pl.min_horizontal("done", "required").sum(),
        required=pl.col("required").sum(),
    )
    return sums.sort("employee").with_columns(
        met_share=pl.col("met") / pl.col("clients"), contact_fulfilment=pl.col("done") / pl.col("required")
    )


def _cases(moment: Moment) -> list[tuple[str, pl.Expr, pl.Expr]]:
    """Return status, condition and reason in the order of clarification 14; the first that holds wins."""
    done, required, missing = pl.col("done"), pl.col("required"), pl.col("missing")
    no_days = pl.col("eligible_days") == 0
    exempt = (
        pl.when(no_days).then(pl.lit("no_eligible_days")).when(pl.col("norm") == 0).then(pl.lit("no_norm"))
    )
    return [
        ("exempt", required == 0, exempt.otherwise(pl.lit("prorated_zero"))),
        ("met", done >= required, pl.lit("done >= required")),
        ("breached", pl.lit(moment.closed), pl.lit("done < required")),
        ("unreachable", missing > pl.col("remaining_days"), pl.lit("missing > remaining working days")),
        ("behind", done < pl.col("expected"), pl.lit("done < expected by now")),
        ("on_track", pl.lit(value=True), pl.lit("expected by now is done")),
    ]


def _status(moment: Moment) -> pl.Expr:
    return pl.coalesce(pl.when(condition).then(pl.lit(status)) for status, condition, _ in _cases(moment))


def _reason(moment: Moment) -> pl.Expr:
    return pl.coalesce(pl.when(condition).then(reason) for _, condition, reason in _cases(moment))
