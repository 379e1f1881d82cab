"""Gives every row of a firm the number a vendor would: ids count from 1 in row order."""

from __future__ import annotations

from collections.abc import Mapping

from connector.sandbox.company.tables import COLUMNS, REFERENCES, Company, Row

Numbers = dict[str, dict[str, str]]
"""Table -> {old id: new id}, for the tables that have ids."""


def renumber(company: Company) -> tuple[Company, Numbers]:
    """Return the same firm with ids "1", "2", ... per table, references following, and each old id's new one.

    A reference to no known row becomes "unknown-<old id>", so that it can never meet a new id. The given firm
    is left as it was. One that is `numbered` comes back itself, with no old ids to tell.
    """
    if company.numbered:
        return company, {}
    numbers = {
        table: {row["id"]: str(number) for number, row in enumerate(rows, 1)}
        for table, rows in company.tables.items()
        if "id" in COLUMNS[table]
    }
    tables = {
        table: [rewritten(row, table, numbers) for row in rows] for table, rows in company.tables.items()
    }
    return Company(as_of=company.as_of, zone=company.zone, tables=tables), numbers


def rewritten(row: Row, table: str, numbers: Numbers) -> Row:
    """Return a copy of the row with its own id and its references in the new numbers."""
    copy = dict(row)
    if "id" in row:
        copy["id"] = numbers[table][row["id"]]
    for column, target in REFERENCES[table].items():
        if row[column]:
            copy[column] = followed(row[column], numbers.get(target, {}))
    return copy


def followed(references: str, new: Mapping[str, str]) -> str:
    """Rewrite one reference, or a list of them separated by `|`."""
    return "|".join(new.get(old, f"unknown-{old}") if old else "" for old in references.split("|"))
