"""Which records exist: all ids of each stream, and of suspects those that are gone for good."""

from __future__ import annotations

import pytest

ENTITIES = {
    "companies": "company",
    "contacts": "contact",
    "leads": "lead",
    "deals": "deal",
    "stage_history": "stage_history",
    "activities": "activity",
    "tasks": "task",
}


def stream(connection, name: str):
    return {each.name: each for each in connection.source.streams()}[name]


def ids(connection, name: str) -> list[str]:
    return [each for some in stream(connection, name).ids() for each in some]


def on_the_portal(sandbox, name: str) -> list[str]:
    rows = sandbox.state("vendor")["vendor"][ENTITIES[name]]
    prefix = "L_" if name == "leads" else ""
    return sorted(f"{prefix}{row.get('ID') or row.get('id')}" for row in rows)


def test_every_stream_lists_what_exists(stand_in, connect):
    sandbox = stand_in(faults=["leads=25"])
    connection = connect(sandbox.url)
    for name in ENTITIES:
        found = ids(connection, name)
        assert sorted(found) == on_the_portal(sandbox, name)
        assert len(found) > 20


def test_only_ids_travel(stand_in, connect):
    sandbox = stand_in()
    ids(connect(sandbox.url), "companies")
    bodies = [entry["body"] for entry in sandbox.state("writes", requests=True)["received"]]
    assert bodies
    assert all("TITLE" not in body for body in bodies)


def test_employees_are_never_deleted(stand_in, connect):
    employees = stream(connect(stand_in().url), "employees")
    assert (employees.ids, employees.gone) == (None, None)


@pytest.mark.parametrize("name", ["companies", "contacts", "deals", "activities", "tasks"])
def test_a_deleted_record_is_gone_and_the_others_are_not(stand_in, connect, name):
    sandbox = stand_in()
    connection = connect(sandbox.url)
    alive, dead = ids(connection, name)[3:5]
    sandbox.act("delete", entity=ENTITIES[name], id=dead)

    assert dead not in ids(connection, name)
    assert stream(connection, name).gone([alive, dead, "999999"]) == {dead, "999999"}


def test_the_history_of_a_deleted_deal_is_gone(stand_in, connect):
    sandbox = stand_in()
    connection = connect(sandbox.url)
    rows = sandbox.state("vendor")["vendor"]["stage_history"]
    of_one = {str(row["ID"]) for row in rows if str(row["OWNER_ID"]) == "1"}
    assert of_one
    sandbox.act("delete", entity="deal", id="1")

    assert stream(connection, "stage_history").gone([str(row["ID"]) for row in rows]) == of_one


def test_a_lead_is_asked_for_by_the_portals_number(stand_in, connect):
    leads = stream(connect(stand_in(faults=["leads=25"]).url), "leads")
    assert leads.gone(["L_3", "L_26"]) == {"L_26"}


def test_what_is_hidden_is_a_suspect_but_not_gone(stand_in, connect):
    """Deleting what we may not see any more would be the worst answer to a right taken away."""
    connection = connect(stand_in(faults=["hidden_rows=10"]).url)
    assert "10" not in ids(connection, "companies")
    assert stream(connection, "companies").gone(["10", "20"]) == set()


def test_without_the_right_nothing_is_gone(stand_in, connect):
    connection = connect(stand_in(faults=["no_right=crm.company.get"]).url)
    assert stream(connection, "companies").gone(["7", "999999"]) == set()


def test_nothing_asked_is_nothing_gone(stand_in, connect):
    sandbox = stand_in()
    assert stream(connect(sandbox.url), "companies").gone([]) == set()
    assert sandbox.state("requests")["requests"] == 0


@pytest.mark.parametrize("name", ["companies", "contacts", "deals", "stage_history", "activities", "tasks"])
def test_single_records_are_read_as_the_stream_reads_them(stand_in, connect, name):
    connection = connect(stand_in().url)
    stream = {each.name: each for each in connection.source.streams()}[name]
    every = {entity.ref.external_id: entity for entity in connection.read(name)}
    some = sorted(every)[::3]
    found = [
        entity for rows in stream.again([*some, "999999"]) for row in rows for entity in stream.parse(row)
    ]
    assert {entity.ref.external_id: entity for entity in found} == {each: every[each] for each in some}


def test_denied_suspects_make_the_view_partial(stand_in, connect):
    """We knew them, and they are there: nobody else need name them."""
    sandbox = stand_in()
    connection = connect(sandbox.url)
    (companies,) = [each for each in connection.source.streams() if each.name == "companies"]
    sandbox.act("fault", spec="hidden_rows=10")
    assert companies.gone(["9", "10", "20"]) == set()
    seen = companies.visibility()
    assert (seen.state, seen.reason) == ("partial", "2 known records may not be read any more")
