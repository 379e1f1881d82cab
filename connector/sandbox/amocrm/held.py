"""What an account cannot hold of the neutral company, so that its truth is what it can be asked for.

Done to the account's own copy of the rows when it starts; no row goes away.

    calls held             no subject, no plan
    e-mails held           no plan
    messages held          no subject, no result, no plan: a chat event carries no text
    zoom meetings held     no result, no plan
    others held            no result, no plan
    tasks and meetings     a task has always a due time: where there was no plan, it is that of completion;
                           when it was entered cannot lie after its completion
    everything planned     no direction
    deals                  no empty amount (0), pipeline or stage; the last stage of a pipeline won or lost
                           has one name
"""

from __future__ import annotations

from connector.sandbox.amocrm.carriers import NOTE, TASK, carrier
from connector.sandbox.amocrm.entities.pipelines import LOST, NAMES, WON
from connector.sandbox.amocrm.times import unix
from connector.sandbox.company.tables import Company, Row
from connector.sandbox.faults import Faults

PIPELINE, FIRST = "Воронка", "Первичный контакт"
CLOSED = {"won": NAMES[WON], "lost": NAMES[LOST]}
"""What a new account calls its pipeline and stages."""
LACKS = {
    "call": ("subject", "planned_at"),
    "email": ("planned_at",),
    "message": ("subject", "result", "planned_at"),
    "meeting": ("result", "planned_at"),
    "other": ("result", "planned_at"),
}
"""Kind of a held event that is no task -> columns there is no place for."""


def fit(given: Company, faults: Faults) -> Company:
    """Return the company with rows of its own that an account can hold; the given one is left as it was."""
    tables = {name: [dict(row) for row in rows] for name, rows in given.tables.items()}
    company = Company(as_of=given.as_of, zone=given.zone, tables=tables)
    for row in company.tables["events"]:
        fit_event(row)
    fit_stages(company)
    lost = [row for row in company.tables["deals"] if row["stage_kind"] == "lost"]
    every = faults.number("no_reasons")
    for row in lost[every - 1 :: every] if every else ():
        row["loss_reason"] = ""
    for row in company.tables["deals"]:
        row["amount"] = row["amount"] or "0"
        if faults.on("whole_prices"):
            row["amount"] = str(round(float(row["amount"])))
    return company


def fit_stages(company: Company) -> None:
    """Name what has no name, and give the won and the lost deals of a pipeline one last stage each."""
    closing: dict[tuple[str, str], str] = {}
    renamed: dict[tuple[str, str], str] = {}
    for row in company.tables["deals"]:
        row["pipeline"] = row["pipeline"] or PIPELINE
        row["stage"] = row["stage"] or CLOSED.get(row["stage_kind"], FIRST)
        if row["stage_kind"] in {"won", "lost"}:
            name = closing.setdefault((row["pipeline"], row["stage_kind"]), row["stage"])
            renamed[row["id"], row["stage"]] = name
            row["stage"] = name
    for row in company.tables["stage_history"]:
        row["stage"] = renamed.get((row["deal"], row["stage"]), row["stage"])


def fit_event(row: Row) -> None:
    """Empty the columns an event has no place for."""
    where = carrier(row)
    if where == TASK:
        fit_task(row)
    elif where:
        row.update(dict.fromkeys(LACKS.get(row["kind"], LACKS["other"]), ""))
    if where == NOTE and (unix(row["logged_at"]) or 0) < (unix(row["completed_at"]) or 0):
        row["logged_at"] = row["completed_at"]


def fit_task(row: Row) -> None:
    """Give a task what every task has."""
    row["direction"] = ""
    if row["status"] == "completed":
        row["planned_at"] = row["planned_at"] or row["completed_at"]
        if (unix(row["logged_at"]) or 0) > (unix(row["completed_at"]) or 0):
            row["logged_at"] = row["completed_at"]
