"""A decision as a sentence: in the reader's language, with the numbers that matter."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from conftest import ConnectedTo, firm

from connector.locale import texts
from connector.rules.decision import Decision
from connector.rules.sentence import sentence
from connector.sandbox.server import Sandbox


def decided(rule: str, decision: str, reason: str, **numbers: Any) -> Decision:
    return Decision(
        policy="p",
        rule=rule,
        subject="client:1",
        employee="7",
        period="2026-09",
        decision=decision,
        reason=reason,
        numbers=numbers,
        evidence=[],
        flags=[],
        actions=[],
        client_number=1,
        client_name="Клиент",
    )


@pytest.mark.parametrize(
    ("decision", "russian"),
    [
        (
            decided("contact_norm", "breached", "done < required", required=4, done=1),
            "норма контактов не выполнена: 1 из 4",
        ),
        (
            decided("contact_norm", "exempt", "no_norm", required=0, done=0),
            "норма не применяется: для класса норма не задана",
        ),
        (
            decided("no_contact", "no_contact", "no counted contact in the month", days_since_last=40),
            "за месяц нет ни одного контакта, последний 40 дн. назад",
        ),
        (
            decided("no_contact", "no_contact", "no counted contact in the month", days_since_last=None),
            "за месяц нет ни одного контакта, и раньше ни одного",
        ),
        (
            decided("next_contact", "plan_next", "no next step is planned", due="2026-09-17"),
            "следующий шаг не запланирован",
        ),
        (
            decided("next_contact", "none", "client_closed", due=None),
            "следующий контакт не нужен: клиент закрыт",
        ),
        (
            decided("abc", "A", "share before it is below 80 %"),
            "класс A: доля оборота до него меньше 80 %",
        ),
        (
            decided("abc", "C", "share before it is 95 % or more"),
            "класс C: доля оборота до него 95 % или больше",
        ),
        (decided("orphan", "orphan", "owner_inactive"), "ответственный уволен"),
    ],
)
def test_in_russian(decision: Decision, russian: str) -> None:
    assert sentence(decision, texts("ru")) == russian


def test_in_english() -> None:
    missed = decided("contact_norm", "breached", "done < required", required=4, done=1)
    assert sentence(missed, texts("en")) == "the contact norm is not met: 1 of 4"


def test_what_has_no_words_of_its_own_is_said_as_it_stands() -> None:
    assert sentence(decided("house_rule", "late", "two days late"), texts("ru")) == "two days late"


def test_a_decision_without_its_numbers_is_said_by_its_reason() -> None:
    assert (
        sentence(decided("contact_norm", "met", "done >= required"), texts("ru"))
        == "норма контактов выполнена"
    )


def test_every_reason_that_a_firm_meets_has_words(
    connected: ConnectedTo, portal: Callable[..., Sandbox]
) -> None:
    project = connected(portal(firm(clients=80)))
    project("pull")
    lines = project("decide", "--as-of", "2026-10-01T09:00", "--format", "jsonl").lines
    told = [decided(one["rule"], one["decision"], one["reason"], **one["numbers"]) for one in lines]
    assert {one.rule for one in told} >= {"abc", "contact_norm", "no_contact", "next_contact"}
    said = {(one.rule, one.decision, one.reason): sentence(one, texts("ru")) for one in told}
    assert len(said) > 10
    assert {key: text for key, text in said.items() if re.search(r"[a-z]{2}", text)} == {}
