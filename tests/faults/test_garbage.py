"""A page of rows that cannot be read: kept apart with their raw form, exactly those, and read once mended."""

from __future__ import annotations

import pytest
from truth import records

from connector.model import Client, Entity, Event

from .conftest import OpenReading
from .reading import Leaping, Reading, an_hour_of_work

PAGE = 50


def quarantine(ours: Reading, stream: str) -> dict[str, dict[str, object]]:
    rows = ours.project("rejected", "list", "--stream", stream, "--format", "json").json
    return {row["external_id"]: row for row in rows}


@pytest.mark.parametrize(
    ("fault", "stream", "entity", "table", "said"),
    [
        ("garbage_page=crm.company.list:1@3", "companies", Client, "clients", "TITLE"),
        ("garbage_page=crm.activity.list:1@3", "activities", Event, "events", "CREATED"),
    ],
)
def test_stored_and_quarantined_are_all_the_rows(
    reading: OpenReading,
    leaping: Leaping,
    fault: str,
    stream: str,
    entity: type[Entity],
    table: str,
    said: str,
) -> None:
    """The first two calls of the method look for the spelling of times and bring nothing."""
    ours = reading(faults=[fault])
    first = ours.pull()
    bad = quarantine(ours, stream)
    shown = [row["id"] for row in ours.tables()[table] if row.get("status") != "cancelled"]
    vendors = ours.portal.state("vendor")["vendor"][
        {"companies": "company", "activities": "activity"}[stream]
    ]

    assert first[stream]["quarantined"] == len(bad) == PAGE
    assert sorted(bad, key=int) == sorted((row["ID"] for row in vendors), key=int)[:PAGE]
    with ours.store() as store:
        kept = records(store, entity)
    assert sorted(kept.keys() | bad.keys() & set(shown), key=int) == sorted(shown, key=int)
    assert not kept.keys() & bad.keys()

    one = next(iter(bad))
    (whole,) = ours.project("rejected", "show", f"{stream}:{one}", "--format", "json").json
    assert whole["raw"]["ID"] == one
    assert said in whole["raw"]
    assert ours.project("status", "--format", "json").json["streams"]

    ours.portal.act("advance", seconds=3600)
    ours.pull()
    assert ours.unlike() == []
    assert quarantine(ours, stream) == {}
    an_hour_of_work(ours)
    ours.pull()
    assert ours.unlike() == []


def test_rows_that_stay_bad_fail_no_later_pull(reading: OpenReading, leaping: Leaping) -> None:
    """They come again with each sweep, beside few others: no reason to call the stream broken."""
    ours = reading(clients=30, faults=["garbage_rows=3"])
    ours.pull()
    bad = quarantine(ours, "activities").keys()
    assert len(bad) > 50
    ours.portal.act("advance", seconds=3600)
    again = ours.pull()
    assert (again["activities"]["ok"], again["activities"]["quarantined"]) == (True, 0)
    assert quarantine(ours, "activities").keys() == bad


@pytest.mark.parametrize("arguments", [[], ["--full"]], ids=["changes", "full"])
def test_a_bad_row_that_is_deleted_leaves_the_quarantine(
    reading: OpenReading, leaping: Leaping, arguments: list[str]
) -> None:
    ours = reading(clients=10, faults=["garbage_rows=5"])
    ours.pull()
    gone = min(quarantine(ours, "activities"), key=int)
    ours.portal.act("advance", seconds=3600)
    ours.portal.act("delete", entity="activity", id=gone)
    left = quarantine(ours, "activities").keys() - {gone}
    assert left
    ours.pull(*arguments)
    assert quarantine(ours, "activities").keys() == left
