"""A decision is kept when its answer changes, and can be read back as it was."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime

import pytest

from connector.store import decisions as module
from connector.store.database import Store
from connector.store.decisions import Decision

from .records import utc

MONDAY, TUESDAY, WEDNESDAY = utc("2026-10-05"), utc("2026-10-06"), utc("2026-10-07")


def decision(answer: str, subject: str = "client:C1", employee: str | None = "M1", days: int = 0) -> Decision:
    document = f'{{"decision":"{answer}","days":{days}}}'
    return Decision("norm", "contact_norm", subject, employee, "2026-10", document, answer)


def kept(store: Store, subject: str = "client:C1") -> list[tuple[int, str]]:
    return [(one.as_of.day, one.document) for one in store.decisions.of_subject(subject)]


def test_an_answer_is_kept_when_it_changes(store: Store) -> None:
    assert store.decisions.save([decision("behind", days=1)], MONDAY) == 1
    assert store.decisions.save([decision("behind", days=2)], TUESDAY) == 0
    assert store.decisions.save([decision("breached", days=3)], WEDNESDAY) == 1
    assert kept(store) == [
        (5, '{"decision":"behind","days":1}'),
        (7, '{"decision":"breached","days":3}'),
    ]


def test_the_last_answer_is_the_last_one_until_then(store: Store) -> None:
    store.decisions.save([decision("behind")], MONDAY)
    store.decisions.save([decision("breached")], WEDNESDAY)
    assert store.decisions.save([decision("breached")], TUESDAY) == 1
    assert [day for day, _ in kept(store)] == [5, 6, 7]


def test_the_same_moment_again_is_replaced(store: Store) -> None:
    store.decisions.save([decision("behind")], MONDAY)
    assert store.decisions.save([decision("breached")], MONDAY) == 1
    assert kept(store) == [(5, '{"decision":"breached","days":0}')]


def test_subjects_employees_and_no_employee_are_told_apart(store: Store) -> None:
    three = [decision("a"), decision("a", employee="M2"), decision("a", employee=None)]
    assert store.decisions.save(three, MONDAY) == 3
    assert store.decisions.save(three, TUESDAY) == 0
    found = store.decisions.of_subject("client:C1", policy="norm")
    assert [one.employee for one in found] == [None, "M1", "M2"]
    assert (found[0].policy, found[0].rule, found[0].period) == ("norm", "contact_norm", "2026-10")
    assert store.decisions.of_subject("client:C1", policy="other") == []
    assert store.decisions.of_subject("client:C2") == []


def test_the_last_answers_up_to_a_moment(store: Store) -> None:
    store.decisions.save([decision("behind"), decision("met", employee="M2")], MONDAY)
    store.decisions.save([decision("breached")], WEDNESDAY)

    def last(until: datetime) -> dict[str | None, str]:
        return {
            one.employee: json.loads(one.document)["decision"]
            for one in store.decisions.last(until, {"2026-10"})
        }

    assert last(TUESDAY) == {"M1": "behind", "M2": "met"}
    assert last(WEDNESDAY) == {"M1": "breached", "M2": "met"}
    assert last(utc("2026-10-04")) == {}
    assert store.decisions.last(WEDNESDAY, {"2026-09"}) == []


def test_part_by_part_keeps_what_all_at_once_would(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PART", 2)
    five = [decision("behind", subject=f"client:C{number}") for number in range(5)]
    assert store.decisions.save(iter(five), MONDAY) == 5
    changed = [*five[:3], decision("breached", subject="client:C3"), decision("met", subject="client:C4")]
    assert store.decisions.save(iter(changed), TUESDAY) == 2
    assert [day for number in range(5) for day, _ in kept(store, f"client:C{number}")] == [
        5,
        5,
        5,
        5,
        6,
        5,
        6,
    ]


def test_what_fails_on_the_way_keeps_none(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PART", 1)

    def failing() -> Iterator[Decision]:
        yield decision("behind")
        raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        store.decisions.save(failing(), MONDAY)
    assert kept(store) == []
