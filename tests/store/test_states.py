"""The table of steps is complete, and says what the contract says."""

from __future__ import annotations

from typing import get_args

from connector.store.states import ADOPTABLE, MOVES, RENEWABLE, WAITING, State

CONTRACT = {
    "planned", "approved", "queued", "held", "sending", "done", "conflict", "skipped", "contested", "failed",
    "unknown", "undone",
}  # fmt: skip


def test_the_states_are_those_of_the_contract() -> None:
    assert set(get_args(State)) == CONTRACT
    assert set(MOVES) == CONTRACT
    assert set().union(*MOVES.values()) <= CONTRACT


def test_a_write_passes_through_sending() -> None:
    """Nothing is done, failed or of unknown fate that was not claimed first."""
    assert {state for state, to in MOVES.items() if "done" in to} == {"sending", "unknown"}
    assert {state for state, to in MOVES.items() if "unknown" in to} == {"sending"}
    assert {state for state, to in MOVES.items() if "sending" in to} == {"approved", "unknown"}


def test_what_was_written_or_taken_back_is_never_planned_again() -> None:
    assert MOVES["done"] == {"contested", "undone"}
    assert MOVES["undone"] == set()
    assert not RENEWABLE & {"done", "undone", "sending", "unknown", "contested"}
    assert not ADOPTABLE & {"done", "undone", "contested"}


def test_every_state_but_the_first_can_be_reached() -> None:
    assert set().union(*MOVES.values()) | {"planned"} == CONTRACT
    assert {state for state in WAITING if "skipped" in MOVES[state]} == WAITING
