"""The grammar of faults, and when an incident strikes."""

from __future__ import annotations

import pytest

from connector.errors import ConfigError
from connector.sandbox.faults import FaultKind, Faults

KINDS = {
    "lost": FaultKind("incident", "something gets lost", "1"),
    "expired": FaultKind("incident", "something expires", ":all"),
    "quirk": FaultKind("switch", "something is odd"),
    "slow": FaultKind("number", "something is slow", "100"),
    "closed": FaultKind("text", "something is closed", "a.*"),
    "held": FaultKind("timed", "something is held", "*:50"),
}


def strikes(spec: str, calls: list[str], name: str = "lost") -> list[int]:
    """Return the places (from 1) of the calls that are hit."""
    faults = Faults(KINDS, [spec])
    return [place for place, call in enumerate(calls, 1) if faults.strikes(name, [call])]


@pytest.mark.parametrize(
    ("spec", "hit"),
    [
        ("lost", [1]),
        ("lost=3", [1, 2, 3]),
        ("lost=b.add", [2]),
        ("lost=b.add:2", [2, 4]),
        ("lost=b.*:all", [2, 4, 6]),
        ("lost=@3", [3]),
        ("lost=:2@3", [3, 4]),
        ("lost=:all@5", [5, 6]),
        ("lost=B.ADD@2", [4]),
        ("lost=c.add", []),
    ],
)
def test_an_incident_strikes_where_its_value_says(spec: str, hit: list[int]) -> None:
    assert strikes(spec, ["a.list", "b.add", "a.list", "b.add", "a.list", "b.add"]) == hit


def test_the_default_of_an_incident_may_be_for_ever() -> None:
    assert strikes("expired", ["a", "b", "c"], "expired") == [1, 2, 3]
    assert strikes("expired=1", ["a", "b", "c"], "expired") == [1]
    assert strikes("expired=b", ["a", "b", "b"], "expired") == [2, 3]


def test_one_call_may_have_several_names() -> None:
    faults = Faults(KINDS, ["lost=b.add"])
    assert faults.strikes("lost", ["batch", "a.list", "b.add", "b.add"])
    assert not faults.strikes("lost", ["batch", "b.add"])


def test_the_same_fault_may_be_given_twice() -> None:
    assert strikes("lost=a@2", ["a", "a"]) == [2]
    faults = Faults(KINDS, ["lost=a", "lost=b"])
    assert [faults.strikes("lost", [name]) for name in ("a", "b", "a")] == [True, True, False]


def test_switches_numbers_and_texts() -> None:
    faults = Faults(KINDS, ["quirk", "slow", "closed=b.*"])
    assert (faults.on("quirk"), faults.number("slow"), faults.text("closed")) == (True, 100, "b.*")
    assert (faults.covers("closed", "B.LIST"), faults.covers("closed", "a.list")) == (True, False)
    faults.clear()
    assert (faults.on("quirk"), faults.number("slow"), faults.text("closed")) == (False, 0, "")
    assert not faults.covers("closed", "b.list")


@pytest.mark.parametrize(
    ("spec", "lengths"), [("held", [50, 50]), ("held=7", [7, 7]), ("held=b.*:9", [0, 9]), ("quirk", [0, 0])]
)
def test_a_timed_fault_is_for_the_calls_it_names(spec: str, lengths: list[int]) -> None:
    faults = Faults(KINDS, [spec])
    assert [faults.milliseconds("held", [name]) for name in ("a.list", "B.list")] == lengths


@pytest.mark.parametrize(
    "spec", ["nothing", "quirk=1", "slow=fast", "lost=a:b", "lost=a@b", "slow=-1", "held=a"]
)
def test_what_makes_no_sense_is_refused(spec: str) -> None:
    with pytest.raises(ConfigError):
        Faults(KINDS, [spec])
