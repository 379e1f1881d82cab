"""Virtual tables of registers: turnovers, balances and slices, worked out from the records."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from connector.sandbox.onec.addressing import condition, literal
from connector.sandbox.onec.base import Base
from connector.sandbox.onec.edm import NUMBER, TYPE, Column, Columns, EntityType, Row
from connector.sandbox.onec.errors import ODataError, bad_literal, unknown_segment
from connector.sandbox.onec.filters import parse
from connector.sandbox.onec.paths import Paths

SUFFIXES = {
    "Turnovers": ("Turnover", "Receipt", "Expense"),
    "Balance": ("Balance",),
    "BalanceAndTurnovers": ("OpeningBalance", "Turnover", "Receipt", "Expense", "ClosingBalance"),
}
FAR = "9999-12-31T23:59:59"


def resulting(entity: EntityType, table: str) -> Columns:
    """Return the columns of a virtual table: the dimensions, and each resource once a suffix."""
    if table.startswith("Slice"):
        return entity.columns
    measured = entity.sections["RecordSet"]
    sums = [name + suffix for name in entity.resources for suffix in suffixes(entity, table)]
    return {name: measured[name] for name in entity.dimensions} | {
        name: Column(name, NUMBER) for name in sums
    }


def asked_columns(entity: EntityType, table: str, given: dict[str, str]) -> Columns:
    """Return the columns of the rows: of the dimensions only those that were asked for."""
    found = resulting(entity, table)
    left_out = set() if table.startswith("Slice") else set(entity.dimensions) - set(split_by(entity, given))
    return {name: column for name, column in found.items() if name not in left_out}


def suffixes(entity: EntityType, table: str) -> tuple[str, ...]:
    """Return the suffixes of resources; a register of turnovers has no receipts and expenses."""
    found = SUFFIXES[table]
    return found if "Balance" in entity.tables else tuple(one for one in found if one == "Turnover")


def virtual(base: Base, entity: EntityType, table: str, given: dict[str, str]) -> list[Row]:
    """Return the rows of a virtual table; ODataError 6 if this register has no such one."""
    if table not in entity.tables:
        raise ODataError(400, 6, "Метод не найден")
    if table.startswith("Slice"):
        return sliced(base, entity, given, last=table == "SliceLast")
    return summed(base, entity, table, given)


def bound(given: dict[str, str], name: str, default: str) -> str:
    """Return a time among the arguments."""
    if name not in given:
        return default
    found = literal(given[name])
    if found.sort != "datetime":
        raise bad_literal(given[name], "Edm.DateTime")
    return found.value


def passing(base: Base, columns: Columns, rows: Iterable[Row], given: dict[str, str]) -> list[Row]:
    """Return the rows that fit the condition."""
    if not given.get("Condition", "''").strip("'"):
        return list(rows)
    test = parse(condition(given["Condition"]), Paths(base, columns), "Condition")
    return [row for row in rows if test(row)]


def sliced(base: Base, entity: EntityType, given: dict[str, str], *, last: bool) -> list[Row]:
    """Return the newest (or oldest) record of every set of dimensions up to (or from) a moment."""
    at = bound(given, "Period", FAR if last else "0001-01-01T00:00:00")
    rows = [row for row in base.rows(entity.name) if (row["Period"] <= at if last else row["Period"] >= at)]
    found: dict[tuple[Any, ...], Row] = {}
    for row in sorted(
        passing(base, entity.columns, rows, given), key=lambda row: row["Period"], reverse=not last
    ):
        found[tuple(row[name] for name in entity.dimensions)] = row
    return list(found.values())


def summed(base: Base, entity: EntityType, table: str, given: dict[str, str]) -> list[Row]:
    """Return sums by dimensions; both ends of the period belong to it."""
    columns = entity.sections["RecordSet"]
    start, end = bound(given, "StartPeriod", ""), bound(given, "EndPeriod", FAR)
    until = bound(given, "Period", FAR) if table == "Balance" else end
    records = (record for row in base.rows(entity.name) for record in row["RecordSet"])
    rows = passing(base, columns, (row for row in records if row["Period"] <= until), given)
    names = split_by(entity, given)
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        if table != "Turnovers" or row["Period"] >= start:
            groups.setdefault(tuple(row[name] for name in names), []).append(row)
    return [
        dict(zip(names, key, strict=True)) | sums(entity, table, group, start)
        for key, group in groups.items()
    ]


def split_by(entity: EntityType, given: dict[str, str]) -> list[str]:
    """Return the columns to group by: all dimensions, or those named in `Dimensions`."""
    wanted = [one.strip() for one in given.get("Dimensions", "''").strip("'").split(",") if one.strip()]
    found = []
    for name in wanted or entity.dimensions:
        full = name if name in entity.dimensions else f"{name}_Key"
        if full not in entity.dimensions:
            raise unknown_segment(name)
        found += [full] + ([full + TYPE] if full + TYPE in entity.dimensions and wanted else [])
    return found


def sums(entity: EntityType, table: str, rows: list[Row], start: str) -> Row:
    """Return every resource of a group with every suffix, summed exactly."""
    made: Row = {}
    for name in entity.resources:
        before = [row for row in rows if row["Period"] < start]
        within = [row for row in rows if row["Period"] >= start]
        come, gone = total(within, name, "Receipt"), total(within, name, "Expense")
        opening = total(before, name, "Receipt") - total(before, name, "Expense")
        values = {
            "Turnover": come - gone,
            "Receipt": come,
            "Expense": gone,
            "OpeningBalance": opening,
            "ClosingBalance": opening + come - gone,
            "Balance": opening + come - gone,
        }
        made |= {f"{name}{suffix}": float(values[suffix]) for suffix in suffixes(entity, table)}
    return made


def total(rows: list[Row], name: str, kind: str) -> Decimal:
    """Sum a resource over the records of one kind; a record without a kind is a receipt."""
    return sum(
        (Decimal(str(row[name])) for row in rows if (row.get("RecordType") or "Receipt") == kind), Decimal()
    )
