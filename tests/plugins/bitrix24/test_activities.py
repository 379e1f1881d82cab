"""Activities as events: rows as the vendor's pages show them, and the client found by every way there is."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from urllib.parse import unquote_plus

import pytest

from connector.errors import RecordError
from connector.plugins.base import Cursor

# The row of the vendor's page of crm.activity.list (b24-rest-docs, 2026-08).
DOCUMENTED = {
    "ID": "20",
    "OWNER_ID": "15",
    "OWNER_TYPE_ID": "3",
    "TYPE_ID": "2",
    "PROVIDER_ID": "VOXIMPLANT_CALL",
    "PROVIDER_TYPE_ID": "CALL",
    "SUBJECT": "Outgoing call Klaus Weber",
    "CREATED": "2020-09-27T13:26:55+03:00",
    "LAST_UPDATED": "2021-03-21T20:28:24+03:00",
    "START_TIME": "2020-09-27T13:25:00+03:00",
    "END_TIME": "2020-09-27T19:25:00+03:00",
    "DEADLINE": "2020-09-27T13:25:00+03:00",
    "COMPLETED": "Y",
    "STATUS": "2",
    "RESPONSIBLE_ID": "505",
    "DIRECTION": "2",
    "ORIGINATOR_ID": None,
    "ORIGIN_ID": None,
    "EDITOR_ID": "506",
}
OURS = {"ORIGINATOR_ID": "crm-policy-connector", "ORIGIN_ID": "cpc-0123456789abcdef0123"}
TIME = {"date_start": "2026-10-01T09:00:00+03:00"}


@pytest.fixture
def parsed(connect):
    """Turn a row into an event; no request is made for that."""

    def parse(row, **settings):
        source = connect("http://127.0.0.1:9/rest/1/c0de/", **settings).source
        (stream,) = [each for each in source.streams() if each.name == "activities"]
        (event,) = stream.parse(row)
        return event

    return parse


def test_the_documented_row(parsed):
    event = parsed(
        DOCUMENTED | {"@client": "21", "@call": {"successful": False, "seconds": 0}, "@result": "busy"}
    )

    assert event.model_dump(exclude={"raw", "updated_at"}) == {
        "ref": ("main", "20"),
        "flags": (),
        "client": "21",
        "employee": "505",
        "kind": "call",
        "direction": "out",
        "status": "completed",
        "planned_at": datetime(2020, 9, 27, 10, 25, tzinfo=UTC),
        "completed_at": datetime(2020, 9, 27, 16, 25, tzinfo=UTC),
        "logged_at": datetime(2020, 9, 27, 10, 26, 55, tzinfo=UTC),
        "duration_s": 0,
        "successful": False,
        "subject": "Outgoing call Klaus Weber",
        "result": "busy",
        "deal": None,
        "key": None,
    }
    assert event.updated_at == datetime(2021, 3, 21, 17, 28, 24, tzinfo=UTC)
    assert event.raw["SUBJECT"] == "Outgoing call Klaus Weber"


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ({"TYPE_ID": "1", "PROVIDER_ID": "CRM_MEETING"}, "meeting"),
        ({"TYPE_ID": "2", "PROVIDER_ID": "VOXIMPLANT_CALL"}, "call"),
        ({"TYPE_ID": "3", "PROVIDER_ID": "CRM_TASKS_TASK"}, "task"),
        ({"TYPE_ID": "4", "PROVIDER_ID": "CRM_EMAIL"}, "email"),
        ({"TYPE_ID": "6", "PROVIDER_ID": "CRM_TODO"}, "task"),
        ({"TYPE_ID": "6", "PROVIDER_ID": "IMOPENLINES_SESSION"}, "message"),
        ({"TYPE_ID": "6", "PROVIDER_ID": "REST_APP"}, "other"),
        ({"TYPE_ID": 2, "PROVIDER_ID": None}, "call"),
        ({"TYPE_ID": "0", "PROVIDER_ID": None}, "other"),
    ],
)
def test_kinds(parsed, row, kind):
    assert parsed(DOCUMENTED | row).kind == kind


def test_the_settings_can_say_what_a_provider_is(parsed):
    row = DOCUMENTED | {"TYPE_ID": "6", "PROVIDER_ID": "REST_APP"}
    assert parsed(row, event_kinds={"REST_APP": "meeting"}).kind == "meeting"


def test_an_unknown_provider_is_said_once(connect, caplog):
    source = connect("http://127.0.0.1:9/rest/1/c0de/").source
    (stream,) = [each for each in source.streams() if each.name == "activities"]
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            stream.parse(DOCUMENTED | {"TYPE_ID": "6", "PROVIDER_ID": "NEW_THING"})
    assert caplog.text.count("NEW_THING") == 1


@pytest.mark.parametrize(
    ("value", "direction"), [("1", "in"), ("2", "out"), ("0", None), (1, "in"), (None, None)]
)
def test_directions(parsed, value, direction):
    assert parsed(DOCUMENTED | {"DIRECTION": value}).direction == direction


def test_what_is_planned_was_not_held(parsed):
    event = parsed(DOCUMENTED | {"COMPLETED": "N", "STATUS": "1"})
    assert (event.status, event.completed_at) == ("planned", None)
    assert event.planned_at == datetime(2020, 9, 27, 10, 25, tzinfo=UTC)


def test_what_ended_before_its_planned_end_ended_when_it_was_touched(parsed):
    row = DOCUMENTED | {"END_TIME": "2030-01-01T18:00:00+03:00"}
    assert parsed(row).completed_at == datetime(2021, 3, 21, 17, 28, 24, tzinfo=UTC)


def test_a_task_without_end_has_the_year_9999(parsed):
    endless = "9999-12-31T00:00:00+03:00"
    row = DOCUMENTED | {"COMPLETED": "N", "START_TIME": "", "END_TIME": endless, "DEADLINE": endless}
    assert parsed(row).planned_at is None


def test_what_we_planned_is_ours_and_counts_for_whom_completed_it_on_that_day(parsed):
    event = parsed(DOCUMENTED | OURS)
    assert (event.key, event.employee, event.flags) == ("0123456789abcdef0123", "506", ())
    assert event.completed_at == datetime(2021, 3, 21, 17, 28, 24, tzinfo=UTC)


def test_what_we_planned_and_our_account_completed_is_flagged(parsed):
    assert parsed(DOCUMENTED | OURS | {"EDITOR_ID": "1"}).flags == ("completed_by_us",)
    assert parsed(DOCUMENTED | {"EDITOR_ID": "1"}).flags == ()
    assert parsed(DOCUMENTED | OURS | {"EDITOR_ID": "1", "COMPLETED": "N"}).flags == ()


@pytest.mark.parametrize(
    "row",
    [
        {"ORIGINATOR_ID": "other", "ORIGIN_ID": "cpc-0123456789abcdef0123"},
        {"ORIGINATOR_ID": "crm-policy-connector", "ORIGIN_ID": "x"},
    ],
)
def test_somebody_elses_origin_is_not_ours(parsed, row):
    assert parsed(DOCUMENTED | row).key is None


def test_the_deal_is_kept(parsed):
    assert parsed(DOCUMENTED | {"OWNER_TYPE_ID": "2", "OWNER_ID": "7"}).deal == "7"


def test_a_row_that_cannot_be_read_says_where(parsed):
    with pytest.raises(RecordError) as caught:
        parsed(DOCUMENTED | {"START_TIME": "0000-00-00 00:00:00"})
    assert caught.value.field == "START_TIME"


CONTACTS = {"15": "21", "16": None}
DEALS = {"7": ("21", None), "8": (None, "15"), "9": (None, None)}
WITH_WHOM = {
    "105": {
        "COMMUNICATIONS": [
            {"ENTITY_TYPE_ID": "3", "ENTITY_ID": "16", "ENTITY_SETTINGS": {"COMPANY_ID": "22"}}
        ]
    },
    "106": {"COMMUNICATIONS": [{"ENTITY_TYPE_ID": "4", "ENTITY_ID": "23", "ENTITY_SETTINGS": []}]},
    "107": {
        "BINDINGS": [{"OWNER_TYPE_ID": "128", "OWNER_ID": "5"}, {"OWNER_TYPE_ID": "4", "OWNER_ID": "24"}]
    },
    "108": {"COMMUNICATIONS": [], "BINDINGS": []},
}
OWNERS = {
    "101": ("4", "21", "21"),  # the company itself
    "102": ("3", "15", "21"),  # a contact: its primary company
    "103": ("2", "7", "21"),  # a deal: its company
    "104": ("2", "8", "21"),  # a deal with a contact only: the contact's company
    "105": ("3", "16", "22"),  # a contact without company: whom it was with
    "106": ("128", "5", "23"),
    "107": ("128", "5", "24"),  # what it is bound to
    "108": ("2", "9", None),  # nobody: kept without a client
    "109": ("1", "4", None),  # a lead that may not be read
}


def test_every_way_to_the_client(portal, connect):
    base = DOCUMENTED | {"COMPLETED": "N"}
    rows = [
        base | {"ID": each, "OWNER_TYPE_ID": kind, "OWNER_ID": owner}
        for each, (kind, owner, _) in OWNERS.items()
    ]

    def found(command: str):
        told = unquote_plus(command)
        if told.startswith("crm.contact.list"):
            return [{"ID": key, "COMPANY_ID": CONTACTS[key]} for key in ("15", "16") if f"={key}&" in told]
        if told.startswith("crm.deal.list"):
            return [{"ID": key, "COMPANY_ID": a, "CONTACT_ID": b} for key, (a, b) in DEALS.items()]
        if "COMMUNICATIONS" in told:
            return [{"ID": key} | more for key, more in WITH_WHOM.items()]
        return rows

    def answer(method, given):
        denied = {"error": "ACCESS_DENIED", "error_description": "no leads for you"}
        bad = {key: denied for key, command in given["cmd"].items() if command.startswith("crm.lead")}
        good = {key: found(command) for key, command in given["cmd"].items() if key not in bad}
        return {"result": {"result": good, "result_error": bad}, "time": TIME}

    events = connect(portal(answer).url).read("activities", Cursor())
    assert {event.ref.external_id: event.client for event in events} == {
        each: client for each, (_, _, client) in OWNERS.items()
    }


def test_without_the_right_to_call_statistics_success_is_unknown(stand_in, connect, caplog):
    connection = connect(stand_in(faults=["no_right=voximplant.*"]).url)
    with caplog.at_level(logging.WARNING):
        events = connection.read("activities")

    calls = [event for event in events if event.kind == "call" and event.status == "completed"]
    assert len(calls) > 500
    assert {event.successful for event in calls} == {None}
    assert any(event.result for event in calls)
    assert caplog.text.count("stays unknown") == 1


def test_results_are_not_read_when_nobody_wants_them(stand_in, connect):
    sandbox = stand_in()
    thrifty, curious = connect(sandbox.url, read_results=False), connect(sandbox.url)
    assert {event.result for event in thrifty.read("activities")} == {None}
    assert any(event.result for event in curious.read("activities"))
