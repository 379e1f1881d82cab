"""Shares one firm out to three CRMs: some clients stand in several, each of their calls and sales in one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable
from dataclasses import replace

from connector.sandbox.company.tables import Company, Row

EVERY = 3
"""Of the clients that can be told by their INN every third stands in the second CRM, too."""
OF_THE_SECOND = ("clients", "contacts", "ownership")
"""Tables of which the second CRM holds what belongs to its clients; it has all employees, and no deals."""


OF_THE_THIRD = ("clients", "sales")
"""Tables of which the third holds what belongs to its clients: all that can be told by their INN."""


def shared_out(firm: Company) -> tuple[Company, Company, Company]:
    """Return what each CRM holds; together they hold the firm.

    The first has everything but the sales, which only the third has, and every second completed call of the
    clients that it shares with the second, which only that has. The given firm is left as it was.
    """
    told = _told_by_inn(firm)
    shared = set(told[::EVERY])
    moved = {row["id"] for row in _calls(firm.tables["events"], shared)[1::2]}
    first = [row for row in firm.tables["events"] if row["id"] not in moved]
    second = _only(firm, OF_THE_SECOND, shared)
    second["events"] = [{**row, "deal": ""} for row in firm.tables["events"] if row["id"] in moved]
    parts = ({**firm.tables, "events": first, "sales": []}, second, _only(firm, OF_THE_THIRD, set(told)))
    one, two, three = (replace(firm, tables=tables) for tables in parts)
    return one, two, three


def _only(firm: Company, names: Iterable[str], clients: Container[str]) -> dict[str, list[Row]]:
    """Return all employees and, of the named tables, what belongs to these clients."""
    tables: dict[str, list[Row]] = {name: [] for name in firm.tables}
    tables |= {name: firm.tables[name] for name in ("employees", "absences")}
    return tables | {name: [row for row in firm.tables[name] if _client(row) in clients] for name in names}


def _told_by_inn(firm: Company) -> list[str]:
    """Return the companies that no other client shares its INN with."""
    known = Counter(row["inn"] for row in firm.tables["clients"])
    return [
        row["id"]
        for row in firm.tables["clients"]
        if row["kind"] == "company" and row["inn"] and row["kpp"] and known[row["inn"]] == 1
    ]


def _calls(events: list[Row], clients: set[str]) -> list[Row]:
    return [
        row
        for row in events
        if row["client"] in clients and row["kind"] == "call" and row["status"] == "completed"
    ]


def _client(row: Row) -> str:
    return row["client"] if "client" in row else row["id"]
