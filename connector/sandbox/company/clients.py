"""The clients: firms with cards filled more or less well, created over four years, a few closed since."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from connector.sandbox.company import firms, requisites
from connector.sandbox.company.days import TWO_YEARS, Days
from connector.sandbox.company.draws import Once, Weighted, maybe, pareto, portion
from connector.sandbox.company.hiring import Employee
from connector.sandbox.company.names import latin
from connector.sandbox.company.places import ANY_DIRECTION, REGIONS, Region, address, industry_of
from connector.sandbox.company.requisites import Phones
from connector.sandbox.company.tables import COLUMNS, Row

TAGS: Weighted[str] = Weighted({"тендер": 5, "дилер": 4, "сезонный": 3, "тендер|дилер": 1, "pinned": 1})
JUNK_PHONE = "123"


@dataclass(frozen=True)
class Tenure:
    """An employee's time with a client, from local midnight `since` until before `until`."""

    employee: Employee
    since: datetime
    until: datetime | None
    reason: str


@dataclass
class Client:
    """A client on the way to its row: alive from `start` to `end` (`as_of` while open), `size` from 1 up."""

    id: str
    start: datetime
    end: datetime
    size: float
    owner: Employee | None
    domain: str
    region: Region
    row: Row
    tenures: list[Tenure] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Tell whether the client is neither closed nor blacklisted."""
        return self.row["status"] == "active"

    def owner_at(self, moment: datetime) -> Employee | None:
        """Return who owned the client at that moment."""
        for tenure in self.tenures:
            if tenure.since <= moment and (tenure.until is None or moment < tenure.until):
                return tenure.employee
        return None


def make_clients(
    rng: Random, days: Days, phones: Phones, starts: list[datetime], owners: list[Employee | None]
) -> list[Client]:
    """Make a client for each start and owner, ids C1, C2, ...; no name, tax number or phone twice."""
    cards = Cards(rng, days, phones)
    clients = [cards.client(number, *pair) for number, pair in enumerate(zip(starts, owners, strict=True), 1)]
    close_some(rng, days, clients)
    spoil_some(rng, clients)
    return clients


def creation_times(rng: Random, days: Days, count: int) -> list[datetime]:
    """Draw the sorted first moments: four years of them, and one in fifty in the month `as_of` ends."""
    latest = days.ago(0.25)
    month = max(days.midnight(days.day(days.ago(1)).replace(day=1)), days.ago(31))
    recent = min(count, max(1, count // 50))
    older = [days.working(rng, days.ago(4 * 365), latest) for _ in range(count - recent)]
    return sorted(older + [days.working(rng, month, latest) for _ in range(recent)])


class Cards:
    """Fills in clients' cards."""

    def __init__(self, rng: Random, days: Days, phones: Phones) -> None:
        self._rng = rng
        self._days = days
        self._names = Once()
        self._domains = Once()
        self._inns = Once()
        self._phones = phones

    def client(self, number: int, start: datetime, owner: Employee | None) -> Client:
        """Make an open client of that owner."""
        rng = self._rng
        legal_form = firms.form(rng)
        own = self._names.fresh(lambda: firms.word(rng, legal_form))
        domain = self._domains.numbered(latin(own), ".example")
        region = REGIONS.draw(rng)
        direction = owner.direction if owner and owner.direction else ANY_DIRECTION.draw(rng)
        row = dict.fromkeys(COLUMNS["clients"], "") | {
            "id": f"C{number}",
            "name": firms.full_name(legal_form, own),
            "kind": "company",
            **self._requisites(legal_form, region),
            **self._ways(domain, region),
            "industry": maybe(rng, 0.94, industry_of(rng, direction)),
            "region": region.name,
            "status": "active",
            "owner": owner.id if owner else "",
            "key_account": "0",
            "tags": maybe(rng, 0.12, TAGS.draw(rng)),
            "created_at": self._days.stamp(start),
        }
        return Client(row["id"], start, self._days.as_of, pareto(rng, 1.15, 60), owner, domain, region, row)

    def _requisites(self, legal_form: str, region: Region) -> Row:
        rng = self._rng
        office = f"{region.code}{rng.randrange(1, 36):02d}"
        if legal_form == firms.SOLE_TRADER:
            return {"inn": self._inns.fresh(lambda: requisites.trader_inn(office, rng.randrange(10**6)))}
        inn = self._inns.fresh(lambda: requisites.company_inn(office, rng.randrange(10**5)))
        return {"inn": inn, "kpp": f"{office}01001"} if rng.random() < 0.95 else {}

    def _ways(self, domain: str, region: Region) -> Row:
        rng, phones = self._rng, self._phones
        numbers = [phones.as_typed(phones.fixed(region.area))]
        if rng.random() < 0.15:
            numbers.append(phones.as_typed(phones.mobile()))
        return {
            "phones": maybe(rng, 0.94, "|".join(numbers)),
            "emails": maybe(rng, 0.8, f"info@{domain}"),
            "address": maybe(rng, 0.85, address(rng, region)),
            "site": maybe(rng, 0.45, f"https://{domain}"),
        }


def close_some(rng: Random, days: Days, clients: list[Client]) -> None:
    """Close one client in twenty-five and blacklist a few; nothing happens with them after their `end`."""
    for client in portion(rng, [one for one in clients if one.start < days.ago(60)], 0.045):
        client.end = days.working(
            rng, max(client.start + timedelta(days=30), days.as_of - TWO_YEARS), days.as_of
        )
        if rng.random() < 0.15:
            client.row["status"] = "blacklisted"
        else:
            client.row |= {"status": "closed", "closed_at": days.stamp(client.end)}


def spoil_some(rng: Random, clients: list[Client]) -> None:
    """Give a few cards a tax number with a wrong check digit, and a few a phone that is none."""
    for client in portion(rng, [one for one in clients if one.row["inn"]], 0.006, at_least=1):
        client.row["inn"] = requisites.broken(client.row["inn"])
    for client in portion(rng, clients, 0.005, at_least=1):
        client.row["phones"] = JUNK_PHONE
