"""What changes become in 1C, what it keeps of them, and what it refuses."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from connector.changes import (
    AddNote,
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
from connector.errors import ChangedBackError, ConfigError, RefusedError
from connector.model import Event, Task
from connector.plugins.onec.answers import ODataError, StaleError
from connector.sandbox.server import Sandbox

PARTNERS, TASKS = "Catalog_Партнеры", "Task_ЗадачаИсполнителя"
CALLS, MEETINGS = "Document_ТелефонныйЗвонок", "Document_Встреча"
ATTRIBUTES, INFO = "ДополнительныеРеквизиты", "КонтактнаяИнформация"
DUE = datetime(2026, 10, 5, 9, tzinfo=UTC)
TODO = {"title": "Связаться", "text": "Контактов 1 из 4", "due": DUE}
FIELDS = {"fields": {"abc_class": "Класс ABC", "left": "Осталось дней", "trade": "Отрасль"}}


def rows(sandbox: Sandbox, entity_set: str) -> list[dict[str, Any]]:
    """Return the records of a set."""
    return list(sandbox.state("vendor")["vendor"][entity_set])


def card(sandbox: Sandbox, key: str, entity_set: str = PARTNERS) -> dict[str, Any]:
    """Return one record."""
    return next(row for row in rows(sandbox, entity_set) if row["Ref_Key"] == key)


def people(sandbox: Sandbox) -> tuple[str, str, str]:
    """Return an open client, its owner, and somebody else who works there."""
    tables = sandbox.state("company")["company"]
    staff = [row["id"] for row in tables["employees"] if row["active"] == "1"]
    client = next(row for row in tables["clients"] if row["owner"] in staff and row["status"] == "active")
    return client["id"], client["owner"], next(each for each in staff if each != client["owner"])


def sent(connection: Any, *changes: Any) -> list[Any]:
    """Send the changes; return what became of each."""
    outcome = connection.source.send(list(changes))
    return [outcome[change.key] for change in changes]


def test_a_task_stands_as_it_was_sent_under_the_key_of_its_change(stand_in, connect, change):
    sandbox = stand_in()
    client, owner, _ = people(sandbox)
    made = change(CreateTask, target=client, assignee=owner, client_name="ООО «Ромашка»", **TODO)
    connection = connect(sandbox.url)

    (key,) = sent(connection, made)

    task = card(sandbox, key, TASKS)
    assert task["Description"] == "Связаться"
    assert task["Описание"] == f"Контактов 1 из 4\n[{made.marker}]"
    assert (task["Исполнитель"], task["Исполнитель_Type"]) == (owner, "StandardODATA.Catalog_Пользователи")
    assert (task["Предмет"], task["Предмет_Type"]) == (client, "StandardODATA.Catalog_Партнеры")
    assert task["СрокИсполнения"] == "2026-10-05T12:00:00"
    assert task["Executed"] is False
    (write,) = sandbox.state("writes")["writes"]
    assert write["marker"] == key
    (ours,) = [each for each in connection.read("tasks") if each.ref.external_id == key]
    assert isinstance(ours, Task)
    assert (ours.key, ours.client, ours.assignee, ours.due) == (made.key, client, owner, DUE)


def test_the_same_change_sent_twice_is_one_record(stand_in, connect, change):
    """The base itself refuses the second one with code 15: no look-up is needed for that."""
    sandbox = stand_in()
    client, owner, _ = people(sandbox)
    made = change(CreateTask, target=client, assignee=owner, **TODO)
    before = len(rows(sandbox, TASKS))

    first, again = sent(connect(sandbox.url), made), sent(connect(sandbox.url), made)

    assert first == again
    assert len(rows(sandbox, TASKS)) == before + 1


@pytest.mark.parametrize(
    ("profile", "contact", "entity_set", "stream"),
    [
        ("ut11", "call", CALLS, "calls"),
        ("ut11", "meeting", MEETINGS, "meetings"),
        ("unf3", "call", "Document_Событие", "events"),
        ("unf3", "meeting", "Document_Событие", "events"),
        ("crm3", "call", "Document_CRM_Взаимодействие", "talks"),
        ("crm3", "meeting", "Document_CRM_Взаимодействие", "talks"),
    ],
)
def test_a_planned_contact_is_an_event_that_waits_and_can_be_taken_off(
    profile, contact, entity_set, stream, stand_in, connect, change
):
    sandbox = stand_in(profile)
    client, owner, other = people(sandbox)
    plan = change(PlanContact, target=client, contact=contact, assignee=owner, **TODO)
    connection = connect(sandbox.url, profile=profile)

    (key,) = sent(connection, plan)

    assert isinstance(key, str), key
    (event,) = [each for each in connection.read(stream) if each.ref.external_id == key]
    assert isinstance(event, Event)
    assert (event.kind, event.status, event.client, event.employee) == (contact, "planned", client, owner)
    assert (event.planned_at, event.key, event.subject) == (DUE, plan.key, "Связаться")
    now = connection.source.current_records("contact", [key], ())[key]
    assert now == {"open": True, "assignee": owner, "title": "Связаться", "due": "2026-10-05T09:00:00+00:00"}
    given = {"target": client, "item": key}
    moved = change(ReassignActivity, key="b" * 20, of="contact", old=owner, new=other, **given)
    assert sent(connection, moved) == [key]
    assert sent(connection, change(WithdrawContact, key="c" * 20, **given)) == [key]
    assert card(sandbox, key, entity_set)["DeletionMark"] is True
    assert connection.source.find_written([plan]) == {}


@pytest.mark.parametrize("profile", ["ut11", "unf3"])
def test_a_task_is_closed_given_to_another_and_found(profile, stand_in, connect, change):
    sandbox = stand_in(profile)
    client, owner, other = people(sandbox)
    made = change(CreateTask, target=client, assignee=owner, **TODO)
    connection = connect(sandbox.url, profile=profile)
    (key,) = sent(connection, made)
    assert connection.source.find_written([made]) == {made.key: key}
    given = {"target": client, "item": key}

    moved = change(ReassignActivity, key="b" * 20, of="task", old=owner, new=other, **given)
    assert sent(connection, moved) == [key]
    assert connection.source.current_records("task", [key], ())[key]["assignee"] == other
    assert sent(connection, change(CompleteTask, key="c" * 20, **given)) == [key]

    assert card(sandbox, key, TASKS)["Executed"] is True
    assert connection.source.current_records("task", [key], ())[key]["open"] is False


def test_an_attribute_is_set_and_no_other_line_of_the_card_is_lost(stand_in, connect, change):
    """A PATCH puts a section in the place of the whole old one; contact information is not even sent."""
    sandbox = stand_in()
    client, *_ = people(sandbox)
    before = card(sandbox, client)
    connection = connect(sandbox.url, **FIELDS)

    outcome = sent(connection, change(SetField, target=client, field="abc_class", old=None, new="B"))

    assert outcome == [client]
    after = card(sandbox, client)
    assert after[INFO] == before[INFO]
    foreign = [line["Свойство_Key"] for line in before[ATTRIBUTES]]
    assert [line["Свойство_Key"] for line in after[ATTRIBUTES]][: len(foreign)] == foreign
    assert [line["LineNumber"] for line in after[ATTRIBUTES]] == [*range(1, len(after[ATTRIBUTES]) + 1)]
    assert connection.source.current(client, ["abc_class"]) == {"abc_class": "B"}


def test_a_value_that_the_list_of_the_attribute_lacks_is_refused_before_anything_is_sent(
    stand_in, connect, change
):
    sandbox = stand_in()
    client, *_ = people(sandbox)
    connection = connect(sandbox.url, **FIELDS)

    (outcome,) = sent(connection, change(SetField, target=client, field="trade", old=None, new="магия"))

    assert isinstance(outcome, RefusedError)
    assert "has no 'магия'" in outcome.message
    assert sandbox.state("writes")["writes"] == []


def test_a_value_of_a_list_is_written_as_a_reference_to_it(stand_in, connect, change):
    sandbox = stand_in()
    values = rows(sandbox, "Catalog_ЗначенияСвойствОбъектов")
    connection = connect(sandbox.url, **FIELDS)
    clients = sandbox.state("company")["company"]["clients"]
    client, other = (
        clients[0]["id"],
        next(row["industry"] for row in clients if row["industry"] not in ("", clients[0]["industry"])),
    )

    assert sent(connection, change(SetField, target=client, field="trade", old=None, new=other)) == [client]

    keys = {row["Ref_Key"] for row in values if row["Description"] == other}
    assert keys & {line["Значение"] for line in card(sandbox, client)[ATTRIBUTES]}


def test_an_attribute_that_the_base_does_not_have_is_told(stand_in, connect, change):
    sandbox = stand_in()
    client, *_ = people(sandbox)

    (outcome,) = sent(
        connect(sandbox.url, **FIELDS), change(SetField, target=client, field="left", old=None, new=3)
    )

    assert isinstance(outcome, RefusedError)
    assert "no additional attribute 'Осталось дней'" in outcome.message


def test_a_flag_is_set_and_its_line_goes_when_it_is_cleared(stand_in, connect, change):
    sandbox = stand_in()
    tables = sandbox.state("company")["company"]
    client = next(row["id"] for row in tables["clients"] if row["key_account"] == "0")
    lines = len(card(sandbox, client)[ATTRIBUTES])
    connection = connect(sandbox.url)

    flag = {"target": client, "flag": "key_account"}
    assert sent(connection, change(SetFlag, old=False, new=True, **flag)) == [client]
    assert connection.source.current(client, ["key_account"]) == {"key_account": True}
    assert sent(connection, change(ClearFlag, key="b" * 20, old=True, **flag)) == [client]

    assert len(card(sandbox, client)[ATTRIBUTES]) == lines


def test_an_owner_is_changed_for_the_client_and_its_deal(stand_in, connect, change):
    sandbox = stand_in()
    client, owner, other = people(sandbox)
    deal = sandbox.state("company")["company"]["deals"][0]
    connection = connect(sandbox.url)
    hand = change(ChangeOwner, target=client, old=owner, new=other)
    along = change(
        ChangeOwner, key="b" * 20, target=client, of="deal", item=deal["id"], old=deal["owner"], new=other
    )

    assert sent(connection, hand, along) == [client, deal["id"]]

    assert card(sandbox, client)["ОсновнойМенеджер_Key"] == other
    assert connection.source.current_records("deal", [deal["id"]], ["owner"])[deal["id"]]["owner"] == other


def test_an_owner_that_a_handler_sets_back_is_told(stand_in, connect, change):
    sandbox = stand_in(faults=["changed_back=ОсновнойМенеджер"])
    client, owner, other = people(sandbox)

    (outcome,) = sent(connect(sandbox.url), change(ChangeOwner, target=client, old=owner, new=other))

    assert isinstance(outcome, ChangedBackError)


def test_a_refusal_of_the_configuration_is_told_in_its_words_and_never_repeated(stand_in, connect, change):
    sandbox = stand_in(faults=["refused_write=:all"])
    client, owner, other = people(sandbox)
    connection = connect(sandbox.url)
    connection.read("employees")
    before = sandbox.state("requests")["requests"]

    (outcome,) = sent(connection, change(ChangeOwner, target=client, old=owner, new=other))

    assert isinstance(outcome, ODataError)
    assert (outcome.code, "ПередЗаписью" in outcome.message) == (-1, True)
    # One look at the version, one PATCH.
    assert sandbox.state("requests")["requests"] - before == 2


def test_a_card_that_somebody_changed_in_between_is_left_as_it_is(stand_in, connect, change, monkeypatch):
    """Where the base minds If-Match; the version is read right before, as live bases do not."""
    sandbox = stand_in(faults=["if_match"])
    client, owner, other = people(sandbox)
    connection = connect(sandbox.url)
    connection.read("employees")
    one = connection.source.api.one

    def changed_in_between(entity_set: str, key: str, select: tuple[str, ...] = ()) -> dict[str, Any]:
        held = one(entity_set, key, select)
        sandbox.act("edit", entity=PARTNERS, id=client, fields={"Комментарий": "другой"})
        return dict(held)

    monkeypatch.setattr(connection.source.api, "one", changed_in_between)

    (outcome,) = sent(connection, change(ChangeOwner, target=client, old=owner, new=other))

    assert isinstance(outcome, StaleError)
    assert card(sandbox, client)["ОсновнойМенеджер_Key"] == owner


def test_a_note_stands_behind_what_the_card_says(stand_in, connect, change):
    sandbox = stand_in()
    client, *_ = people(sandbox)
    sandbox.act("edit", entity=PARTNERS, id=client, fields={"Комментарий": "Звонить после обеда"})
    note = change(AddNote, target=client, text="Передан")
    connection = connect(sandbox.url)

    assert sent(connection, note) == [client]

    assert card(sandbox, client)["Комментарий"] == f"Звонить после обеда\nПередан\n[{note.marker}]"
    assert connection.source.find_written([note]) == {note.key: client}


def test_a_task_that_a_handler_gives_to_somebody_else_is_taken_off_again(stand_in, connect, change):
    """All answers are 200: only the answer's own words tell that the base did not keep what was sent."""
    sandbox = stand_in()
    client, *_ = people(sandbox)
    made = change(CreateTask, target=client, assignee="00000000-0000-4000-8000-000000000001", **TODO)
    connection = connect(sandbox.url)
    given = connection.source.api.create

    def cut(entity_set: str, record: dict[str, Any], needs: set[str]) -> dict[str, Any]:
        return given(entity_set, {**record, "СрокИсполнения": "0001-01-01T00:00:00"}, needs)

    connection.source.api.create = cut

    (outcome,) = sent(connection, made)

    assert isinstance(outcome, RefusedError)
    assert "did not keep СрокИсполнения" in outcome.message
    assert [row["DeletionMark"] for row in rows(sandbox, TASKS) if made.marker in row["Описание"]] == [True]


def test_a_purpose_that_the_profile_does_not_write_is_told(stand_in, connect, change):
    sandbox = stand_in("bp3")
    client = sandbox.state("company")["company"]["clients"][0]["id"]

    (outcome,) = sent(
        connect(sandbox.url, profile="bp3"), change(CreateTask, target=client, assignee="x", **TODO)
    )

    assert isinstance(outcome, RefusedError)
    assert "does not say where a task is written" in outcome.message
    with pytest.raises(ConfigError):
        raise ConfigError(outcome.message)


def test_who_was_dismissed_gets_nothing_any_more(stand_in, connect):
    sandbox = stand_in()
    staff = {row["id"]: row["active"] for row in sandbox.state("company")["company"]["employees"]}

    found = connect(sandbox.url).source.dismissed([*staff, "00000000-0000-4000-8000-000000000001"])

    assert found == {each for each, active in staff.items() if active == "0"} | {
        "00000000-0000-4000-8000-000000000001"
    }
