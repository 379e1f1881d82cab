"""The contacts and other events of two years: held, cancelled, overdue, and planned ahead of `as_of`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from connector.sandbox.company.absences import Away
from connector.sandbox.company.clients import Client
from connector.sandbox.company.days import TWO_YEARS, Days
from connector.sandbox.company.deals import Deal
from connector.sandbox.company.draws import Weighted, maybe, pareto
from connector.sandbox.company.hiring import Employee
from connector.sandbox.company.staff import Staff
from connector.sandbox.company.tables import Row
from connector.sandbox.company.wording import CANCELLED, RESULTS, SUBJECTS, UNANSWERED

KINDS: Weighted[str] = Weighted({"call": 55, "meeting": 13, "email": 18, "message": 6, "task": 6, "other": 2})
FATES: Weighted[str] = Weighted({"held": 90, "cancelled": 4, "overdue": 2, "ahead": 4})
DIRECTED = frozenset({"call", "email", "message"})

UNANSWERED_SHARE = 0.12
LATE_SHARE = 0.05
OFF_WORK_SHARE = 0.03
OTHERS_SHARE = 0.08
LINKED_SHARE = 0.8
RECENT_SHARE = 0.08
RECENT_DAYS = 60
OVERDUE_DAYS = 45
AHEAD_DAYS = 45
MOVED_DAYS = (0, 0, 0, 0, 1, 2, 7)
"""How many days later than planned an event was held."""


@dataclass(frozen=True)
class Times:
    """When an event was planned, held and entered into the CRM; `at` is the moment it stands for."""

    at: datetime
    planned: datetime | None
    completed: datetime | None
    logged: datetime


class Diary:
    """Writes the events of clients, one at a time."""

    def __init__(self, rng: Random, days: Days, staff: Staff, away: Away, deals: list[Deal]) -> None:
        self._rng = rng
        self._days = days
        self._staff = staff
        self._away = away
        self._deals: dict[str, list[Deal]] = {}
        for deal in deals:
            self._deals.setdefault(deal.client.id, []).append(deal)

    def event(self, client: Client) -> tuple[datetime, Row]:
        """Return one event of the client, still without an id, and when it was entered."""
        rng, stamp = self._rng, self._days.stamp
        kind = KINDS.draw(rng)
        fate = FATES.draw(rng) if client.is_open else "held"
        direction = ("in" if rng.random() < 0.3 else "out") if kind in DIRECTED else ""
        times = self._times(client, fate, unplanned=direction == "in")
        row = {
            "id": "",
            "client": client.id,
            "employee": self._doer(client, times.at).id,
            "kind": kind,
            "direction": direction,
            "status": "completed" if fate == "held" else "cancelled" if fate == "cancelled" else "planned",
            "planned_at": stamp(times.planned) if times.planned else "",
            "completed_at": stamp(times.completed) if times.completed else "",
            "logged_at": stamp(times.logged),
            "duration_s": "",
            "successful": "",
            "subject": rng.choice(SUBJECTS[kind]),
            "result": "",
            "deal": self._deal(client, times.at),
        }
        row |= outcome(rng, kind, fate)
        return times.logged, row

    def _times(self, client: Client, fate: str, *, unplanned: bool) -> Times:
        if fate == "held":
            return self._held(client, unplanned)
        rng, days = self._rng, self._days
        first, last = max(client.start, days.as_of - TWO_YEARS), days.as_of - timedelta(hours=1)
        if fate == "ahead":
            first, last = days.as_of + timedelta(hours=1), days.as_of + timedelta(days=AHEAD_DAYS)
        elif fate == "overdue":
            first = max(first, days.ago(OVERDUE_DAYS))
        planned = days.working(rng, first, last)
        return Times(planned, planned, None, self._entered(client, planned))

    def _held(self, client: Client, unplanned: bool) -> Times:
        rng, days = self._rng, self._days
        first = max(client.start, days.as_of - TWO_YEARS)
        draw = days.off_work if rng.random() < OFF_WORK_SHARE else days.working
        if rng.random() < RECENT_SHARE:
            first = max(first, client.end - timedelta(days=RECENT_DAYS))
        completed = draw(rng, first, client.end)
        ahead = timedelta(days=rng.choice(MOVED_DAYS), minutes=rng.randrange(30))
        planned = None if unplanned or rng.random() < 0.3 else max(first, completed - ahead)
        seconds = rng.randrange(86_400, 6 * 86_400) if rng.random() < LATE_SHARE else rng.randrange(60, 2_400)
        logged = min(days.as_of, completed + timedelta(seconds=seconds))
        return Times(completed, planned, completed, logged)

    def _entered(self, client: Client, planned: datetime) -> datetime:
        last = min(planned, self._days.as_of)
        return self._days.working(self._rng, max(client.start, last - timedelta(days=10)), last)

    def _doer(self, client: Client, moment: datetime) -> Employee:
        """Return the owner or who stands in; somebody else where nobody does, and now and then anyhow."""
        owner = client.owner_at(moment)
        if owner and owner.employed(moment) and self._rng.random() >= OTHERS_SHARE:
            acting = self._away.stand_in(owner, moment)
            if acting and acting.employed(moment):
                return acting
        return self._rng.choice(self._staff.helpers)

    def _deal(self, client: Client, moment: datetime) -> str:
        if self._rng.random() >= LINKED_SHARE:
            return ""
        running = [deal.id for deal in self._deals.get(client.id, ()) if deal.runs_at(moment)]
        return self._rng.choice(running) if running else ""


def outcome(rng: Random, kind: str, fate: str) -> Row:
    """Return what came of the event: the result in words, and for a call its length and success."""
    if fate == "cancelled":
        return {"result": rng.choice(CANCELLED)}
    if fate != "held":
        return {}
    if kind != "call":
        return {"result": maybe(rng, 0.75, rng.choice(RESULTS[kind]))}
    if rng.random() < UNANSWERED_SHARE:
        return {"duration_s": "0", "successful": "0", "result": rng.choice(UNANSWERED)}
    seconds = str(20 + min(3_600, int(rng.paretovariate(1.3) * 60)))
    return {"duration_s": seconds, "successful": "1", "result": maybe(rng, 0.75, rng.choice(RESULTS[kind]))}


def make_events(rng: Random, days: Days, diary: Diary, clients: list[Client], per_client: float) -> list[Row]:
    """Return the events in order of entry, ids E1, E2, ...; `per_client` is a mean, most have fewer."""
    counts = shares(rng, days, clients, per_client * len(clients))
    entered = [
        diary.event(client) for client, count in zip(clients, counts, strict=True) for _ in range(count)
    ]
    entered.sort(key=lambda pair: pair[0])
    for number, (_, row) in enumerate(entered, 1):
        row["id"] = f"E{number}"
    return [row for _, row in entered]


def shares(rng: Random, days: Days, clients: list[Client], total: float) -> list[int]:
    """Split the events: large clients, long-standing ones and those of diligent owners have more of them."""
    diligence: dict[str, float] = {}
    weights = []
    for client in clients:
        care = diligence.setdefault(client.row["owner"], 0.4 + 1.2 * rng.random())
        span = (client.end - max(client.start, days.as_of - TWO_YEARS)) / TWO_YEARS
        weights.append(care * client.size**0.5 * pareto(rng, 1.8, 8) * (0.1 + span))
    scale = total / sum(weights) if weights else 0.0
    return [int(weight * scale + rng.random()) for weight in weights]
