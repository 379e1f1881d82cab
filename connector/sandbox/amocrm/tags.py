"""Tags: an account keeps their names by entity, with a number each."""

from __future__ import annotations

from typing import Any

from connector.sandbox.amocrm.records import Record


class Tags:
    """The tags of companies, contacts and leads; companies' are the neutral clients' own."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, str], int] = {}

    def learn(self, entity: str, record: Record) -> None:
        """Give every tag of a record its number."""
        for name in names(entity, record):
            self.number(entity, name)

    def number(self, entity: str, name: str) -> int:
        """Return a tag's number, the next one if it is new."""
        return self._numbers.setdefault((entity, name), len(self._numbers) + 1)

    def named(self, entity: str, number: Any) -> str | None:
        """Return the name of a tag, None if there is none of that number."""
        known = (name for (kind, name), one in self._numbers.items() if kind == entity and one == number)
        return next(known, None)

    def of(self, entity: str) -> dict[str, int]:
        """Return name -> number of one entity's tags."""
        return {name: number for (kind, name), number in self._numbers.items() if kind == entity}

    def shown(self, entity: str, record: Record) -> list[dict[str, Any]]:
        """Show the tags of a record."""
        return [
            {"id": self.number(entity, name), "name": name, "color": None} for name in names(entity, record)
        ]


def names(entity: str, record: Record) -> list[str]:
    """Return the names of a record's tags, in order."""
    if entity == "companies":
        return [name for name in record.row["tags"].split("|") if name]
    return list(record.extra.get("tags", ()))


def replace(entity: str, record: Record, given: list[str]) -> None:
    """Give a record exactly these tags."""
    unique = list(dict.fromkeys(name.replace("|", "/") for name in given))
    if entity == "companies":
        record.row["tags"] = "|".join(unique)
    else:
        record.put("tags", unique)
