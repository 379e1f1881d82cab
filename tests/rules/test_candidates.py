"""Who might have received a client, by the worked example SC19: everybody, each with the reason."""

from __future__ import annotations

from typing import Any

from connector.rules.candidates import Candidate, candidates
from connector.rules.decide import moment_of
from connector.rules.reassign_terms import ReassignParams

from .firm import Firm, at
from .test_reassign import AS_OF, WITHDRAW, moved, sc19


def found(firm: Firm, client: str, **params: Any) -> list[Candidate]:
    to = moved(firm, **params).by_client()[client].numbers["to"]
    facts = firm.facts()
    number = dict(facts.clients.select("id", "client").iter_rows())[client]
    terms = ReassignParams.model_validate(params)
    return candidates(facts, terms, moment_of(facts, [WITHDRAW], at(AS_OF)), number, to)


def told(firm: Firm, client: str, **params: Any) -> list[tuple[str, str, str, int | None]]:
    return [(one.employee, one.verdict, one.reason, one.cost) for one in found(firm, client, **params)]


def test_sc19_everybody_has_a_verdict_and_a_reason() -> None:
    assert told(sc19(), "K5") == [
        ("M3", "chosen", "chosen", 91),
        ("M2", "possible", "dearer", 182),
        ("M1", "refused", "owner", None),
        ("M4", "refused", "compliance", None),
        ("M5", "refused", "absent", None),
        ("M6", "refused", "no_room", None),
        ("M7", "refused", "accepts_more", None),
    ]
    assert told(sc19(), "K7") == [
        ("M3", "chosen", "chosen", 191),
        ("M6", "possible", "dearer", 200),
        ("M1", "refused", "owner", None),
        ("M2", "refused", "no_return", None),
        ("M4", "refused", "compliance", None),
        ("M5", "refused", "absent", None),
        ("M7", "refused", "accepts_more", None),
    ]


def test_sc19_the_numbers_behind_the_reasons() -> None:
    by_name = {one.employee: one for one in found(sc19(), "K5")}
    assert (by_name["M3"].load, by_name["M3"].capacity, by_name["M3"].compliance) == (200, 220, 0.92)
    assert (by_name["M4"].load, by_name["M4"].compliance) == (20, 0.7)


def test_a_cheaper_one_whose_places_others_took_is_possible() -> None:
    firm = Firm().employee("M0", accepts_more=False).employee("M1", industries=["metallurgy"])
    firm.employee("M2", industries=["machinery"])
    for name in ("P1", "P2"):
        firm.client(name, "C", owner="M0", industry="metallurgy")
    assert told(firm, "P1", max_in=1)[:2] == [
        ("M1", "chosen", "chosen", 0),
        ("M2", "possible", "dearer", 100),
    ]
    assert told(firm, "P2", max_in=1)[:2] == [
        ("M2", "chosen", "chosen", 100),
        ("M1", "possible", "places_taken", 0),
    ]


def test_a_client_that_stays_has_no_candidates() -> None:
    firm = Firm().employee("M1").employee("M2").client("K", "C", tags=["pinned"])
    facts = firm.facts()
    assert candidates(facts, ReassignParams(), moment_of(facts, [WITHDRAW], at(AS_OF)), 1, None) == []
