"""Rule `key_account`: which clients are key accounts, by criteria that people answer (features H1 to H4)."""

from __future__ import annotations

from typing import Any

import polars as pl

from connector.rules.clients import exists, is_open, owners
from connector.rules.decision import decision_frame, flag_list
from connector.rules.facts import Facts
from connector.rules.fit import Criterion, fits, flagged_since, usual_criteria
from connector.rules.key_actions import key_actions
from connector.rules.moment import Moment
from connector.rules.ranking import classes
from connector.rules.staff import people
from connector.rules.tailoring import concerned
from connector.rules.terms import Parameters, parameter
from connector.rules.wording import Bilingual


class KeyAccountParams(Parameters):
    """The criteria of key accounts, the bounds of fit, and how many there may be."""

    criteria: tuple[Criterion, ...] = parameter(
        (),
        'questions with weights, such as [{ name = "price_expectations", weight = 2, must_have = true }]; '
        "until the firm names its own, eight of one weight are used and nothing is written to the CRM",
        'вопросы с весами: [{ name = "price_expectations", weight = 2, must_have = true }]; '
        "пока фирма не назвала свои, берутся восемь равных и в CRM ничего не пишется",
        strict=False,
    )
    enter_at: int = parameter(
        70, "percent of fit to become key", "процент соответствия, чтобы стать ключевым", ge=0, le=100
    )
    keep_at: int = parameter(
        60, "percent of fit to stay key", "процент, чтобы остаться ключевым", ge=0, le=100
    )
    inadmissible_at: int = parameter(
        50,
        "up to this percent of fit: inadmissible",
        "до этого процента включительно — недопустимо",
        ge=0,
        le=100,
    )
    dwell_days: int = parameter(
        90,
        "a client stays key for so many days whatever the fit, unless a must-have fails",
        "ключевой остаётся ключевым столько дней при любом соответствии, если обязательное не нарушено",
        ge=0,
    )
    accounts_per_manager: int = parameter(
        10, "key accounts that one kam or skam serves", "сколько ключевых ведёт один kam или skam", ge=1
    )
    cap: int | None = parameter(
        None,
        "key accounts in all; default: accounts_per_manager for each employed kam and skam, if there is any",
        "сколько ключевых всего; иначе accounts_per_manager на каждого работающего kam и skam, если они есть",
        ge=0,
    )
    stale_days: int = parameter(
        180, "answers older than this need a review", "ответы старше стольких дней пора пересмотреть", ge=1
    )


class KeyAccount:
    """One line an open client that has an answer or is key: what its fit says."""

    name = "key_account"
    params = KeyAccountParams
    frames = frozenset(
        {"clients", "employees", "ownership", "absences", "sales", "deals", "answers", "field_changes"}
    )
    closed_too = False
    title = Bilingual(ru="Ключевые клиенты", en="Key accounts")

    def decide(self, facts: Facts, params: KeyAccountParams, moment: Moment) -> pl.DataFrame:
        """Return key, conditional, inadmissible, needs_data, rejected or over_cap with the interval of fit.

        fit_low takes unknown answers for no, fit_high for yes (0 to 100). Asks for the flag to be set or
        cleared in every record, and people for what is unknown or for them to decide, once the policy names
        its own criteria (clarification 48).
        """
        rows = judged(facts, params, moment)
        if params.criteria:
            rows = rows.join(key_actions(facts, rows, moment), on="client", how="left")
        flags = {
            "criteria_mismatch": (pl.col("abc") == "A") & _mismatch(params),
            "dwell": pl.col("dwelling") & pl.col("decision").is_in(["inadmissible"]),
            "key": pl.col("key"),
            "needs_review": pl.col("stale"),
            "owner_conflict": pl.col("conflict"),
        }
        return decision_frame(
            rows.with_columns(flag_list(flags)),
            moment,
            decision=pl.col("decision"),
            reason=pl.col("reason"),
            numbers=("fit_low", "fit_high", "answered"),
        )


def judged(facts: Facts, params: KeyAccountParams, moment: Moment) -> pl.DataFrame:
    """Return the considered clients with decision, reason, fit_low, fit_high, and what led to them."""
    criteria = params.criteria or usual_criteria(facts.answers["criterion"].unique().to_list())
    known = classes(facts, moment.terms.abc, moment).select("client", pl.col("abc").alias("class"), "value")
    held = owners(facts, moment).filter(is_open(moment.today) & exists(moment.as_of))
    held = concerned(facts, held, moment, "key_account")
    rows = (
        held.join(fits(facts, criteria, moment, params.stale_days), on="client")
        .join(known, on="client", how="left")
        .join(flagged_since(facts, moment), on="client", how="left")
        .drop("abc")
        .rename({"class": "abc"})
    )
    fresh = (moment.today - pl.col("since")).dt.total_days() < params.dwell_days
    rows = rows.with_columns(
        pl.col("value").fill_null(0),
        fit_low=100 * pl.col("low") / pl.col("total"),
        fit_high=100 * pl.col("high") / pl.col("total"),
        dwelling=(pl.col("key") & fresh).fill_null(value=False),
    )
    rows = rows.with_columns(_answer(params))
    return _capped(rows, _cap(facts, params, moment))


def _band(points: str, params: KeyAccountParams) -> pl.Expr:
    """Return the band of fit: 0 inadmissible, 1 conditional, 2 key; compared exactly."""
    share, total = 100 * pl.col(points), pl.col("total")
    enter = pl.when("key").then(params.keep_at).otherwise(params.enter_at)
    low = share <= params.inadmissible_at * total
    return pl.when(low).then(0).when(share >= enter * total).then(2).otherwise(1)


def _answer(params: KeyAccountParams) -> list[pl.Expr]:
    """Return the columns decision and reason; the first case that holds wins (clarification 37)."""
    low, high = _band("low", params), _band("high", params)
    named = pl.col("unknown").list.join(", ")
    unsettled = (low != high) | (pl.col("undecided") & (low == 2))
    failed = pl.col("failed").list.len() > 0
    cases: list[tuple[str, Any, Any]] = [
        ("rejected", failed, pl.format("must-have answered no: {}", pl.col("failed").list.join(", "))),
        ("needs_data", unsettled, pl.format("answers are missing: {}", named)),
        ("inadmissible", low == 0, pl.lit("fit is inadmissible")),
        ("conditional", low == 1, pl.lit("fit is in between")),
    ]
    decision = pl.coalesce(*(pl.when(case).then(pl.lit(name)) for name, case, _ in cases), pl.lit("key"))
    reason = pl.coalesce(
        *(pl.when(case).then(why) for _, case, why in cases), pl.lit("fit is that of a key account")
    )
    return [decision.alias("decision"), reason.alias("reason")]


def _cap(facts: Facts, params: KeyAccountParams, moment: Moment) -> int | None:
    if params.cap is not None:
        return params.cap
    managers = people(facts, moment).filter(pl.col("role").is_in(["kam", "skam"])).height
    return params.accounts_per_manager * managers if managers else None


def _capped(rows: pl.DataFrame, cap: int | None) -> pl.DataFrame:
    """Keep as many key accounts as there may be: best fit first, then those that are key, turnover, id."""
    if cap is None:
        return rows
    ranked = rows.sort("fit_low", "key", "value", "id", descending=[True, True, True, False])
    chosen = pl.col("decision") == "key"
    beyond = chosen & (chosen.cum_sum() > cap)
    return ranked.with_columns(
        decision=pl.when(beyond).then(pl.lit("over_cap")).otherwise("decision"),
        reason=pl.when(beyond).then(pl.lit("there are enough key accounts")).otherwise("reason"),
    )


def portfolio_fit(rows: pl.DataFrame) -> float | None:
    """Return the fit of class A weighted by turnover, 0 to 100, from rows of `judged`; None without any."""
    best = rows.filter((pl.col("abc") == "A") & (pl.col("value") > 0))
    if best.is_empty():
        return None
    weighted: float = sum(fit * value for fit, value in best.select("fit_low", "value").iter_rows())
    return weighted / int(best["value"].sum())


def _mismatch(params: KeyAccountParams) -> pl.Expr:
    """Return whether the portfolio of class A is inadmissible as a whole (features H2)."""
    best = (pl.col("abc") == "A") & (pl.col("value") > 0)
    fit = (pl.col("fit_low") * pl.col("value")).filter(best).sum() / pl.col("value").filter(best).sum()
    return (fit <= params.inadmissible_at).fill_null(value=False)
