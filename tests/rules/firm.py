"""A small firm written row by row: the frames that the store would give, and the facts made of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from connector.rules.calendar import Calendar
from connector.rules.decide import decide
from connector.rules.decision import Decision
from connector.rules.facts import Company, Facts
from connector.rules.policy import Policy
from connector.rules.registry import RULES
from connector.store.frames import FRAMES

MOSCOW = ZoneInfo("Europe/Moscow")


def default_policy(rule: str, **params: Any) -> Policy:
    """Return a policy of the rule with its documented defaults but for the given parameters."""
    chosen = RULES[rule]
    checked = chosen.params.model_validate(params)
    return Policy(rule.replace("_", "-"), "1", chosen.title.en, "dry_run", rule, checked)


def at(text: str) -> datetime:
    """Read a Moscow time, or a UTC one that ends in Z."""
    read = datetime.fromisoformat(text)
    return read if read.tzinfo else read.replace(tzinfo=MOSCOW)


def on(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def moment(text: str | None) -> datetime | None:
    return None if text is None else at(text)


class Firm:
    """Collects rows; every adder returns the firm, so that a case reads as a list of facts."""

    def __init__(self, *sources: str) -> None:
        self.sources = sources or ("crm",)
        self.rows: dict[str, list[dict[str, Any]]] = {name: [] for name in FRAMES}
        self.calendar = Calendar()
        self.language: Any = "ru"

    def add(self, frame: str, **row: Any) -> Firm:
        self.rows[frame].append({"source": self.sources[0], **row})
        return self

    def employee(self, id_: str, role: str | None = "seller", **row: Any) -> Firm:
        row = {name: on(value) if name.startswith("active_") else value for name, value in row.items()}
        return self.add("employees", **{"external_id": id_, "name": id_, "role": role, "active": True, **row})

    def client(
        self,
        id_: str,
        abc: str | None = None,
        owner: str | None = "M1",
        since: str | None = "2026-01-15",
        **row: Any,
    ) -> Firm:
        """Add a client of the owner's since the day of its creation; `number` is the store's."""
        number = row.pop("number", len(self.rows["clients"]) + 1)
        row = {name: moment(value) if name.endswith("_at") else value for name, value in row.items()}
        base = {"external_id": id_, "name": f"Клиент {id_}", "status": "active", "client": number}
        return self.add("clients", **{**base, "owner": owner, "abc": abc, "created_at": moment(since), **row})

    def event(self, client: str, employee: str | None, kind: str, completed: str | None, **row: Any) -> Firm:
        """Add an event: completed at the time, or planned where there is only `planned_at`."""
        id_ = row.pop("id", f"E{len(self.rows['events']) + 1:03}")
        row = {name: moment(value) if name.endswith("_at") else value for name, value in row.items()}
        base = {"external_id": id_, "client": client, "employee": employee, "kind": kind}
        status = "completed" if completed else "planned"
        return self.add("events", **{**base, "status": status, "completed_at": moment(completed), **row})

    def calls(self, client: str, employee: str | None, *completed: str) -> Firm:
        for time in completed:
            self.event(client, employee, "call", time)
        return self

    def sale(self, client: str, amount: int | None, day: str = "2026-06-10", **row: Any) -> Firm:
        """Add a sale of so many kopecks."""
        id_ = f"S{len(self.rows['sales']) + 1:03}"
        return self.add(
            "sales", **{"external_id": id_, "client": client, "date": on(day), "amount": amount, **row}
        )

    def deal(self, id_: str, client: str, stage_kind: str, **row: Any) -> Firm:
        row = {name: moment(value) if name.endswith("_at") else value for name, value in row.items()}
        return self.add("deals", external_id=id_, client=client, stage_kind=stage_kind, **row)

    def task(self, id_: str, due: str, **row: Any) -> Firm:
        return self.add("tasks", **{"external_id": id_, "status": "open", "due": at(due), **row})

    def owned(
        self, client: str, employee: str | None, first: str | None, last: Any = None, **row: Any
    ) -> Firm:
        base = {"client": client, "employee": employee, "valid_from": on(first), "valid_to": on(last)}
        return self.add("ownership", **{**base, "known": "vendor", **row})

    def absent(self, employee: str, first: str, last: str, deputy: str | None = None) -> Firm:
        return self.add("absences", employee=employee, from_date=on(first), to_date=on(last), deputy=deputy)

    def answers(self, client: str, at_: str = "2026-09-01T10:00", **given: str) -> Firm:
        """Answer questions about a client, each by its name."""
        for criterion, answer in given.items():
            self.add("answers", client=client, criterion=criterion, answer=answer, at=at(at_))
        return self

    def frames(self) -> dict[str, pl.DataFrame]:
        schemas = {name: dict(schema) for name, schema in FRAMES.items()}
        if any("ramp_until" in row for row in self.rows["employees"]):
            schemas["employees"]["ramp_until"] = pl.Date()
        return {name: pl.DataFrame(self.rows[name], schema=schema) for name, schema in schemas.items()}

    def facts(self, shuffle: Callable[[pl.DataFrame], pl.DataFrame] = lambda frame: frame) -> Facts:
        frames = {name: shuffle(frame) for name, frame in self.frames().items()}
        return Facts(frames, Company(MOSCOW, self.sources, self.language, self.calendar))

    def decide(self, as_of: str, *policies: Policy | str) -> Verdicts:
        """Judge by the policies, or by rules with their defaults, at the Moscow time."""
        chosen = [default_policy(policy) if isinstance(policy, str) else policy for policy in policies]
        return Verdicts(list(decide(self.facts(), chosen, at(as_of))))


class Verdicts(list[Decision]):
    """Decisions, easy to pick from."""

    def of(self, rule: str, period: str) -> Verdicts:
        return Verdicts(one for one in self if one.rule == rule and one.period == period)

    def by_client(self) -> dict[str, Decision]:
        """Return the decisions by client id; there must be one a client."""
        found = {one.subject.removeprefix("client:"): one for one in self}
        assert len(found) == len(self)
        return found

    def by_pair(self) -> dict[tuple[str, str | None], Decision]:
        """Return the decisions by client id and employee."""
        return {(one.subject.removeprefix("client:"), one.employee): one for one in self}


def numbers(decision: Decision, names: Sequence[str]) -> tuple[Any, ...]:
    return tuple(decision.numbers[name] for name in names)
