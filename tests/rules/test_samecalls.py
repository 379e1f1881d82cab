"""One event that two CRMs saw counts once; two of one CRM stay two."""

from __future__ import annotations

import pytest

from .firm import Firm, at


def firm() -> Firm:
    """Return a firm with one client and one manager in two CRMs."""
    both = Firm("onec", "bitrix").client("1", number=1).client("7", number=1, source="bitrix")
    return both.employee("M1").employee("M1", source="bitrix")


def told(firm: Firm) -> list[str]:
    return sorted(firm.facts().events["event"].to_list())


def held(firm: Firm, *calls: tuple[str, str], **row: object) -> Firm:
    for number, (source, time) in enumerate(calls):
        client = {"onec": "1", "bitrix": "7"}[source]
        firm.event(client, "M1", "call", f"2026-09-10T{time}", source=source, id=str(number), **row)
    return firm


@pytest.mark.parametrize(
    ("calls", "kept"),
    [
        ([("bitrix", "10:00:00"), ("onec", "10:01:30")], ["bitrix:0"]),
        ([("bitrix", "10:00:00"), ("onec", "10:05:00")], ["bitrix:0"]),
        ([("bitrix", "10:00:00"), ("onec", "10:05:01")], ["bitrix:0", "onec:1"]),
        ([("bitrix", "10:00:00"), ("bitrix", "10:01:00")], ["bitrix:0", "bitrix:1"]),
        ([("bitrix", "10:00"), ("bitrix", "10:02"), ("onec", "10:01")], ["bitrix:0", "bitrix:1"]),
        (
            [("bitrix", "10:00"), ("bitrix", "10:02"), ("onec", "10:01"), ("onec", "10:03")],
            ["bitrix:0", "bitrix:1"],
        ),
        ([("bitrix", "10:00"), ("onec", "10:04"), ("bitrix", "10:08")], ["bitrix:0", "bitrix:2"]),
    ],
    ids=["soon", "five minutes", "later", "one CRM", "two and one", "two and two", "a chain"],
)
def test_by_time(calls: list[tuple[str, str]], kept: list[str]) -> None:
    assert told(held(firm(), *calls)) == list(kept)


@pytest.mark.parametrize(
    "other", [{"employee": "M2"}, {"kind": "meeting"}, {"client": "8"}, {"successful": False}], ids=str
)
def test_another_employee_kind_client_or_outcome_is_another_event(other: dict[str, object]) -> None:
    case = firm().employee("M2").employee("M2", source="bitrix").client("8", number=2, source="bitrix")
    row = {"client": "7", "employee": "M1", "kind": "call", "successful": None, **other}
    case.event(completed="2026-09-10T10:00", source="bitrix", id="0", **row)  # type: ignore[arg-type]
    held(case, ("onec", "10:00"))
    assert len(told(case)) == 2


def test_what_stays_is_known_since_the_earlier_entry_and_lasted_the_longer() -> None:
    case = firm()
    case.event("7", "M1", "call", "2026-09-10T10:00", source="bitrix", id="0", logged_at="2026-10-09T10:00")
    case.event("1", "M1", "call", "2026-09-10T10:01", id="1", logged_at="2026-09-10T11:00", duration_s=90)
    (row,) = case.facts().events.to_dicts()
    assert (row["event"], row["logged_at"], row["duration_s"]) == (
        "bitrix:0",
        at("2026-09-10T11:00"),
        90,
    )


def test_planned_twice_is_planned_once() -> None:
    case = firm()
    case.event("7", "M1", "meeting", None, planned_at="2026-10-05T10:00", source="bitrix", id="0")
    case.event("1", "M1", "meeting", None, planned_at="2026-10-05T10:02", id="1")
    assert told(case) == ["bitrix:0"]


def test_the_order_of_rows_means_nothing() -> None:
    case = held(firm(), ("bitrix", "10:00"), ("onec", "10:03"), ("bitrix", "10:04"), ("onec", "10:06"))
    assert sorted(
        case.facts(lambda frame: frame.sample(fraction=1, shuffle=True, seed=5)).events["event"]
    ) == told(case)
