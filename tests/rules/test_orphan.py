"""Clients that nobody who may own clients looks after (features A2, clarifications 6 and 28)."""

from __future__ import annotations

from typing import Any

import pytest

from .firm import Firm, default_policy

AS_OF = "2026-09-16T12:00"


def orphans(firm: Firm, as_of: str = AS_OF, **params: Any) -> dict[str, tuple[str | None, str]]:
    found = firm.decide(as_of, default_policy("orphan", **params))
    assert {(one.decision, one.period, tuple(one.actions)) for one in found} <= {("orphan", "2026-09", ())}
    assert all(one.numbers == {} for one in found)
    return {client: (one.employee, one.reason) for client, one in found.by_client().items()}


def test_no_owner() -> None:
    assert orphans(Firm().client("K", owner=None)) == {"K": (None, "no_owner")}


def test_a_day_without_a_row_has_no_owner() -> None:
    gap = Firm().employee("M1").client("K").owned("K", "M1", "2026-01-15", "2026-09-15")
    assert orphans(gap) == {"K": (None, "no_owner")}


@pytest.mark.parametrize(
    ("employee", "orphaned"),
    [
        ({"active": False}, True),
        ({"active": False, "active_to": "2026-09-15"}, True),
        ({"active": True, "active_to": "2026-09-15"}, True),
        ({"active": False, "active_to": "2026-09-16"}, False),  # the last working day is still his
        ({"active": True}, False),
    ],
)
def test_owner_inactive(employee: dict[str, Any], orphaned: bool) -> None:
    expected = {"K": ("M1", "owner_inactive")} if orphaned else {}
    assert orphans(Firm().employee("M1", **employee).client("K")) == expected


@pytest.mark.parametrize("role", ["seller", "kam", "skam", "head", None])
def test_clarification_28_who_may_own_clients(role: str | None) -> None:
    assert orphans(Firm().employee("M1", role=role).client("K")) == {}


@pytest.mark.parametrize("role", ["director", "telesales", "assistant", "chief", "other"])
def test_clarification_28_who_may_not(role: str) -> None:
    assert orphans(Firm().employee("M1", role=role).client("K")) == {"K": ("M1", "not_seller")}


def test_the_policy_says_who_may() -> None:
    assert orphans(Firm().employee("M1", role="assistant").client("K"), owner_roles=["assistant"]) == {}


def test_clarification_6_an_unknown_owner_is_no_orphan() -> None:
    assert orphans(Firm().client("K", owner="GHOST")) == {}


@pytest.mark.parametrize(
    "client",
    [
        {"status": "closed"},
        {"status": "blacklisted"},
        {"closed_at": "2026-09-16T23:00"},
        {"since": "2026-09-17"},
    ],
)
def test_closed_clients_and_those_to_come_are_no_orphans(client: dict[str, Any]) -> None:
    assert orphans(Firm().client("K", owner=None, **client)) == {}


def test_a_client_owned_in_one_of_two_crms_is_no_orphan() -> None:
    linked = Firm("onec", "bitrix").employee("M1")
    linked.client("1", owner=None, number=7).client("2", owner="M9", number=7, source="bitrix")
    assert (
        orphans(linked.add("employees", source="bitrix", external_id="M9", role="seller", active=True)) == {}
    )
