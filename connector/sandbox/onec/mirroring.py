"""Keeps the neutral company true when a client of the interface writes: only what the write changed."""

from __future__ import annotations

from connector.sandbox.company.tables import Row as NeutralRow
from connector.sandbox.onec.base import Base, Mirror, Record
from connector.sandbox.onec.edm import Row


def reflect(base: Base, entity: str, record: Record, before: Row | None) -> None:
    """Bring the neutral row of a written record up to date; a new record adds one."""
    mirror = base.blueprint.mirrors.get(entity)
    if mirror is None:
        return
    after = mirror.cells(base, record.row)
    if record.source is None:
        add(base, mirror, record, after)
        return
    old = mirror.cells(base, before) if before else {}
    row = base.truth.rows[mirror.table].get(record.source[1])
    if row is not None:
        changed = {column: cell for column, cell in after.items() if old.get(column) != cell}
        update(base, mirror.table, record.source[1], row, changed)


def update(base: Base, table: str, number: int, row: NeutralRow, changed: dict[str, str]) -> None:
    """Write the changed cells; a new owner continues the history of owners."""
    row.update(changed)
    base.truth.note(table, row)
    if table == "clients" and "owner" in changed:
        base.truth.owned(number, changed["owner"], base.today())


def add(base: Base, mirror: Mirror, record: Record, cells: dict[str, str]) -> None:
    """Add the neutral row of a new record, under the key the record has."""
    number = max(base.truth.rows[mirror.table], default=0) + 1
    record.source = (mirror.table, number)
    base.choose(mirror.table, number, record.row["Ref_Key"])
    base.truth.add(mirror.table, cells | {"id": str(number)})
    if mirror.table == "clients" and cells.get("owner"):
        base.truth.owned(number, cells["owner"], base.today())


def forget(base: Base, entity: str, record: Record) -> None:
    """Drop the neutral row of a deleted record."""
    if record.source is None or entity not in base.blueprint.mirrors:
        return
    table, number = record.source
    if table == "clients":
        base.truth.forget_client(number)
    else:
        base.truth.rows[table].pop(number, None)
