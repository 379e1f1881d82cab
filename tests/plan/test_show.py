"""A plan as people read it: by employee, with reasons, and with what is not sent."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from connector.changes import (
    AddNote,
    AnyChange,
    ChangeOwner,
    ClearFlag,
    CompleteTask,
    CreateTask,
    PlanContact,
    ReassignActivity,
    SetField,
    SetFlag,
    WithdrawContact,
)
from connector.plan.model import Plan, PolicyStamp, Unsent
from connector.plan.show import show_plan

AS_OF = datetime(2026, 10, 1, 6, 0, tzinfo=UTC)
NAMES = {("crm", "7"): "Иванова Анна", ("crm", "8"): "Борисов Олег"}


def common(key: str, **given: Any) -> dict[str, Any]:
    return {
        "key": key,
        "source": "crm",
        "target": key,
        "policy": "next-contact",
        "policy_version": "1",
        "rule": "next_contact",
        "subject": f"client:{key}",
        "client_name": f"Клиент {key}",
        "period": "2026-10",
        "reason": "следующий шаг не запланирован",
        **given,
    }


def task(key: str, assignee: str, **given: Any) -> CreateTask:
    due = datetime(2026, 10, 5, 15, 0, tzinfo=UTC)
    return CreateTask(**common(key, **given), assignee=assignee, title="Связаться", due=due)


def shown(*changes: AnyChange, unsent: tuple[Unsent, ...] = (), most: int | None = None) -> list[str]:
    stamp = PolicyStamp(id="next-contact", version="1", mode="approve", digest="d")
    plan = Plan(as_of=AS_OF, zone="Europe/Moscow", policies=(stamp,), changes=changes, unsent=unsent)
    return [line for line in show_plan(plan, NAMES, most) if line]


def test_each_employee_sees_the_work_with_the_reason() -> None:
    lines = shown(task("1", "7"), task("2", "8"), task("3", "7"))
    assert lines[0].startswith("План на 2026-10-01 09:00 (Europe/Moscow), отпечаток ")
    assert lines[1:5] == [
        "Борисов Олег — 1",
        "  + задача до 05.10.2026  Клиент 2  [следующий шаг не запланирован]",
        "Иванова Анна — 2",
        "  + задача до 05.10.2026  Клиент 1  [следующий шаг не запланирован]",
    ]
    assert lines[-2] == "Всего: 3 к отправке, 0 только показать, 0 не отправляется."


def test_a_planned_call_and_a_planned_meeting_are_told_apart() -> None:
    due = datetime(2026, 10, 5, 7, 0, tzinfo=UTC)
    call, meeting = (
        PlanContact(**common(key), assignee="7", title="т", due=due, contact=contact)  # type: ignore[arg-type]  # both are kinds
        for key, contact in (("1", "call"), ("2", "meeting"))
    )
    lines = shown(call, meeting)
    assert "  + звонок 05.10.2026  Клиент 1  [следующий шаг не запланирован]" in lines
    assert "  + встреча 05.10.2026  Клиент 2  [следующий шаг не запланирован]" in lines


def test_what_is_only_rehearsed_is_marked_and_says_how_to_allow_it() -> None:
    lines = shown(task("1", "7", mode="dry_run"))
    assert any(line.startswith("  ~ задача до 05.10.2026") for line in lines)
    assert any("(next-contact)" in line and 'mode = "approve"' in line for line in lines)
    assert lines[-1] == "Всего: 0 к отправке, 1 только показать, 0 не отправляется."


def test_a_long_list_is_cut_and_says_by_how_much() -> None:
    lines = shown(*(task(str(number), "7") for number in range(1, 8)), most=5)
    assert sum(line.startswith("  +") for line in lines) == 5
    assert "    … +2" in lines


def test_values_are_counted_by_field_and_first_fills_apart() -> None:
    first = SetField(**common("1"), field="abc_class", old=None, new="A")
    other = SetField(**common("2"), field="abc_class", old="A", new="B")
    lines = shown(first, other)
    assert "Поля (crm): abc_class — 2, из них впервые 1" in lines
    assert lines[2:4] == ["    A: 1", "    B: 1"]


def test_what_is_not_sent_is_counted_with_its_reason() -> None:
    left = {"kind": "create_task", "policy": "p", "subject": "client:1", "client_name": "К", "source": "crm"}
    lines = shown(
        task("9", "7"),
        unsent=(
            Unsent(key="1", why="covered", **left),
            Unsent(key="2", why="covered", **left),
            Unsent(key="3", why="not_allowed", note='write of crm does not list "task"', **left),
        ),
    )
    assert "  2 — уже есть открытое дело с той же целью" in lines
    assert '  1 — запись не разрешена: write of crm does not list "task"' in lines


def test_an_empty_plan_says_so() -> None:
    assert shown()[1:] == ["Делать нечего: всё, что положено, уже стоит в CRM."]


def test_new_owners_closings_flags_and_notes_have_their_lines() -> None:
    owner = ChangeOwner(**common("1"), old="7", new="8")
    deal = ChangeOwner(**common("2", after="1"), of="deal", item="11", old="7", new="8")
    task = ReassignActivity(**common("3", after="1"), of="task", item="31", old="7", new="8")
    closed = CompleteTask(**common("4", mode="dry_run"), item="31")
    opened = CompleteTask(**common("5"), item="32", done=False)
    call = WithdrawContact(**common("6"), item="41")
    flags = [
        SetFlag(**common("7"), flag="key_account", new=True),
        ClearFlag(**common("8"), flag="key_account", old=True),
        ClearFlag(**common("9"), flag="key_account", old=True),
    ]
    lines = shown(owner, deal, task, closed, opened, call, *flags, AddNote(**common("10"), text="т"))
    why = "[следующий шаг не запланирован]"
    assert lines[1:-2] == [
        "Смена ответственного — 1",
        f"  + Клиент 1: Иванова Анна → Борисов Олег, с клиентом переходит: 2  {why}",
        "Закрываем свои дела — 3",
        f"  ~ задача  Клиент 4  {why}",
        f"  + открыть снова  Клиент 5  {why}",
        f"  + снять запланированное  Клиент 6  {why}",
        "Отметки (crm): key_account — поставить 1, снять 2",
        "Заметки в карточках — 1",
        "Политики в режиме dry_run (next-contact): строки с «~» только показаны. "
        'Разрешить: mode = "approve" в файле политики.',
    ]


def test_a_long_list_of_new_owners_is_cut_and_says_by_how_much() -> None:
    lines = shown(*(ChangeOwner(**common(str(n)), old=None, new="8") for n in range(1, 8)), most=5)
    assert sum("→" in line for line in lines) == 5
    assert "    … ещё 2" in lines
    assert lines[2].startswith("  + Клиент 1: Без ответственного → Борисов Олег  [")
