"""The neutral company while it lives: rows by table and id, changed by people and by the API."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from connector.sandbox.company.tables import COLUMNS, Company, Row

REPOINTED = ("contacts", "deals", "events", "sales", "ownership", "answers", "field_changes")


class Truth:
    """The tables of one company; rows are shared with the vendor's records, so a change here shows there.

    `rows[table][id]` for tables with an id, `lists[table]` for the others. Ids are the vendor's, as whole
    numbers.
    """

    def __init__(self, company: Company) -> None:
        self.rows: dict[str, dict[int, Row]] = {}
        self.lists: dict[str, list[Row]] = {}
        for table, columns in COLUMNS.items():
            if columns[0] == "id":
                self.rows[table] = {int(row["id"]): row for row in company.tables[table]}
            else:
                self.lists[table] = company.tables[table]
        self._ownership: dict[str, list[Row]] | None = None
        self._of_client: dict[str, dict[str, dict[int, Row]]] = {}

    def tables(self) -> dict[str, list[Row]]:
        """Return every table as a list of rows in bundle columns."""
        return {
            name: list(self.rows[name].values()) if name in self.rows else self.lists[name]
            for name in COLUMNS
        }

    def of_client(self, table: str, client: int) -> list[Row]:
        """Return the rows of a table that belong to the client; tables with ids remember where to look."""
        if table not in self.rows:
            return [row for row in self.lists[table] if row["client"] == str(client)]
        if table not in self._of_client:
            self._of_client[table] = {}
            for row in self.all(table):
                self._place(table, row)
        known = sorted(self._of_client[table].get(str(client), {}).items())
        return [row for number, row in known if row["client"] == str(client) and number in self.rows[table]]

    def note(self, table: str, row: Row) -> None:
        """Take notice of a row that is new, or may belong to another client than before."""
        if table in self._of_client:
            self._place(table, row)

    def _place(self, table: str, row: Row) -> None:
        self._of_client[table].setdefault(row["client"], {})[int(row["id"])] = row

    def all(self, table: str) -> Iterator[Row]:
        """Walk the rows of one table."""
        return iter(self.rows[table].values() if table in self.rows else self.lists[table])

    def add(self, table: str, row: Row) -> Row:
        """Add a row, with every column of its table present."""
        full = {column: str(row.get(column, "")) for column in COLUMNS[table]}
        if table in self.rows:
            self.rows[table][int(full["id"])] = full
            self.note(table, full)
        else:
            self.lists[table].append(full)
            self._ownership = None if table == "ownership" else self._ownership
        return full

    def owned(self, client: int, employee: str, day: date) -> None:
        """Continue the history of owners: from `day` on the client is the employee's; empty = nobody's."""
        history = self._history()[str(client)]
        for row in [row for row in history if not row["valid_to"]]:
            if row["valid_from"][:10] >= day.isoformat():
                history.remove(row)
                self.lists["ownership"].remove(row)
            else:
                row["valid_to"] = (day - timedelta(days=1)).isoformat()
        if employee:
            history.append(self._new_owner(client, employee, day))

    def forget_client(self, client: int) -> None:
        """Remove the client; its contacts and deals stay without a client, as a CRM leaves them."""
        self.rows["clients"].pop(client, None)
        for table in ("contacts", "deals", "events"):
            for row in self.of_client(table, client):
                row["client"] = ""
                self.note(table, row)

    def merge_clients(self, into: int, gone: int) -> None:
        """Give everything of one client to the other and remove the first; phones and emails are united."""
        for table in REPOINTED:
            for row in self.of_client(table, gone):
                row["client"] = str(into)
                if "id" in row:
                    self.note(table, row)
        lost, kept = self.rows["clients"].pop(gone), self.rows["clients"][into]
        for column in ("phones", "emails", "tags"):
            both = [*kept[column].split("|"), *lost[column].split("|")]
            kept[column] = "|".join(dict.fromkeys(filter(None, both)))
        self._ownership = None

    def _new_owner(self, client: int, employee: str, day: date) -> Row:
        row = {
            "client": str(client),
            "employee": employee,
            "valid_from": day.isoformat(),
            "valid_to": "",
            "reason": "",
        }
        self.lists["ownership"].append(row)
        return row

    def _history(self) -> dict[str, list[Row]]:
        if self._ownership is None:
            self._ownership = defaultdict(list)
            for row in self.lists["ownership"]:
                self._ownership[row["client"]].append(row)
        return self._ownership
