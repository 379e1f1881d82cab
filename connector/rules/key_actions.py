"""What key accounts ask of the CRMs: the flag in every record, and questions to people."""

from __future__ import annotations

import polars as pl

from connector.locale import texts
from connector.rules.actions import action_lists, joined_lists
from connector.rules.escalation import task_actions
from connector.rules.facts import Facts
from connector.rules.fit import DEFAULT_CRITERIA
from connector.rules.moment import Moment
from connector.rules.places import places
from connector.rules.staff import first_of, people, with_head

FIELD = "key_account"


def key_actions(facts: Facts, rows: pl.DataFrame, moment: Moment) -> pl.DataFrame:
    """Return the actions of the rows of `key_account`: client, actions (JSON text).

    A key client gets the flag, one that fits no more loses it, each in every record that may be written; the
    strategic manager is asked about losses and about what goes beyond the cap, the owner about what is
    unknown or in between.
    """
    lost = pl.col("decision").is_in(["inadmissible", "rejected"]) & pl.col("key")
    # The dwell protects from a low fit, not from a must-have that fails (contracts §5).
    lost &= ~(pl.col("dwelling") & (pl.col("decision") == "inadmissible"))
    gained = (pl.col("decision") == "key") & ~pl.col("key")
    rows = rows.with_columns(lost=lost, gained=gained)
    return joined_lists(
        [_flags(facts, rows, moment), task_actions(facts, _asked(facts, rows, moment), moment)]
    )


def _flags(facts: Facts, rows: pl.DataFrame, moment: Moment) -> pl.DataFrame:
    changed = rows.filter(pl.col("lost") | (pl.col("decision") == "key")).select("client", "lost")
    kind = pl.when("lost").then(pl.lit("clear_flag")).otherwise(pl.lit("set_flag"))
    targets = (
        places(facts, moment)
        .join(changed, on="client")
        .with_columns(kind=kind, field=pl.lit(FIELD), new=~pl.col("lost"))
    )
    return action_lists(targets.sort("client", "rank", "external_id"), ("kind", "target", "field", "new"))


def _asked(facts: Facts, rows: pl.DataFrame, moment: Moment) -> pl.DataFrame:
    """Say who is asked what: the row's columns with to, why, about and period."""
    strategist = pl.lit(first_of(people(facts, moment), ("skam",)))
    led = with_head(facts, rows, moment)
    incumbent = pl.col("key") & pl.col("decision").is_in(["conditional", "over_cap"])
    why = (
        pl.when("lost")
        .then(pl.lit("key_lost"))
        .when(pl.col("decision") == "needs_data")
        .then(pl.lit("key_unknown"))
        .when(incumbent)
        .then(pl.concat_str(pl.lit("key_"), "decision"))
    )
    deciding = pl.col("lost") | (pl.col("decision") == "over_cap")
    to = pl.when(deciding).then(pl.coalesce(strategist, "decider")).otherwise("employee")
    words = texts(facts.company.language)
    titles = {one.name: words.say(f"criterion.{one.name}") for one in DEFAULT_CRITERIA}
    unknown = pl.col("unknown").list.eval(pl.element().replace(titles)).list.join(", ")
    about = pl.when(pl.col("decision") == "needs_data").then(unknown).otherwise(pl.lit(""))
    asked = led.with_columns(why=why, about=about, to=to, period=pl.lit(str(moment.period)))
    return asked.filter(pl.col("why").is_not_null() & pl.col("to").is_not_null())
