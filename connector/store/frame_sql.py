"""The query of each frame, and the way from what ADBC read to the frame's types."""

from __future__ import annotations

from collections.abc import Sequence

from connector.flagwords import COMPLETED_BY_US
from connector.store.frame_schemas import FRAMES, MOMENT, TEXTS, schema_of
from connector.store.guarded_polars import pl

SENTINEL = "sentinel"
"""1 in the made-up first row of every query, 0 in the rows of the store."""

_NUMBERED = "JOIN client_number AS n ON n.source = t.source AND n.external_id = t.external_id"
_GROUPED = "LEFT JOIN identity AS i ON i.source = t.source AND i.external_id = t.external_id"

_TABLES = {
    "clients": f"client AS t {_NUMBERED} {_GROUPED}",
    "identities": f"client AS t {_NUMBERED}",
    "identity_state": "identity_state AS t",
    "link_verdicts": "link_verdict AS t",
    "employees": "employee AS t",
    "events": "event AS t",
    "deals": "deal AS t",
    "stage_history": "stage_change AS t",
    "sales": "sale AS t",
    "ownership": "ownership AS t",
    "absences": "absence AS t",
    "tasks": "task AS t",
    "field_changes": "field_change AS t",
    "class_changes": "field_change AS t",
    "co_owners": "client AS t",
    "answers": "answer AS t",
}
_EXPRESSIONS = {
    ("clients", "client"): "COALESCE(i.client, n.number)",
    ("clients", "record"): "n.number",
    ("clients", "doubt"): "i.doubt",
    ("identities", "record"): "n.number",
    ("co_owners", "client"): "t.external_id",
    ("events", "by_us"): f"t.flags LIKE '%\"{COMPLETED_BY_US}\"%'",
}

_ONLY = {"class_changes": "t.field = 'abc'", "co_owners": "t.co_owners <> '[]'"}
"""Frames of some of a table's rows: few of many, so that nobody has to read all for them."""

_UNDYING = frozenset({"identity_state", "link_verdicts"})
"""Frames of tables of our own, whose rows are never marked deleted."""

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


def query(name: str, columns: Sequence[str], first: int, last: int) -> str:
    """Return the SQL of these columns of the frame: a row that shows each one's type, then the live rows.

    Those are the rows whose number lies between the two given, both included. ADBC takes a column's type
    from the first batch of rows, and a column may be null for longer than that.
    """
    blanks = ", ".join(f'{_blank(FRAMES[name][column])} AS "{column}"' for column in columns)
    told = ", ".join(_EXPRESSIONS.get((name, column), f't."{column}"') for column in columns)
    here = f"t.rowid BETWEEN {first} AND {last}" + ("" if name in _UNDYING else " AND t.deleted_at IS NULL")
    here += f" AND {_ONLY[name]}" if name in _ONLY else ""
    live = f"SELECT 0, {told} FROM {_TABLES[name]} WHERE {here}"  # noqa: S608 - our own names
    return f"SELECT 1 AS {SENTINEL}, {blanks} UNION ALL {live}"


def typed(name: str, read: pl.DataFrame) -> pl.DataFrame:
    """Return what the query gave without the made-up row, in the types of FRAMES."""
    wanted = schema_of(name, [column for column in read.columns if column != SENTINEL])
    rows = read.filter(pl.col(SENTINEL) == 0).select(_as_kind(*each) for each in wanted.items())
    return rows.match_to_schema(wanted)


def _blank(kind: pl.DataType) -> str:
    return "''" if isinstance(kind, pl.Categorical) else _BLANK[kind]


def _as_kind(column: str, kind: pl.DataType) -> pl.Expr:
    raw = pl.col(column)
    if kind == pl.Date:
        return raw.str.to_date("%Y-%m-%d")
    if kind == TEXTS:
        return raw.str.json_decode(TEXTS)
    return raw if kind == pl.String else raw.cast(kind)
