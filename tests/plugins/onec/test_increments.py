"""What changed since the last pull, by both ways of looking for it, after everything that people do."""

from __future__ import annotations

from typing import Any

import pytest
from onec_truth import differences

from connector.model import Client
from connector.plugins.base import Cursor, Stream
from connector.sandbox.server import Sandbox

WAYS = ("windows", "poll")
CALLS = "Document_ТелефонныйЗвонок"


def some(sandbox: Sandbox, table: str, **cells: str) -> list[str]:
    """Return the keys of neutral rows with these cells."""
    rows = sandbox.state("company")["company"][table]
    return [row["id"] for row in rows if all(row[name] == cell for name, cell in cells.items())]


def an_hour_of_work(sandbox: Sandbox) -> None:
    """Let people do what people do in 1C."""
    act = sandbox.act
    first, second, third, fourth, *_ = some(sandbox, "clients")
    seller, other, *_ = some(sandbox, "employees", role="seller", active="1")
    act("update", table="clients", id=first, fields={"name": "ООО «Иначе»", "phones": "+79161234567"})
    act("change_owner", client=second, owner=other)
    act("delete", entity=CALLS, id=some(sandbox, "events", kind="call", status="completed", deal="")[0])
    act("complete_activity", id=some(sandbox, "events", kind="call", status="planned")[0], result="Да")
    errand = {"client": third, "employee": seller, "kind": "task", "planned_at": "2026-10-05T10:00:00+03:00"}
    act("complete_task", id=act("insert", table="events", row=errand)["id"])
    act("insert", table="clients", row={"name": "ООО «Новое»", "owner": seller, "inn": "7727406574"})
    act("merge", into=third, gone=fourth)


def an_order_is_changed(sandbox: Sandbox) -> None:
    """Let people rename a client and reckon the latest order anew."""
    sandbox.act("update", table="clients", id=some(sandbox, "clients")[0], fields={"name": "ООО «Иначе»"})
    orders = sandbox.state("company")["company"]["deals"]
    latest = max(orders, key=lambda row: row["created_at"])
    sandbox.act("update", table="deals", id=latest["id"], fields={"amount": "777.77"})


def stream_of(connection: Any, name: str) -> Stream:
    """Return a stream of the connector."""
    return next(each for each in connection.source.streams() if each.name == name)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("profile", "work"), [("ut11", an_hour_of_work), ("unf3", an_order_is_changed)])
def test_the_next_pull_brings_all_that_people_did_and_little_else(
    way, profile, work, stand_in, connect, pull, store, tmp_path
):
    sandbox = stand_in(profile)
    settings = {"profile": f"{profile}-own.toml", "increments": way, "kept": tmp_path / "kept"}
    settings |= {"sweep_hours": 0, "overlap_days": 60}
    pull(connect(sandbox.url, **settings))
    work(sandbox)

    outcomes = pull(connect(sandbox.url, **settings))

    assert all(outcome.ok for outcome in outcomes.values()), outcomes
    assert differences(store, sandbox.state(), profile) == []
    assert {outcome.mode for outcome in outcomes.values()} == {"changes"}
    assert sum(outcome.read for outcome in outcomes.values()) < 60


def test_a_pull_after_which_nothing_changed_asks_for_versions_alone(stand_in, connect, pull, tmp_path):
    sandbox = stand_in()
    pull(connect(sandbox.url, kept=tmp_path / "kept"))
    before = sandbox.state("requests")["requests"]

    outcomes = pull(connect(sandbox.url, kept=tmp_path / "kept"))

    assert sum(outcome.read for outcome in outcomes.values()) == 0
    # The sets of the composition, one look at each table's versions, one at those of counterparties.
    assert sandbox.state("requests")["requests"] - before == 1 + len(outcomes) + 1


def test_windows_see_an_edit_of_an_old_document_with_the_next_look_at_all(stand_in, connect, pull, tmp_path):
    sandbox = stand_in()
    settings = {"increments": "windows", "overlap_days": 3, "kept": tmp_path / "kept"}
    pull(connect(sandbox.url, **settings))
    calls = sandbox.state("vendor")["vendor"][CALLS]
    old = min((call for call in calls if call["Date"][:4] != "0001"), key=lambda call: call["Date"])
    sandbox.act("edit", entity=CALLS, id=old["Ref_Key"], fields={"Тема": "Задним числом"})

    unseen = pull(connect(sandbox.url, **settings))["calls"]
    seen = pull(connect(sandbox.url, **settings, poll_hours=0))["calls"]

    assert (unseen.read, seen.read) == (0, 1)


def test_a_new_number_of_a_counterparty_is_a_change_of_its_partner(stand_in, connect, pull, store, tmp_path):
    sandbox = stand_in()
    pull(connect(sandbox.url, kept=tmp_path / "kept"))
    legal = sandbox.state("vendor")["vendor"]["Catalog_Контрагенты"][0]
    sandbox.act("edit", entity="Catalog_Контрагенты", id=legal["Ref_Key"], fields={"ИНН": "7707083893"})

    assert pull(connect(sandbox.url, kept=tmp_path / "kept"))["clients"].read == 1

    found = store.entities.get(Client, "main", legal["Партнер_Key"])
    assert found is not None
    assert found.entity.inn == "7707083893"


def changed_after_a_pass(sandbox: Sandbox, stream: Stream) -> tuple[str, str, str]:
    """Return the watermarks of a pass before and of one after a change, and the client that changed."""
    yesterday = list(stream.read(Cursor()))[-1].watermark
    client = some(sandbox, "clients")[0]
    sandbox.act("update", table="clients", id=client, fields={"name": "ООО «Иначе»"})
    today = list(stream.read(Cursor(since=yesterday)))
    assert [row["Ref_Key"] for page in today for row in page.rows] == [client]
    return str(yesterday), str(today[-1].watermark), client


def test_a_store_brought_back_from_a_copy_misses_nothing_though_the_versions_are_newer(
    stand_in, connect, tmp_path
):
    """The book of versions knows of the change, the store of yesterday does not: the token tells."""
    sandbox = stand_in()
    stream = stream_of(connect(sandbox.url, kept=tmp_path / "kept"), "clients")
    yesterday, _, client = changed_after_a_pass(sandbox, stream)

    again = list(stream.read(Cursor(since=yesterday)))

    assert client in {row["Ref_Key"] for page in again for row in page.rows}


def test_control_with_the_token_of_the_newer_versions_the_change_would_be_missed(stand_in, connect, tmp_path):
    sandbox = stand_in()
    stream = stream_of(connect(sandbox.url, kept=tmp_path / "kept"), "clients")
    _, today, _ = changed_after_a_pass(sandbox, stream)

    assert sum(len(page.rows) for page in stream.read(Cursor(since=today))) == 0


def test_a_pass_that_was_stopped_goes_on_with_what_the_store_has(stand_in, connect, tmp_path):
    sandbox = stand_in()
    settings = {"kept": tmp_path / "kept", "page_bytes": 10_000}
    pages = stream_of(connect(sandbox.url, **settings), "calls").read(Cursor())
    begun = [next(pages) for _ in range(4)]

    again = stream_of(connect(sandbox.url, **settings), "calls")
    rest = list(again.read(Cursor(position=begun[-1].position)))

    taken = [row["Ref_Key"] for page in begun for row in page.rows]
    came = [row["Ref_Key"] for page in rest for row in page.rows]
    assert {*taken, *came} == {row["Ref_Key"] for row in sandbox.state("vendor")["vendor"][CALLS]}
    # The last page was perhaps not stored when it stopped; those before are not read twice.
    assert set(taken) & set(came) == {row["Ref_Key"] for row in begun[-1].rows}
