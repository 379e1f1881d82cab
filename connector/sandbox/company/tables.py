"""The shape of the neutral company: tables of text cells, columns as in the bundle of CSV files."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

Row = dict[str, str]
"""One row: every column of its table, in order; an empty string means "not known"."""

COLUMNS: dict[str, tuple[str, ...]] = {
    "employees": (
        "id", "name", "email", "phones", "active", "role", "head", "department", "industries", "regions",
        "capacity", "accepts_more", "active_from", "active_to",
    ),
    "clients": (
        "id", "name", "kind", "inn", "kpp", "phones", "emails", "address", "site", "industry", "region",
        "status", "owner", "co_owners", "key_account", "tags", "created_at", "closed_at", "updated_at", "abc",
    ),
    "contacts": ("id", "client", "name", "position", "phones", "emails"),
    "events": (
        "id", "client", "employee", "kind", "direction", "status", "planned_at", "completed_at", "logged_at",
        "duration_s", "successful", "subject", "result", "deal",
    ),
    "deals": (
        "id", "client", "owner", "title", "pipeline", "stage", "stage_kind", "amount", "currency",
        "probability", "created_at", "expected_close", "closed_at", "loss_reason",
    ),
    "stage_history": ("deal", "stage", "entered_at"),
    "sales": ("id", "client", "date", "amount", "margin", "currency"),
    "ownership": ("client", "employee", "valid_from", "valid_to", "reason"),
    "absences": ("employee", "from_date", "to_date", "deputy"),
    "field_changes": ("client", "field", "at", "by", "old", "new"),
    "answers": ("client", "criterion", "answer", "at", "by"),
}  # fmt: skip

REFERENCES: dict[str, dict[str, str]] = {
    "employees": {"head": "employees"},
    "clients": {"owner": "employees", "co_owners": "employees"},
    "contacts": {"client": "clients"},
    "events": {"client": "clients", "employee": "employees", "deal": "deals"},
    "deals": {"client": "clients", "owner": "employees"},
    "stage_history": {"deal": "deals"},
    "sales": {"client": "clients"},
    "ownership": {"client": "clients", "employee": "employees"},
    "absences": {"employee": "employees", "deputy": "employees"},
    "field_changes": {"client": "clients", "by": "employees"},
    "answers": {"client": "clients", "by": "employees"},
}
"""For each table: which columns hold ids of which other table (lists are separated by `|`)."""


@dataclass
class Company:
    """One firm at a moment: `tables[name]` are rows; times have offsets, money is decimal, lists use `|`.

    `numbered`: ids count from "1" in row order already, and a stand-in may take the rows over without a copy.
    """

    as_of: datetime
    zone: str = "Europe/Moscow"
    tables: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in COLUMNS})
    numbered: bool = False
