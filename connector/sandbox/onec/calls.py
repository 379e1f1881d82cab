"""One request, read, and the forms an answer to it can have: rows, one object, JSON as it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from connector.sandbox.exchange import Reply, Request
from connector.sandbox.onec import atom
from connector.sandbox.onec.addressing import Asked, Segment, asked, decoded, segments
from connector.sandbox.onec.formats import Format, chosen
from connector.sandbox.onec.reading import Table

INTERFACE = "odata/standard.odata"


@dataclass
class Call:
    """One request, read: the steps below the interface's root, the options, the form of the answer."""

    request: Request
    steps: list[Segment]
    asked: Asked
    form: Format
    root: str
    """The interface's own address, with a slash at its end."""


def read(request: Request, publication: str) -> Call:
    """Read a request; ODataError if its address or options make no sense."""
    path = decoded(request.path)
    _, _, below = path.partition(INTERFACE)
    given = asked(request.query)
    root = f"http://{request.headers.get('host', '')}{publication}{INTERFACE}/"
    return Call(request, segments(below), given, chosen(request, given), root)


def many(call: Call, table: Table, rows: list[dict[str, Any]], count: int | None = None) -> Reply:
    """Answer with rows, and with how many there are in all if it was asked for."""
    if not call.form.json:
        body = atom.feed(table, rows, call.root, count)
        return Reply(200, body, {"Content-Type": call.form.content_type})
    return as_json(call, collection(call, table.name, rows, count))


def one(call: Call, table: Table, row: dict[str, Any], status: int) -> Reply:
    """Answer with one object."""
    if not call.form.json:
        return Reply(status, atom.single(table, row, call.root), {"Content-Type": call.form.content_type})
    told = call.form.metadata != "none"
    head = {"odata.metadata": f"{call.root}$metadata#{table.name}/@Element"} if told else {}
    return as_json(call, head | row, status)


def as_json(call: Call, body: dict[str, Any], status: int = 200) -> Reply:
    """Answer with JSON."""
    return Reply(status, orjson.dumps(body), {"Content-Type": call.form.content_type})


def collection(call: Call, name: str, rows: list[dict[str, Any]], count: int | None) -> dict[str, Any]:
    """Return the envelope of a collection; the count is text."""
    body: dict[str, Any] = {}
    if call.form.metadata != "none":
        body["odata.metadata"] = f"{call.root}$metadata#{name}"
    if count is not None:
        body["odata.count"] = str(count)
    return body | {"value": rows}
