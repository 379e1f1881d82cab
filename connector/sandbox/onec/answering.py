"""Answers one request to the interface: finds what it is about, does it, and writes the answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from connector.sandbox.exchange import Reply, Request
from connector.sandbox.onec import atom
from connector.sandbox.onec.actions import act
from connector.sandbox.onec.addressing import (
    Asked,
    Segment,
    arguments,
    asked,
    decoded,
    object_key,
    record_key,
    segments,
)
from connector.sandbox.onec.base import Base, Key, Record
from connector.sandbox.onec.bodies import read_body
from connector.sandbox.onec.disturbances import disturb
from connector.sandbox.onec.edm import EntityType, Row, referenced
from connector.sandbox.onec.errors import NO_RIGHTS, ODataError, no_instance, unknown_segment, unknown_set
from connector.sandbox.onec.exchange_plan import confirm, select_changes
from connector.sandbox.onec.formats import XML, Format, chosen
from connector.sandbox.onec.garbage import spoilt
from connector.sandbox.onec.metadata import edmx, set_names
from connector.sandbox.onec.reading import Chosen, Table, page, table_of
from connector.sandbox.onec.shaping import Shaper
from connector.sandbox.onec.tables import asked_columns, virtual
from connector.sandbox.onec.visibility import hidden
from connector.sandbox.onec.writing import change, create, delete, found

INTERFACE = "odata/standard.odata"
BOM = b"\xef\xbb\xbf"


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


class Interface:
    """The interface of one base; remembers the last selections, so that pages of a long list are cheap."""

    def __init__(self, base: Base) -> None:
        self.base = base
        self._chosen = Chosen()

    def answer(self, call: Call) -> Reply:
        """Do one request; ODataError if 1C refuses it."""
        if not call.steps:
            return self._service(call)
        first = call.steps[0]
        if first.name == "$metadata":
            body = edmx(list(self.base.published().values()), self.base.faults.number("big_metadata"))
            return Reply(200, body, {"Content-Type": XML})
        if first.name in ("SelectChanges", "NotifyChangesReceived"):
            return self._exchange(call, first.name)
        return self._set(call, first)

    def _service(self, call: Call) -> Reply:
        names = set_names(list(self.base.published().values()))
        listed = [{"name": name, "url": name} for name in names]
        if not call.form.json:
            sets = "".join(f'<collection href="{name}"><title>{name}</title></collection>' for name in names)
            text = f'{atom.HEAD}<service xmlns="http://www.w3.org/2007/app"><workspace>{sets}</workspace></service>'
            return Reply(200, text.encode(), {"Content-Type": XML})
        return self._json(call, {"odata.metadata": f"{call.root}$metadata", "value": listed})

    def _exchange(self, call: Call, name: str) -> Reply:
        if call.request.verb != "POST":
            raise ODataError(405, 19, "Метод HTTP запрещен для данного ресурса")
        if name == "SelectChanges":
            return Reply(200, select_changes(self.base, call.asked, call.root), {"Content-Type": XML})
        confirm(self.base, call.asked)
        return Reply(200, b"")

    def _set(self, call: Call, first: Segment) -> Reply:
        table = table_of(self.base, first.name)
        if table is None:
            raise unknown_set(first.name)
        self._check_right(table, "no_right" if call.request.verb == "GET" else "no_write")
        if first.inside is None:
            return self._collection(call, table, call.steps[1:])
        return self._record(call, table, self._key(table, first.inside), call.steps[1:])

    def _check_right(self, table: Table, fault: str) -> None:
        if self.base.faults.covers(fault, table.entity.name) or self.base.faults.covers(
            "no_right", table.entity.name
        ):
            raise ODataError(401, 20, NO_RIGHTS)

    def _key(self, table: Table, inside: str) -> Key:
        if table.section:
            return record_key(inside, ("Ref_Key", "LineNumber"))
        return object_key(inside) if table.entity.is_object else record_key(inside, table.entity.key)

    # -- sets ----------------------------------------------------------------------------------------------

    def _collection(self, call: Call, table: Table, rest: list[Segment]) -> Reply:
        if call.request.verb == "POST" and not rest:
            return self._create(call, table)
        if call.request.verb != "GET":
            raise ODataError(405, 19, "Метод HTTP запрещен для данного ресурса")
        if rest and rest[0].name == "$count":
            return self._count(call, table)
        if rest:
            return self._virtual(call, table, rest[0])
        return self._list(call, table)

    def _list(self, call: Call, table: Table) -> Reply:
        rows = self._chosen.rows(table, call.asked)
        cut = page(table, rows, call.asked)
        shaper = Shaper(table, call.asked, call.form.metadata)
        shown = [shaper.row(spoilt(self.base, table.entity, row)) for row in cut]
        count = len(rows) if call.asked.get("$inlinecount") == "allpages" else None
        disturb(self.base, table.entity, cut)
        reply = self._shown(call, table, shown, count)
        reply.delay = (call.asked.whole("$skip") or 0) / 1000 * self.base.faults.number("deep_skip") / 1000
        return reply

    def _shown(self, call: Call, table: Table, rows: list[dict[str, Any]], count: int | None = None) -> Reply:
        if not call.form.json:
            body = atom.feed(table, rows, call.root, count)
            return Reply(200, body, {"Content-Type": call.form.content_type})
        return self._json(call, collection(call, table.name, rows, count))

    def _count(self, call: Call, table: Table) -> Reply:
        if self.base.faults.on("no_count"):
            raise unknown_segment("$count")
        total = len(self._chosen.rows(table, call.asked))
        return Reply(200, BOM + str(total).encode(), {"Content-Type": "text/plain;charset=utf-8"})

    def _virtual(self, call: Call, table: Table, step: Segment) -> Reply:
        given = call.asked.others | virtual_arguments(step)
        rows = virtual(self.base, table.entity, step.name, given)
        entity = EntityType(
            f"{table.entity.name}_{step.name}", (), asked_columns(table.entity, step.name, given)
        )
        result = VirtualTable(self.base, entity, rows)
        cut = page(result, Chosen().rows(result, call.asked), call.asked)
        shaper = Shaper(result, call.asked, "none")
        reply = self._shown(call, result, [shaper.row(row) for row in cut])
        if not {"Period", "StartPeriod", "EndPeriod"} & set(given) and not step.name.startswith("Slice"):
            reply.delay = self.base.faults.number("no_period") / 1000
        return reply

    # -- records -------------------------------------------------------------------------------------------

    def _record(self, call: Call, table: Table, key: Key, rest: list[Segment]) -> Reply:
        verb = call.request.verb
        if rest and verb == "POST":
            act(self.base, table.entity, key, rest[0].name)
            self._note(call, table.entity, key, {})
            return Reply(200, b"", wrote=True)
        if verb == "GET":
            return self._get(call, table, key, rest)
        if table.section or verb == "POST" or "RecordSet" in table.entity.sections:
            raise ODataError(405, 19, "Метод HTTP запрещен для данного ресурса")
        if verb == "DELETE":
            delete(self.base, table.entity, key)
            self._note(call, table.entity, key, {})
            return Reply(204, b"", wrote=True)
        return self._change(call, table, key)

    def _get(self, call: Call, table: Table, key: Key, rest: list[Segment]) -> Reply:
        if table.section:
            return self._line(call, table, key)
        record = found(self.base, table.entity, key)
        closed = hidden(self.base, table.entity)
        if closed and closed(record.row):
            raise ODataError(401, 20, NO_RIGHTS)
        if not rest:
            return self._single(call, table, record.row)
        ref = referenced(record.row, rest[0].name, table.columns)
        other = table_of(self.base, ref.set) if ref else None
        if rest[0].name not in table.entity.references():
            raise unknown_segment(rest[0].name)
        if ref is None or other is None:
            raise no_instance()
        return self._single(call, other, found(self.base, other.entity, ref.key).row)

    def _line(self, call: Call, table: Table, key: Key) -> Reply:
        record = found(self.base, table.entity, key[0])
        for line in record.row[table.section]:
            if str(line["LineNumber"]) == key[1]:
                return self._single(call, table, line)
        raise no_instance()

    def _create(self, call: Call, table: Table) -> Reply:
        if table.section:
            raise ODataError(400, 13, "Нельзя создать строку табличной части отдельно от объекта")
        given = read_body(call.request)
        key, record = create(self.base, table.entity, given)
        marker = str(given["Ref_Key"]) if "Ref_Key" in given else None
        self._note(call, table.entity, key, given, marker)
        reply = self._single(call, table, record.row, 201 if table.entity.is_object else 200)
        address = f"{call.root}{table.name}(guid'{key}')"
        reply.headers |= {"Location": address.encode().decode("latin-1")} if table.entity.is_object else {}
        reply.wrote = True
        return reply

    def _change(self, call: Call, table: Table, key: Key) -> Reply:
        given = read_body(call.request)
        version = call.request.headers.get("if-match", "")
        whole = call.request.verb == "PUT"
        record: Record = change(self.base, table.entity, key, given, whole=whole, version=version)
        self._note(call, table.entity, key, given)
        reply = self._single(call, table, record.row)
        reply.wrote = True
        return reply

    def _single(self, call: Call, table: Table, row: Row, status: int = 200) -> Reply:
        shaper = Shaper(table, call.asked, call.form.metadata)
        shown = shaper.row(spoilt(self.base, table.entity, row))
        if not call.form.json:
            return Reply(
                status, atom.single(table, shown, call.root), {"Content-Type": call.form.content_type}
            )
        head = (
            {"odata.metadata": f"{call.root}$metadata#{table.name}/@Element"}
            if call.form.metadata != "none"
            else {}
        )
        return self._json(call, head | shown, status)

    def _json(self, call: Call, body: dict[str, Any], status: int = 200) -> Reply:
        return Reply(status, orjson.dumps(body), {"Content-Type": call.form.content_type})

    def _note(
        self, call: Call, entity: EntityType, key: Key, body: dict[str, Any], marker: str | None = None
    ) -> None:
        number = key if isinstance(key, str) else "|".join(map(str, key))
        name = call.steps[-1].name if len(call.steps) > 1 else call.request.verb
        entry = {
            "at": self.base.clock.now().isoformat(),
            "method": name,
            "entity": entity.name,
            "id": number,
            "marker": marker,
            "body": body,
        }
        self.base.journal.write(entry)


class VirtualTable(Table):
    """The rows a virtual table has worked out, which can be filtered and sorted like a set."""

    def __init__(self, base: Base, entity: EntityType, rows: list[Row]) -> None:
        super().__init__(base, entity)
        self._rows = rows

    def rows(self) -> list[Row]:
        """Return the rows."""
        return self._rows


def virtual_arguments(step: Segment) -> dict[str, str]:
    """Return the arguments in brackets behind a virtual table's name."""
    return arguments(step.inside or "")


def collection(call: Call, name: str, rows: list[dict[str, Any]], count: int | None) -> dict[str, Any]:
    """Return the envelope of a collection; the count is text."""
    body: dict[str, Any] = {}
    if call.form.metadata != "none":
        body["odata.metadata"] = f"{call.root}$metadata#{name}"
    if count is not None:
        body["odata.count"] = str(count)
    return body | {"value": rows}
