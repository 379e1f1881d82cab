"""Shares one firm out to two CRMs: some clients stand in both, each of their calls in one."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from connector.sandbox.company.tables import Company, Row

EVERY = 3
"""Of the clients that can be told by their INN every third stands in the second CRM, too."""
OF_THE_SECOND = ("clients", "contacts", "ownership")
"""Tables of which the second CRM holds what belongs to its clients; it has all employees, and no deals."""


def shared_out(firm: Company) -> tuple[Company, Company]:
    """Return what each CRM holds; together they hold the firm.

    The first has everything but every second completed call of the shared clients, which only the second
    has. The given firm is left as it was.
    """
    shared = set(_told_by_inn(firm)[::EVERY])
    moved = {row["id"] for row in _calls(firm.tables["events"], shared)[1::2]}
    first = [row for row in firm.tables["events"] if row["id"] not in moved]
    second: dict[str, list[Row]] = {name: [] for name in firm.tables}
    second |= {name: firm.tables[name] for name in ("employees", "absences")}
    second |= {name: [row for row in firm.tables[name] if _client(row) in shared] for name in OF_THE_SECOND}
    second["events"] = [{**row, "deal": ""} for row in firm.tables["events"] if row["id"] in moved]
    return replace(firm, tables={**firm.tables, "events": first}), replace(firm, tables=second)


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
