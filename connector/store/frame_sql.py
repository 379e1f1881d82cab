"""The query of each frame, and the way from what ADBC read to the frame's types."""

from __future__ import annotations

from connector.model import COMPLETED_BY_US
from connector.store.frame_schemas import FRAMES, MOMENT, TEXTS
from connector.store.guarded_polars import pl

SENTINEL = "sentinel"
"""1 in the made-up first row of every query, 0 in the rows of the store."""

_TABLES = {
    "clients": "client AS t JOIN client_number AS n ON n.source = t.source AND n.external_id = t.external_id",
    "employees": "employee AS t",
    "events": "event AS t",
    "deals": "deal AS t",
    "stage_history": "stage_change AS t",
    "sales": "sale AS t",
    "ownership": "ownership AS t",
    "absences": "absence AS t",
    "tasks": "task AS t",
    "field_changes": "field_change AS t",
    "answers": "answer AS t",
}
_EXPRESSIONS = {
    ("clients", "client"): "n.number",
    ("events", "by_us"): f"t.flags LIKE '%\"{COMPLETED_BY_US}\"%'",
}

_BLANK: dict[pl.DataType, str] = {
    pl.String(): "''",
    pl.Int64(): "0",
    pl.Float64(): "0.0",
    pl.Boolean(): "0",
    pl.Date(): "''",
    MOMENT: "0",
    TEXTS: "''",
}


def extent(name: str) -> str:
    """Return the SQL of the least and the greatest row number of the frame's table; null without rows."""
    return f"SELECT min(rowid), max(rowid) FROM {_TABLES[name].split()[0]}"  # noqa: S608 - our own names


def query(name: str, first: int, last: int) -> str:
    """Return the SQL of the frame: a row that shows every column's type, then the live rows.

    Those are the rows whose number lies between the two given, both included. ADBC takes a column's type
    from the first batch of rows, and a column may be null for longer than that.
    """
    blanks = ", ".join(f'{_BLANK[kind]} AS "{column}"' for column, kind in FRAMES[name].items())
    columns = ", ".join(_EXPRESSIONS.get((name, column), f't."{column}"') for column in FRAMES[name])
    live = f"SELECT 0, {columns} FROM {_TABLES[name]} WHERE t.deleted_at IS NULL"  # noqa: S608 - our own names
    live = f"{live} AND t.rowid BETWEEN {first} AND {last}"
    return f"SELECT 1 AS {SENTINEL}, {blanks} UNION ALL {live}"


def typed(name: str, read: pl.DataFrame) -> pl.DataFrame:
    """Return what the query gave without the made-up row, in the types of FRAMES."""
    rows = read.filter(pl.col(SENTINEL) == 0).select(
        _as_kind(column, kind) for column, kind in FRAMES[name].items()
    )
    return rows.match_to_schema(FRAMES[name])


def _as_kind(column: str, kind: pl.DataType) -> pl.Expr:
    raw = pl.col(column)
    if kind == pl.Date:
        return raw.str.to_date("%Y-%m-%d")
    if kind == TEXTS:
        return raw.str.json_decode(TEXTS)
    return raw if kind == pl.String else raw.cast(kind)
