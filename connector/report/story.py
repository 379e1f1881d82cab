"""A client's case told to a person at the terminal and to machines; decides nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from connector.locale import Texts
from connector.report.dossier import Counting, Dossier, Guarding, GuardStep, Held, Span
from connector.rules.candidates import Candidate
from connector.rules.decision import Decision
from connector.rules.policy import Policy
from connector.rules.registry import RULES
from connector.rules.sentence import sentence
from connector.rules.wording import Language
from connector.store.decisions import StoredDecision

DAY, TIME = "%d.%m.%Y", "%d.%m.%Y %H:%M"
INDENT = " " * 9


@dataclass(frozen=True)
class Case:
    """A client's dossier with what the store remembers; `names` lead from an employee to the name."""

    name: str
    records: list[str]
    as_of: datetime
    zone: ZoneInfo
    words: Texts
    names: Mapping[str, str]
    policies: Sequence[Policy]
    dossier: Dossier
    history: Sequence[StoredDecision]
    changes: Sequence[Mapping[str, Any]]
    conditions: Sequence[tuple[str, str]] = ()
    """A policy's id, and why its condition or table concerns the client as it does, in words."""

    def named(self, employee: str | None) -> str:
        """Return the employee's name, the id where none is known."""
        if employee is None:
            return self.words.say("explain.nobody")
        return self.names.get(employee, employee)

    def local(self, moment: datetime, form: str = TIME) -> str:
        """Return the time as the company's clocks show it."""
        return moment.astimezone(self.zone).strftime(form)

    def verdict(self, held: Held) -> str:
        """Say whether an event counts, or why not."""
        said = self.words.say(f"counting.{held.reason}")
        if not held.counted:
            return self.words.say("counting.not_counted", reason=said)
        return f"{said}, {self.words.say('counting.late')}" if held.late else said

    def guard(self, step: GuardStep) -> str:
        """Return what a guard asks about, in words."""
        key = f"reason.{step.name}"
        return self.words.say(key) if key in self.words else step.name

    def step(self, step: GuardStep) -> str:
        """Say what a guard answered."""
        if step.state == "held" and step.until is not None:
            return self.words.say("guard.held_until", until=step.until.strftime(DAY))
        return self.words.say(f"guard.{step.state}")

    def past(self) -> list[tuple[datetime, Decision]]:
        """Return the kept decisions, each with the moment since which it was the answer."""
        told = [(one.as_of, json.loads(one.document)) for one in self.history]
        return [(as_of, Decision(**line, client_number=None, client_name=None)) for as_of, line in told]

    def title(self, policy: str, rule: str) -> str:
        """Return what people call the policy: its own title, else the rule's."""
        own = next((each.title for each in self.policies if each.id == policy), "")
        ru_or_en: Language = "ru" if self.words.language == "ru" else "en"
        return own or (RULES[rule].title.said(ru_or_en) if rule in RULES else policy)


def document(case: Case) -> dict[str, Any]:
    """Return the case for machines; reasons are words of the texts, times UTC."""
    dossier = case.dossier
    return {
        "client": case.name,
        "records": case.records,
        "as_of": case.as_of,
        "owners": [_plain(span) for span in dossier.owners],
        "decisions": [
            _plain(one) | {"said": sentence(one, case.words, case.names)} for one in dossier.decisions
        ],
        "contacts": [_counting(case, one) for one in dossier.countings],
        "guards": [_plain(one) for one in dossier.guardings],
        "receivers": [_plain(one) for one in dossier.candidates],
        "history": [{"as_of": as_of, **_plain(one)} for as_of, one in case.past()],
        "changes": list(case.changes),
        "conditions": [{"policy": policy, "said": said} for policy, said in case.conditions],
        "names": dict(case.names),
    }


def _plain(one: Any) -> dict[str, Any]:
    """Return the fields of a dataclass; the store's own number of a client is never printed."""
    return {name: value for name, value in asdict(one).items() if not name.startswith("client_")}


def _counting(case: Case, one: Counting) -> dict[str, Any]:
    events = [asdict(held) | {"said": case.verdict(held)} for held in one.events]
    return {**asdict(one), "events": events}


def lines(case: Case) -> Iterator[str]:
    """Yield the case as lines for people."""
    say = case.words.say
    yield say("explain.title", client=case.name, records=", ".join(case.records))
    for span in case.dossier.owners:
        yield f"  {owned(case, span)}"
    for one in case.dossier.decisions:
        yield from _decision(case, one)
    if not case.dossier.decisions:
        yield say("explain.nothing")
    yield from (f"{policy}: {said}" for policy, said in case.conditions)
    yield from _kept(case)
    for change in case.changes:
        yield f"{change['period']}  {change['kind']} {change['key']}: {change['state']} — {change['reason']}"


def owned(case: Case, span: Span) -> str:
    """Say who had the client from when to when."""
    first = span.first.strftime(DAY) if span.first else case.words.say("explain.always")
    last = span.last.strftime(DAY) if span.last else case.words.say("explain.now")
    return case.words.say("explain.owned", name=case.named(span.employee), first=first, last=last)


def numbers_in_words(decision: Mapping[str, Any], words: Texts) -> str:
    """Return the numbers of a decision by their titles, those that are known."""
    told = []
    for name, value in decision.items():
        title = words.say(f"number.{name}") if f"number.{name}" in words else name
        if value is not None and not isinstance(value, list):
            told.append(f"{title} {value}")
    return ", ".join(told)


def _decision(case: Case, one: Decision) -> Iterator[str]:
    """Yield the decision, then what it leans on: contacts, guards, receivers."""
    say = case.words.say
    numbers = numbers_in_words(one.numbers, case.words)
    yield ""
    yield f"{one.period}  {one.policy}: {one.decision} — {sentence(one, case.words, case.names)}"
    if numbers:
        yield INDENT + numbers
    if one.flags:
        yield INDENT + say("explain.flags", flags=", ".join(one.flags))
    if one.evidence:
        yield INDENT + say("explain.evidence", evidence=", ".join(one.evidence))
    same = (one.policy, one.period, one.employee)
    for counting in case.dossier.countings:
        if (counting.policy, counting.period, counting.employee) == same:
            yield from _contacts(case, counting)
    for guarding in case.dossier.guardings:
        if (guarding.policy, guarding.period, guarding.employee) == same:
            yield from _guards(case, guarding)
    if one.rule == "reassign" and case.dossier.candidates:
        yield INDENT + say("explain.candidates")
        yield from (f"{INDENT}  {_candidate(case, each)}" for each in case.dossier.candidates)


def _contacts(case: Case, one: Counting) -> Iterator[str]:
    name = case.named(one.employee)
    yield INDENT + case.words.say("explain.contacts", done=one.done, required=one.required, name=name)
    if not one.events:
        yield f"{INDENT}  {case.words.say('sheet.empty')}"
    for held in one.events:
        kind = case.words.say(f"kind.{held.kind}")
        who = case.named(held.employee)
        yield f"{INDENT}  {case.local(held.at)}  {kind}  {who}: {case.verdict(held)} [{held.event}]"


def _guards(case: Case, one: Guarding) -> Iterator[str]:
    yield INDENT + case.words.say("explain.guards")
    for step in one.steps:
        if step.state != "unasked":
            yield f"{INDENT}  {case.guard(step)}: {case.step(step)}"


def _candidate(case: Case, one: Candidate) -> str:
    said = case.words.say(f"candidate.{one.reason}")
    cost = "" if one.cost is None else f", {case.words.say('candidate.cost', cost=one.cost)}"
    return f"{case.named(one.employee)}: {said}{cost} ({one.load}/{one.capacity})"


def _kept(case: Case) -> Iterator[str]:
    past = case.past()
    if past:
        yield ""
        yield case.words.say("explain.history")
    for as_of, one in past:
        said = sentence(one, case.words, case.names)
        yield f"  {case.local(as_of, DAY)}: {one.period} {one.policy} {one.decision} — {said}"
