"""Tasks: whom they are about, and which are ours."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

# From the vendor's page of tasks.task.list (b24-rest-docs, 2026-08), as far as it is asked for.
DOCUMENTED = {
    "id": "8017",
    "title": "Task Example",
    "deadline": "2025-10-24T19:00:00+02:00",
    "createdDate": "2025-06-04T16:15:55+02:00",
    "closedDate": None,
    "responsibleId": "547",
    "status": "2",
    "ufCrmTask": ["C_627", "CO_591", "L_1177", "T88_3", "D_1723"],
    "tags": {"35": {"id": 35, "title": "arpar"}},
    "xmlId": None,
}


@pytest.fixture
def parsed(connect):
    source = connect("http://127.0.0.1:9/rest/1/c0de/").source
    (stream,) = [each for each in source.streams() if each.name == "tasks"]
    return lambda row: stream.parse(row)[0]


def test_the_documented_row(parsed):
    task = parsed(DOCUMENTED | {"@client": "591"})
    assert (task.ref.external_id, task.client, task.deal, task.assignee) == ("8017", "591", "1723", "547")
    assert (task.title, task.status, task.key) == ("Task Example", "open", None)
    assert task.due == datetime(2025, 10, 24, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "expected"), [("2", "open"), ("3", "open"), ("4", "open"), ("5", "done"), (5, "done")]
)
def test_only_what_is_done_is_done(parsed, status, expected):
    assert parsed(DOCUMENTED | {"status": status}).status == expected


@pytest.mark.parametrize(
    "mark",
    [
        {"xmlId": "cpc-0123456789abcdef0123"},
        {"tags": {"35": {"id": 35, "title": "cpc-0123456789abcdef0123"}}},
        {"tags": ["x", "cpc-0123456789abcdef0123"]},
        {"tags": [], "xmlId": "cpc-0123456789abcdef0123"},
    ],
)
def test_ours_are_told_by_either_mark(parsed, mark):
    assert parsed(DOCUMENTED | mark).key == "0123456789abcdef0123"


@pytest.mark.parametrize("links", [None, [], False, ["T88_3"], ["nonsense"]])
def test_a_task_without_a_link_of_ours_has_no_deal(parsed, links):
    assert parsed(DOCUMENTED | {"ufCrmTask": links}).deal is None
