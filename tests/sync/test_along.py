"""What goes along with a client follows its new owner: after it, never without it, also across a crash."""

from __future__ import annotations

from typing import Any

import pytest

from connector.changes import AnyChange, ChangeOwner, ReassignActivity, derived_key

from .conftest import Desk, OneByOne, Open
from .making import writes

CLIENT = 1


def vendor(office: Desk, entity: str) -> dict[str, dict[str, Any]]:
    return {row["ID"]: row for row in office.portal.state("vendor")["vendor"][entity]}


def family(office: Desk) -> tuple[ChangeOwner, list[AnyChange]]:
    """Hand over client 1 with a deal, a person, a task and a planned call, all of the old owner's."""
    old, new = office.make.owner(CLIENT), office.make.another_owner(CLIENT)
    lead = office.make.hand_over(CLIENT, new)
    neutral = {"client": str(CLIENT), "owner": old, "title": "Поставка", "stage": "NEW", "stage_kind": "open"}
    deal = office.portal.act("insert", table="deals", row=neutral)["id"]
    person = office.portal.act("insert", table="contacts", row={"client": str(CLIENT), "name": "Петрова"})[
        "id"
    ]
    task, call = office.make.task(CLIENT, assignee=old), office.make.contact(CLIENT, assignee=old)
    made = office.source.send([task, call])
    theirs = lead.model_copy(update={"key": "f" * 20, "of": "person", "item": str(person), "new": old})
    assert isinstance(office.source.send([theirs])[theirs.key], str)
    common = lead.model_dump(exclude={"kind", "key", "expected", "of", "item"}) | {"after": lead.key}

    def along(kind: type[Any], of: str, item: object, held: str) -> Any:
        given = {"key": derived_key(lead.key, of), "of": of, "item": str(item), "expected": {held: old}}
        return kind(**common | given)

    return lead, [
        along(ChangeOwner, "deal", deal, "owner"),
        along(ChangeOwner, "person", person, "owner"),
        along(ReassignActivity, "task", made[task.key], "assignee"),
        along(ReassignActivity, "contact", made[call.key], "assignee"),
    ]


def a_third(office: Desk, lead: ChangeOwner) -> str:
    return next(str(each) for each in office.make.employees if str(each) not in (lead.old, lead.new))


def owners(office: Desk, along: list[AnyChange]) -> list[str]:
    """Return whose the client, the deal, the person, the task and the call are."""
    entities = {"deal": "deal", "person": "contact", "task": "task", "contact": "activity"}
    found = [vendor(office, "company")[str(CLIENT)]["ASSIGNED_BY_ID"]]
    for change in along:
        kind, number = change.place
        row = vendor(office, entities[kind])[number]
        found.append(row["ASSIGNED_BY_ID" if kind in ("deal", "person") else "RESPONSIBLE_ID"])
    return [str(each) for each in found]


@pytest.mark.parametrize("first", ["client", "along"], ids=["in order", "the rest named first"])
def test_owner_first_then_what_goes_along(desk: Open, first: str) -> None:
    office = desk()
    lead, along = family(office)
    before = len(writes(office.portal))
    sent = office.apply(*([lead, *along] if first == "client" else [*along, lead]))
    assert {each.state for each in sent.values()} == {"done"}
    assert owners(office, along) == [lead.new] * 5
    order = [write["entity"] for write in writes(office.portal)[before:]]
    assert order[0] == "company"
    assert sorted(order[1:]) == ["activity", "contact", "deal", "task"]
    assert office.apply(lead, *along) == {}


def test_nothing_goes_along_when_the_client_moved_to_somebody_else(desk: Open) -> None:
    office = desk()
    lead, along = family(office)
    third = a_third(office, lead)
    before = owners(office, along)[1:]
    office.portal.act("change_owner", client=str(CLIENT), owner=third)
    sent = office.apply(lead, *along)
    assert {each.state for each in sent.values()} == {"conflict"}
    assert sent[along[0].key].note == "stale_plan: the client's owner was not changed: conflict"
    assert owners(office, along) == [third, *before]


def test_a_run_that_ended_between_the_two_is_continued_by_the_next(desk: Open) -> None:
    office = desk(answer_within=0.01)
    lead, along = family(office)
    changes = [lead, *along]
    office.store.changes.add(changes, "killed")
    for change in changes:
        office.store.changes.move(change.key, "approved")
    office.store.changes.claim(lead.key)
    office.store.changes.move(lead.key, "done", external_id=office.source.send([lead])[lead.key])  # type: ignore[arg-type]  # an id
    assert owners(office, along)[1] != lead.new
    assert {each.state for each in office.recover().values()} == {"done"}
    assert owners(office, along) == [lead.new] * 5
    assert office.recover() == {}


def test_what_waits_for_an_owner_change_of_open_fate_is_left_alone(desk: Open) -> None:
    office = desk("cut_before=crm.item.update:1@2", plugin=OneByOne, answer_within=60)
    lead, along = family(office)
    sent = office.apply(lead, *along)
    assert sent[lead.key].state == "unknown"
    assert {sent[each.key].state for each in along} == {"approved"}
    assert sent[along[0].key].note == "it waits for the client's new owner, which is unknown"
    assert office.recover()[lead.key].state == "unknown"
    assert lead.new not in owners(office, along)

    office.within(0.0)
    assert {each.state for each in office.recover().values()} == {"done"}
    assert owners(office, along) == [lead.new] * 5


def test_a_client_that_a_person_moved_on_meanwhile_keeps_the_rest_where_it_is(desk: Open) -> None:
    office = desk()
    lead, along = family(office)
    office.store.changes.add([lead, *along], "killed")
    for change in (lead, *along):
        office.store.changes.move(change.key, "approved")
    office.store.changes.claim(lead.key)
    office.source.send([lead])
    office.store.changes.move(lead.key, "done")
    third = a_third(office, lead)
    office.portal.act("change_owner", client=str(CLIENT), owner=third)
    before = owners(office, along)
    assert {each.state for each in office.recover().values()} == {"conflict"}
    assert owners(office, along) == before


def meeting(office: Desk, lead: ChangeOwner) -> AnyChange:
    """Return the task in which the new owner is to get acquainted."""
    task = office.make.task(CLIENT, assignee=lead.new)
    return task.model_copy(
        update={"key": "e" * 20, "after": lead.key, "expected": task.expected | {"owner": lead.new}}
    )


def test_the_new_owner_is_asked_to_meet_the_client_after_it_moved(desk: Open) -> None:
    office = desk()
    lead, _ = family(office)
    task = meeting(office, lead)
    sent = office.apply(task, lead)
    assert (sent[lead.key].state, sent[task.key].state) == ("done", "done")


def test_and_not_when_it_did_not_move(desk: Open) -> None:
    office = desk()
    lead, _ = family(office)
    task = meeting(office, lead)
    office.portal.act("change_owner", client=str(CLIENT), owner=a_third(office, lead))
    tasks = vendor(office, "task").keys()
    sent = office.apply(task, lead)
    assert (sent[lead.key].state, sent[task.key].state) == ("conflict", "conflict")
    assert vendor(office, "task").keys() == tasks


def test_people_of_a_colleague_stay_with_the_colleague(desk: Open) -> None:
    office = desk()
    lead, along = family(office)
    person = along[1].model_copy(update={"expected": {"owner": "999"}})
    sent = office.apply(lead, person)
    assert (sent[lead.key].state, sent[person.key].state) == ("done", "skipped")
    assert "not to the client's former owner" in sent[person.key].note


def test_a_deal_that_is_gone_is_a_conflict_and_the_rest_goes(desk: Open) -> None:
    office = desk()
    lead, along = family(office)
    office.portal.act("delete", entity="deal", id=along[0].place[1])
    sent = office.apply(lead, *along)
    assert [sent[each.key].state for each in along] == ["conflict", "done", "done", "done"]
    assert sent[along[0].key].note == "stale_plan: the deal is gone from the CRM"


def test_all_of_it_takes_few_requests(desk: Open) -> None:
    office = desk()
    lead, along = family(office)
    before = office.portal.state("requests")["requests"]
    office.apply(lead, *along)
    # The client: its card, the receiver, the write, the card after. Along: the client and
    # one request a kind before, the write, one request a kind after.
    assert office.portal.state("requests")["requests"] - before <= 20
