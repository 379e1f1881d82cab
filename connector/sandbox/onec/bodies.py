"""Reads the body of a write: JSON, or an Atom entry, as the header of its type says."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

import orjson

from connector.sandbox.exchange import Request
from connector.sandbox.onec.atom import DATA, META
from connector.sandbox.onec.errors import ODataError, unhandled

NAME, TYPE = f"{{{DATA}}}", f"{{{META}}}type"


def read_body(request: Request) -> dict[str, Any]:
    """Return the properties; ODataError -1 if the text is broken, 2 if it is no object."""
    if "xml" in request.headers.get("content-type", ""):
        return read_entry(request.body)
    try:
        given = orjson.loads(request.body or b"{}")
    except orjson.JSONDecodeError:
        raise unhandled("Непредвиденный символ при чтении JSON") from None
    if not isinstance(given, dict):
        raise ODataError(400, 2, "Неверный формат запроса")
    return given


def read_entry(body: bytes) -> dict[str, Any]:
    """Return the properties of an Atom entry, all as text; ODataError 2 if it is none."""
    try:
        entry = ET.fromstring(body)  # noqa: S314 - a stand-in is written to by its own tests only
    except ET.ParseError:
        raise ODataError(400, 2, "Неверный формат запроса") from None
    found = next(entry.iter(f"{{{META}}}properties"), None)
    if found is None:
        raise ODataError(400, 2, "Неверный формат запроса")
    return {one.tag.removeprefix(NAME): value_of(one) for one in found}


def value_of(element: ET.Element) -> Any:
    """Return a property: the lines of a tabular section, or a text."""
    if element.get(TYPE, "").startswith("Collection("):
        return [{cell.tag.removeprefix(NAME): cell.text or "" for cell in line} for line in element]
    return element.text or ""
