"""Outcomes are counted whole and shown once where one cause stands behind many."""

from __future__ import annotations

from connector.changes import AddNote
from connector.sync.outcome import Sent, problems, summary


def note(key: str, source: str = "portal") -> AddNote:
    return AddNote(
        key=key, source=source, target="1", policy="p", policy_version="1", rule="r", subject="client:1",
        period="2026-10", reason="", text="t",
    )  # fmt: skip


SENT = [
    Sent(note("a"), "done"),
    Sent(note("b"), "skipped", "held already"),
    Sent(note("c"), "failed", "refused"),
    Sent(note("d"), "failed", "refused"),
    Sent(note("e"), "approved", "no access", stopped=True),
    Sent(note("f"), "approved", "no access", stopped=True),
    Sent(note("g", "archive"), "approved", "no access", stopped=True),
]


def test_every_change_is_counted() -> None:
    assert summary(SENT) == {"approved": 3, "done": 1, "failed": 2, "skipped": 1}


def test_a_person_sees_each_refusal_and_each_stopped_source_once() -> None:
    assert [each.change.key for each in problems(SENT)] == ["c", "d", "e", "g"]
