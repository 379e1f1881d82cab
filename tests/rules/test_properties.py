"""What must hold for every firm: the columns agree with the slow reckoning, the promises are kept."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from string import ascii_lowercase
from typing import Any

import polars as pl
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from connector.rules.decide import decide
from connector.rules.norms import plan_required, required
from connector.rules.period import Month
from connector.rules.registry import RULES

from . import slowly
from .firm import Firm, default_policy
from .slowly import Away, Case, Held, Owned, moscow

GENERATE = (Phase.explicit, Phase.generate)
FEW = settings(max_examples=8, deadline=None, phases=GENERATE, suppress_health_check=list(HealthCheck))
"""Judging costs by the call, not by the client: few examples of many clients each."""
SEPTEMBER = slowly.month_days(date(2026, 9, 1))

people = st.sampled_from(["M1", "M2", "M3"])
days = st.dates(date(2026, 8, 20), date(2026, 10, 12))
times = st.builds(moscow, days, st.integers(0, 23), st.sampled_from([0, 59]))
maybe_day = st.none() | days


@st.composite
def absences(draw: st.DrawFn) -> Away:
    first = draw(days)
    return Away(
        draw(people), first, first + timedelta(days=draw(st.integers(0, 14))), draw(st.none() | people)
    )


@st.composite
def ownerships(draw: st.DrawFn) -> Owned:
    first = draw(st.just(date(2026, 1, 15)) | days)
    last = draw(maybe_day)
    return Owned(draw(people), first, last if last and last >= first else None)


events = st.builds(
    Held,
    people,
    st.sampled_from(["call", "call", "meeting", "email"]),
    times,
    st.sampled_from([None, None, True, False]),
)
cases = st.builds(
    Case,
    abc=st.sampled_from("ABC"),
    owner=st.none() | people,
    created=st.just(date(2026, 1, 15)) | days,
    closed=st.none() | st.none() | days,
    left=st.dictionaries(people, days, max_size=1),
    owned=st.lists(ownerships(), max_size=3),
    away=st.lists(absences(), max_size=3),
    held=st.lists(events, max_size=8),
)
running = st.builds(moscow, st.dates(date(2026, 9, 1), date(2026, 9, 30)), st.integers(0, 23))
closed = st.builds(moscow, st.dates(date(2026, 10, 1), date(2026, 10, 6)), st.integers(0, 23))
moments = st.one_of(running, closed)


counted = st.builds(
    Held,
    st.just("M1"),
    st.sampled_from(["call", "meeting"]),
    st.builds(moscow, st.dates(date(2026, 9, 1), date(2026, 9, 30)), st.integers(9, 18)),
)
usual = st.builds(Case, abc=st.sampled_from("ABC"), held=st.lists(counted, max_size=6))
"""What fills the norm, or nearly: chance alone seldom brings it."""


@st.composite
def handed_over(draw: st.DrawFn) -> Case:
    """Return a client that changes hands within September, after which both owe a share."""
    day = draw(st.dates(date(2026, 9, 1), date(2026, 9, 29)))
    spans = [Owned("M1", date(2026, 1, 15), day), Owned("M2", day + timedelta(days=1), None)]
    return Case(draw(st.sampled_from("ABC")), "M2", owned=spans, held=draw(st.lists(events, max_size=4)))


@st.composite
def crowded(draw: st.DrawFn) -> Case:
    """Return a client with several contacts on one day, in any order: the same one counts."""
    day = draw(st.dates(date(2026, 9, 1), date(2026, 9, 30)))
    hours = draw(st.permutations([9, 9, 12, 15]))
    held = [Held("M1", "call", moscow(day, hour)) for hour in hours[: draw(st.integers(2, 4))]]
    return Case(draw(st.sampled_from("BC")), held=[*held, *draw(st.lists(counted, max_size=1))])


@st.composite
def filled(draw: st.DrawFn) -> Case:
    """Return a client with exactly the contacts of its norm: one more is one too many for any `==`."""
    abc = draw(st.sampled_from("ABC"))
    days = draw(st.permutations(range(1, 31)))[: slowly.NORM[abc]]
    return Case(abc, held=[Held("M1", "call", moscow(date(2026, 9, day), 10)) for day in days])


many = st.lists(st.one_of(cases, cases, usual, handed_over(), crowded(), filled()), min_size=8, max_size=18)
one_more = st.one_of(counted, counted, events)


def firm_of(cases: list[Case]) -> Firm:
    """Return a firm of many cases that have nothing to do with each other: clients a, b, c, ..."""
    firm = Firm()
    for name, case in zip(ascii_lowercase, cases, strict=False):
        case.add_to(firm, name)
    return firm


def judged(cases: list[Case], as_of: datetime) -> dict[str, tuple[str, dict[str, int]]]:
    """Return decision and numbers by employee; each belongs to one case."""
    verdicts = firm_of(cases).decide(as_of.isoformat(), "contact_norm").of("contact_norm", "2026-09")
    return {str(one.employee): (one.decision, dict(one.numbers)) for one in verdicts}


@FEW
@given(many, moments)
def test_contact_norm_agrees_with_the_slow_reckoning(cases: list[Case], as_of: datetime) -> None:
    expected = {
        name + employee: row
        for name, case in zip(ascii_lowercase, cases, strict=False)
        for employee, row in slowly.norm_rows(case, SEPTEMBER, as_of).items()
    }
    assert judged(cases, as_of) == expected


@FEW
@given(many, moments)
def test_next_contact_agrees_with_the_slow_reckoning(cases: list[Case], as_of: datetime) -> None:
    expected = {
        name: due.isoformat()
        for name, case in zip(ascii_lowercase, cases, strict=False)
        if (due := slowly.next_due(case, as_of))
    }
    verdicts = firm_of(cases).decide(as_of.isoformat(), "next_contact").by_client()
    assert {
        name: one.numbers["due"] for name, one in verdicts.items() if one.decision == "plan_next"
    } == expected


@FEW
@given(many, moments, one_more)
def test_one_more_contact_never_makes_a_breach(cases: list[Case], as_of: datetime, event: Held) -> None:
    before = judged(cases, as_of)
    after = judged([replace(case, held=[*case.held, event]) for case in cases], as_of)
    assert before.keys() == after.keys()
    bad = {"breached", "unreachable", "behind"}
    for employee, (decision, _) in after.items():
        assert decision not in bad or before[employee][0] in bad


def withdrawn(cases: list[Case], as_of: datetime) -> set[str]:
    """Return who loses a client where nothing but the norm and the documented guards keeps it."""
    policy = default_policy("withdraw", grace_days=0, warned_days=0)
    return {
        str(one.employee)
        for one in firm_of(cases).decide(as_of.isoformat(), policy)
        if one.decision == "withdraw"
    }


@FEW
@given(many, moments, one_more)
def test_one_more_contact_never_costs_a_client(cases: list[Case], as_of: datetime, event: Held) -> None:
    more = [replace(case, held=[*case.held, event]) for case in cases]
    assert withdrawn(more, as_of) <= withdrawn(cases, as_of)


@FEW
@given(many, moments)
def test_only_a_breach_costs_a_client(cases: list[Case], as_of: datetime) -> None:
    policies = default_policy("withdraw", grace_days=0, warned_days=0), default_policy("contact_norm")
    verdicts = firm_of(cases).decide(as_of.isoformat(), *policies)
    breached = {(one.subject, one.employee, one.period) for one in verdicts if one.decision == "breached"}
    taken = {(one.subject, one.employee, one.period) for one in verdicts if one.rule == "withdraw"}
    assert {each for each in taken if each[2] == str(Month.of(as_of.date()).plus(-1))} <= breached


@settings(FEW, max_examples=3)
@given(many, moments, st.randoms(use_true_random=False))
def test_order_and_repetition_of_rows_change_nothing(
    cases: list[Case], as_of: datetime, chance: random.Random
) -> None:
    def disturbed(frame: pl.DataFrame) -> pl.DataFrame:
        rows: list[Any] = frame.rows()
        rows += [row for row in rows if chance.random() < 0.3]
        chance.shuffle(rows)
        return pl.DataFrame(rows, schema=frame.schema, orient="row")

    firm, policies = firm_of(cases), [default_policy(rule) for rule in RULES]
    told = [
        list(decide(firm.facts(way), policies, as_of).lines()) for way in (lambda frame: frame, disturbed)
    ]
    assert told[0] == told[1]


@FEW
@given(many, moments)
def test_owners_of_one_month_never_owe_more_than_the_norm(cases: list[Case], as_of: datetime) -> None:
    owed: Counter[str] = Counter()
    for employee, (_, numbers) in judged(cases, as_of).items():
        owed[employee[0]] += numbers["required"]
        assert numbers["plan_required"] >= numbers["required"]
    for name, case in zip(ascii_lowercase, cases, strict=False):
        assert owed[name] <= slowly.NORM[case.abc]


@st.composite
def shared_months(draw: st.DrawFn) -> tuple[int, int, list[int]]:
    """Return a norm, a month's working days, and how consecutive owners share them, days off left over."""
    whole = draw(st.integers(1, 23))
    cuts = sorted(draw(st.lists(st.integers(0, whole), max_size=6)))
    parts = [after - before for before, after in zip([0, *cuts], [*cuts, whole], strict=True)]
    return draw(st.integers(0, 12)), whole, [draw(st.integers(0, part)) for part in parts]


@given(shared_months())
def test_rounding_for_any_number_of_owners(shared: tuple[int, int, list[int]]) -> None:
    norm, whole, parts = shared
    terms = pl.lit(norm), pl.col("days"), pl.lit(whole)
    frame = pl.DataFrame({"days": parts}, schema={"days": pl.Int64})
    owed = frame.select(owed=required(*terms), planned=plan_required(*terms))
    assert owed["owed"].sum() <= norm
    for part, low, high in zip(parts, owed["owed"], owed["planned"], strict=True):
        exact = Fraction(norm * part, whole)
        assert low <= high
        assert exact <= high < exact + 1
        assert exact - 1 < low <= exact or (low == 1 and Fraction(3, 4) <= exact)


@FEW
@given(st.lists(st.integers(-3, 12) | st.integers(0, 10**12), min_size=1, max_size=12))
def test_abc_agrees_with_the_slow_reckoning(values: list[int]) -> None:
    firm = Firm()
    for number, value in enumerate(values):
        firm.client(str(number)).sale(str(number), value)
    found = {
        client: one.decision for client, one in firm.decide("2026-09-15T12:00", "abc").by_client().items()
    }
    assert found == slowly.classes({str(number): value for number, value in enumerate(values)})
