"""All policies together: months, terms, frames, and the same bytes for the same facts."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest

from connector.rules.decide import decide, required_frames
from connector.rules.facts import Company, Facts
from connector.rules.policy import Policy
from connector.rules.registry import RULES
from connector.store.frames import FRAMES

from .firm import MOSCOW, Firm, at, default_policy

ALL = [default_policy(rule) for rule in RULES]


def firm() -> Firm:
    made = Firm().employee("M1").employee("M2").absent("M1", "2026-09-07", "2026-09-11", "M2")
    made.client("K").client("L", "A").client("N", owner=None).client("O", owner="M2", since="2026-09-14")
    made.owned("L", "M1", "2026-01-15", "2026-09-15").owned("L", "M2", "2026-09-16")
    made.owned("O", "M1", "2026-09-14").owned("O", "M2", "2026-09-14")
    made.employee("M0", active_to="2026-09-30").client("Q", owner="M0")
    made.answers("K", price_expectations="yes")
    made.sale("K", 700).sale("L", 200).sale("N", 100, currency="USD")
    for client, employee, day in (
        ("K", "M1", 1),
        ("K", "M2", 8),
        ("L", "M1", 9),
        ("L", "M2", 16),
        ("N", "M1", 20),
    ):
        made.calls(client, employee, f"2026-09-{day:02}T10:00", f"2026-09-{day:02}T10:00")
    made.event("K", "M1", "call", None, planned_at="2026-10-20T10:00").event(
        "N", "M1", "email", "2026-09-03T10:00"
    )
    return made.deal("D1", "L", "open").task("T1", "2026-10-09T10:00", deal="D1")


def lines(facts: Facts, policies: list[Policy] = ALL, as_of: str = "2026-10-01T12:00") -> list[str]:
    return list(decide(facts, policies, at(as_of)).lines())


def test_clarification_2_months_of_each_rule() -> None:
    decided = decide(firm().facts(), ALL, at("2026-10-01T12:00"))
    months: dict[str, set[str]] = {}
    for one in decided:
        months.setdefault(one.rule, set()).add(one.period)
    both, running = {"2026-09", "2026-10"}, {"2026-10"}
    assert months == {
        "abc": running, "contact_norm": both, "no_contact": both, "next_contact": running, "orphan": running,
        "withdraw": {"2026-08"}, "reassign": running, "stability": running,
        "daily_plan": running, "base_balance": running, "key_account": running,
    }  # fmt: skip


def test_clarification_2_the_month_is_that_of_the_companys_zone() -> None:
    decided = decide(firm().facts(), [default_policy("abc")], at("2026-09-30T21:30:00Z"))
    assert {one.period for one in decided} == {"2026-10"}


def test_clarification_9_the_default_policy_is_named_after_the_rule() -> None:
    decided = decide(firm().facts(), ALL, at("2026-10-15T12:00"))
    assert {(one.policy, one.rule) for one in decided} == {(rule.replace("_", "-"), rule) for rule in RULES}


def test_clarification_4_rows_of_unknown_clients_belong_to_no_decision() -> None:
    known = lines(firm().facts())
    strange = (
        firm().calls("GHOST", "M1", "2026-09-10T10:00").sale("GHOST", 9).owned("GHOST", "M1", "2026-01-01")
    )
    strange.deal("D9", "GHOST", "open")
    assert lines(strange.facts()) == known


def test_clarification_4_the_last_row_of_an_id_wins() -> None:
    twice = Firm().employee("M1").client("K", "A", number=1).client("K", "B", number=1)
    (one,) = twice.decide("2026-10-01T12:00", "contact_norm").of("contact_norm", "2026-09")
    assert one.numbers["required"] == 2


def test_a_policy_judges_no_month_before_it_took_effect() -> None:
    later = replace(default_policy("contact_norm"), effective_from=date(2026, 10, 1))
    assert {one.period for one in decide(firm().facts(), [later], at("2026-10-01T12:00"))} == {"2026-10"}
    never = replace(later, effective_from=date(2026, 10, 2))
    assert len(decide(firm().facts(), [never], at("2026-10-01T12:00"))) == 0


def test_terms_are_those_in_effect_in_the_month() -> None:
    """The stricter classes hold from October on; September is judged by the defaults."""
    strict = replace(default_policy("abc", a_below=1, b_below=2), effective_from=date(2026, 10, 1))
    made = (
        Firm().employee("M1").client("K").client("L").sale("K", 60, "2026-08-01").sale("L", 40, "2026-08-01")
    )
    verdicts = made.decide("2026-10-05T12:00", "contact_norm", strict)
    owed = {
        (one.subject, one.period): one.numbers["required"] for one in verdicts if one.rule == "contact_norm"
    }
    assert owed == {
        ("client:K", "2026-09"): 4,
        ("client:L", "2026-09"): 4,
        ("client:K", "2026-10"): 4,
        ("client:L", "2026-10"): 1,
    }


def test_no_policies_no_decisions() -> None:
    assert lines(firm().facts(), []) == []


def test_an_empty_store() -> None:
    assert lines(Firm().facts()) == []


@pytest.mark.parametrize("rule", sorted(RULES))
def test_a_rule_reads_only_the_frames_that_it_names(rule: str) -> None:
    policies = [default_policy(rule)]
    needed = required_frames(policies)
    frames = {name: frame for name, frame in firm().frames().items() if name in needed}
    facts = Facts(frames, Company(MOSCOW, ("crm",)))
    assert lines(facts, policies) == lines(firm().facts(), policies)


def test_a_frame_that_was_not_read_is_an_error() -> None:
    with pytest.raises(LookupError, match="'events' was not read"):
        _ = Facts({"clients": firm().frames()["clients"]}, Company(MOSCOW, ("crm",))).events


def test_required_frames_of_all_rules() -> None:
    assert required_frames(ALL) <= set(FRAMES)
    assert required_frames([default_policy("orphan")]) == {"clients", "employees", "ownership"}


@pytest.mark.parametrize("seed", range(5))
def test_shuffled_and_repeated_rows_give_the_same_bytes(seed: int) -> None:
    chance = random.Random(seed)

    def disturbed(frame: pl.DataFrame) -> pl.DataFrame:
        rows: list[Any] = frame.rows()
        rows += [row for row in rows if chance.random() < 0.5]
        chance.shuffle(rows)
        return pl.DataFrame(rows, schema=frame.schema, orient="row")

    assert lines(firm().facts(disturbed)) == lines(firm().facts())


def test_the_answer_to_one_policy_does_not_depend_on_the_others() -> None:
    together = lines(firm().facts())
    apart = [line for policy in ALL for line in lines(firm().facts(), [policy])]
    assert sorted(together) == sorted(apart)
