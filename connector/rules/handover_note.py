"""The note that goes to a client's card with a new owner: who had the client, why it moved, what was held."""

from __future__ import annotations

import polars as pl

from connector.locale import Texts, texts
from connector.rules.actions import action_lists
from connector.rules.contacts import is_contact, local_day
from connector.rules.facts import Facts
from connector.rules.invitation import DAY_FORMAT
from connector.rules.moment import Moment
from connector.rules.places import places

MOST_TOLD = 5
"""Contacts that a note names, the newest first; all of them are on the card."""


def handover_notes(facts: Facts, rows: pl.DataFrame, moment: Moment) -> pl.DataFrame:
    """Return a note for each client that gets a new owner (features D2): client, actions (JSON text).

    `rows` are those of `handover_actions`, with cause (`withdrawn` or `owner_left`). The note goes to the
    client's first record of `places`.
    """
    words = texts(facts.company.language)
    moved = rows.filter(pl.col("decision") == "reassign")
    first = places(facts, moment).sort("client", "rank", "external_id").unique("client", keep="first")
    told = moved.join(_history(facts, moved, moment, words), on="client", how="left").join(first, on="client")
    held = pl.col("history").fill_null(words.say("task.note_silent"))
    causes = {cause: words.say(f"task.note_{cause}") for cause in ("withdrawn", "owner_left")}
    marks = {mark: f"{{{mark}}}" for mark in ("cause", "from", "to", "history")}
    text = pl.lit(words.say("task.note", **marks))
    values = {
        "cause": pl.col("cause").replace_strict(causes, return_dtype=pl.String),
        "history": held,
        "from": pl.col("employee").replace(facts.names).fill_null("—"),
        "to": pl.col("to").replace(facts.names),
    }
    for mark, value in values.items():
        text = text.str.replace(f"{{{mark}}}", value, literal=True)
    noted = told.sort("client").with_columns(text=text, kind=pl.lit("add_note"))
    return action_lists(noted, ("kind", "target", "text", "period"))


def _history(facts: Facts, moved: pl.DataFrame, moment: Moment, words: Texts) -> pl.DataFrame:
    """Return the newest contacts of each client in words: client, history."""
    held = is_contact(moment.terms.contact) & (pl.col("completed_at") <= moment.latest)
    found = facts.events.filter(held).join(moved.select("client"), on="client", how="semi")
    newest = found.sort("completed_at", "event", descending=True).group_by("client", maintain_order=True)
    kinds = {kind: words.say(f"kind.{kind}") for kind in moment.terms.contact.kinds}
    day = local_day("completed_at", facts).dt.to_string(DAY_FORMAT.said(facts.company.language))
    kind = pl.col("kind").replace_strict(kinds, return_dtype=pl.String)
    who = pl.col("employee").replace(facts.names).fill_null("—")
    told = newest.head(MOST_TOLD).with_columns(line=pl.format("{} {}, {}", day, kind, who))
    return told.group_by("client", maintain_order=True).agg(pl.col("line").str.join("; ").alias("history"))
