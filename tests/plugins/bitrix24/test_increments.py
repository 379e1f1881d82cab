"""What changes without the stamp of the record that we keep: links, requisites, calls that are told late."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import unquote_plus

from connector.plugins.base import Cursor

TIME = {"date_start": "2026-10-01T09:00:00+03:00"}
SINCE = Cursor(since="2026-10-01T09:00:00+03:00")


def portal_of(rows):
    """Answer every command of batches and calls by a function of (command as text)."""

    def answer(method, given):
        if method == "batch":
            found = {key: rows(unquote_plus(each)) for key, each in given["cmd"].items()}
            return {"result": {"result": found, "result_error": []}, "time": TIME}
        return {"result": rows(f"{method}?{given}"), "time": TIME}

    return answer


def test_people_of_a_company_changed_alone_are_read_again(portal, connect):
    """Somebody ties a person to a company on the company's card; the person is not stamped."""

    def rows(command: str) -> list:
        if ">=DATE_MODIFY" in command and "2026-10-01T08:58:00" not in command:
            return []
        if command.startswith("crm.company.list"):
            return [{"ID": "7"}]
        if command.startswith("crm.contact.list") and "filter[@COMPANY_ID][0]=7" in command:
            return [{"ID": "3", "NAME": "Анна", "COMPANY_ID": "7"}]
        return []

    (contact,) = connect(portal(portal_of(rows)).url).read("contacts", SINCE)
    assert (contact.ref.external_id, contact.client) == ("3", "7")


def test_a_new_entry_without_a_stamp_of_change_counts(portal, connect):
    """DATE_MODIFY of requisites that were never changed is empty."""

    def rows(command: str) -> list:
        if "filter[>=DATE_MODIFY]" in command or "2037" in command:
            return []
        if "filter[>=DATE_CREATE]" in command or "[@ENTITY_ID]" in command:
            return [{"ID": "9", "ENTITY_TYPE_ID": "4", "ENTITY_ID": "3", "RQ_INN": "7707083893"}]
        return [{"ID": "3", "TITLE": "Firm"}] if "filter[@ID][0]=3" in command else []

    (client,) = connect(portal(portal_of(rows)).url).read("companies", SINCE)
    assert (client.ref.external_id, client.inn) == ("3", "7707083893")


def test_changed_requisites_of_many_companies_take_few_requests(portal, connect):
    def rows(command: str) -> list:
        if "2037" in command or (">=DATE_MODIFY" in command and command.startswith("crm.company")):
            return []
        if "filter[@ID]" in command or "[@ENTITY_ID]" in command:
            ids = [part.partition("=")[2] for part in command.split("&") if "[@" in part]
            key = "ENTITY_ID" if "[@ENTITY_ID]" in command else "TITLE"
            return [{"ID": each, key: each} for each in ids]
        if not command.startswith("crm.requisite.list"):
            return []
        first = int(command.partition("filter[>ID]=")[2].partition("&")[0] or 0) + 1
        last = int(command.partition("filter[<=ID]=")[2].partition("&")[0] or 2000)
        every = [{"ID": str(each), "ENTITY_ID": str(each)} for each in range(first, min(last, 2000) + 1)]
        return every[::-1][:50] if "order[ID]=DESC" in command else every[:50]

    served = portal(portal_of(rows))
    assert len(connect(served.url).read("companies", SINCE)) == 2000
    assert len(served.asked) <= 12


def test_a_call_that_telephony_tells_late_is_met(stand_in, connect):
    """The record comes after the activity was read, and does not stamp it."""
    sandbox = stand_in()
    connection = connect(sandbox.url)
    vendor = sandbox.state("vendor")["vendor"]
    touched = {str(row["ID"]): datetime.fromisoformat(row["LAST_UPDATED"]) for row in vendor["activity"]}
    begun = {
        str(row["CRM_ACTIVITY_ID"]): datetime.fromisoformat(row["CALL_START_DATE"]) for row in vendor["call"]
    }
    late = next(each for each in begun if timedelta(0) < touched[each] - begun[each] < timedelta(minutes=60))
    since = begun[late] + timedelta(minutes=100)

    found = {
        event.ref.external_id: event
        for event in connection.read("activities", Cursor(since=since.isoformat()))
    }

    assert touched[late] < since - timedelta(minutes=2)
    assert late in found
    assert found[late].successful is not None


def test_without_the_right_to_calls_increments_go_on(stand_in, connect):
    connection = connect(stand_in(faults=["no_right=voximplant.*"]).url)
    found = connection.read("activities", Cursor(since="2026-09-01T00:00:00+03:00"))
    assert len(found) > 50
    assert {event.successful for event in found} == {None}


def test_an_increment_without_changes_costs_the_same_for_any_base(stand_in, connect, firm):
    sandbox = stand_in()
    connection = connect(sandbox.url)
    names = [stream.name for stream in connection.source.streams()]
    for name in names:
        connection.read(name, Cursor(since="2026-10-01T11:00:00+03:00"))
    before = sandbox.state("requests")["requests"]
    found = [connection.read(name, Cursor(since="2026-10-01T11:00:00+03:00")) for name in names]

    assert [len(each) for each in found[1:]] == [0] * 7
    assert sandbox.state("requests")["requests"] - before <= 12
