"""Writes rows as Atom, which is what the interface answers with unless JSON is asked for."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape, quoteattr

from connector.sandbox.onec.edm import EntityType
from connector.sandbox.onec.reading import Table

HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
ATOM = "http://www.w3.org/2005/Atom"
DATA = "http://schemas.microsoft.com/ado/2007/08/dataservices"
META = f"{DATA}/metadata"
SCHEME = f"{DATA}/scheme"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
NAMESPACES = f'xmlns="{ATOM}" xmlns:at="{TOMBSTONES}" xmlns:d="{DATA}" xmlns:m="{META}"'


def feed(table: Table, rows: list[dict[str, Any]], root: str, count: int | None = None) -> bytes:
    """Return a collection as a feed."""
    total = "" if count is None else f"<m:count>{count}</m:count>"
    entries = "".join(entry(table.entity, table.name, row, root) for row in rows)
    return f"{HEAD}<feed {NAMESPACES} xml:base={quoteattr(root)}>{total}{entries}</feed>".encode()


def single(table: Table, row: dict[str, Any], root: str) -> bytes:
    """Return one object as an entry."""
    body = entry(table.entity, table.name, row, root).replace("<entry>", f"<entry {NAMESPACES}>", 1)
    return f"{HEAD}{body}".encode()


def entry(entity: EntityType, name: str, row: dict[str, Any], root: str) -> str:
    """Return one object, with its address if it has a key."""
    address = f"{root}{name}(guid'{row['Ref_Key']}')" if "Ref_Key" in row else ""
    cells = "".join(cell(entity, key, value) for key, value in row.items() if "@" not in key)
    place = f"<id>{escape(address)}</id>" if address else ""
    return (
        f'<entry>{place}<category term="StandardODATA.{name}" scheme="{SCHEME}"/>'
        f'<content type="application/xml"><m:properties>{cells}</m:properties></content></entry>'
    )


def cell(entity: EntityType, name: str, value: Any) -> str:
    """Return one property; an empty text is an empty element, a tabular section a collection of elements."""
    if isinstance(value, list):
        kind = "RecordType" if name == "RecordSet" else f"{name}_RowType"
        return lines(f"StandardODATA.{entity.name}_{kind}", name, value)
    if isinstance(value, dict):
        return f"<d:{name}>{''.join(cell(entity, key, one) for key, one in value.items())}</d:{name}>"
    text = written(value)
    return f"<d:{name}>{escape(text)}</d:{name}>" if text else f"<d:{name}/>"


def lines(kind: str, name: str, rows: list[dict[str, Any]]) -> str:
    """Return a tabular section."""
    inside = "".join(
        f'<d:element m:type="{kind}">'
        + "".join(simple(key, value) for key, value in row.items())
        + "</d:element>"
        for row in rows
    )
    return f'<d:{name} m:type="Collection({kind})">{inside}</d:{name}>'


def simple(name: str, value: Any) -> str:
    """Return one property of a line."""
    text = written(value)
    return f"<d:{name}>{escape(text)}</d:{name}>" if text else f"<d:{name}/>"


def written(value: Any) -> str:
    """Return a value as XML text."""
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)
