"""`connector assign LIST`: the head's own list of clients and new owners becomes a plan like all others."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import click

from connector.commands.app import AS_OF, App, common, moment
from connector.commands.ordered import Desk, Ordered, nothing_to_do, open_desk, order_plan, told
from connector.company.lists import ASSIGNMENTS, Row, read_list
from connector.plan.model import write_plan
from connector.rules.clients import is_open
from connector.rules.fairness import fairness, moves_of
from connector.rules.orders import Order, order_decisions
from connector.rules.ownership import owned_on


@click.command()
@click.argument("path", metavar="LIST", type=click.Path(path_type=Path))
@AS_OF
@click.option(
    "-o", "--output-file", "target", type=click.Path(path_type=Path), help="Write the plan as a file too."
)
@click.option("--most", type=int, help="Show at most this many lines an employee.")
@common
def command(app: App, path: Path, as_of: str | None, target: Path | None, most: int | None) -> int:
    """Make a plan of LIST, a CSV file or workbook with the columns client and to (Клиент, Кому), and why.

    A client is named by source:id, id, INN or full name, an employee by id, e-mail or full name. Every row
    that cannot be taken is told with its file:row:column; the others make the plan. Nothing is sent before
    `connector apply`. Ends with 3 where a row was left out.

    Example: connector assign october.xlsx
    """
    settings = app.settings()
    desk = open_desk(settings, moment(as_of, settings.zone))
    read = read_list(path, ASSIGNMENTS, settings.zone)
    taken = _Taken(desk)
    for row in read.rows:
        taken.add(row)
    decisions = order_decisions(desk.facts, taken.orders(), "assign", desk.moment)
    figures = fairness(desk.facts, desk.moment, moves_of(decisions.frame))
    with app.store(settings) as store:
        plan = order_plan(desk, store, decisions, "assign")
        if target is not None:
            write_plan(plan, target)
        already = [*taken.already, *taken.places_of(nothing_to_do(plan, decisions))]
        problems = [*read.problems, *taken.problems]
        return told(app, desk, store, Ordered(plan, figures, problems, already=already), most)


class _Taken:
    """The rows that make orders; what speaks against a row is a line in `problems`, or in `already`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._rows: dict[int, list[tuple[Row, Order]]] = {}
        self._problems: list[str] = []
        self.already: list[str] = []
        today = desk.moment.today
        self._owners = dict(owned_on(desk.facts.ownership, today).select("client", "employee").iter_rows())
        self._open = set(desk.facts.clients.filter(is_open(today))["client"])
        records = desk.facts.records.sort("client", "rank").select("client", "source").iter_rows()
        self._sources: dict[int, list[str]] = {}
        for client, source in records:
            self._sources.setdefault(client, []).append(source)

    def add(self, row: Row) -> None:
        """Take the row, or say why not."""
        said, who = row.values["client"], row.values["to"]
        client = self._desk.clients.of(said, row.places["client"])
        accounts = self._desk.accounts.of(who, row.places["to"])
        if client is None or not accounts:
            return
        if client not in self._open:
            self._problems.append(f"{row.places['client']}: {said!r} is closed: take the row out")
            return
        known = self._desk.employees(accounts)
        to = next((known[source] for source in self._sources[client] if source in known), None)
        if to is None:
            where = ", ".join(self._sources[client])
            self._problems.append(f"{row.places['to']}: {who!r} has no account in {where}: name another")
        elif not self._desk.at_work(to):
            self._problems.append(f"{row.places['to']}: {who!r} does not work here any more: name another")
        elif self._owners.get(client) == to:
            self.already.append(_already(row))
        else:
            order = Order(client, to, row.values.get("why") or "")
            self._rows.setdefault(client, []).append((row, order))

    @property
    def problems(self) -> list[str]:
        """Return a line for each row that is no order, also of clients that stand in the list twice."""
        desk = self._desk
        return [*desk.clients.strangers, *desk.accounts.strangers, *self._problems, *self._twice()]

    def orders(self) -> Sequence[Order]:
        """Return the orders; of a client whom two rows give to different employees there is none."""
        return [
            rows[0][1] for _, rows in sorted(self._rows.items()) if len({order.to for _, order in rows}) == 1
        ]

    def places_of(self, clients: Collection[int]) -> list[str]:
        """Return a line for each of the clients, whose new owner stands in the CRM already."""
        rows = [self._rows[client][0][0] for client in sorted(clients)]
        return [_already(row) for row in rows]

    def _twice(self) -> Iterator[str]:
        for rows in self._rows.values():
            first, said = rows[0][0], rows[0][0].values["client"]
            agree = len({order.to for _, order in rows}) == 1
            if not agree:
                others = ", ".join(row.places["to"] for row, _ in rows[1:])
                yield f"{first.places['to']}: {said!r} goes to somebody else at {others}: keep one row"
            for row, _ in rows[1:]:
                again = "the same again: the first row counts" if agree else "keep one row"
                client = row.values["client"]
                yield f"{row.places['client']}: {client!r} stands at {first.places['client']} too: {again}"


def _already(row: Row) -> str:
    return f"{row.places['client']}: {row.values['client']!r} has {row.values['to']!r} already"
