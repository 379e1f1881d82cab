"""A look back: what came later is taken away, what was not entered yet too (clarifications 10 and 41)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from connector.rules.hindsight import Hindsight

from .firm import MOSCOW, Firm, at

LOOK = "2026-10-01T00:00"
FIRST_PULL = datetime(2026, 8, 1, tzinfo=UTC)


def look(known: bool = True) -> Hindsight:
    return Hindsight(at(LOOK), MOSCOW, known, {"crm": FIRST_PULL})


def events(firm: Firm, known: bool = True) -> dict[str, tuple[str, Any]]:
    frame = look(known).frames(firm.frames())["events"].sort("external_id")
    return {row["external_id"]: (row["status"], row["completed_at"]) for row in frame.iter_rows(named=True)}


@pytest.mark.parametrize(
    ("stamps", "known"),
    [
        ({"logged_at": "2026-09-30T23:59"}, True),
        ({"logged_at": "2026-10-05T09:00"}, False),
        ({"seen_at": "2026-09-30T10:00"}, True),
        ({"seen_at": "2026-10-02T10:00"}, False),
        ({"seen_at": "2026-07-31T10:00"}, True),
        ({"logged_at": "2026-09-30T10:00", "seen_at": "2026-10-02T10:00"}, True),
        ({}, True),
    ],
    ids=["entered", "entered later", "seen", "seen later", "first pull", "entry goes first", "no word"],
)
def test_an_event_is_known_since_it_was_entered_or_seen(stamps: dict[str, str], known: bool) -> None:
    firm = Firm().client("K").event("K", "M1", "call", "2026-09-28T10:00", id="E", **stamps)
    assert ("E" in events(firm)) is known
    assert "E" in events(firm, known=False), "it did happen"


def test_what_the_first_pull_brought_is_known_when_it_happened() -> None:
    firm = Firm().client("K").event("K", "M1", "call", "2026-09-28T10:00", id="E", seen_at="2026-07-31T10:00")
    assert look().assumed(firm.frames()["events"]) == 1
    firm.event("K", "M1", "call", "2026-09-28T10:00", seen_at="2026-09-29T10:00")
    firm.event("K", "M1", "call", "2026-09-28T10:00", logged_at="2026-09-29T10:00")
    assert look().assumed(firm.frames()["events"]) == 1


def test_what_is_held_later_was_only_planned_then_or_not_there() -> None:
    firm = Firm().client("K")
    firm.event("K", "M1", "call", "2026-10-02T10:00", id="A", planned_at="2026-09-30T10:00")
    firm.event("K", "M1", "call", "2026-10-02T10:00", id="B")
    firm.event("K", "M1", "call", "2026-10-01T00:04", id="C")
    found = events(firm, known=False)
    assert found["A"] == ("planned", None)
    assert "B" not in found
    assert found["C"][0] == "completed", "five minutes of a clock that runs ahead"


def test_deals_owners_and_tasks_of_later_days() -> None:
    firm = Firm().client("K")
    firm.deal("D1", "K", "won", created_at="2026-09-01T10:00", closed_at="2026-10-02T10:00")
    firm.deal("D2", "K", "open", created_at="2026-10-02T10:00")
    firm.deal("D3", "K", "lost", created_at="2026-08-01T10:00", closed_at="2026-09-02T10:00")
    firm.owned("K", "M1", "2026-01-15", "2026-10-10").owned("K", "M2", "2026-10-11")
    firm.owned("K", "M0", "2025-01-15", "2026-01-14")
    firm.add("tasks", external_id="T1", client="K", status="done", created_at=at("2026-09-01T10:00"),
             closed_at=at("2026-10-05T10:00"))  # fmt: skip
    firm.add("tasks", external_id="T2", client="K", status="open", created_at=at("2026-10-05T10:00"))
    firm.sale("K", 100, "2026-10-02").sale("K", 200, "2026-09-02")
    then = look().frames(firm.frames())
    deals = then["deals"].sort("external_id").select("external_id", "stage_kind", "closed_at").rows()
    assert deals == [("D1", "open", None), ("D3", "lost", at("2026-09-02T10:00"))]
    owners = then["ownership"].sort("valid_from").select("employee", "valid_to").rows()
    assert [(who, last and last.isoformat()) for who, last in owners] == [("M0", "2026-01-14"), ("M1", None)]
    assert then["tasks"].select("external_id", "status", "closed_at").rows() == [("T1", "open", None)]
    assert then["sales"]["amount"].to_list() == [200]


def test_control_frames_without_a_way_back_stay_as_they_are() -> None:
    frames = Firm().client("K").absent("M1", "2026-10-05", "2026-10-09").frames()
    assert look().frames(frames)["absences"].equals(frames["absences"])
