"""Directories (crm.status): industries, company types, stages.

Words of the neutral company get codes here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from connector.sandbox.bitrix24.fields import Field, text
from connector.sandbox.bitrix24.records import Record

EXTRA = {None: "process", "S": "success", "F": "failure"}
COLORS = {None: "#39A8EF", "S": "#7BD500", "F": "#FF5752"}
COMPANY_TYPES = {"CUSTOMER": "Клиент", "SUPPLIER": "Поставщик", "PARTNER": "Партнёр", "OTHER": "Другое"}


@dataclass(frozen=True)
class Status:
    """One entry of a directory; `semantics` is S (won), F (lost) or None."""

    number: int
    directory: str
    code: str
    name: str
    sort: int
    semantics: str | None = None
    category: int | None = None
    system: bool = False


class Directories:
    """All directories of the portal; entries are numbered over all of them."""

    def __init__(self) -> None:
        self.statuses: list[Status] = []
        self._codes: dict[tuple[str, str], str] = {}
        self._names: dict[tuple[str, str], str] = {}
        for code, name in COMPANY_TYPES.items():
            self.add("COMPANY_TYPE", code, name, system=code == "CUSTOMER")

    def add(
        self,
        directory: str,
        code: str,
        name: str,
        *,
        semantics: str | None = None,
        category: int | None = None,
        system: bool = False,
    ) -> str:
        """Add an entry at the end of its directory and return its code."""
        place = sum(status.directory == directory for status in self.statuses) + 1
        entry = Status(
            len(self.statuses) + 101, directory, code, name, place * 10, semantics, category, system
        )
        self.statuses.append(entry)
        self._codes[directory, name] = code
        self._names[directory, code] = name
        return code

    def code(self, directory: str, name: str) -> str:
        """Return the code of a word, adding it to the directory if it is new; empty stays empty."""
        if not name or (directory, name) in self._codes:
            return self._codes.get((directory, name), "")
        place = sum(status.directory == directory for status in self.statuses) + 1
        return self.add(directory, f"UC_{directory[:3]}{place:03d}", name)

    def name(self, directory: str, code: str) -> str | None:
        """Return the word of a code, None if the directory has no such code."""
        return self._names.get((directory, code))

    def field(self, name: str, column: str, title: str) -> Field:
        """Return a field that shows a word of the neutral row as the code of this directory."""

        def write(record: Record, value: Any) -> None:
            record.row[column] = self.name(name, text(value)) or ""

        return Field(name, "status", lambda record: self.code(name, record.row[column]), write, title=title)


def status_row(status: Status) -> dict[str, Any]:
    """Show an entry as crm.status.list does; only stages have colours and semantics."""
    row = {
        "ID": str(status.number),
        "ENTITY_ID": status.directory,
        "STATUS_ID": status.code,
        "NAME": status.name,
        "NAME_INIT": status.name if status.system else "",
        "SORT": str(status.sort),
        "SYSTEM": "Y" if status.system else "N",
        "CATEGORY_ID": None if status.category in (None, 0) else str(status.category),
        "COLOR": COLORS[status.semantics] if "STAGE" in status.directory else None,
        "SEMANTICS": status.semantics,
    }
    if "STAGE" not in status.directory:
        return row
    return row | {"EXTRA": {"SEMANTICS": EXTRA[status.semantics], "COLOR": COLORS[status.semantics]}}
