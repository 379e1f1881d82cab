"""What a change of owner asks of the CRMs: the owner in its records, and a task for a person."""

from __future__ import annotations

import polars as pl

from connector.rules.actions import action_lists, joined_lists
from connector.rules.escalation import task_actions
from connector.rules.facts import Facts
from connector.rules.handover_note import handover_notes
from connector.rules.moment import Moment
from connector.rules.places import owner_places
from connector.rules.staff import first_of, people, with_account, with_head


def handover_actions(
    facts: Facts, rows: pl.DataFrame, moment: Moment, *, by_receiver: bool = False, note: bool = False
) -> pl.DataFrame:
    """Return the actions of the rows of `reassign`: client, actions (JSON text).

    Each action's `period` is the day since which the owner so far has the client: a run repeated on another
    day asks for nothing new, a client that changes hands again does. With `by_receiver` the new owner is in
    it too: a person who names somebody else means another move. With `note` the client's card is told whose
    it was and what was held (`rows` has the column cause then). What goes along, the policy says.
    """
    rows = rows.with_columns(period=pl.col("since").dt.to_string("iso").fill_null(str(moment.period)))
    asked = _asked(facts, rows, moment)
    stays = pl.col("decision") == "no_receiver"
    meeting = task_actions(facts, asked.filter(~stays), moment, purpose="contact")
    deciding = task_actions(facts, asked.filter(stays), moment)
    owners = rows.with_columns(period=_named_period("to")) if by_receiver else rows
    notes = [handover_notes(facts, owners, moment)] if note else []
    return joined_lists([_owners(facts, owners, moment), meeting, *notes, deciding])


def _owners(facts: Facts, rows: pl.DataFrame, moment: Moment) -> pl.DataFrame:
    """Change the owner in each of `owner_places` in whose source the new one has an account."""
    moved = rows.filter(pl.col("decision") == "reassign").join(owner_places(facts, moment), on="client")
    moved = with_account(facts, with_account(facts, moved, "employee", "old"), "to", "new")
    moved = moved.filter(pl.col("new").is_not_null()).sort("client", "rank", "external_id")
    return action_lists(
        moved.with_columns(kind=pl.lit("change_owner")), ("kind", "target", "old", "new", "period")
    )


def _asked(facts: Facts, rows: pl.DataFrame, moment: Moment) -> pl.DataFrame:
    """Say who is asked what: the new owner to get acquainted; somebody to decide where rules may not.

    A task for the new owner is about a contact still to come, so that its period is no day: contacts since
    then would have been the former owner's.
    """
    there = people(facts, moment)
    strategist = pl.lit(first_of(there, ("skam",)))
    led = with_head(facts, rows, moment)
    key = pl.col("key") & (pl.col("decision") == "reassign")
    stays = pl.col("decision") == "no_receiver"
    to = pl.when(key).then(pl.coalesce(strategist, "decider")).when(stays).then("decider").otherwise("to")
    why = (
        pl.when(key)
        .then(pl.lit("reassign_key"))
        .when(stays)
        .then(pl.lit("reassign_nobody"))
        .otherwise(pl.lit("reassign_meet"))
    )
    about = pl.when(key).then("to").otherwise("employee").replace(facts.names)
    period = pl.when(stays).then("period").otherwise(_named_period("to"))
    asked = led.with_columns(why=why, about=about, to=to, period=period)
    return asked.filter((pl.col("decision") != "deferred") & pl.col("to").is_not_null())


def _named_period(name: str) -> pl.Expr:
    return pl.concat_str("period", pl.lit(" "), name)
