"""To whom clients go (features D2 and D3; clarifications 17, 25 to 28, 45)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from connector.locale import texts
from connector.rules.choosing import choose
from connector.rules.dealing import Mover, Seat
from connector.rules.sentence import sentence

from .firm import Firm, Verdicts, default_policy, numbers

AS_OF = "2026-10-01T00:00"
WITHDRAW = default_policy("withdraw", grace_days=0, warned_days=0, max_out_percent=100)


def moved(firm: Firm, as_of: str = AS_OF, **params: Any) -> Verdicts:
    found = firm.decide(as_of, WITHDRAW, default_policy("reassign", **params))
    return Verdicts(one for one in found if one.rule == "reassign")


def ways(verdicts: Verdicts) -> dict[str, tuple[str, Any]]:
    return {client: (one.decision, one.numbers["to"]) for client, one in verdicts.by_client().items()}


def carrying(firm: Firm, employee: str, clients: int, contacted: int) -> Firm:
    """Give the employee so many clients of class C, pinned, and a contact in September with some of them."""
    for number in range(clients):
        name = f"{employee}-{number}"
        firm.client(name, "C", owner=employee, tags=["pinned"])
        if number < contacted:
            firm.calls(name, employee, "2026-09-10T10:00")
    return firm


def sc19() -> Firm:
    firm = Firm().employee("M1", accepts_more=False)
    for name, industry in (
        ("M2", "metallurgy"),
        ("M3", "machinery"),
        ("M4", "machinery"),
        ("M5", "machinery"),
    ):
        firm.employee(name, industries=[industry])
    firm.employee("M6", industries=["machinery"]).employee(
        "M7", industries=["metallurgy"], accepts_more=False
    )
    carrying(firm, "M2", 180, 171)
    carrying(firm, "M3", 200, 184)
    carrying(firm, "M4", 20, 14)
    carrying(firm, "M5", 10, 10).absent("M5", "2026-09-28", "2026-10-11")
    carrying(firm, "M6", 219, 219)
    carrying(firm, "M7", 50, 49)
    firm.client("K5", "B", industry="machinery").client("K7", "C", industry="metallurgy")
    return firm.owned("K7", "M2", "2026-01-15", "2026-06-14").owned("K7", "M1", "2026-06-15")


def test_sc19_receivers() -> None:
    found = moved(sc19()).by_client()
    assert {client: (one.decision, one.numbers) for client, one in found.items()} == {
        "K5": ("reassign", {"to": "M3", "cost": 91, "alternatives": [{"to": "M2", "cost": 182}]}),
        "K7": ("reassign", {"to": "M3", "cost": 191, "alternatives": [{"to": "M6", "cost": 200}]}),
    }
    assert {(one.employee, one.period, one.reason) for one in found.values()} == {
        ("M1", "2026-10", "the cheapest receiver")
    }


def test_sc19_what_is_asked_of_the_crm() -> None:
    owner, meeting = moved(sc19()).by_client()["K5"].actions
    assert owner == {
        "kind": "change_owner", "target": "crm:K5", "old": "M1", "new": "M3", "period": "2026-01-15",
    }  # fmt: skip
    assert (meeting["kind"], meeting["assignee"], meeting["due"]) == ("create_task", "M3", "2026-10-06")
    assert meeting["title"] == "Познакомиться с клиентом: Клиент K5"


@pytest.mark.parametrize(
    ("change", "to"),
    [
        ({"min_compliance": 0.7}, "M4"),
        ({"max_absence_days": 7}, "M5"),
        ({"min_compliance": 0.93}, "M2"),
    ],
)
def test_sc19_each_limit_turns_its_receiver_away(change: dict[str, Any], to: str) -> None:
    """M4 carries 20 and M5 10 of 220: either would be the cheapest for K5 if it might receive."""
    assert ways(moved(sc19(), **change))["K5"] == ("reassign", to)


def test_sc19_whoever_has_no_capacity_left_gets_nobody() -> None:
    """M6 has one contact left, K5 needs two."""
    firm = Firm().employee("M1", accepts_more=False).employee("M6").client("K5", "B").client("K7", "C")
    carrying(firm, "M6", 219, 219)
    found = moved(firm).by_client()
    assert (found["K5"].decision, found["K5"].reason) == (
        "no_receiver", "nobody who may receive the client has room",
    )  # fmt: skip
    assert ways(moved(firm))["K7"] == ("reassign", "M6")


def test_sc20_the_reason_tells_who_gains_more() -> None:
    costs = {
        ("P1",): {"M1": 10, "M2": 12, "M3": 90},
        ("P2",): {"M1": 11, "M2": 60, "M3": 70},
        ("P3",): {"M1": 13, "M2": 65, "M3": 20},
    }
    movers = [Mover(name, (name,)) for name in ("P1", "P2", "P3")]
    found = choose([(1, movers)], costs, [Seat(name, 0, 1, 10) for name in ("M1", "M2", "M3")])
    assert {client: (choice.to, choice.cost) for client, choice in found.items()} == {
        "P1": ("M2", 12), "P2": ("M1", 11), "P3": ("M3", 20),
    }  # fmt: skip
    assert found["P1"].reason == "M1 is cheaper by 2, but P2 gains 49 by taking its place"
    assert found["P1"].alternatives == (("M1", 10), ("M3", 90))


def test_sc20_in_words() -> None:
    firm = Firm().employee("M1", accepts_more=False).employee("M2").client("K", "C")
    (one,) = moved(firm)
    assert sentence(one, texts("ru")) == "M2, цена 0: самый подходящий получатель"
    told = replace(one, reason="M1 is cheaper by 2, but P2 gains 49 by taking its place")
    assert sentence(told, texts("ru")) == "M2, цена 0: M1 дешевле на 2, но P2 выигрывает на его месте 49"


def test_sc21_equal_receivers_take_turns() -> None:
    firm = Firm().employee("M3", accepts_more=False).employee("M1").employee("M2")
    carrying(carrying(firm, "M1", 10, 10), "M2", 10, 10)
    for name in ("P1", "P2", "P3", "P4"):
        firm.client(name, "C", owner="M3")
    assert ways(moved(firm)) == {
        "P1": ("reassign", "M1"),
        "P2": ("reassign", "M2"),
        "P3": ("reassign", "M1"),
        "P4": ("reassign", "M2"),
    }


def test_sc21_without_a_receiver_the_client_stays_and_the_head_is_asked() -> None:
    firm = Firm().employee("M1", head="H").employee("H", role="director").client("K", "A")
    (one,) = moved(firm)
    assert (one.decision, one.employee, one.reason) == ("no_receiver", "M1", "nobody may receive the client")
    assert one.numbers == {"to": None, "cost": None, "alternatives": []}
    assert [(action["kind"], action["assignee"]) for action in one.actions] == [("create_task", "H")]


def test_features_d2_no_more_than_max_in_a_run() -> None:
    firm = Firm().employee("M1", accepts_more=False).employee("M2")
    for number in range(3):
        firm.client(f"P{number}", "C")
    assert ways(moved(firm, max_in=2)) == {
        "P0": ("reassign", "M2"), "P1": ("reassign", "M2"), "P2": ("deferred", None),
    }  # fmt: skip
    assert moved(firm, max_in=2).by_client()["P2"].actions == []


def sc22(*receivers: str) -> Firm:
    firm = Firm().employee("M2", accepts_more=False)
    for name in receivers:
        firm.employee(name)
    firm.client("X", "A", owner="M2")
    return firm.owned("X", "M1", "2026-01-15", "2026-06-30").owned("X", "M2", "2026-07-01")


def test_sc22_no_return() -> None:
    assert ways(moved(sc22("M1", "M3"), "2026-09-01T00:00")) == {"X": ("reassign", "M3")}


def test_sc22_nobody_but_the_former_owner() -> None:
    assert ways(moved(sc22("M1"), "2026-09-01T00:00")) == {"X": ("no_receiver", None)}


@pytest.mark.parametrize(("as_of", "to"), [("2026-12-28T23:00", None), ("2026-12-29T00:00", "M1")])
def test_sc22_no_return_ends_with_its_last_day(as_of: str, to: str | None) -> None:
    """M1 lost X on 1 July: forbidden to 28 December inclusive."""
    assert ways(moved(sc22("M1"), as_of))["X"][1] == to


def sc23() -> Firm:
    firm = (
        Firm()
        .employee("M9", active_to="2026-09-15", head="H1")
        .employee("H1", role="head", accepts_more=False)
    )
    firm.employee("S1", role="skam", accepts_more=False).employee("M1").employee("M0", accepts_more=False)
    firm.client("X1", "B", owner="M9", key_account=True).client("X2", "B", owner="M9")
    firm.deal("D2", "X2", "open").client("X3", "B", owner="M9").client("X4", "A", owner="M9")
    return firm.owned("X3", "M0", "2026-01-15", "2026-08-31").owned("X3", "M9", "2026-09-01")


def test_sc23_all_clients_of_a_dismissed_manager_move_at_once() -> None:
    found = moved(sc23(), "2026-09-16T00:00")
    assert ways(found) == {
        "X1": ("reassign", "H1"),
        "X2": ("reassign", "M1"),
        "X3": ("reassign", "M1"),
        "X4": ("reassign", "M1"),
    }
    assert {one.employee for one in found} == {"M9"}
    assert all(one.flags == ["owner_left"] for one in found)


def test_sc23_the_strategic_manager_is_told_of_the_key_client() -> None:
    one = moved(sc23(), "2026-09-16T00:00").by_client()["X1"]
    assert [(action["kind"], action.get("assignee", action.get("new"))) for action in one.actions] == [
        ("change_owner", "H1"),
        ("create_task", "S1"),
    ]


def test_sc23_on_the_last_working_day_nobody_moves() -> None:
    later = replace(WITHDRAW, effective_from=date(2026, 10, 1))
    assert sc23().decide("2026-09-15T12:00", later, "reassign") == []
    assert len(sc23().decide("2026-09-16T00:00", later, "reassign")) == 4


def test_sc23_norms_of_both_owners() -> None:
    firm = Firm().employee("M9", active_to="2026-09-15").employee("M1").client("X4", "A", owner="M1")
    firm.owned("X4", "M9", "2026-01-15", "2026-09-15").owned("X4", "M1", "2026-09-16")
    norms = firm.decide("2026-10-01T00:00", "contact_norm").of("contact_norm", "2026-09").by_pair()
    seen = ("eligible_days", "required")
    assert {pair: numbers(one, seen) for pair, one in norms.items()} == {
        ("X4", "M9"): (11, 2), ("X4", "M1"): (11, 2),
    }  # fmt: skip


def test_sc23_the_new_owner_is_protected() -> None:
    """The new owner of 16 September is protected to 16 October: September costs it nothing."""
    firm = Firm().employee("M1").client("X4", "A").owned("X4", "M9", "2026-01-15", "2026-09-15")
    (one,) = firm.owned("X4", "M1", "2026-09-16").decide("2026-10-01T00:00", WITHDRAW)
    assert (one.decision, one.reason) == ("keep", "protection")


def test_clarification_17_who_owed_nothing_may_receive() -> None:
    firm = Firm().employee("M1", accepts_more=False).employee("NEW").client("K", "C")
    assert ways(moved(firm)) == {"K": ("reassign", "NEW")}


def test_clarification_27_unknown_industry_and_region_cost_nothing() -> None:
    firm = Firm().employee("M1", accepts_more=False)
    firm.employee("M2", industries=["wood"], regions=["west"], capacity=1).client("K1", "C")
    firm.client("K2", "C", industry="oil").client("K3", "C", region="east").client("K4", "C", industry="wood")
    found = moved(firm).by_client()
    assert {client: one.numbers["cost"] for client, one in found.items()} == {
        "K1": 0,
        "K2": 100,
        "K3": 50,
        "K4": 0,
    }


@pytest.mark.parametrize(("until", "received"), [("2026-10-01", 11), ("2026-09-30", 22)])
def test_clarification_45_a_new_hire_has_half_the_capacity(until: str, received: int) -> None:
    """One contact a day over October's 22 working days: 22 clients of class C, or 11 of them."""
    firm = Firm().employee("M1", accepts_more=False)
    for number in range(30):
        firm.client(f"P{number:02}", "C")
    found = moved(firm.employee("NEW", capacity=1, ramp_until=date.fromisoformat(until)), max_in=100)
    assert sum(one.decision == "reassign" for one in found) == received


def test_nothing_is_withdrawn_by_a_policy_that_is_not_in_force() -> None:
    firm = Firm().employee("M1", accepts_more=False).employee("M2").client("K", "C")
    later = replace(WITHDRAW, effective_from=date(2026, 10, 1))
    assert firm.decide(AS_OF, later, "reassign") == []


@pytest.mark.parametrize("given", [None, "C"])
def test_the_best_class_goes_first_whether_it_was_given_or_computed(given: Any) -> None:
    # One place is left: the client of class A by turnover gets it, not the one of class C
    firm = Firm().employee("M1").employee("M2")
    firm.client("X2").client("X1", given).sale("X2", 100000).sale("X1", 1)
    firm.client("C9", "C", owner="M2", tags=["pinned"]).calls("C9", "M2", "2026-09-10T10:00")
    assert {client: to for client, (_, to) in ways(moved(firm, max_in=1)).items()} == {"X1": None, "X2": "M2"}
