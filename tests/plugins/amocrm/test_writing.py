"""Writes: once each, with a mark, checked afterwards, and found again when the answer was lost."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from connector.changes import (
    AddNote,
    ChangeOwner,
    CompleteTask,
    CreateTask,
    PlanContact,
    ReassignActivity,
    SetField,
    SetFlag,
    WithdrawContact,
)
from connector.errors import ChangedBackError, ForbiddenError, RefusedError, UnknownFateError
from connector.flagwords import COMPLETED_BY_US
from connector.model import Event, Task
from connector.sandbox.company.generate import generate

from .conftest import AS_OF

DUE = datetime(2026, 10, 5, 9, tzinfo=UTC)
TASK = {"assignee": "5", "title": "Позвонить клиенту", "due": DUE}
TAG = {"flags": {"key_account": "tag:Ключевой клиент"}}


def key(number: int) -> str:
    return f"{number:020x}"


@pytest.fixture(scope="module")
def small():
    return generate(clients=12, seed=7, as_of=AS_OF, events_per_client=2)


@pytest.fixture
def account(stand_in, small, connect):
    """Start an account with these faults; return it and a connector on it."""

    def start(*faults: str, **settings):
        sandbox = stand_in(small, faults=list(faults))
        return sandbox, connect(sandbox.url, **settings)

    return start


def rows(sandbox, entity: str) -> dict[str, dict]:
    return {str(row["id"]): row for row in sandbox.state("vendor")["vendor"][entity]}


def test_a_task_stands_on_the_clients_card_with_its_mark(account, change):
    sandbox, connection = account()

    written = connection.source.create_task(change(CreateTask, **TASK, text="Норма 4, сделано 1."))

    row = rows(sandbox, "tasks")[written]
    assert (row["entity_type"], row["entity_id"], row["responsible_user_id"]) == ("companies", 3, 5)
    assert (row["complete_till"], row["task_type_id"], row["is_completed"]) == (1791190800, 1, False)
    assert row["text"] == "Позвонить клиенту\nНорма 4, сделано 1.\n[cpc-0123456789abcdef0123]"


def test_our_task_comes_back_as_ours_and_as_no_event(account, change):
    _, connection = account()
    written = connection.source.create_task(change(CreateTask, **TASK))

    found = [each for each in connection.read("tasks") if each.ref.external_id == written]

    assert [(type(each), each.key, each.client, each.title, each.due) for each in found] == [
        (Task, "0123456789abcdef0123", "3", "Позвонить клиенту", DUE)
    ]


def test_a_planned_call_counts_once_a_person_ticks_it_off(account, change):
    sandbox, connection = account()
    written = connection.source.plan_contact(change(PlanContact, **TASK))
    sandbox.act("complete_task", id=written, by="6")

    (event,) = [each for each in connection.read("tasks") if each.ref.external_id == written]

    assert (type(event), event.kind, event.status, event.employee, event.flags) == (
        Event, "call", "completed", "6", (),
    )  # fmt: skip


def test_what_we_tick_off_ourselves_is_marked_so(account, change):
    _, connection = account()
    item = connection.source.plan_contact(change(PlanContact, **TASK, contact="meeting"))
    connection.source.complete_task(change(CompleteTask, key=key(2), of="contact", item=item))

    (event,) = [each for each in connection.read("tasks") if each.ref.external_id == item]

    assert (event.kind, event.status, event.flags) == ("meeting", "completed", (COMPLETED_BY_US,))


def test_a_contact_that_is_taken_off_was_never_held(account, change):
    _, connection = account()
    item = connection.source.plan_contact(change(PlanContact, **TASK))
    connection.source.withdraw_contact(change(WithdrawContact, key=key(2), item=item))

    (event,) = [each for each in connection.read("tasks") if each.ref.external_id == item]

    assert (event.status, event.completed_at) == ("cancelled", None)
    assert connection.source.current_records("contact", [item], ["open"]) == {}


def test_a_tag_is_added_and_taken_and_the_others_stay(account, change):
    sandbox, connection = account(**TAG)
    sandbox.act("edit", entity="company", id="3", fields={"_embedded": {"tags": [{"name": "Вторая линия"}]}})

    connection.source.set_flag(change(SetFlag, flag="key_account", new=True))
    both = {tag["name"] for tag in rows(sandbox, "companies")["3"]["_embedded"]["tags"]}
    connection.source.set_flag(change(SetFlag, key=key(2), flag="key_account", new=False))
    one = {tag["name"] for tag in rows(sandbox, "companies")["3"]["_embedded"]["tags"]}

    assert (both, one) == ({"Вторая линия", "Ключевой клиент"}, {"Вторая линия"})


def test_fields_flags_owners_and_notes_are_written(account, change):
    sandbox, connection = account()
    source = connection.source

    source.set_field(change(SetField, key=key(1), field="abc_class", new="A"))
    source.set_flag(change(SetFlag, key=key(2), flag="key_account", new=True))
    source.change_owner(change(ChangeOwner, key=key(3), old=None, new="4"))
    note = source.add_note(change(AddNote, key=key(4), text="Передан"))

    assert source.current("3", ["abc_class", "key_account", "owner"]) == {
        "abc_class": "A",
        "key_account": True,
        "owner": "4",
    }
    said = rows(sandbox, "notes")[note]
    assert (said["entity_id"], said["params"]["text"]) == (3, f"Передан\n[cpc-{key(4)}]")


def test_what_hangs_on_a_client_goes_along(account, change):
    sandbox, connection = account()
    deal, person = (next(iter(rows(sandbox, entity))) for entity in ("leads", "contacts"))
    task = connection.source.create_task(change(CreateTask, **TASK))
    moves = [
        change(ChangeOwner, key=key(1), of="deal", item=deal, old=None, new="6"),
        change(ChangeOwner, key=key(2), of="person", item=person, old=None, new="6"),
        change(ReassignActivity, key=key(3), of="task", item=task, old="5", new="6"),
    ]

    assert connection.source.send(moves) == {key(1): deal, key(2): person, key(3): task}
    held = [rows(sandbox, entity)[number]["responsible_user_id"] for entity, number in (
        ("leads", deal), ("contacts", person), ("tasks", task),
    )]  # fmt: skip
    assert held == [6, 6, 6]


def many(change, count: int = 30) -> list[CreateTask]:
    return [change(CreateTask, **TASK, key=key(each), target=str(each % 12 + 1)) for each in range(1, count)]


def test_answers_in_another_order_are_matched(account, change):
    sandbox, connection = account("reversed_answers")
    tasks = many(change)

    written = connection.source.send(tasks)

    texts = {number: row["text"] for number, row in rows(sandbox, "tasks").items()}
    assert all(task.marker in texts[written[task.key]] for task in tasks)


def test_after_a_504_that_did_apply_everything_is_found(account, change):
    sandbox, connection = account("applied_504=tasks.add:1")
    tasks = many(change)

    written = connection.source.send(tasks)

    assert {type(each) for each in written.values()} == {UnknownFateError}
    assert set(connection.source.find_written(tasks)) == {task.key for task in tasks}
    assert len(sandbox.state("writes")["writes"]) == len(tasks)


def test_control_sent_again_without_a_look_there_are_two(account, change):
    sandbox, connection = account("applied_504=tasks.add:1")
    task = change(CreateTask, **TASK)

    connection.source.send([task])
    connection.source.send([task])

    assert sum(task.marker in row["text"] for row in rows(sandbox, "tasks").values()) == 2


def test_an_owner_change_behind_a_504_is_read_back(account, change):
    _, connection = account("applied_504=companies.update:1")

    assert connection.source.send([change(ChangeOwner, old=None, new="4")]) == {"0123456789abcdef0123": "3"}


@pytest.mark.parametrize("faults", [(), ("partial_400",)], ids=["whole", "partial"])
def test_of_a_refused_batch_only_what_is_wrong_fails(faults, account, change):
    sandbox, connection = account(*faults)
    wrong = change(CreateTask, **{**TASK, "assignee": "999"}, key=key(99))
    tasks = [*many(change), wrong]

    written = connection.source.send(tasks)

    assert isinstance(written[wrong.key], RefusedError)
    assert all(isinstance(written[task.key], str) for task in tasks[:-1])
    assert len(sandbox.state("writes")["writes"]) == len(tasks) - 1


def test_what_a_rule_sets_back_is_told(account, change):
    _, connection = account("changed_back=responsible_user_id")

    answer = connection.source.send([change(ChangeOwner, old=None, new="4")])

    assert isinstance(answer["0123456789abcdef0123"], ChangedBackError)


def test_two_values_of_one_card_go_in_two_requests(account, change):
    _, connection = account()
    both = [
        change(SetField, key=key(1), field="abc_class", new="A"),
        change(SetField, key=key(2), field="region", new="Тверь"),
    ]

    assert connection.source.send(both) == {key(1): "3", key(2): "3"}
    assert connection.source.current("3", ["abc_class", "region"]) == {"abc_class": "A", "region": "Тверь"}


def test_nothing_is_written_that_the_admin_does_not_list(stand_in, small, connect, change):
    sandbox = stand_in(small)
    connection = connect(sandbox.url, may_write=("note",))

    answer = connection.source.send([change(CreateTask, **TASK)])

    assert isinstance(answer["0123456789abcdef0123"], ForbiddenError)
    assert sandbox.state("writes")["writes"] == []


def test_nobody_who_left_gets_anything(account):
    sandbox, connection = account()
    sandbox.act("dismiss", employee="4")

    assert connection.source.dismissed(["4", "5", "999"]) == {"4", "999"}
