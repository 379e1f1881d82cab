"""The item that asks a manager for the next contact: where it goes, for whom, and what it says."""

from __future__ import annotations

import polars as pl

from connector.rules.actions import action_lists
from connector.rules.brief import brief_sentence
from connector.rules.facts import Facts
from connector.rules.jsontext import json_values
from connector.rules.moment import Moment
from connector.rules.places import places
from connector.rules.wording import Bilingual, Language

TITLE = Bilingual("Связаться с клиентом: {}", "Contact the client: {}")
TEXT = Bilingual(
    "Класс {}, контактов в этом месяце {} из {}. Последний был {}, следующий не запланирован. "
    "Свяжитесь с клиентом не позднее {}. Если срок не подходит или клиент не ваш, напишите об этом в задаче "
    "или своему руководителю. Основание: правило «{}».",
    "Class {}, {} of {} contacts this month. The last one was on {}, no next one is planned. "
    "Contact the client by {}. If the date does not suit or the client is not yours, say so in the task "
    'or to your head. The reason is the rule "{}".',
)
_TOLD = ("client", "client_name", "employee", "abc", "done", "plan_required", "day", "due")

PART = 50_000
"""Invitations whose texts are made at once."""

DAY_FORMAT = Bilingual("%d.%m.%Y", "%Y-%m-%d")


def contact_actions(facts: Facts, rows: pl.DataFrame, moment: Moment, item: str, policy: str) -> pl.DataFrame:
    """Return one action a row: client, actions (JSON text).

    `rows` has client, client_name, employee, abc, done, plan_required, day, due. The target is the client's
    first record of `places` in a source where the owner has an account; a row without such a record gets no
    action.
    """
    placed = _placed(facts, rows, moment)
    # The texts are long, and each step copies them: part by part only the result is there as a whole
    parts = [_written(facts, part, item, policy) for part in placed.iter_slices(PART)]
    return pl.concat(parts) if parts else _written(facts, placed, item, policy)


def _written(facts: Facts, placed: pl.DataFrame, item: str, policy: str) -> pl.DataFrame:
    written = pl.col("due").dt.to_string("iso").alias("due")
    name = json_values(placed["client_name"]).alias("_name")
    texts = _texts(facts.company.language, policy)
    kind = brief_sentence("create_task" if item == "task" else "plan_contact")
    actions = (
        placed.with_columns(name)
        .with_columns(texts)
        .with_columns(written, kind=kind, contact=pl.lit(item), period=pl.col("day").dt.to_string("iso"))
    )
    keys = ("kind", "target", "assignee", "title", "due", "text", "period")
    raw = frozenset({"kind", "title", "text"})
    return action_lists(actions, keys if item == "task" else (*keys, "contact"), raw)


def _placed(facts: Facts, rows: pl.DataFrame, moment: Moment) -> pl.DataFrame:
    accounts = facts.employees.select("employee", "source", pl.col("external_id").alias("assignee"))
    return (
        rows.select(_TOLD)
        .join(places(facts, moment), on="client")
        .join(accounts, on=["employee", "source"])
        .sort("client", "rank", "external_id")
        .unique("client", keep="first", maintain_order=True)
    )


def _texts(language: Language, policy: str) -> list[pl.Expr]:
    day, due = (pl.col(name).dt.to_string(DAY_FORMAT.said(language)) for name in ("day", "due"))
    *told, end = TEXT.said(language).split("{}")
    template = "{}".join((*told[:-1], f"{told[-1]}{policy}{end}"))
    numbers = (pl.col(name).cast(pl.String) for name in ("abc", "done", "plan_required"))
    client = pl.when(pl.col("client_name").is_not_null()).then(pl.col("_name").str.slice(1))
    title = brief_sentence(TITLE.said(language), client.str.strip_suffix('"'))
    return [title.alias("title"), brief_sentence(template, *numbers, day, due).alias("text")]
