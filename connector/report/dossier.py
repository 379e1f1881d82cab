"""All that is to be said of one client at a moment: decisions, each contact, guards, receivers, owners."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from connector.rules.candidates import Candidate, candidates
from connector.rules.decide import judged_months, moment_of
from connector.rules.decision import Decision
from connector.rules.facts import Facts
from connector.rules.guards import GUARDS
from connector.rules.history import holdings
from connector.rules.ledger import ledger
from connector.rules.moment import Moment
from connector.rules.norms import norm_rows
from connector.rules.ownership import EARLIEST, LATEST
from connector.rules.period import Month
from connector.rules.policy import Policy
from connector.rules.reassign_terms import ReassignParams
from connector.rules.terms import ContactNormParams
from connector.rules.withdrawal import withdrawal_rows
from connector.rules.withdrawal_terms import WithdrawParams

ALL_GUARDS = (*GUARDS, "deferred_max_out")


@dataclass(frozen=True)
class Held:
    """An event of the month; `at` in UTC; `reason` is a word of the texts `counting.*`."""

    event: str
    at: datetime
    kind: str
    employee: str | None
    counted: bool
    reason: str
    late: bool


@dataclass(frozen=True)
class Counting:
    """What a policy counted for one owner in one month: `done` is the number of counted `events`."""

    policy: str
    period: str
    employee: str
    required: int
    done: int
    events: list[Held]


@dataclass(frozen=True)
class GuardStep:
    """One guard of a withdrawal: whether it holds the client, was passed, or was not asked any more."""

    name: str
    state: Literal["held", "passed", "unasked"]
    until: date | None = None


@dataclass(frozen=True)
class Guarding:
    """The guards of one breach, in the order in which they are asked."""

    policy: str
    period: str
    employee: str | None
    steps: list[GuardStep]


@dataclass(frozen=True)
class Span:
    """Days of one owner, both inclusive; None: since ever, or still."""

    employee: str
    first: date | None
    last: date | None


@dataclass(frozen=True)
class Dossier:
    """One client at a moment; employees are printed ids."""

    decisions: list[Decision]
    owners: list[Span]
    countings: list[Counting]
    guardings: list[Guarding]
    candidates: list[Candidate]


def make_dossier(
    facts: Facts, policies: Sequence[Policy], as_of: datetime, client: int, decisions: Sequence[Decision]
) -> Dossier:
    """Return what is known of the client; `decisions` are those about it, of the same facts and moment."""
    now = moment_of(facts, policies, as_of)
    return Dossier(
        list(decisions),
        list(_owners(facts, client)),
        [one for policy in _norms(policies) for one in _countings(facts, policy, now, client)],
        list(_guardings(facts, policies, now, decisions)),
        _candidates(facts, policies, now, decisions),
    )


def _owners(facts: Facts, client: int) -> Iterator[Span]:
    held = holdings(facts.ownership.filter(client=client), LATEST)
    for row in held.iter_rows(named=True):
        first = None if row["first"] <= EARLIEST else row["first"]
        yield Span(row["employee"], first, None if row["last"] >= LATEST else row["last"])


def _norms(policies: Sequence[Policy]) -> list[Policy]:
    """Return the policies whose counting is told."""
    return [policy for policy in policies if isinstance(policy.params, ContactNormParams)]


def _countings(facts: Facts, policy: Policy, now: Moment, client: int) -> Iterator[Counting]:
    assert isinstance(policy.params, ContactNormParams)
    for month in judged_months(policy, now):
        moment = now.judging(month)
        told = ledger(facts, policy.params, moment, [client]).to_dicts()
        for row in norm_rows(facts, policy.params, moment).filter(client=client).to_dicts():
            mine = [_held(each) for each in told if each["owner"] == row["employee"]]
            counted = sum(each.counted for each in mine)
            yield Counting(policy.id, str(month), row["employee"], row["required"], counted, mine)


def _held(row: Mapping[str, Any]) -> Held:
    names = ("event", "at", "kind", "employee", "counted", "reason", "late")
    return Held(**{name: row[name] for name in names})


def _guardings(
    facts: Facts, policies: Sequence[Policy], now: Moment, decisions: Sequence[Decision]
) -> Iterator[Guarding]:
    """Tell the guards of each decision of `withdraw`; until when one holds, its own frame says."""
    params = {policy.id: policy.params for policy in policies}
    for one in decisions:
        terms = params.get(one.policy)
        if one.rule != "withdraw" or not isinstance(terms, WithdrawParams):
            continue
        held = one.reason if one.decision == "keep" else None
        moment = now.judging(Month.of(date.fromisoformat(f"{one.period}-01")))
        rows = withdrawal_rows(facts, terms, moment).filter(client=one.client_number)
        until = rows.filter(employee=one.employee).to_dicts()
        yield Guarding(one.policy, one.period, one.employee, _steps(held, until[0] if until else {}))


def _steps(held: str | None, row: Mapping[str, Any]) -> list[GuardStep]:
    # A policy's own condition may keep the client too; it is asked after the guards, before the quota
    known = ALL_GUARDS if held is None or held in ALL_GUARDS else (*GUARDS, held, ALL_GUARDS[-1])
    place = known.index(held) if held else len(known)
    until = {"protection": row.get("protected_until"), "cooldown": row.get("cool_until")}
    return [
        GuardStep(name, "held", until.get(name))
        if name == held
        else GuardStep(name, "passed" if number < place else "unasked")
        for number, name in enumerate(known)
    ]


def _candidates(
    facts: Facts, policies: Sequence[Policy], now: Moment, decisions: Sequence[Decision]
) -> list[Candidate]:
    params = {policy.id: policy.params for policy in policies}
    for one in decisions:
        terms = params.get(one.policy)
        if one.client_number is not None and isinstance(terms, ReassignParams):
            return candidates(facts, terms, now, one.client_number, one.numbers.get("to"))
    return []
