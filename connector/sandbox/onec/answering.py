"""Answers one request to the interface: finds what it is about and hands it to whoever does it."""

from __future__ import annotations

from connector.sandbox.exchange import Reply
from connector.sandbox.onec import atom
from connector.sandbox.onec.addressing import Segment
from connector.sandbox.onec.base import Base
from connector.sandbox.onec.calls import Call, as_json
from connector.sandbox.onec.errors import FORBIDDEN, NO_RIGHTS, ODataError, unknown_set
from connector.sandbox.onec.exchange_plan import confirm, select_changes
from connector.sandbox.onec.formats import XML
from connector.sandbox.onec.metadata import edmx, set_names
from connector.sandbox.onec.reading import Table, table_of
from connector.sandbox.onec.record_calls import RecordCalls
from connector.sandbox.onec.set_calls import SetCalls


class Interface:
    """The interface of one base."""

    def __init__(self, base: Base) -> None:
        self.base = base
        self._sets, self._records = SetCalls(base), RecordCalls(base)

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
        return as_json(call, {"odata.metadata": f"{call.root}$metadata", "value": listed})

    def _exchange(self, call: Call, name: str) -> Reply:
        if call.request.verb != "POST":
            raise ODataError(405, 19, FORBIDDEN)
        if name == "SelectChanges":
            return Reply(200, select_changes(self.base, call.asked, call.root), {"Content-Type": XML})
        confirm(self.base, call.asked)
        return Reply(200, b"")

    def _set(self, call: Call, first: Segment) -> Reply:
        table = table_of(self.base, first.name)
        if table is None:
            raise unknown_set(first.name)
        verb, rest = call.request.verb, call.steps[1:]
        self._check_right(table, verb)
        if first.inside is not None:
            return self._records.answer(call, table, first.inside, rest)
        if verb == "POST" and not rest:
            return self._records.create(call, table)
        if verb != "GET":
            raise ODataError(405, 19, FORBIDDEN)
        return self._sets.answer(call, table, rest)

    def _check_right(self, table: Table, verb: str) -> None:
        closed = ["no_right"] if verb == "GET" else ["no_right", "no_write"]
        if any(self.base.faults.covers(fault, table.entity.name) for fault in closed):
            raise ODataError(401, 20, NO_RIGHTS)
