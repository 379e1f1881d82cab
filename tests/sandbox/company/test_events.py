from collections import Counter
from datetime import date, datetime, timedelta

import pytest

from connector.sandbox.company.days import is_working
from connector.sandbox.company.tables import Company, Row

moment = datetime.fromisoformat


def contacts(company: Company, month: str) -> Counter[str]:
    """Counted contacts per client: calls and meetings held and answered, one a day."""
    days = {
        (row["client"], row["completed_at"][:10])
        for row in company.tables["events"]
        if row["kind"] in {"call", "meeting"}
        and row["completed_at"][:7] == month
        and row["successful"] != "0"
    }
    return Counter(client for client, _ in days)


def of_status(company: Company, status: str) -> list[Row]:
    return [row for row in company.tables["events"] if row["status"] == status]


def test_words_of_the_model(any_firm: Company) -> None:
    for row in any_firm.tables["events"]:
        assert row["kind"] in {"call", "meeting", "email", "message", "task", "other"}
        assert row["status"] in {"planned", "completed", "cancelled"}
        wanted = {"in", "out"} if row["kind"] in {"call", "email", "message"} else {""}
        assert row["direction"] in wanted
        assert row["subject"]


def test_all_kinds_and_statuses_occur(firm: Company) -> None:
    pairs = {(row["kind"], row["status"]) for row in firm.tables["events"]}
    kinds = {"call", "meeting", "email", "message", "task"}
    assert pairs >= {(kind, status) for kind in kinds for status in ("planned", "completed", "cancelled")}


def test_nothing_is_held_after_as_of(any_firm: Company) -> None:
    for row in any_firm.tables["events"]:
        assert bool(row["completed_at"]) == (row["status"] == "completed")
        if row["completed_at"]:
            assert moment(row["completed_at"]) <= moment(row["logged_at"]) <= any_firm.as_of
            assert any_firm.as_of - moment(row["completed_at"]) <= timedelta(days=730, seconds=1)


def test_some_are_planned_ahead_and_some_overdue(firm: Company) -> None:
    planned = [moment(row["planned_at"]) for row in of_status(firm, "planned")]
    ahead = sum(at > firm.as_of for at in planned)
    assert ahead > 100
    assert len(planned) - ahead > 50


def test_planned_comes_before_held(any_firm: Company) -> None:
    for row in of_status(any_firm, "completed"):
        assert not row["planned_at"] or moment(row["planned_at"]) <= moment(row["completed_at"])


def test_some_are_logged_days_late_most_within_an_hour(firm: Company) -> None:
    lags = [moment(row["logged_at"]) - moment(row["completed_at"]) for row in of_status(firm, "completed")]
    late = sum(lag >= timedelta(days=1) for lag in lags)
    assert 0.02 < late / len(lags) < 0.08
    assert sum(lag < timedelta(hours=1) for lag in lags) > 0.9 * len(lags)


def test_calls_alone_have_a_length_and_an_answer(any_firm: Company) -> None:
    for row in any_firm.tables["events"]:
        if row["kind"] == "call" and row["status"] == "completed":
            assert row["successful"] in {"0", "1"}
            assert (row["duration_s"] == "0") == (row["successful"] == "0")
        else:
            assert row["successful"] == row["duration_s"] == ""


def test_an_eighth_of_the_calls_is_not_answered(firm: Company) -> None:
    answers = Counter(row["successful"] for row in of_status(firm, "completed") if row["kind"] == "call")
    assert answers["0"] / answers.total() == pytest.approx(0.12, abs=0.03)


def test_events_lie_within_their_client_s_life(any_firm: Company) -> None:
    clients = {row["id"]: row for row in any_firm.tables["clients"]}
    for row in any_firm.tables["events"]:
        client = clients[row["client"]]
        times = [moment(row[name]) for name in ("planned_at", "completed_at", "logged_at") if row[name]]
        assert min(times) >= moment(client["created_at"])
        assert client["status"] == "active" or row["status"] == "completed"
        if client["closed_at"]:
            assert moment(row["completed_at"]) <= moment(client["closed_at"])


def test_a_linked_deal_is_the_client_s_and_was_running(any_firm: Company) -> None:
    deals = {row["id"]: row for row in any_firm.tables["deals"]}
    linked = [row for row in any_firm.tables["events"] if row["deal"]]
    for row in linked:
        deal, at = deals[row["deal"]], moment(row["completed_at"] or row["planned_at"])
        assert deal["client"] == row["client"]
        assert moment(deal["created_at"]) <= at
        assert not deal["closed_at"] or at <= moment(deal["closed_at"])


def test_people_were_employed_and_not_all_are_owners(firm: Company) -> None:
    people = {row["id"]: row for row in firm.tables["employees"]}
    owners = {row["id"]: row["owner"] for row in firm.tables["clients"]}
    for row in firm.tables["events"]:
        person, day = people[row["employee"]], (row["completed_at"] or row["planned_at"])[:10]
        assert person["active_from"] <= day <= (person["active_to"] or "9999")
    recent = [row for row in firm.tables["events"] if row["completed_at"] >= "2026-09"]
    by_others = sum(row["employee"] != owners[row["client"]] for row in recent)
    assert 0.05 < by_others / len(recent) < 0.4
    assert sum(bool(row["deal"]) for row in firm.tables["events"]) > 300


def test_work_is_done_on_working_days_mostly(firm: Company) -> None:
    held = [moment(row["completed_at"]) for row in of_status(firm, "completed")]
    on_working_days = sum(is_working(at.date()) for at in held)
    assert 0.93 < on_working_days / len(held) < 1
    assert sum(9 <= at.hour < 18 for at in held) > 0.95 * len(held)


@pytest.mark.parametrize("month", ["2026-09", "2026-10"])
def test_some_clients_meet_every_norm_and_some_have_no_contact(firm: Company, month: str) -> None:
    count = contacts(firm, month)
    reached = Counter(count[row["id"]] for row in firm.tables["clients"] if row["status"] == "active")
    assert reached[0] > 40
    assert sum(number for done, number in reached.items() if done >= 1) > 40
    assert sum(number for done, number in reached.items() if done >= 4) >= 2


def test_activity_is_uneven(firm: Company) -> None:
    count = sorted(Counter(row["client"] for row in firm.tables["events"]).values())
    assert count[-1] > 100
    assert count[len(count) // 2] < 30


def test_rows_stand_in_order_of_entry(firm: Company) -> None:
    entered = [moment(row["logged_at"]) for row in firm.tables["events"]]
    assert entered == sorted(entered)
    assert firm.tables["events"][0]["id"] == "E1"
    assert date.fromisoformat(firm.tables["events"][0]["logged_at"][:10]) < firm.as_of.date()
