"""Answers requests to whole sets: their rows page by page, their count, the virtual tables of registers."""

from __future__ import annotations

from connector.sandbox.exchange import Reply
from connector.sandbox.onec.addressing import Segment, arguments
from connector.sandbox.onec.base import Base
from connector.sandbox.onec.calls import Call, many
from connector.sandbox.onec.disturbances import disturb
from connector.sandbox.onec.edm import EntityType, Row
from connector.sandbox.onec.errors import unknown_segment
from connector.sandbox.onec.garbage import spoilt
from connector.sandbox.onec.reading import Chosen, Table, page
from connector.sandbox.onec.shaping import Shaper
from connector.sandbox.onec.tables import asked_columns, virtual

BOM = b"\xef\xbb\xbf"


class SetCalls:
    """Reads sets; remembers the last selections, so that pages of a long list are cheap."""

    def __init__(self, base: Base) -> None:
        self.base = base
        self._chosen = Chosen()

    def answer(self, call: Call, table: Table, rest: list[Segment]) -> Reply:
        """Read a set, its count, or one of its virtual tables."""
        if not rest:
            return self._list(call, table)
        if rest[0].name == "$count":
            return self._count(call, table)
        return self._virtual(call, table, rest[0])

    def _list(self, call: Call, table: Table) -> Reply:
        rows = self._chosen.rows(table, call.asked)
        cut = page(table, rows, call.asked)
        shaper = Shaper(table, call.asked, call.form.metadata)
        shown = [shaper.row(spoilt(self.base, table.entity, row)) for row in cut]
        count = len(rows) if call.asked.get("$inlinecount") == "allpages" else None
        disturb(self.base, table.entity, cut)
        reply = many(call, table, shown, count)
        reply.delay = (call.asked.whole("$skip") or 0) / 1000 * self.base.faults.number("deep_skip") / 1000
        return reply

    def _count(self, call: Call, table: Table) -> Reply:
        if self.base.faults.on("no_count"):
            raise unknown_segment("$count")
        total = len(self._chosen.rows(table, call.asked))
        return Reply(200, BOM + str(total).encode(), {"Content-Type": "text/plain;charset=utf-8"})

    def _virtual(self, call: Call, table: Table, step: Segment) -> Reply:
        given = call.asked.others | arguments(step.inside or "")
        rows = virtual(self.base, table.entity, step.name, given)
        entity = EntityType(
            f"{table.entity.name}_{step.name}", (), asked_columns(table.entity, step.name, given)
        )
        result = VirtualTable(self.base, entity, rows)
        cut = page(result, Chosen().rows(result, call.asked), call.asked)
        shaper = Shaper(result, call.asked, "none")
        reply = many(call, result, [shaper.row(row) for row in cut])
        if not {"Period", "StartPeriod", "EndPeriod"} & set(given) and not step.name.startswith("Slice"):
            reply.delay = self.base.faults.number("no_period") / 1000
        return reply


class VirtualTable(Table):
    """The rows a virtual table has worked out, which can be filtered and sorted like a set."""

    def __init__(self, base: Base, entity: EntityType, rows: list[Row]) -> None:
        super().__init__(base, entity)
        self._rows = rows

    def rows(self) -> list[Row]:
        """Return the rows."""
        return self._rows
