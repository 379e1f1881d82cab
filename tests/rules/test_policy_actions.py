"""Tasks that a policy adds to its rule's decisions: for whom, when, with which words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from connector.rules.decision_fields import NUMBERS
from connector.rules.policy import Policy, load_policies, read_policies
from connector.rules.registry import RULES
from connector.rules.rulebook import Rulebook

from .firm import Firm, Verdicts, default_policy

HEAD = 'schema = 1\nid = "norms"\nversion = "1"\n[use]\nrule = "contact_norm"\n'
ACTION = """
[[action]]
id = "tell-head"
when = "decision = 'breached' AND class = 'A'"
to = "head"
due = "+2wd"
title = "Норма по клиенту {client}"
text = "За {period}: {done} из {required}, не хватает {missing}. Срок {due}."
"""


def policy(tmp_path: Path, text: str) -> Policy:
    (tmp_path / "a.toml").write_text(HEAD + text, encoding="utf-8")
    (found,) = load_policies(tmp_path)
    return found


def firm() -> Firm:
    """Two clients of one manager, of class A and B, each with one contact in September."""
    made = Firm().employee("H1", role="head").employee("M1", head="H1")
    made.client("C1", abc="A", name="Ромашка {done}").client("C2", abc="B")
    return made.calls("C1", "M1", "2026-09-10T10:00").calls("C2", "M1", "2026-09-10T10:00")


def tasks(verdicts: Verdicts) -> dict[str, list[dict[str, Any]]]:
    return {f"{one.subject} {one.period}": one.actions for one in verdicts if one.actions}


def test_a_task_for_each_decision_for_which_the_condition_holds(tmp_path: Path) -> None:
    verdicts = firm().decide("2026-10-01", policy(tmp_path, ACTION))
    assert tasks(verdicts) == {
        "client:C1 2026-09": [
            {
                "kind": "create_task",
                "target": "crm:C1",
                "assignee": "H1",
                "title": "Норма по клиенту Ромашка {done}",
                "due": "2026-10-05",  # Thursday 1 October and two working days
                "text": "За 2026-09: 1 из 4, не хватает 3. Срок 05.10.2026.",
                "purpose": "decision",
                "period": "2026-09 tell-head",
            }
        ]
    }


def test_to_the_owner_or_to_somebody_by_name(tmp_path: Path) -> None:
    for to, who in (("owner", "M1"), ("H1", "H1")):
        text = ACTION.replace('to = "head"', f'to = "{to}"')
        (actions,) = tasks(firm().decide("2026-10-01", policy(tmp_path, text))).values()
        assert [one["assignee"] for one in actions] == [who]


def test_nobody_gets_a_task_who_has_no_account(tmp_path: Path) -> None:
    text = ACTION.replace('to = "head"', 'to = "X9"')
    assert tasks(firm().decide("2026-10-01", policy(tmp_path, text))) == {}


def test_what_is_not_known_asks_for_nothing(tmp_path: Path) -> None:
    text = ACTION.replace("class = 'A'", "industry <> 'Опт'")
    assert tasks(firm().decide("2026-10-01", policy(tmp_path, text))) == {}
    text = ACTION.replace("class = 'A'", "missing_data AND (industry IS NULL OR 'x' IN flags)")
    assert len(tasks(firm().decide("2026-10-01", policy(tmp_path, text)))) == 2


def test_two_actions_make_two_tasks_with_periods_of_their_own(tmp_path: Path) -> None:
    second = ACTION.replace("tell-head", "tell-owner").replace('to = "head"', 'to = "owner"')
    (actions,) = tasks(firm().decide("2026-10-01", policy(tmp_path, ACTION + second))).values()
    assert [(one["assignee"], one["period"]) for one in actions] == [
        ("H1", "2026-09 tell-head"),
        ("M1", "2026-09 tell-owner"),
    ]


def test_tasks_come_after_those_of_the_rule(tmp_path: Path) -> None:
    text = ACTION.replace("decision = 'breached' AND class = 'A'", "remaining_days < 30")
    text = HEAD.replace("contact_norm", "at_risk") + text.replace("{missing}", "{remaining_days}")
    (tmp_path / "a.toml").write_text(text, encoding="utf-8")
    (found,) = load_policies(tmp_path)
    verdicts = firm().decide("2026-10-20", found, "contact_norm")
    for actions in tasks(verdicts).values():
        assert [one["purpose"] for one in actions] == ["contact", "decision"]
    assert len(tasks(verdicts)) == 2


def test_every_owner_of_a_client_in_the_month_is_judged_apart(tmp_path: Path) -> None:
    made = firm().employee("M2", head="H1")
    made.owned("C1", "M2", "2026-01-15", "2026-09-14").owned("C1", "M1", "2026-09-15")
    text = ACTION.replace('to = "head"', 'to = "owner"').replace("class = 'A'", "required > done")
    found = [
        (one.employee, [action["assignee"] for action in one.actions])
        for one in made.decide("2026-10-01", policy(tmp_path, text))
        if one.subject == "client:C1" and one.period == "2026-09"
    ]
    assert sorted(found) == [("M1", ["M1"]), ("M2", ["M2"])]


def test_the_digest_changes_with_an_action(tmp_path: Path) -> None:
    plain = policy(tmp_path, "").digest
    first = policy(tmp_path, ACTION).digest
    assert len({plain, first, policy(tmp_path, ACTION.replace("+2wd", "+3wd")).digest}) == 3


MISTAKES = [
    ("class = 'A'", "class = 'D'", "8:43", "impossible_value"),
    ("decision =", "decison =", "8:9", "unknown_field"),
    ("class = 'A'", "required > 'a'", "8:44", "cannot_compare"),
    ("{missing}", "{mising}", "12:55", "placeholder"),
    ("{client}", "{clint}", "11:27", "placeholder"),
    ('"+2wd"', '"tomorrow"', "10:1", "pattern"),
    ('id = "tell-head"\n', "", "6:3", "missing"),
    ('id = "tell-head"', 'id = "Tell"', "7:1", "pattern"),
    ('to = "head"', 'to = ""', "9:1", "empty_text"),
    ('to = "head"', 'too = "head"', "9:1", "unknown_key"),
]


@pytest.mark.parametrize(("right", "mistake", "place", "code"), MISTAKES)
def test_a_mistake_is_told_at_its_place(
    tmp_path: Path, right: str, mistake: str, place: str, code: str
) -> None:
    assert right in ACTION
    path = tmp_path / "a.toml"
    path.write_text(HEAD + ACTION.lstrip("\n").replace(right, mistake), encoding="utf-8")
    found = read_policies(tmp_path, Rulebook()).mistakes
    assert (f"{path}:{place}", code) in [(str(one.place), one.code) for one in found]


def test_two_actions_of_one_id(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(HEAD + ACTION + ACTION, encoding="utf-8")
    (mistake,) = read_policies(tmp_path, Rulebook()).mistakes
    assert mistake.code == "action_twice"


@pytest.mark.parametrize("rule", sorted(RULES))
def test_the_numbers_of_a_rule_are_those_it_gives(rule: str) -> None:
    made = Firm().employee("H1", role="head").employee("M1", head="H1", active_to="2026-09-30").employee("M2")
    made.client("C1", abc="A").client("C2", owner=None).client("C3", owner="M2", key_account=True)
    made.client("C4", abc="A", owner="M2")
    made.calls("C3", "M2", "2026-10-01T10:00").answers("C3", price_expectations="yes")
    found = made.decide("2026-10-20", "contact_norm", default_policy("withdraw", warned_days=0), rule)
    names = {name for one in found if one.rule == rule for name in one.numbers}
    assert set(NUMBERS[rule]) == names - {"alternatives"}
