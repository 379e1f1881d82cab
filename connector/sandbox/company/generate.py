"""Makes one firm from a seed: the same arguments give the same tables, cell by cell."""

from __future__ import annotations

from datetime import datetime
from random import Random

from connector import clock
from connector.errors import ConfigError
from connector.sandbox.company.absences import Away, absence_row, make_absences
from connector.sandbox.company.bases import bases
from connector.sandbox.company.changes import make_changes
from connector.sandbox.company.clients import Client, creation_times, make_clients
from connector.sandbox.company.contacts import make_contacts
from connector.sandbox.company.days import Days
from connector.sandbox.company.deals import deal_row, make_deals, stage_rows
from connector.sandbox.company.draws import Once
from connector.sandbox.company.events import Diary, make_events
from connector.sandbox.company.owners import add_co_owners, deal_owners, make_keys, make_ownership
from connector.sandbox.company.requisites import Phones
from connector.sandbox.company.sales import make_sales
from connector.sandbox.company.staff import Staff, hire_staff
from connector.sandbox.company.tables import COLUMNS, Company, Row

Tables = dict[str, list[Row]]


def generate(
    *,
    clients: int,
    seed: int,
    as_of: datetime,
    zone: str = "Europe/Moscow",
    events_per_client: float = 30.0,
) -> Company:
    """Return a firm of that many clients as it stands at `as_of` (no offset = a reading of the zone's clock).

    Ids are M1 (employees), C1, P1 (contacts), E1, D1, S1 ...; `events_per_client` is a mean and may be 0.
    ConfigError for a negative number or an unknown zone.
    """
    if clients < 0 or events_per_client < 0:
        raise ConfigError("a firm cannot have fewer than no clients or events", hint="give 0 or more")
    days = Days(as_of, zone)
    return Company(
        as_of=clock.aware(as_of, clock.zone(zone)),
        zone=zone,
        tables=Making(seed, days).tables(clients, events_per_client),
    )


class Making:
    """Makes the tables; every part draws from its own stream: a change to one leaves the others alone."""

    def __init__(self, seed: int, days: Days) -> None:
        self._seed = seed
        self._days = days
        self._numbers = Once()

    def tables(self, count: int, events_per_client: float) -> Tables:
        """Return all tables of a firm with so many clients."""
        split = bases(count)
        staff = hire_staff(self._stream("staff"), self._days, self._phones("staff phones"), split)
        starts = creation_times(self._stream("starts"), self._days, count)
        owners = deal_owners(self._stream("owners"), staff, split, starts)
        phones = self._phones("client phones")
        clients = make_clients(self._stream("clients"), self._days, phones, starts, owners)
        made = {
            "employees": [employee.row for employee in staff.everybody],
            "clients": [client.row for client in clients],
            "contacts": make_contacts(self._stream("contacts"), self._phones("contact phones"), clients),
            **self._ownership(staff, clients),
            **self._activity(staff, clients, events_per_client),
            "sales": make_sales(self._stream("sales"), self._days, clients),
        }
        return {table: made.get(table, []) for table in COLUMNS}

    def _ownership(self, staff: Staff, clients: list[Client]) -> Tables:
        rng = self._stream("ownership")
        make_keys(rng, staff, clients)
        add_co_owners(rng, staff, clients)
        ownership = make_ownership(rng, self._days, staff, clients)
        return {
            "ownership": ownership,
            "field_changes": make_changes(self._stream("changes"), self._days, staff, clients),
        }

    def _activity(self, staff: Staff, clients: list[Client], events_per_client: float) -> Tables:
        days, rng = self._days, self._stream("events")
        deals = make_deals(self._stream("deals"), days, clients)
        absences = make_absences(self._stream("absences"), days, staff)
        diary = Diary(rng, days, staff, Away(days, absences), deals)
        amounts = self._stream("amounts")
        return {
            "events": make_events(rng, days, diary, clients, events_per_client),
            "deals": [deal_row(amounts, days, deal) for deal in deals],
            "stage_history": [row for deal in deals for row in stage_rows(days, deal)],
            "absences": [absence_row(absence) for absence in absences],
        }

    def _stream(self, part: str) -> Random:
        return Random(f"{self._seed}/{part}")

    def _phones(self, part: str) -> Phones:
        return Phones(self._stream(part), self._numbers)
