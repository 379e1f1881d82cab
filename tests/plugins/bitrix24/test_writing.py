"""Writes: once each, with a marker, checked afterwards, and found again when the answer was lost."""

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
    same_value,
)
from connector.errors import AccessError, ForbiddenError, MissingRecordError, RefusedError, UnknownFateError

DUE = datetime(2026, 10, 5, 9, tzinfo=UTC)
TASK = {"assignee": "5", "title": "Позвонить клиенту", "due": DUE}
CALL = {"assignee": "5", "title": "Звонок по норме", "due": DUE}
SETTINGS = {
    "fields": {"abc_class": "UF_CRM_ABC_CLASS", "client_status": "UF_CRM_STATUS"},
    "flags": {"key_account": "UF_CRM_KEY_CLIENT"},
    "custom_fields": {"Статус клиента": "status"},
}


def key(number: int) -> str:
    return f"{number:020x}"


@pytest.fixture
def sandbox(stand_in):
    return stand_in()


@pytest.fixture
def connection(sandbox, connect):
    return connect(sandbox.url, **SETTINGS)


def rows(sandbox, entity: str) -> dict[str, dict]:
    return {row["ID"]: row for row in sandbox.state("vendor")["vendor"][entity]}


def test_a_task_stands_on_the_clients_card_with_its_marker(sandbox, connection, change):
    written = connection.source.create_task(change(CreateTask, **TASK, text="Норма 4, сделано 1.", deal="2"))

    row = rows(sandbox, "task")[written]
    assert (row["TITLE"], row["RESPONSIBLE_ID"]) == ("Позвонить клиенту", "5")
    assert row["DEADLINE"] == "2026-10-05T12:00:00+03:00"
    assert row["UF_CRM_TASK"] == ["CO_3", "D_2"]
    assert row["XML_ID"] == "cpc-0123456789abcdef0123"
    assert row["DESCRIPTION"] == "Норма 4, сделано 1.\n\n[cpc-0123456789abcdef0123]"


def test_our_task_comes_back_as_ours(connection, change):
    written = connection.source.create_task(change(CreateTask, **TASK))
    task = {each.ref.external_id: each for each in connection.read("tasks")}[written]
    assert (task.key, task.client, task.assignee, task.due, task.status) == (
        "0123456789abcdef0123", "3", "5", DUE, "open",
    )  # fmt: skip


def test_a_planned_call_has_the_clients_number(sandbox, connection, change):
    number = rows(sandbox, "company")["1"]["PHONE"][0]["VALUE"]
    written = connection.source.plan_contact(change(PlanContact, **CALL, target="1", text="Узнать о заказе"))

    row = rows(sandbox, "activity")[written]
    assert (row["OWNER_TYPE_ID"], row["OWNER_ID"], row["TYPE_ID"], row["DIRECTION"]) == ("4", "1", "2", "2")
    assert (row["COMPLETED"], row["RESPONSIBLE_ID"]) == ("N", "5")
    assert row["START_TIME"] == "2026-10-05T12:00:00+03:00"
    assert (row["ORIGINATOR_ID"], row["ORIGIN_ID"]) == ("crm-policy-connector", "cpc-0123456789abcdef0123")
    assert row["COMMUNICATIONS"][0]["VALUE"] == number


def test_a_planned_meeting_comes_back_as_ours_and_counts_for_nothing_yet(connection, change):
    written = connection.source.plan_contact(change(PlanContact, **CALL, contact="meeting"))
    event = {each.ref.external_id: each for each in connection.read("activities")}[written]
    assert (event.kind, event.status, event.client, event.key) == (
        "meeting",
        "planned",
        "3",
        "0123456789abcdef0123",
    )
    assert (event.planned_at, event.completed_at, event.flags) == (DUE, None, ())


def test_our_call_counts_on_the_day_and_for_the_person_that_completed_it(sandbox, connection, change):
    written = connection.source.plan_contact(change(PlanContact, **CALL))
    sandbox.act("complete_activity", id=written, by="6")
    event = {each.ref.external_id: each for each in connection.read("activities")}[written]
    assert (event.status, event.employee, event.flags) == ("completed", "6", ())
    assert event.completed_at < DUE


@pytest.mark.parametrize(
    ("kind", "given", "field", "held"),
    [
        (SetField, {"field": "abc_class", "new": "A"}, "UF_CRM_ABC_CLASS", "A"),
        (SetField, {"field": "client_status", "new": "Закрыт"}, "UF_CRM_STATUS", "2"),
        (SetFlag, {"flag": "key_account", "new": True}, "UF_CRM_KEY_CLIENT", "1"),
        (ChangeOwner, {"old": "5", "new": "6"}, "ASSIGNED_BY_ID", "6"),
    ],
)
def test_what_is_set_is_set_and_read_again(sandbox, connection, change, kind, given, field, held):
    wanted = change(kind, **given)
    assert connection.source.send([wanted]) == {wanted.key: "3"}
    assert str(rows(sandbox, "company")["3"][field]) == held


def test_a_flag_can_be_cleared(sandbox, connection, change):
    for new, held in ((True, "1"), (False, "0")):
        connection.source.set_flag(change(SetFlag, flag="key_account", new=new))
        assert str(rows(sandbox, "company")["3"]["UF_CRM_KEY_CLIENT"]) == held


def test_a_note_stands_in_the_timeline_with_its_marker(sandbox, connection, change):
    written = connection.source.add_note(change(AddNote, text="Передан новому менеджеру"))
    assert "cpc-0123456789abcdef0123" in rows(sandbox, "comment")[written]["COMMENT"]


def test_fifty_changes_of_all_kinds_take_one_write(sandbox, connection, change):
    changes = [change(CreateTask, **TASK, key=key(number), target=str(number)) for number in range(1, 46)]
    changes += [change(PlanContact, **CALL, key=key(46), target="1"), change(AddNote, key=key(47), text="x")]
    changes += [change(SetField, key=key(48), field="abc_class", new="B")]
    changes += [change(SetFlag, key=key(49), flag="key_account", new=True)]
    owner = rows(sandbox, "company")["3"]["ASSIGNED_BY_ID"]
    changes += [change(ChangeOwner, key=key(50), old=owner, new={"6": "5"}.get(owner, "6"))]
    before = sandbox.state("requests")["requests"]

    written = connection.source.send(changes)

    assert sorted(written) == [key(number) for number in range(1, 51)]
    assert all(isinstance(each, str) for each in written.values())
    assert len(sandbox.state("writes")["writes"]) == 50
    assert connection.source.find_written(changes) == {
        key(number): written[key(number)] for number in range(1, 48)
    }
    # Phones and field texts before it, the write, and the cards after it; look-ups are counted apart.
    assert sandbox.state("requests")["requests"] - before <= 12


def test_one_bad_change_does_not_stop_the_others(connection, change):
    good, bad = (
        change(CreateTask, **TASK, key=key(1)),
        change(CreateTask, **{**TASK, "title": ""}, key=key(2)),
    )
    unnamed = change(SetField, key=key(3), field="days_left", new="3")
    no_option = change(SetField, key=key(4), field="client_status", new="Спящий")

    written = connection.source.send([good, bad, unnamed, no_option])

    assert isinstance(written[key(1)], str)
    assert [type(written[key(number)]) for number in (2, 3, 4)] == [RefusedError] * 3
    assert 'fields = { days_left = "UF_CRM_..." }' in str(written[key(3)])
    assert "Спящий" in str(written[key(4)])


def test_nothing_is_sent_where_writing_is_not_allowed(sandbox, connect, change):
    connection = connect(sandbox.url, may_write=False, **SETTINGS)
    for wanted in (change(CreateTask, **TASK), change(SetField, field="abc_class", new="A")):
        with pytest.raises(AccessError, match="read only"):
            connection.source.send([wanted])
    assert sandbox.state("writes")["writes"] == []


@pytest.mark.parametrize(
    ("kind", "given", "method"),
    [
        (CreateTask, TASK, "tasks.task.add"),
        (PlanContact, CALL, "crm.activity.add"),
        (AddNote, {"text": "x"}, "crm.timeline.comment.add"),
    ],
)
def test_a_write_whose_answer_was_lost_is_found_by_its_marker(stand_in, connect, change, kind, given, method):
    sandbox = stand_in(faults=[f"lost_reply={method}"])
    connection = connect(sandbox.url)
    wanted = change(kind, **given)

    outcome = connection.source.send([wanted])[wanted.key]

    assert isinstance(outcome, UnknownFateError)
    writes = sandbox.state("writes")["writes"]
    assert [write["method"] for write in writes] == [method]
    assert connection.source.find_written([wanted]) == {wanted.key: str(writes[0]["id"])}


def test_a_write_that_was_cut_before_it_was_done_is_not_found(stand_in, connect, change):
    """The control of the test before: the same error, and nothing there."""
    sandbox = stand_in(faults=["cut_before=tasks.task.add"])
    connection = connect(sandbox.url)
    wanted = change(CreateTask, **TASK)

    assert isinstance(connection.source.send([wanted])[wanted.key], UnknownFateError)
    assert connection.source.find_written([wanted]) == {}
    assert sandbox.state("writes")["writes"] == []


def test_a_batch_whose_answer_was_lost_leaves_every_fate_open(stand_in, connect, change):
    sandbox = stand_in(faults=["lost_reply=batch"])
    connection = connect(sandbox.url)
    changes = [change(CreateTask, **TASK, key=key(number)) for number in range(1, 6)]

    outcome = connection.source.send(changes)

    assert {type(each) for each in outcome.values()} == {UnknownFateError}
    assert len(sandbox.state("writes")["writes"]) == 5
    assert sorted(connection.source.find_written(changes)) == [key(number) for number in range(1, 6)]


def test_a_task_is_found_without_its_tag_which_people_can_remove(stand_in, connect, change):
    sandbox = stand_in(faults=["index_lag=3600"])
    connection = connect(sandbox.url)
    wanted = change(CreateTask, **TASK)
    written = connection.source.create_task(wanted)

    by_tag = connection.source._account.portal.call(
        "tasks.task.list", {"filter": {"TAG": wanted.marker}, "select": ["ID"]}
    )
    assert by_tag.result["tasks"] == []
    assert connection.source.find_written([wanted]) == {wanted.key: written}


def test_of_two_records_with_one_marker_the_older_is_ours(connection, change):
    wanted = change(CreateTask, **TASK)
    first = connection.source.create_task(wanted)
    connection.source.create_task(wanted)
    assert connection.source.find_written([wanted]) == {wanted.key: first}


@pytest.mark.parametrize("faults", [(), ("index_lag=3600",)], ids=["the tag shows both", "neither yet"])
@pytest.mark.parametrize(
    ("kind", "given"),
    [(CreateTask, TASK), (PlanContact, CALL), (AddNote, {"text": "Передан"})],
    ids=["task", "contact", "note"],
)
def test_of_two_records_with_one_marker_the_younger_is_deleted(
    stand_in, connect, change, kind, given, faults
):
    connection = connect(stand_in(faults=list(faults)).url)
    wanted = change(kind, **given)
    first, second = (connection.source.send([wanted])[wanted.key] for _ in range(2))
    assert first != second
    assert connection.source.remove_twins([wanted], {wanted.key: second}) == {wanted.key: first}
    assert connection.source._markers.standing([wanted]) == {wanted.key: {int(first)}}
    assert connection.source.remove_twins([wanted], {wanted.key: first}) == {wanted.key: first}


def test_a_record_that_stands_alone_is_left_alone(sandbox, connection, change):
    wanted = change(CreateTask, **TASK)
    written = connection.source.create_task(wanted)
    assert connection.source.remove_twins([wanted], {wanted.key: written}) == {wanted.key: written}
    assert [each["method"] for each in sandbox.state("writes")["writes"]] == ["tasks.task.add"]


def test_somebody_elses_records_are_not_ours(connection, change):
    assert (
        connection.source.find_written([change(CreateTask, **TASK), change(PlanContact, **CALL, key=key(2))])
        == {}
    )


def test_the_card_as_it_is_now(sandbox, connection):
    card = rows(sandbox, "company")["3"]
    names = ["owner", "status", "key_account", "abc_class"]
    assert connection.source.current("3", names) == {
        "owner": card["ASSIGNED_BY_ID"], "status": "active", "key_account": False, "abc_class": None,
    }  # fmt: skip


def test_cards_are_read_fifty_a_request_and_missing_ones_left_out(sandbox, connection):
    connection.source.current("1", ["owner"])
    before = sandbox.state("requests")["requests"]
    found = connection.source.current_many([str(number) for number in (*range(1, 41), 999_999)], ["owner"])
    assert sorted(found, key=int) == [str(number) for number in range(1, 41)]
    assert sandbox.state("requests")["requests"] - before == 1


def test_a_client_that_is_gone_is_missing(connection):
    with pytest.raises(MissingRecordError):
        connection.source.current("999999", ["owner"])


def test_a_name_that_means_nothing_is_refused(connection):
    with pytest.raises(RefusedError, match="weather"):
        connection.source.current("3", ["weather"])


@pytest.mark.parametrize(
    ("held", "wanted", "agree"),
    [
        ("A", "A", True), ("A", "B", False), (None, "", True), (None, None, True), ("A", None, False),
        ("3", 3, True), ("3.00", 3, True), ("3.5", 3, False), (True, True, True), (False, True, False),
        (None, True, False), ("1 из 4", "1 из 4", True),
    ],
)  # fmt: skip
def test_what_counts_as_written(held, wanted, agree):
    assert same_value(held, wanted) is agree


def test_a_card_that_cannot_be_read_again_hides_nothing_that_was_done(portal, connect, change):
    fields = {"UF_CRM_X": {"type": "string", "isDynamic": True, "title": "UF_CRM_X"}}
    replies = {"crm.company.fields": fields, "crm.status.list": []}
    made = {"tasks.task.add": {"task": {"id": "7"}}, "crm.company.update": True}

    def answer(method, given):
        if method != "batch":
            return (
                {"result": replies[method], "time": {}}
                if method in replies
                else (403, {"error": "ACCESS_DENIED"}, {})
            )
        results = {key: made.get(command.partition("?")[0]) for key, command in given["cmd"].items()}
        errors = {key: {"error": "ACCESS_DENIED"} for key, result in results.items() if result is None}
        return {"result": {"result": results, "result_error": errors}, "time": {}}

    connection = connect(portal(answer).url, fields={"x": "UF_CRM_X"})
    task, field = change(CreateTask, **TASK, key=key(1)), change(SetField, key=key(2), field="x", new="new")

    written = connection.source.send([task, field])

    assert written[key(1)] == "7"
    assert isinstance(written[key(2)], UnknownFateError)


def test_a_field_that_an_automation_changes_back_is_said(portal, connect, change):
    fields = {"UF_CRM_X": {"type": "string", "isDynamic": True, "title": "UF_CRM_X", "listLabel": "X"}}
    card = {"ID": "3", "TITLE": "Firm", "UF_CRM_X": "old"}
    replies = {"crm.company.fields": fields, "crm.status.list": [], "crm.company.update": True}

    def answer(method, given):
        if method == "batch":
            return {"result": {"result": dict.fromkeys(given["cmd"], card)}, "time": {}}
        return {"result": replies[method], "time": {}}

    connection = connect(portal(answer).url, fields={"x": "UF_CRM_X"})
    with pytest.raises(RefusedError, match="holds 'old', not 'new'"):
        connection.source.set_field(change(SetField, field="x", new="new"))


# -- what hangs on a client


def test_a_task_of_ours_is_closed_and_for_an_undo_opened_again(sandbox, connection, change):
    number = connection.source.create_task(change(CreateTask, **TASK))
    for done, status in ((True, "5"), (False, "2")):
        closing = change(CompleteTask, key=key(2), item=number, done=done)
        assert connection.source.send([closing]) == {closing.key: number}
        assert rows(sandbox, "task")[number]["STATUS"] == status


def test_a_planned_call_is_closed_handed_on_and_taken_off(sandbox, connection, change):
    number = connection.source.plan_contact(change(PlanContact, **CALL))
    moved = change(ReassignActivity, key=key(2), of="contact", item=number, old="5", new="6")
    assert connection.source.send([moved]) == {moved.key: number}
    assert rows(sandbox, "activity")[number]["RESPONSIBLE_ID"] == "6"
    closed = change(CompleteTask, key=key(3), of="contact", item=number)
    assert connection.source.send([closed]) == {closed.key: number}
    assert rows(sandbox, "activity")[number]["COMPLETED"] == "Y"
    gone = change(WithdrawContact, key=key(4), item=number)
    assert connection.source.send([gone]) == {gone.key: number}
    assert number not in rows(sandbox, "activity")


def test_our_own_completion_is_marked_as_such(connection, change):
    number = connection.source.plan_contact(change(PlanContact, **CALL))
    connection.source.complete_task(change(CompleteTask, key=key(2), of="contact", item=number))
    event = {each.ref.external_id: each for each in connection.read("activities")}[number]
    assert (event.status, event.flags) == ("completed", ("completed_by_us",))


def test_a_deal_and_a_person_get_another_responsible(sandbox, connection, change):
    deal, person = next(iter(rows(sandbox, "deal"))), next(iter(rows(sandbox, "contact")))
    moves = [
        change(ChangeOwner, key=key(1), of="deal", item=deal, old="5", new="6"),
        change(ChangeOwner, key=key(2), of="person", item=person, old="5", new="6"),
    ]
    assert connection.source.send(moves) == {key(1): deal, key(2): person}
    assert rows(sandbox, "deal")[deal]["ASSIGNED_BY_ID"] == "6"
    assert rows(sandbox, "contact")[person]["ASSIGNED_BY_ID"] == "6"


def test_a_lead_among_our_deals_gets_another_responsible(stand_in, connect, change):
    sandbox = stand_in(faults=["leads=3"])
    connection = connect(sandbox.url)
    lead = next(iter(rows(sandbox, "lead")))
    moved = change(ChangeOwner, of="deal", item=f"L_{lead}", old="5", new="6")
    assert connection.source.send([moved]) == {moved.key: f"L_{lead}"}
    assert rows(sandbox, "lead")[lead]["ASSIGNED_BY_ID"] == "6"
    assert connection.source.current_records("deal", [f"L_{lead}"], ["owner"]) == {
        f"L_{lead}": {"owner": "6"}
    }


def test_records_as_they_are_now_without_those_that_are_gone(connection, change):
    task = connection.source.create_task(change(CreateTask, **TASK))
    call = connection.source.plan_contact(change(PlanContact, **CALL, key=key(2)))
    for kind, number, title in (("task", task, TASK["title"]), ("contact", call, CALL["title"])):
        assert connection.source.current_records(kind, [number, "999999"], []) == {
            number: {"open": True, "assignee": "5", "title": title, "due": "2026-10-05T09:00:00+00:00"}
        }
    assert connection.source.current_records("deal", ["999999"], []) == {}


def test_who_was_dismissed_and_nobody_else(sandbox, connection):
    sandbox.act("dismiss", employee=5)
    assert "5" in connection.source.dismissed(["5", "6", "999999"])
    assert connection.source.dismissed(["6", "999999"]) == set()


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        (CompleteTask, {"item": "1"}),
        (ReassignActivity, {"of": "task", "item": "1", "old": "5", "new": "6"}),
        (ChangeOwner, {"of": "deal", "item": "1", "old": "5", "new": "6"}),
    ],
)
def test_a_right_that_is_missing_is_the_error_of_that_change(stand_in, connect, change, kind, given):
    sandbox = stand_in(faults=["no_right=*.task.*"] if kind is not ChangeOwner else ["no_right=crm.item.*"])
    connection = connect(sandbox.url)
    wanted = change(kind, **given)
    assert isinstance(connection.source.send([wanted])[wanted.key], ForbiddenError)
    assert sandbox.state("writes")["writes"] == []
