"""Which clients are key accounts (features H1 to H4, clarification 37, contracts §5)."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import pytest

from connector.rules.fit import DEFAULT_CRITERIA, MUST_HAVE, usual_criteria
from connector.rules.key_account import judged, portfolio_fit
from connector.rules.moment import Moment
from connector.rules.period import Month

from .firm import MOSCOW, Firm, Verdicts, at, default_policy

NAMES = [criterion.name for criterion in DEFAULT_CRITERIA]
OTHERS = [name for name in NAMES if name != MUST_HAVE]
OWN = [criterion.model_dump() for criterion in DEFAULT_CRITERIA]


def answered(firm: Firm, client: str, must: str, **counts: int) -> Firm:
    """Answer the must-have, and so many of the other questions yes, partly and no."""
    answers = [answer for answer, count in counts.items() for _ in range(count)]
    return firm.answers(client, **{MUST_HAVE: must}, **dict(zip(OTHERS, answers, strict=False)))


def decided(firm: Firm, as_of: str = "2026-10-01T12:00", **params: Any) -> Verdicts:
    return firm.decide(as_of, default_policy("key_account", **params))


def sc24() -> Firm:
    firm = Firm().employee("M1").employee("S1", role="skam")
    for name in ("KA1", "KA2", "KA3", "KA4", "KA5", "KA6", "KA8"):
        firm.client(name, "A")
    firm.client("KA7", "A", key_account=True).client("KA9", "A", key_account=True)
    firm.sale("KA3", 9_000_000_00).sale("KA4", 5_000_000_00)
    answered(firm, "KA1", "yes", yes=6, no=1)
    answered(firm, "KA2", "yes", yes=3, no=4)
    answered(firm, "KA3", "yes", yes=4, partly=2, no=1)
    answered(firm, "KA4", "yes", yes=5)
    answered(firm, "KA5", "yes", yes=4)
    answered(firm, "KA6", "no", yes=7)
    answered(firm, "KA7", "yes", yes=4, no=3)
    answered(firm, "KA8", "yes", yes=4, no=3)
    return answered(firm, "KA9", "yes", yes=2, no=5)


def test_sc24_fit_and_bands() -> None:
    found = {
        client: (one.decision, one.numbers["fit_low"], one.numbers["fit_high"])
        for client, one in decided(sc24(), cap=100).by_client().items()
    }
    assert found == {
        "KA1": ("key", 87.5, 87.5),
        "KA2": ("inadmissible", 50.0, 50.0),
        "KA3": ("key", 75.0, 75.0),
        "KA4": ("key", 75.0, 100.0),
        "KA5": ("needs_data", 62.5, 100.0),
        "KA6": ("rejected", 87.5, 87.5),
        "KA7": ("key", 62.5, 62.5),
        "KA8": ("conditional", 62.5, 62.5),
        "KA9": ("inadmissible", 37.5, 37.5),
    }


def test_sc24_the_cap_goes_by_fit_turnover_and_incumbency() -> None:
    found = {client: one.decision for client, one in decided(sc24(), cap=3).by_client().items()}
    assert [client for client, decision in found.items() if decision == "key"] == ["KA1", "KA3", "KA4"]
    assert found["KA7"] == "over_cap"
    assert decided(sc24(), cap=2).by_client()["KA4"].decision == "over_cap"


def asked(firm: Firm, **params: Any) -> dict[str, list[tuple[Any, ...]]]:
    found = decided(firm, criteria=OWN, **params).by_client()
    seen = ("kind", "assignee", "field", "new")
    return {client: [tuple(map(each.get, seen)) for each in one.actions] for client, one in found.items()}


def test_sc24_the_flag_is_set_and_cleared_and_people_are_asked() -> None:
    gets, loses = ("set_flag", None, "key_account", True), ("clear_flag", None, "key_account", False)
    assert asked(sc24(), cap=3) == {
        "KA1": [gets],
        "KA2": [],
        "KA3": [gets],
        "KA4": [gets],
        "KA5": [("create_task", "M1", None, None)],
        "KA6": [],
        "KA7": [("create_task", "S1", None, None)],
        "KA8": [],
        "KA9": [loses, ("create_task", "S1", None, None)],
    }


def test_sc24_the_task_names_the_criteria_that_are_missing() -> None:
    one = decided(sc24(), criteria=OWN).by_client()["KA5"]
    assert one.reason == f"answers are missing: {', '.join(OTHERS[4:])}"
    assert "важна репутация поставщика" not in one.actions[0]["text"]
    assert "чувствительность к ритму, крупные активы, сложный заказ" in one.actions[0]["text"]
    assert one.numbers["answered"] == 5


def test_clarification_48_nothing_leaves_before_the_firm_has_criteria_of_its_own() -> None:
    assert all(one.actions == [] for one in decided(sc24()))


def test_sc24_weights() -> None:
    weights = (3, 3, 2, 2, 1, 1, 2, 1)
    criteria = [{"name": f"c{place}", "weight": weight} for place, weight in enumerate(weights, start=1)]
    given = {f"c{place}": "yes" for place in (1, 2, 4, 6, 8)} | {"c3": "partly", "c5": "no", "c7": "no"}
    (one,) = decided(Firm().client("K").answers("K", **given), criteria=criteria)
    assert one.decision == "key"
    assert one.numbers["fit_low"] == pytest.approx(100 * 11 / 15)


def test_sc24_portfolio_of_class_a() -> None:
    firm = Firm().employee("M1")
    for client, turnover, yes in (("P1", 6, 3), ("P2", 2, 6), ("P3", 2, 4)):
        firm.client(client, "A").sale(client, turnover * 1_000_000_00)
        answered(firm, client, "yes", yes=yes - 1, no=8 - yes)
    params = default_policy("key_account").params
    now = Moment(at("2026-10-01T12:00").astimezone(UTC), MOSCOW, Month(2026, 10))
    assert portfolio_fit(judged(firm.facts(), params, now)) == 47.5  # type: ignore[arg-type]
    assert [one.flags for one in decided(firm)] == [["criteria_mismatch"]] * 3


def test_bounds_are_exact() -> None:
    """A fit of exactly 70 is key for a newcomer, of exactly 60 for one who is key."""
    seven, six = (
        [{"name": f"c{n}"} for n in range(10)],
        {f"c{n}": "yes" if n < 6 else "no" for n in range(10)},
    )
    firm = (
        Firm()
        .client("N")
        .answers("N", **{**six, "c6": "yes"})
        .client("I", key_account=True)
        .answers("I", **six)
    )
    assert {one.subject[7:]: one.decision for one in decided(firm, criteria=seven)} == {
        "N": "key",
        "I": "key",
    }


def test_an_incumbent_in_between_keeps_the_flag_and_its_manager_is_asked() -> None:
    firm = Firm().employee("M1").client("K", key_account=True)
    answered(firm, "K", "yes", yes=3, partly=1, no=3)
    (one,) = decided(firm, criteria=OWN)
    assert (one.decision, one.numbers["fit_low"]) == ("conditional", 56.25)
    assert [(action["kind"], action["assignee"]) for action in one.actions] == [("create_task", "M1")]


@pytest.mark.parametrize(
    ("must", "counts", "since", "kinds"),
    [
        ("yes", {"no": 7}, "2026-07-04T10:00", []),  # 89 days ago
        ("yes", {"no": 7}, "2026-07-03T10:00", ["clear_flag"]),  # 90 days ago
        ("no", {"yes": 7}, "2026-09-30T10:00", ["clear_flag"]),
    ],
)
def test_dwell_holds_off_a_low_fit_but_no_failed_must_have(
    must: str, counts: dict[str, int], since: str, kinds: list[str]
) -> None:
    firm = Firm().client("K", key_account=True)
    firm.add("field_changes", client="K", field="key_account", at=at(since), old="0", new="1")
    (one,) = decided(answered(firm, "K", must, **counts), criteria=OWN)
    assert [action["kind"] for action in one.actions] == kinds
    assert ("dwell" in one.flags) is (not kinds)


def test_clarification_37_the_must_have_is_unknown() -> None:
    firm = Firm().client("K").answers("K", **dict.fromkeys(OTHERS, "yes"))
    (one,) = decided(firm)
    assert (one.decision, one.reason) == ("needs_data", f"answers are missing: {MUST_HAVE}")


def test_clarification_37_the_latest_answer_by_as_of_counts() -> None:
    firm = Firm().client("K")
    answered(firm, "K", "yes", yes=7)
    firm.answers("K", "2026-09-20T10:00", **{MUST_HAVE: "no"})
    firm.answers("K", "2026-10-02T10:00", **{MUST_HAVE: "yes"})
    assert [one.decision for one in decided(firm)] == ["rejected"]
    assert [one.decision for one in decided(firm, "2026-10-03T10:00")] == ["key"]


def test_clarification_37_ten_accounts_for_each_account_manager() -> None:
    firm = Firm().employee("S1", role="kam").employee("S2", role="skam", active_to="2026-01-01")
    for number in range(11):
        firm.client(f"K{number:02}").answers(f"K{number:02}", **dict.fromkeys(NAMES, "yes"))
    assert [one.decision for one in decided(firm)].count("over_cap") == 1
    without = firm.employee("S1", role="kam", active_to="2026-01-01")
    assert [one.decision for one in decided(without)].count("over_cap") == 0


def test_clarification_37_who_is_considered() -> None:
    firm = Firm().client("K").client("L", key_account=True).client("M", key_account=True, status="closed")
    (one,) = decided(firm)
    assert (one.subject, one.decision, one.numbers) == (
        "client:L", "needs_data", {"fit_low": 0.0, "fit_high": 100.0, "answered": 0},
    )  # fmt: skip


def test_old_answers_need_a_review() -> None:
    firm = Firm().client("K").answers("K", "2026-01-10T10:00", **dict.fromkeys(NAMES, "yes"))
    (one,) = decided(firm)
    assert (one.decision, one.flags) == ("key", ["needs_review"])


def test_a_firm_that_answers_by_names_of_its_own() -> None:
    names = [f"c{number}" for number in range(7)]
    criteria = usual_criteria(names)
    assert {criterion.name for criterion in criteria} == {*names, MUST_HAVE}
    assert usual_criteria([MUST_HAVE]) == DEFAULT_CRITERIA
    assert len(usual_criteria(["c1"])) == 8
