"""Of two tasks with one mark the younger is ticked off: it counts for nothing, and no look-up finds it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from connector.changes import CreateTask, PlanContact
from connector.model import Event, Task

DUE = datetime(2026, 10, 5, 9, tzinfo=UTC)
WORK = {"assignee": "5", "title": "Позвонить клиенту", "due": DUE}


def standing(sandbox, change):
    """Return the rows with the change's mark, the older first."""
    rows = sandbox.state("vendor")["vendor"]["tasks"]
    return sorted((row for row in rows if change.marker in row["text"]), key=lambda row: row["id"])


def sent_twice(connection, change) -> str:
    """Send a change as two installations do that both saw nothing; return the older id."""
    first, second = (connection.source.send([change])[change.key] for _ in range(2))
    assert int(first) < int(second)
    return first


@pytest.mark.parametrize(
    ("kind", "words"),
    [(CreateTask, "void twin"), (PlanContact, "contact void twin")],
    ids=["task", "contact"],
)
def test_the_younger_is_ticked_off_and_the_older_stays(kind, words, stand_in, connect, change):
    sandbox = stand_in()
    connection, made = connect(sandbox.url), change(kind, **WORK)
    older = sent_twice(connection, made)
    younger = standing(sandbox, made)[1]

    assert connection.source.remove_twins([made], {made.key: str(younger["id"])}) == {made.key: older}
    first, second = standing(sandbox, made)
    assert (str(first["id"]), first["is_completed"]) == (older, False)
    assert (second["id"], second["is_completed"]) == (younger["id"], True)
    assert second["text"].splitlines()[-1] == f"[{made.marker} {words}]"
    assert connection.source.find_written([made]) == {made.key: older}


def test_what_was_taken_back_is_read_as_nobodys_and_never_held(stand_in, connect, change):
    sandbox = stand_in()
    connection = connect(sandbox.url)
    task, contact = change(CreateTask, key="a" * 20, **WORK), change(PlanContact, key="b" * 20, **WORK)
    older = {each.key: sent_twice(connection, each) for each in (task, contact)}
    connection.source.remove_twins([task, contact], older)

    rows = {each.ref.external_id: each for each in connection.read("tasks")}
    (_, twin), (_, call) = standing(sandbox, task), standing(sandbox, contact)
    read, held = rows[str(twin["id"])], rows[str(call["id"])]
    assert isinstance(read, Task)
    assert isinstance(held, Event)
    assert (read.key, read.status) == (None, "done")
    assert (held.key, held.status, held.completed_at) == (None, "cancelled", None)
    assert [rows[older[each.key]].key for each in (task, contact)] == [task.key, contact.key]


def test_control_where_one_stands_nothing_is_written(stand_in, connect, change):
    sandbox = stand_in()
    connection, made = connect(sandbox.url), change(CreateTask, **WORK)
    written = connection.source.send([made])
    before = len(sandbox.state("writes")["writes"])

    assert connection.source.remove_twins([made], written) == written
    assert len(sandbox.state("writes")["writes"]) == before
