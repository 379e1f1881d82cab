"""Worked examples of the rules, numbers as they were computed by hand."""

from __future__ import annotations

import pytest

from connector.rules.contact_norm import fulfilment
from connector.rules.decide import decide

from .firm import Firm, Verdicts, at, default_policy, numbers

SEPTEMBER = "2026-09"
OWED = ("required", "done", "missing")


def closed(firm: Firm, as_of: str = "2026-10-01T00:00") -> Verdicts:
    return firm.decide(as_of, "contact_norm", "no_contact")


def sc01() -> Firm:
    firm = Firm().employee("M1")
    for client, abc in (("C1", "A"), ("C2", "B"), ("C3", "C"), ("C4", "A"), ("C5", "C")):
        firm.client(client, abc)
    firm.calls("C1", "M1", *(f"2026-09-{day}T10:00" for day in ("01", "08", "15", "22")))
    firm.event("C2", "M1", "meeting", "2026-09-10T11:00")
    firm.calls("C4", "M1", "2026-09-02T10:00", "2026-09-02T15:00", "2026-09-09T10:00", "2026-09-16T10:00")
    firm.event("C5", "M1", "email", "2026-09-05T11:00")
    return firm.event("C5", "M1", "call", None, planned_at="2026-09-29T11:00")


def test_sc01_norms_of_a_closed_month() -> None:
    norms = closed(sc01()).of("contact_norm", SEPTEMBER).by_client()
    assert {client: (*numbers(one, OWED), one.decision) for client, one in norms.items()} == {
        "C1": (4, 4, 0, "met"),
        "C2": (2, 1, 1, "breached"),
        "C3": (1, 0, 1, "breached"),
        "C4": (4, 3, 1, "breached"),
        "C5": (1, 0, 1, "breached"),
    }
    assert {one.employee for one in norms.values()} == {"M1"}
    assert {numbers(one, ("eligible_days", "period_days")) for one in norms.values()} == {(22, 22)}
    assert all(one.flags == [] for one in norms.values())


def test_sc01_evidence_is_the_counted_contacts() -> None:
    norms = closed(sc01()).of("contact_norm", SEPTEMBER).by_client()
    assert norms["C4"].evidence == ["event:E006", "event:E008", "event:E009"]
    assert norms["C4"].numbers["coverage"] == 3


def test_sc01_clients_without_contacts() -> None:
    silent = closed(sc01()).of("no_contact", SEPTEMBER).by_client()
    assert sorted(silent) == ["C3", "C5"]
    assert silent["C3"].numbers == {
        "days_since_last": None,
        "other_touches": 0,
        "overdue_planned": 0,
        "next_planned": None,
    }
    assert silent["C5"].numbers == {
        "days_since_last": None,
        "other_touches": 1,
        "overdue_planned": 1,
        "next_planned": None,
    }


def test_sc01_measures_of_the_manager() -> None:
    frame = decide(sc01().facts(), [default_policy("contact_norm")], at("2026-10-01T00:00")).frame
    (row,) = fulfilment(frame.filter(period=SEPTEMBER)).to_dicts()
    assert (row["employee"], row["met"], row["clients"]) == ("M1", 1, 5)
    assert row["met_share"] == pytest.approx(1 / 5)
    assert (row["done"], row["required"]) == (8, 12)
    assert row["contact_fulfilment"] == pytest.approx(8 / 12)


def test_sc02_month_boundary_and_zone() -> None:
    firm = Firm().employee("M1").client("K", "B")
    firm.calls("K", "M1", "2026-08-31T21:00:00Z", "2026-09-30T20:59:59Z", "2026-09-30T21:30:00Z")
    verdicts = firm.decide("2026-10-02T12:00", "contact_norm")
    september = verdicts.of("contact_norm", SEPTEMBER).by_client()["K"]
    assert (september.numbers["done"], september.decision) == (2, "met")
    assert verdicts.of("contact_norm", "2026-10").by_client()["K"].numbers["done"] == 1


def sc03() -> Firm:
    firm = Firm().employee("M1")
    firm.client("N1", "A", since="2026-09-16").client("N2", "B", since="2026-09-21")
    return firm.client("N3", "C", since="2026-09-16")


PRORATED = ("eligible_days", "required", "plan_required")


def test_sc03_new_client_in_the_middle_of_the_month() -> None:
    verdicts = closed(sc03().calls("N1", "M1", "2026-09-17T10:00", "2026-09-24T10:00"))
    norms = verdicts.of("contact_norm", SEPTEMBER).by_client()
    assert {client: (*numbers(one, PRORATED), one.decision) for client, one in norms.items()} == {
        "N1": (11, 2, 2, "met"),
        "N2": (8, 0, 1, "exempt"),
        "N3": (11, 0, 1, "exempt"),
    }
    assert norms["N2"].reason == norms["N3"].reason == "prorated_zero"
    assert sorted(verdicts.of("no_contact", SEPTEMBER).by_client()) == ["N2", "N3"]


def test_sc03_one_call_is_not_enough() -> None:
    norms = closed(sc03().calls("N1", "M1", "2026-09-17T10:00")).of("contact_norm", SEPTEMBER).by_client()
    assert (norms["N1"].decision, norms["N1"].numbers["missing"]) == ("breached", 1)


def sc04(deputy: str | None = "M3") -> Firm:
    firm = Firm().employee("M2").employee("M3").absent("M2", "2026-09-07", "2026-09-18", deputy)
    for client, abc in (("V1", "A"), ("V2", "B"), ("V3", "C")):
        firm.client(client, abc, owner="M2")
    firm.calls("V1", "M2", "2026-09-02T10:00")
    return firm.calls("V1", "M3", "2026-09-10T10:00", "2026-09-25T10:00")


def test_sc04_vacation_with_a_deputy() -> None:
    norms = closed(sc04()).of("contact_norm", SEPTEMBER).by_client()
    assert {client: numbers(one, PRORATED) for client, one in norms.items()} == {
        "V1": (12, 2, 3),
        "V2": (12, 1, 2),
        "V3": (12, 0, 1),
    }
    assert numbers(norms["V1"], ("done", "coverage")) == (2, 3)
    assert (norms["V1"].decision, norms["V1"].employee) == ("met", "M2")


def test_sc04_vacation_without_a_deputy() -> None:
    norms = closed(sc04(deputy=None)).of("contact_norm", SEPTEMBER).by_client()
    assert (norms["V1"].decision, *numbers(norms["V1"], ("done", "missing", "coverage"))) == (
        "breached",
        1,
        1,
        3,
    )


def test_sc05_hand_over_inside_the_month() -> None:
    firm = Firm().employee("M1").employee("M2").client("H1", "A", owner="M2")
    firm.owned("H1", "M1", "2026-01-15", "2026-09-15").owned("H1", "M2", "2026-09-16")
    firm.calls("H1", "M1", "2026-09-03T10:00", "2026-09-10T10:00").calls("H1", "M2", "2026-09-22T10:00")
    norms = closed(firm).of("contact_norm", SEPTEMBER).by_pair()
    seen = ("eligible_days", "required", "done", "missing", "coverage")
    assert {pair: (*numbers(one, seen), one.decision) for pair, one in norms.items()} == {
        ("H1", "M1"): (11, 2, 2, 0, 3, "met"),
        ("H1", "M2"): (11, 2, 1, 1, 3, "breached"),
    }


@pytest.mark.parametrize(
    ("as_of", "status"), [("2026-09-16T00:00", "behind"), ("2026-09-29T00:00", "unreachable")]
)
def test_sc08_warnings_inside_the_month(as_of: str, status: str) -> None:
    firm = Firm().employee("M1").client("K", "A").calls("K", "M1", "2026-09-03T10:00")
    one = firm.decide(as_of, "contact_norm").of("contact_norm", SEPTEMBER).by_client()["K"]
    assert (one.decision, *numbers(one, OWED)) == (status, 4, 1, 3)


def ranked(**values: int) -> Verdicts:
    """Rank clients by sales of so many roubles."""
    firm = Firm().employee("M1")
    for client, roubles in values.items():
        firm.client(client).sale(client, roubles * 100)
    return firm.decide("2026-09-15T12:00", "abc").of("abc", SEPTEMBER)


def classes(verdicts: Verdicts) -> dict[str, str]:
    return {client: one.decision for client, one in verdicts.by_client().items()}


def test_sc09_abc_with_a_tie() -> None:
    verdicts = ranked(c1=500_000, c2=200_000, c3=100_000, c4=100_000, c5=50_000, c6=30_000, c7=20_000)
    assert classes(verdicts) == {"c1": "A", "c2": "A", "c3": "A", "c4": "A", "c5": "B", "c6": "C", "c7": "C"}
    before = {client: one.numbers["cumulative_before"] for client, one in verdicts.by_client().items()}
    assert before == {"c1": 0.0, "c2": 0.5, "c3": 0.7, "c4": 0.7, "c5": 0.9, "c6": 0.95, "c7": 0.98}
    assert verdicts.by_client()["c1"].numbers["value"] == 50_000_000
    assert verdicts.by_client()["c6"].numbers["share"] == 0.03


def test_sc09_abc_on_the_very_boundary() -> None:
    assert classes(ranked(a=80, b=15, c=5)) == {"a": "A", "b": "B", "c": "C"}


def test_sc09_abc_of_a_single_client() -> None:
    assert classes(ranked(only=1)) == {"only": "A"}


def test_sc09_abc_when_nobody_bought() -> None:
    verdicts = ranked(a=0, b=0)
    assert classes(verdicts) == {"a": "C", "b": "C"}
    assert [one.flags for one in verdicts] == [["no_data"], ["no_data"]]


def test_sc09_abc_with_nothing_and_a_return() -> None:
    verdicts = ranked(c1=700, c2=200, c3=50, c4=50, c5=0, c6=-10)
    assert classes(verdicts) == {"c1": "A", "c2": "A", "c3": "B", "c4": "B", "c5": "C", "c6": "C"}
    before = {client: one.numbers["cumulative_before"] for client, one in verdicts.by_client().items()}
    assert (before["c1"], before["c2"], before["c3"], before["c4"]) == (0.0, 0.7, 0.9, 0.9)
    flags = {client: one.flags for client, one in verdicts.by_client().items()}
    assert flags == {"c1": [], "c2": [], "c3": [], "c4": [], "c5": ["no_turnover"], "c6": ["no_turnover"]}


@pytest.mark.parametrize(
    ("abc", "contacts", "due"),
    [
        ("A", ["2026-09-03", "2026-09-10"], "2026-09-17"),
        ("B", ["2026-09-10"], "2026-09-24"),
        ("C", ["2026-09-10"], "2026-10-08"),
        ("A", ["2026-10-06", "2026-10-13", "2026-10-20", "2026-10-30"], "2026-11-09"),
        ("A", ["2026-12-08", "2026-12-15", "2026-12-22", "2026-12-30"], "2027-01-15"),
        ("A", ["2026-09-10", "2026-09-24"], "2026-09-29"),
    ],
)
def test_sc14_next_contact_after_a_contact(abc: str, contacts: list[str], due: str) -> None:
    firm = Firm().employee("M1").client("K", abc).calls("K", "M1", *(f"{day}T10:00" for day in contacts))
    one = firm.decide(f"{contacts[-1]}T18:00", "next_contact").by_client()["K"]
    assert (one.decision, one.numbers) == ("plan_next", {"due": due})
    assert [(action["due"], action["period"]) for action in one.actions] == [(due, contacts[-1])]


def test_sc14_a_future_event_is_planned_already() -> None:
    firm = Firm().employee("M1").client("K", "A").calls("K", "M1", "2026-09-10T10:00")
    firm.event("K", "M1", "call", None, planned_at="2026-09-14T11:00", id="NEXT")
    one = firm.decide("2026-09-10T18:00", "next_contact").by_client()["K"]
    assert (one.decision, one.numbers, one.actions) == ("already_planned", {"due": "2026-09-14"}, [])
    assert one.evidence == ["event:NEXT"]


def test_sc14_a_closed_client_needs_nothing() -> None:
    firm = (
        Firm()
        .employee("M1")
        .client("K", "A", closed_at="2026-09-11T00:00")
        .calls("K", "M1", "2026-09-10T10:00")
    )
    one = firm.decide("2026-09-11T09:00", "next_contact").by_client()["K"]
    assert (one.decision, one.reason, one.numbers, one.actions) == (
        "none",
        "client_closed",
        {"due": None},
        [],
    )
