"""Working time by kind of call: never above the ceiling by what is known, over all processes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from connector import clock
from connector.errors import StoreError
from connector.http.bucket import Bucket
from connector.http.budget import FORGOTTEN_SECONDS, POLL_SECONDS, Budget, Figure
from connector.http.limits import Unlimited


class Hand:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def hand(monkeypatch: pytest.MonkeyPatch) -> Hand:
    moved = Hand()
    monkeypatch.setattr(clock, "monotonic", moved)
    return moved


@pytest.fixture(params=["memory", "file"])
def budget(request: pytest.FixtureRequest, tmp_path: Path, hand: Hand) -> Iterator[Budget]:
    made = Budget(None if request.param == "memory" else tmp_path / "rate", "portal", 480.0)
    yield made
    made.close()


def test_what_fits_goes_at_once(budget: Budget) -> None:
    assert budget.pledge({"list": 200.0}).wait == 0
    assert budget.pledge({"list": 280.0}).wait == 0


def test_what_is_under_way_counts_until_it_is_settled(budget: Budget) -> None:
    first = budget.pledge({"list": 300.0})
    assert budget.pledge({"list": 200.0}).wait == POLL_SECONDS
    budget.settle(first, {"list": Figure(250.0, 540.0)})
    assert budget.pledge({"list": 200.0}).wait == 0


def test_a_full_budget_waits_for_the_vendors_time(budget: Budget, hand: Hand) -> None:
    budget.settle(budget.pledge({"list": 1.0}), {"list": Figure(479.5, 540.0)})
    assert budget.pledge({"list": 1.0}).wait == 540.0
    hand.at += 100
    assert budget.pledge({"list": 1.0}).wait == 440.0


def test_when_something_may_be_free_one_call_alone_looks(budget: Budget, hand: Hand) -> None:
    """At that time only the oldest of ten baskets falls out: how much it held nobody knows."""
    budget.settle(budget.pledge({"list": 1.0}), {"list": Figure(479.5, 60.0)})
    hand.at += 60
    scout = budget.pledge({"list": 1.0})
    assert scout.wait == 0
    assert budget.pledge({"list": 1.0}).wait == POLL_SECONDS
    budget.settle(scout, {"list": Figure(400.0, 60.0)})
    assert budget.pledge({"list": 1.0}).wait == 0


def test_methods_are_apart_and_a_request_needs_all_of_its_own(budget: Budget) -> None:
    budget.block(["list"], 60.0)
    assert budget.pledge({"get": 1.0}).wait == 0
    assert budget.pledge({"get": 1.0, "list": 1.0}).wait == 60.0


def test_a_figure_that_comes_late_is_not_believed(budget: Budget) -> None:
    for used in (300.0, 250.0):
        budget.settle(budget.pledge({"list": 0.0}), {"list": Figure(used, 60.0)})
    assert budget.pledge({"list": 200.0}).wait == 60.0


def test_a_figure_of_the_next_window_is(budget: Budget, hand: Hand) -> None:
    budget.settle(budget.pledge({"list": 0.0}), {"list": Figure(300.0, 60.0)})
    hand.at += 61
    budget.settle(budget.pledge({"list": 0.0}), {"list": Figure(10.0, 60.0)})
    assert budget.pledge({"list": 460.0}).wait == 0


def test_a_refusal_holds_for_as_long_as_is_said(budget: Budget, hand: Hand) -> None:
    assert budget.frees_in("list") is None
    budget.block(["list"], 60.0)
    assert budget.frees_in("list") == 60.0
    assert budget.pledge({"list": 0.5}).wait == 60.0
    hand.at += 60
    assert budget.frees_in("list") is None
    assert budget.pledge({"list": 0.5}).wait == 0


def test_the_pledge_of_a_dead_process_is_forgotten(budget: Budget, hand: Hand) -> None:
    budget.pledge({"list": 480.0})
    hand.at += FORGOTTEN_SECONDS - 1
    assert budget.pledge({"list": 480.0}).wait == POLL_SECONDS
    hand.at += 2
    assert budget.pledge({"list": 480.0}).wait == 0


def test_processes_share_it_by_the_file(tmp_path: Path, hand: Hand) -> None:
    one, other = (Bucket(tmp_path / "rate", "portal", 2, 50).budget(480.0) for _ in range(2))
    foreign = Bucket(tmp_path / "rate", "another portal", 2, 50).budget(480.0)
    held = one.pledge({"list": 400.0})
    assert other.pledge({"list": 100.0}).wait == POLL_SECONDS
    assert foreign.pledge({"list": 100.0}).wait == 0
    one.settle(held, {"list": Figure(400.0, 90.0)})
    assert other.pledge({"list": 100.0}).wait == 90.0


def test_without_a_shared_limit_everybody_has_their_own() -> None:
    one, other = (Unlimited().budget(480.0) for _ in range(2))
    one.block(["list"], 60.0)
    assert other.pledge({"list": 1.0}).wait == 0


def test_a_restarted_machine_forgets(tmp_path: Path, hand: Hand) -> None:
    """The monotonic clock begins anew, so that old moments lie in the future."""
    before = Budget(tmp_path / "rate", "portal", 480.0)
    before.block(["list"], 600.0)
    before.pledge({"get": 480.0})
    before.close()
    hand.at = 5.0
    after = Budget(tmp_path / "rate", "portal", 480.0)
    assert after.pledge({"list": 1.0, "get": 1.0}).wait == 0
    after.close()


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "rate"
    path.write_bytes(b"no database" * 100)
    with pytest.raises(StoreError, match="cannot be used"):
        Budget(path, "portal", 480.0)


def test_the_used_part_is_told_by_kind_until_its_window_ends(budget: Budget, hand: Hand) -> None:
    assert budget.shares() == {}
    budget.settle(budget.pledge({"list": 1.0}), {"list": Figure(240.0, 540.0), "get": Figure(48.0, 60.0)})
    budget.block(["add"], 60.0)
    assert budget.shares() == {"add": float("inf"), "get": 0.1, "list": 0.5}
    hand.at += 61
    assert budget.shares() == {"list": 0.5}
