"""Who owned a client from when to when: the account's events of changed responsibility, day by day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from connector import clock
from connector.model import Ownership
from connector.plugins.amocrm.account import Account
from connector.plugins.amocrm.companies import COMPANIES
from connector.plugins.amocrm.happenings import happened
from connector.plugins.amocrm.listing import MOST_NAMED, Rows
from connector.plugins.amocrm.reading import OVERLAP
from connector.plugins.amocrm.values import as_list, as_map, moment, reference
from connector.plugins.base import Cursor, Page, Row

CHANGED = "entity_responsible_changed"
CHANGES = "@changes"
"""The key under which a company carries its changes of owner: `{"at", "before", "after"}`."""
_DAY = timedelta(days=1)


class Owners:
    """The stream of ownership: a row for each company, with all its changes of owner."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def read(self, cursor: Cursor) -> Iterator[Page]:
        """Yield the companies with their changes; of an increment those that changed, or changed owner."""
        reader = self._account.reader(COMPANIES)
        known = self._of_all() if cursor.since is None else None
        seen: set[str] = set()
        page = Page(())
        for page in reader.read(cursor):
            yield Page(self._with_changes(page.rows, known), page.position, page.watermark)
            seen |= {str(row.get("id")) for row in page.rows}
        if cursor.since is not None:
            moved = self._moved(int(cursor.since) - OVERLAP) - seen
            for rows in reader.again(sorted(moved)):
                yield Page(self._with_changes(rows, None), page.position, page.watermark)

    def parse(self, row: Row) -> Sequence[Ownership]:
        """Return the tenures, in days of the account's zone; of two owners on one day the later has it."""
        zone, company = self._account.zone, self._account.ref(row["id"]).external_id
        made = moment(row, "created_at")
        changes = sorted(row.get(CHANGES, ()), key=lambda change: int(change["at"]))
        first = reference(changes[0]["before"] if changes else row.get("responsible_user_id"))
        begun = [(None if made is None else clock.local_day(made, zone), first)]
        for change in changes:
            at = moment(change, "at")
            begun.append((None if at is None else clock.local_day(at, zone), reference(change["after"])))
        return [
            Ownership(
                ref=self._account.ref(f"{company}-{begins.isoformat()}"),
                client=company,
                employee=owner,
                valid_from=begins,
                valid_to=ends,
                raw={"id": row["id"]},
            )
            for begins, owner, ends in _tenures(begun)
        ]

    def _of_all(self) -> dict[str, list[dict[str, Any]]]:
        """Return every change there ever was, by company."""
        found: dict[str, list[dict[str, Any]]] = {}
        for rows in happened(self._account.api, [CHANGED], 0, self._account.api.now(), entity=["company"]):
            _sort_in(rows, found)
        return found

    def _moved(self, since: int) -> set[str]:
        api = self._account.api
        pages = happened(api, [CHANGED], since, api.now(), entity=["company"])
        return {str(row.get("entity_id")) for rows in pages for row in rows if _is_company(row)}

    def _with_changes(
        self, rows: Sequence[Row], known: Mapping[str, list[dict[str, Any]]] | None
    ) -> list[dict[str, Any]]:
        if known is None:
            known = self._of([str(row.get("id")) for row in rows])
        return [{**row, CHANGES: known.get(str(row.get("id")), [])} for row in rows]

    def _of(self, companies: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
        """Return all changes of some companies."""
        api = self._account.api
        found: dict[str, list[dict[str, Any]]] = {}
        for start in range(0, len(companies), MOST_NAMED):
            some = list(companies[start : start + MOST_NAMED])
            for rows in happened(api, [CHANGED], 0, api.now(), entity=["company"], entity_id=some):
                _sort_in(rows, found)
        return found


def _tenures(
    begun: Sequence[tuple[date | None, str | None]],
) -> Iterator[tuple[date, str, date | None]]:
    """Yield first day, owner and last day of each tenure; days without an owner are in none."""
    days = {day: owner for day, owner in begun if day is not None}
    starts = sorted(days)
    joined = [day for place, day in enumerate(starts) if place == 0 or days[day] != days[starts[place - 1]]]
    for day, following in zip(joined, [*joined[1:], None], strict=True):
        if owner := days[day]:
            yield day, owner, following - _DAY if following else None


def _sort_in(rows: Rows, found: dict[str, list[dict[str, Any]]]) -> None:
    for row in rows:
        if _is_company(row):
            change = {
                "at": row.get("created_at"),
                "before": _user(row.get("value_before")),
                "after": _user(row.get("value_after")),
            }
            found.setdefault(str(row.get("entity_id")), []).append(change)


def _is_company(row: Mapping[str, Any]) -> bool:
    return row.get("entity_type") == "company"


def _user(value: Any) -> Any:
    return next((as_map(as_map(item).get("responsible_user")).get("id") for item in as_list(value)), None)
