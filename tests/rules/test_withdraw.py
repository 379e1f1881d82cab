"""What costs a manager the client and what keeps it (features D1; clarifications 23 to 26, 42 to 44)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from .firm import Firm, Verdicts, at, default_policy, numbers

AS_OF = "2026-10-01T00:00"


def judged(firm: Firm, as_of: str = AS_OF, **params: Any) -> Verdicts:
    """Judge as the scenarios do: no grace, no warning needed."""
    policy = default_policy("withdraw", **{"grace_days": 0, "warned_days": 0, **params})
    return firm.decide(as_of, policy)


def answers(firm: Firm, as_of: str = AS_OF, **params: Any) -> dict[str, tuple[str, str]]:
    found = judged(firm, as_of, **params).by_client()
    return {client: (one.decision, one.reason) for client, one in found.items()}


TAKEN = ("withdraw", "breached and nothing holds the client")


def sc18() -> Firm:
    firm = Firm().employee("M1").employee("M2").employee("SKAM1", role="skam")
    firm.client("K1", "A", key_account=True).client("K2", "B").client("K3", "A", since="2026-09-10")
    firm.client("K4", "C").client("K5", "B", industry="machinery")
    firm.client("K6", "C", closed_at="2026-08-05T00:00").client("K7", "C", industry="metallurgy")
    firm.client("K8", "C", tags=["pinned"])
    for number in range(9, 22):
        firm.client(f"L{number:02}", "C").calls(f"L{number:02}", "M1", "2026-09-10T10:00")
    firm.deal("D2", "K2", "open", created_at="2026-08-01T10:00")
    firm.owned("K4", "M2", "2026-01-15", "2026-08-19").owned("K4", "M1", "2026-08-20")
    return firm.owned("K7", "M2", "2026-01-15", "2026-06-14").owned("K7", "M1", "2026-06-15")


def test_sc18_withdrawal_guards() -> None:
    assert answers(sc18()) == {
        "K1": ("keep", "key_lock"),
        "K2": ("keep", "open_deal"),
        "K3": ("keep", "protection"),
        "K4": ("keep", "cooldown"),
        "K5": TAKEN,
        "K7": TAKEN,
        "K8": ("keep", "pinned"),
    }


def test_sc18_numbers_and_period() -> None:
    found = judged(sc18()).by_client()
    assert {one.period for one in found.values()} == {"2026-09"}
    assert {one.employee for one in found.values()} == {"M1"}
    assert found["K3"].numbers == {"missing": 2, "required": 2}
    assert found["K5"].numbers == {"missing": 2, "required": 2}
    assert found["K1"].numbers == {"missing": 4, "required": 4}


def test_sc18_the_strategic_manager_is_asked_about_the_key_client() -> None:
    found = judged(sc18()).by_client()
    (task,) = found["K1"].actions
    assert (task["kind"], task["target"], task["assignee"]) == ("create_task", "crm:K1", "SKAM1")
    assert (task["due"], task["purpose"], task["period"]) == ("2026-10-06", "decision", "2026-09")
    assert task["title"] == "Ключевой клиент без контактов: Клиент K1"
    assert "(0 / 4)" in task["text"]
    assert "до 06.10.2026" in task["text"]
    assert [one.actions for client, one in found.items() if client != "K1"] == [[]] * 6


def test_sc18_the_earlier_guard_is_the_reason() -> None:
    firm = sc18()
    firm.deal("D1", "K1", "open")
    assert answers(firm)["K1"] == ("keep", "key_lock")


@pytest.mark.parametrize(
    ("as_of", "answer"),
    [("2026-10-19T23:59", ("keep", "cooldown")), ("2026-10-20T00:00", TAKEN)],
)
def test_sc18_the_cool_down_ends_with_its_last_day(as_of: str, answer: tuple[str, str]) -> None:
    assert answers(sc18(), as_of)["K4"] == answer


@pytest.mark.parametrize(
    ("first", "answer"),
    [("2026-08-31", ("keep", "protection")), ("2026-08-30", TAKEN)],
)
def test_clarification_25_protection_includes_its_last_day(first: str, answer: tuple[str, str]) -> None:
    """31 Aug + 30 days = 30 Sep, the month's last day."""
    firm = Firm().employee("M1").client("K", "A", since=first)
    assert answers(firm)["K"] == answer


def test_sc21_a_share_of_a_managers_clients_at_most() -> None:
    firm = Firm().employee("M1")
    for client, abc, done in (("P1", "A", 0), ("P2", "B", 1), ("P3", "C", 0), ("P4", "A", 2), ("P5", "B", 0)):
        firm.client(client, abc).calls(
            client, "M1", *(f"2026-09-{day:02}T10:00" for day in range(7, 7 + done))
        )
    for number in range(5):
        firm.client(f"L{number}", "C").calls(f"L{number}", "M1", "2026-09-10T10:00")
    deferred = ("keep", "deferred_max_out")
    assert answers(firm) == {"P1": TAKEN, "P2": deferred, "P3": TAKEN, "P4": deferred, "P5": TAKEN}


def test_clarification_26_at_least_one_client_may_go() -> None:
    assert answers(Firm().employee("M1").client("K", "A")) == {"K": TAKEN}


def test_clarification_26_turnover_then_id_settle_equals() -> None:
    firm = Firm().employee("M1").client("P1", "A").client("P2", "A").client("P3", "A").client("P4", "A")
    firm.sale("P3", 500).sale("P2", 100)
    deferred = ("keep", "deferred_max_out")
    assert answers(firm) == {"P1": deferred, "P2": deferred, "P3": TAKEN, "P4": deferred}


def sc22() -> Firm:
    firm = Firm().employee("M1").employee("M2").employee("M3").client("X", "A", owner="M2")
    return firm.owned("X", "M1", "2026-01-15", "2026-06-30").owned("X", "M2", "2026-07-01")


def test_sc22_after_protection_and_cool_down_the_client_goes() -> None:
    (one,) = judged(sc22(), "2026-09-01T00:00")
    assert (one.decision, one.period, one.employee) == ("withdraw", "2026-08", "M2")


def test_sc22_after_two_moves_the_head_decides() -> None:
    firm = Firm().employee("M1").employee("M2").employee("H", role="head")
    firm.employee("M3", head="H").client("X", "A", owner="M3").owned("X", "M1", "2026-01-15", "2026-06-30")
    firm.owned("X", "M2", "2026-07-01", "2026-08-31").owned("X", "M3", "2026-09-01")
    (one,) = judged(firm, "2026-12-01T00:00")
    assert (one.decision, one.reason, one.period) == ("keep", "move_cap", "2026-11")
    assert [action["assignee"] for action in one.actions] == ["H"]


def test_clarification_25_the_same_owner_again_is_no_move() -> None:
    firm = Firm().employee("M1").client("X", "A")
    for first, last in (("2026-01-15", "2026-03-31"), ("2026-05-01", "2026-06-30"), ("2026-08-20", None)):
        firm.owned("X", "M1", first, last)
    assert answers(firm) == {"X": TAKEN}


def test_clarification_24_a_client_that_somebody_else_owns_by_now_is_not_evaluated() -> None:
    firm = Firm().employee("M1").employee("M2").client("K", "A", owner="M2")
    assert answers(firm.owned("K", "M1", "2026-01-15", "2026-09-30").owned("K", "M2", "2026-10-01")) == {}


def test_clarification_24_no_owner_by_now() -> None:
    firm = Firm().employee("M1").client("K", "A", owner=None).owned("K", "M1", "2026-01-15", "2026-09-30")
    assert answers(firm) == {"K": ("keep", "no_owner")}


def test_a_client_closed_since_stays() -> None:
    firm = Firm().employee("M1").client("K", "A", closed_at="2026-09-30T10:00")
    assert answers(firm, "2026-10-01T00:00") == {"K": ("keep", "client_closed")}


def test_sc07_disputed_clients_stay_and_the_head_is_asked() -> None:
    firm = Firm().employee("M2", head="H").employee("H", role="head").client("K", "B", owner="M2")
    firm.owned("K", "M2", "2026-01-15").owned("K", "M1", "2026-01-15")
    (one,) = judged(firm)
    assert (one.decision, one.reason, one.flags) == ("keep", "owner_conflict", ["owner_conflict"])
    assert [action["title"] for action in one.actions] == ["Определить ответственного: Клиент K"]


def test_a_possible_double_stays() -> None:
    firm = (
        Firm()
        .employee("M1")
        .client("K", "A", flags=["possible_duplicate"])
        .client("L", "A", flags=["bad_inn"])
    )
    assert answers(firm, max_out_percent=100) == {"K": ("keep", "identity_conflict"), "L": TAKEN}
    assert judged(firm).by_client()["K"].flags == ["possible_duplicate"]


def test_clarification_43_nobody_unknown_is_punished() -> None:
    assert answers(Firm().client("K", "A", owner="GHOST")) == {"K": ("keep", "unmapped_employee")}


def test_clarification_42_nothing_punitive_outside_the_source_of_turnover() -> None:
    firm = Firm("onec", "bitrix").add("employees", source="bitrix", external_id="M1", active=True)
    firm.client("1", source="bitrix", number=1).client("9", owner=None, number=9).sale("9", 100)
    assert answers(firm) == {"bitrix:1": ("keep", "no_turnover_source")}


@pytest.mark.parametrize(
    ("closed", "answer"),
    [
        ("2026-09-17T12:00", ("keep", "open_deal")),  # 14 days before
        ("2026-09-16T12:00", TAKEN),
        ("2026-10-02T12:00", ("keep", "open_deal")),  # open on the day
        (None, ("keep", "open_deal")),
    ],
)
def test_clarification_24_a_deal_holds_the_client_a_fortnight(closed: str | None, answer: Any) -> None:
    firm = Firm().employee("M1").client("K", "A").deal("D", "K", "lost", closed_at=closed)
    assert answers(firm) == {"K": answer}
    assert judged(firm).by_client()["K"].flags == ([] if closed else ["missing_data"])


def test_the_policy_may_let_deals_move_along() -> None:
    firm = Firm().employee("M1").client("K", "A").deal("D", "K", "open")
    assert answers(firm, open_deal="move_with_client") == {"K": TAKEN}


def test_few_eligible_days() -> None:
    """Four working days, 25 and 28 to 30 September; a norm of 22 owes something even for them."""
    firm = Firm().employee("M1").absent("M1", "2026-09-01", "2026-09-24").client("K", "A")
    norm = default_policy("contact_norm", norm={"A": 22, "B": 2, "C": 1})
    policy = default_policy("withdraw", grace_days=0, warned_days=0)
    (one,) = firm.decide(AS_OF, norm, policy).of("withdraw", "2026-09")
    assert (one.decision, one.reason, one.numbers["required"]) == ("keep", "few_eligible_days", 4)


@pytest.mark.parametrize(
    ("made", "answer"),
    [
        ("2026-09-23T20:00", TAKEN),  # 24, 25, 28, 29, 30 are still ahead
        ("2026-09-24T00:00", ("keep", "not_warned")),
        (None, ("keep", "not_warned")),
    ],
)
def test_clarification_44_nobody_loses_a_client_unwarned(made: str | None, answer: Any) -> None:
    firm = Firm().employee("M1").client("K", "A")
    if made:
        firm.task("T", "2026-09-29T18:00", client="K", assignee="M1", key="cpc-1", created_at=at(made))
    assert answers(firm, warned_days=5) == {"K": answer}


def test_clarification_44_a_task_of_others_or_for_others_is_no_warning() -> None:
    firm = Firm().employee("M1").client("K", "A")
    firm.task("T1", "2026-09-29T18:00", client="K", assignee="M1", created_at=at("2026-09-10T10:00"))
    firm.task("T2", "2026-09-29T18:00", client="K", assignee="M2", key="k", created_at=at("2026-09-10T10:00"))
    assert answers(firm, warned_days=5) == {"K": ("keep", "not_warned")}


@pytest.mark.parametrize(
    ("as_of", "period"), [("2026-10-05T23:00", "2026-08"), ("2026-10-06T00:00", "2026-09")]
)
def test_clarification_23_three_working_days_of_grace(as_of: str, period: str) -> None:
    """1, 2 and 5 October are the three working days after September."""
    firm = Firm().employee("M1").client("K", "A")
    assert [one.period for one in judged(firm, as_of, grace_days=3)] == [period]


def test_two_breaches_of_three() -> None:
    firm = Firm().employee("M1").client("K", "C").client("L", "C")
    firm.calls("K", "M1", "2026-08-05T10:00").calls("L", "M1", "2026-08-05T10:00", "2026-07-06T10:00")
    assert answers(firm, breaches=2, window=3) == {"K": TAKEN}


def test_few_missing_contacts_may_be_forgiven() -> None:
    firm = Firm().employee("M1").client("K", "A").calls("K", "M1", "2026-09-02T10:00", "2026-09-09T10:00")
    assert [numbers(one, ("missing",)) for one in judged(firm, min_missing=2)] == [(2,)]
    assert judged(firm, min_missing=3) == []


def test_a_policy_withdraws_for_no_month_before_it_took_effect() -> None:
    policy = replace(default_policy("withdraw", grace_days=0), effective_from=date(2026, 10, 1))
    assert Firm().employee("M1").client("K", "A").decide(AS_OF, policy) == []
