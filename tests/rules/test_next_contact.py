"""The next contact after each contact: clarification 21, and the item that asks for it."""

from __future__ import annotations

from typing import Any

import pytest

from connector.rules.decision import Decision

from .firm import Firm, default_policy

CONTACT = "2026-09-10T10:00"


def firm(abc: str = "A", **client: Any) -> Firm:
    return Firm().employee("M1").client("K", abc, **client).calls("K", "M1", CONTACT)


def next_of(firm: Firm, as_of: str = "2026-09-10T18:00", **params: Any) -> Decision:
    (one,) = firm.decide(as_of, default_policy("next_contact", **params))
    return one


def due(firm: Firm, as_of: str = "2026-09-10T18:00", **params: Any) -> str:
    one = next_of(firm, as_of, **params)
    assert one.decision == "plan_next"
    return str(one.numbers["due"])


def test_only_clients_that_were_contacted() -> None:
    assert Firm().employee("M1").client("K", "A").decide("2026-09-10T18:00", "next_contact") == []


def test_a_contact_by_anybody_asks_the_owner() -> None:
    other = Firm().employee("M1").employee("M2").client("K", "A").calls("K", "M2", CONTACT)
    one = next_of(other)
    assert (one.employee, one.numbers, one.period) == ("M1", {"due": "2026-09-17"}, "2026-09")
    assert (one.actions[0]["assignee"], one.evidence) == ("M1", ["event:E001"])


def test_the_class_is_the_computed_one_where_no_card_gives_one() -> None:
    """The class that the card gives and the class of the norm are two columns of one name."""
    sold = firm(None).sale("K", 100_00)  # type: ignore[arg-type]  # the card gives no class
    (task,) = next_of(sold).actions
    assert task["text"].startswith("Класс A, контактов в этом месяце 1 из 4. ")
    assert due(sold, interval={"A": 2, "B": 10, "C": 20}) == "2026-09-14"


@pytest.mark.parametrize("name", ['ООО "Ромашка"', "two\nlines \\ {due}", "\x01^", "\x01a"])
def test_a_name_is_said_as_it_is(name: str) -> None:
    """The last two look like the signs by which texts are kept short."""
    (task,) = next_of(firm(name=name)).actions
    assert task["title"] == f"Связаться с клиентом: {name}"


def test_clarification_21_closed_comes_first() -> None:
    one = next_of(firm(owner=None, closed_at="2026-09-10T00:00"))
    assert (one.decision, one.reason) == ("none", "client_closed")


def test_clarification_21_no_owner() -> None:
    one = next_of(firm(owner=None))
    assert (one.decision, one.reason, one.employee, one.actions) == ("none", "no_owner", None, [])


def test_nobody_who_left_is_asked_but_the_head() -> None:
    """Clarification 21 knows no third reason for `none`; the task goes as clarification 45 says."""
    gone = Firm().employee("M1", active_to="2026-09-09").employee("H1", role="head")
    one = next_of(gone.client("K", "A").calls("K", "M1", CONTACT))
    assert (one.decision, one.employee, one.actions[0]["assignee"]) == ("plan_next", "M1", "H1")


@pytest.mark.parametrize(
    ("as_of", "deputy", "assignee"),
    [
        ("2026-09-10T18:00", "M2", "M2"),
        ("2026-09-10T18:00", None, "H1"),
        ("2026-09-10T18:00", "M3", "H1"),
        ("2026-09-12T18:00", "M2", "M1"),
    ],
    ids=["deputy", "no deputy", "the deputy is away too", "back again"],
)
def test_clarification_45_the_deputy_is_asked_during_an_absence(
    as_of: str, deputy: str | None, assignee: str
) -> None:
    made = firm().employee("M2").employee("M3").employee("H1", role="head")
    made.absent("M1", "2026-09-09", "2026-09-11", deputy).absent("M3", "2026-09-09", "2026-09-11")
    one = next_of(made, as_of)
    assert (one.employee, one.actions[0]["assignee"]) == ("M1", assignee)


@pytest.mark.parametrize("kind", ["call", "meeting", "email", "task", "other"])
def test_clarification_21_any_planned_event_at_or_after_as_of(kind: str) -> None:
    planned = (
        firm()
        .event("K", "M2", kind, None, planned_at="2026-09-10T18:00")
        .event("K", "M2", kind, None, planned_at="2026-09-30T18:00")
    )
    assert (next_of(planned).decision, next_of(planned).numbers["due"]) == ("already_planned", "2026-09-10")
    assert next_of(planned, "2026-09-10T18:01").numbers["due"] == "2026-09-30"
    assert next_of(planned, "2026-09-30T18:01").decision == "plan_next"


def test_clarification_21_the_open_deals_own_step() -> None:
    step = firm().deal("D1", "K", "open").task("T1", "2026-09-21T12:00", deal="D1")
    one = next_of(step)
    assert (one.decision, one.numbers, one.evidence) == (
        "already_planned",
        {"due": "2026-09-21"},
        ["task:T1"],
    )


@pytest.mark.parametrize(
    ("stage_kind", "task"),
    [
        ("won", {}),
        ("open", {"status": "done"}),
        ("open", {"key": "0123456789abcdef0123"}),
        ("open", {"deal": None, "client": "K"}),
        ("open", {"due": "2026-09-10T17:59"}),
    ],
)
def test_clarification_21_what_is_no_step_of_an_open_deal(stage_kind: str, task: dict[str, Any]) -> None:
    task = {"deal": "D1", "due": "2026-09-21T12:00", **task}
    step = firm().deal("D1", "K", stage_kind).task("T1", **task)
    assert next_of(step).decision == "plan_next"


def test_moved_forward_over_the_owners_absence() -> None:
    assert due(firm().absent("M1", "2026-09-16", "2026-09-20")) == "2026-09-21"
    assert due(firm().absent("M1", "2026-09-16", "2026-09-20", deputy="M2")) == "2026-09-21"


def test_in_time_for_the_norm_of_the_running_month() -> None:
    twice = firm().calls("K", "M1", "2026-09-25T10:00")
    assert due(twice, "2026-09-25T18:00") == "2026-09-29"  # 2 of 4 are owed: 29 and 30 September
    late = Firm().employee("M1").client("K", "A").calls("K", "M1", "2026-09-24T10:00")
    assert due(late, "2026-09-24T18:00") == "2026-09-28"  # 3 of 4 are owed


def test_the_norms_days_are_those_when_the_owner_is_there() -> None:
    away = firm().calls("K", "M1", "2026-09-18T10:00").absent("M1", "2026-09-28", "2026-09-30")
    # 19 eligible days: 4 * 19 / 22 = 3.5, planned 4, done 2; the last two days at work: 24 and 25.
    assert due(away, "2026-09-18T18:00") == "2026-09-24"


def test_in_time_for_the_norm_of_a_later_month() -> None:
    """Off from 12 October on: 7 days at work there, one contact planned, the last of them is 9 October."""
    away = firm("C").absent("M1", "2026-10-12", "2026-10-31")
    assert due(firm("C")) == "2026-10-08"
    assert due(away) == "2026-10-08"
    assert due(away.absent("M1", "2026-10-06", "2026-10-11")) == "2026-10-05"


def test_a_month_to_come_is_planned_by_todays_class() -> None:
    """A sale of this month will make the client an A: owed two contacts by 8 October instead of one."""
    firm = (
        Firm().employee("M1").client("K").client("OTHER", owner="M2").absent("M1", "2026-10-09", "2026-10-31")
    )
    firm.sale("OTHER", 100, "2026-08-01").sale("K", 1_000_000, "2026-09-05").calls("K", "M1", CONTACT)
    assert due(firm) == "2026-10-08"


def test_more_is_owed_than_days_are_left() -> None:
    called = Firm().employee("M1").client("K", "A").calls("K", "M1", "2026-09-29T10:00")
    assert due(called, "2026-09-29T18:00") == "2026-09-29"
    assert due(called, "2026-09-30T09:00") == "2026-09-30"


def test_never_before_as_of() -> None:
    old = Firm().employee("M1").client("K", "C").calls("K", "M1", "2025-03-03T10:00")
    assert due(old, "2026-09-15T09:00") == "2026-09-15"


def test_a_day_off_of_as_of_is_no_due_day() -> None:
    old = Firm().employee("M1").client("K", "C").calls("K", "M1", "2025-03-03T10:00")
    assert due(old, "2026-09-12T09:00") == "2026-09-14"
    assert due(old.absent("M1", "2026-09-14", "2026-09-15"), "2026-09-12T09:00") == "2026-09-16"


def test_a_day_off_of_as_of_is_no_due_day_even_if_it_is_late_for_the_norm() -> None:
    """Four contacts are owed and three working days are left after this Saturday."""
    silent = Firm().employee("M1").client("K", "A").calls("K", "M1", "2026-08-31T10:00")
    assert due(silent, "2026-09-26T12:00") == "2026-09-28"


def test_intervals() -> None:
    assert due(firm("A"), interval={"A": 3, "B": 6, "C": 9}) == "2026-09-15"
    norm = default_policy("contact_norm", norm={"A": 3, "B": 0, "C": 0})
    spread = firm("A").decide("2026-09-10T18:00", norm, "next_contact").of("next_contact", "2026-09")
    assert spread.by_client()["K"].numbers["due"] == "2026-09-18"  # floor(20 / 3) = 6
    rare = firm("B").decide("2026-09-10T18:00", norm, "next_contact").of("next_contact", "2026-09")
    assert rare.by_client()["K"].numbers["due"] == "2026-10-08"  # owed none: once a month


def test_the_action_is_a_task_with_reasons() -> None:
    assert next_of(firm()).actions == [
        {
            "kind": "create_task",
            "target": "crm:K",
            "assignee": "M1",
            "title": "Связаться с клиентом: Клиент K",
            "due": "2026-09-17",
            "text": (
                "Класс A, контактов в этом месяце 1 из 4. Последний был 10.09.2026, следующий не "
                "запланирован. Свяжитесь с клиентом не позднее 17.09.2026. Если срок не подходит или клиент "
                "не ваш, "
                "напишите об этом в задаче или своему руководителю. Основание: правило «next_contact»."
            ),
            "period": "2026-09-10",
        }
    ]


@pytest.mark.parametrize("item", ["call", "meeting"])
def test_the_action_may_be_a_planned_contact(item: str) -> None:
    (action,) = next_of(firm(), item=item).actions
    assert (action["kind"], action["contact"], action["due"]) == ("plan_contact", item, "2026-09-17")


def test_the_text_is_english_by_setting() -> None:
    english = firm()
    english.language = "en"
    (action,) = next_of(english).actions
    assert action["title"] == "Contact the client: Клиент K"
    assert action["text"].startswith("Class A, 1 of 4 contacts this month. The last one was on 2026-09-10,")


def test_the_period_stays_while_the_due_day_moves() -> None:
    periods = {
        next_of(firm("C"), f"2026-{day}T09:00").actions[0]["period"] for day in ("09-11", "10-01", "10-20")
    }
    assert periods == {"2026-09-10"}


def two_crms(owner: str) -> Firm:
    """Client 7 is in both CRMs; its leading record names the owner, or else the other one does."""
    both = Firm("onec", "bitrix").employee("M1").employee("9", source="bitrix")
    both.client("1", "A", owner="M1" if owner == "onec:M1" else None, number=7)
    both.client("2", "A", owner="9", number=7, source="bitrix")
    return both.event("2", "9", "call", CONTACT, source="bitrix", id="E1")


@pytest.mark.parametrize(
    ("owner", "target", "assignee"), [("onec:M1", "onec:1", "M1"), ("bitrix:9", "bitrix:2", "9")]
)
def test_the_item_goes_where_the_owner_has_an_account(owner: str, target: str, assignee: str) -> None:
    one = next_of(two_crms(owner))
    assert (one.subject, one.employee, one.evidence) == ("client:onec:1", owner, ["event:bitrix:E1"])
    assert [(action["target"], action["assignee"]) for action in one.actions] == [(target, assignee)]


def test_an_owner_whom_no_crm_knows_gets_no_item() -> None:
    one = next_of(firm(owner="GHOST"))
    assert (one.decision, one.flags, one.actions) == ("plan_next", ["unmapped_employee"], [])
