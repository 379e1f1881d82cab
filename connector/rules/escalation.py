"""Tasks about a client for somebody who decides: what is found, what is asked, how to object."""

from __future__ import annotations

from datetime import date

import polars as pl

from connector.locale import texts
from connector.rules.actions import action_lists
from connector.rules.facts import Facts
from connector.rules.invitation import DAY_FORMAT
from connector.rules.moment import Moment
from connector.rules.places import places
from connector.rules.staff import with_account
from connector.rules.standin import answering

DUE_DAYS = 3
"""Working days that people get to decide."""


def due_day(moment: Moment) -> date:
    """Return by when a person should have decided."""
    return moment.calendar.nth_after(moment.today, DUE_DAYS)


def task_actions(
    facts: Facts, rows: pl.DataFrame, moment: Moment, *, due: date | None = None, purpose: str = "decision"
) -> pl.DataFrame:
    """Return one task a row: client, actions (JSON text).

    `rows` has client, client_name, to (the employee who is asked), why (its texts are `task.WHY_title` and
    `task.WHY`), about (what the text says of the case) and period (what the task's key is made of). The
    target is the client's first record of `places` in a source where that employee has an account; a row
    without such a record gets no action. Somebody away is stood in for. Without a day given the task is due
    in DUE_DAYS.
    """
    words, due = texts(facts.company.language), due or due_day(moment)
    shown = due.strftime(DAY_FORMAT.said(facts.company.language))
    marks = {"client": "{client}", "about": "{about}", "due": shown}
    whys = rows["why"].unique().to_list()
    titles = {why: words.say(f"task.{why}_title", **marks) for why in whys}
    bodies = {why: words.say(f"task.{why}", **marks) for why in whys}
    asked = answering(facts, rows, "to", moment)
    placed = placed_with(facts, asked, "to", "assignee", moment).with_columns(
        kind=pl.lit("create_task"),
        purpose=pl.lit(purpose),
        title=_filled(_chosen(titles)),
        text=_filled(_chosen(bodies)),
        due=pl.lit(due.isoformat()),
    )
    keys = ("kind", "target", "assignee", "title", "due", "text", "purpose", "period")
    return action_lists(placed, keys)


def placed_with(facts: Facts, rows: pl.DataFrame, employee: str, name: str, moment: Moment) -> pl.DataFrame:
    """Return the rows with the client's first record of `places` where the employee has an account.

    Adds target, source and the account's id in the column `name`.
    """
    return (
        with_account(facts, rows.join(places(facts, moment), on="client"), employee, name)
        .filter(pl.col(name).is_not_null())
        .sort("client", "rank", "external_id")
        .unique("client", keep="first", maintain_order=True)
    )


def _chosen(said: dict[str, str]) -> pl.Expr:
    return pl.col("why").replace_strict(said, return_dtype=pl.String)


def _filled(text: pl.Expr) -> pl.Expr:
    """Put the names where their marks stand, literally: a name full of signs stays a name."""
    for mark, name in (("{about}", "about"), ("{client}", "client_name")):
        text = text.str.replace_all(mark, pl.col(name).fill_null(""), literal=True)
    return text
