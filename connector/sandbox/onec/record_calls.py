"""Answers requests to one record: read it, create, change, delete it, act on it; notes what was written."""

from __future__ import annotations

from typing import Any

from connector.sandbox.exchange import Reply
from connector.sandbox.onec.actions import act
from connector.sandbox.onec.addressing import Segment, object_key, record_key
from connector.sandbox.onec.base import Base, Key, Record
from connector.sandbox.onec.bodies import read_body
from connector.sandbox.onec.calls import Call, one
from connector.sandbox.onec.edm import EntityType, Row, referenced
from connector.sandbox.onec.errors import FORBIDDEN, NO_RIGHTS, ODataError, no_instance, unknown_segment
from connector.sandbox.onec.garbage import spoilt
from connector.sandbox.onec.reading import Table, table_of
from connector.sandbox.onec.shaping import Shaper
from connector.sandbox.onec.visibility import hidden
from connector.sandbox.onec.writing import change, create, delete, found


class RecordCalls:
    """Works on single records of one base."""

    def __init__(self, base: Base) -> None:
        self.base = base

    def answer(self, call: Call, table: Table, inside: str, rest: list[Segment]) -> Reply:
        """Read, change, delete or act on the record with this key."""
        key = key_of(table, inside)
        verb = call.request.verb
        if rest and verb == "POST":
            act(self.base, table.entity, key, rest[0].name)
            self._note(call, table.entity, key, {})
            return Reply(200, b"", wrote=True)
        if verb == "GET":
            return self._get(call, table, key, rest)
        if table.section or verb == "POST" or "RecordSet" in table.entity.sections:
            raise ODataError(405, 19, FORBIDDEN)
        if verb == "DELETE":
            delete(self.base, table.entity, key)
            self._note(call, table.entity, key, {})
            return Reply(204, b"", wrote=True)
        return self._change(call, table, key)

    def _get(self, call: Call, table: Table, key: Key, rest: list[Segment]) -> Reply:
        if table.section:
            return self._line(call, table, key)
        record = self._seen(table, key)
        if not rest:
            return self._single(call, table, record.row)
        ref = referenced(record.row, rest[0].name, table.columns)
        other = table_of(self.base, ref.set) if ref else None
        if rest[0].name not in table.entity.references():
            raise unknown_segment(rest[0].name)
        if ref is None or other is None:
            raise no_instance()
        return self._single(call, other, found(self.base, other.entity, ref.key).row)

    def _seen(self, table: Table, key: Key) -> Record:
        record = found(self.base, table.entity, key)
        closed = hidden(self.base, table.entity)
        if closed and closed(record.row):
            raise ODataError(401, 20, NO_RIGHTS)
        return record

    def _line(self, call: Call, table: Table, key: Key) -> Reply:
        record = self._seen(table, key[0])
        for line in record.row[table.section]:
            if str(line["LineNumber"]) == key[1]:
                return self._single(call, table, line)
        raise no_instance()

    def create(self, call: Call, table: Table) -> Reply:
        """Add a record."""
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
        return one(call, table, shaper.row(spoilt(self.base, table.entity, row)), status)

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


def key_of(table: Table, inside: str) -> Key:
    """Read the key of a record; ODataError 7 if a part of it is missing."""
    if table.section:
        return record_key(inside, ("Ref_Key", "LineNumber"))
    return object_key(inside) if table.entity.is_object else record_key(inside, table.entity.key)
