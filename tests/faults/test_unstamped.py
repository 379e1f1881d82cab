"""What changes in a portal without a stamp: what an increment finds all the same, what only a full pass."""

from __future__ import annotations

import pytest

from connector import clock

from .conftest import OpenReading
from .reading import Leaping, Reading


def untie(ours: Reading) -> None:
    """Let a person be taken off a company on the company's card, which stamps nobody."""
    portal = ours.portal.stand_in.portal
    contact = next(record for record in portal.contact.records.values() if record.row["client"])
    contact.put("DATE_MODIFY", portal.contact.fields["DATE_MODIFY"].read(contact))
    contact.row["client"] = ""
    portal.contact.changed(contact.id)
    portal.truth.note("contacts", contact.row)


def move(ours: Reading) -> None:
    """Let a person on whom events are logged go to another company."""
    owners = {
        row["OWNER_ID"]
        for row in ours.portal.state("vendor")["vendor"]["activity"]
        if row["OWNER_TYPE_ID"] == "3"
    }
    person = next(row for row in ours.tables()["contacts"] if row["id"] in owners)
    other = next(number for number in ours.ids("clients") if number != person["client"])
    ours.portal.act("update", table="contacts", id=person["id"], fields={"client": other})


def drop_requisite(ours: Reading) -> None:
    """Let a company's only requisites be deleted."""
    portal = ours.portal.stand_in.portal
    requisite = next(iter(portal.requisite.records.values()))
    portal.requisite.remove(requisite.id)
    requisite.row.update(inn="", kpp="")


CHANGES = {
    "a person is untied": untie,
    "a person moves with their events": move,
    "requisites go": drop_requisite,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_no_increment_shows_the_next_full_pass_brings(
    reading: OpenReading, leaping: Leaping, monkeypatch: pytest.MonkeyPatch, change
) -> None:
    ours = reading(clients=30)
    ours.pull()
    ours.portal.act("advance", seconds=3600)
    change(ours)
    ours.pull()
    assert ours.unlike() != []
    now = clock.now() + clock.timedelta(days=7)
    monkeypatch.setattr(clock, "now", lambda: now)
    said = ours.pull()
    assert {stream["mode"] for stream in said.values()} == {"full"}
    assert ours.unlike() == []
    assert {stream["mode"] for name, stream in ours.pull().items() if name != "employees"} == {"changes"}


def test_a_full_pass_can_be_asked_for(reading: OpenReading, leaping: Leaping) -> None:
    ours = reading(clients=30)
    ours.pull()
    ours.portal.act("advance", seconds=3600)
    move(ours)
    ours.pull("--full")
    assert ours.unlike() == []


def test_never_when_the_settings_say_so(
    reading: OpenReading, leaping: Leaping, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = reading(clients=10)
    ours.project.edit("plugins.toml", r"^# full_days = .*$", "full_days = 0")
    ours.pull()
    now = clock.now() + clock.timedelta(days=100)
    monkeypatch.setattr(clock, "now", lambda: now)
    assert {stream["mode"] for name, stream in ours.pull().items() if name != "employees"} == {"changes"}


def test_what_becomes_visible_or_comes_back_is_found_by_the_sweep(
    reading: OpenReading, leaping: Leaping
) -> None:
    ours = reading(clients=30, faults=["hidden_rows=10"])
    ours.pull()
    assert sorted(ours.unlike()) == [f"clients {number}: not in the store" for number in ("10", "20", "30")]
    ours.portal.act("advance", seconds=3600)
    ours.portal.act("clear_faults")
    said = ours.pull()["companies"]
    assert (said["mode"], said["new"]) == ("changes", 3)
    assert ours.unlike() == []
