"""The exchange plan: what changed since the last confirmed message."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import requests

from sandbox.onec.conftest import CALLS, PARTNERS, Api, Start

PLAN = "ExchangePlan_ОбменССайтом"
ATOM, TOMB = "{http://www.w3.org/2005/Atom}", "{http://purl.org/atompub/tombstones/1.0}"


def ask(api: Api, method: str, message: int) -> requests.Response:
    """Call one of the two methods for the node that reads."""
    node = next(row["Ref_Key"] for row in api.rows(PLAN) if not row["ThisNode"])
    point = f"'{api.root}{PLAN}(guid'{node}')'"
    return api.send("POST", method, DataExchangePoint=point, MessageNo=str(message))


def changed(api: Api, message: int) -> tuple[list[str], int]:
    """Return the sets of the entries of a package, and how many tombstones it has."""
    feed = ET.fromstring(ask(api, "SelectChanges", message).content)
    terms = [one.get("term", "").removeprefix("StandardODATA.") for one in feed.iter(f"{ATOM}category")]
    return sorted(terms), len(list(feed.iter(f"{TOMB}deleted-entry")))


def write(api: Api, number: int) -> None:
    api.write("PATCH", f"{PARTNERS}(guid'{api.key('clients', number)}')", {"Комментарий": "x"})


def test_a_package_comes_again_until_it_is_confirmed(api: Api) -> None:
    assert changed(api, 1) == ([], 0)
    write(api, 1)
    write(api, 1)
    assert changed(api, 2) == ([PARTNERS], 0)
    write(api, 2)
    assert changed(api, 2) == ([PARTNERS, PARTNERS], 0)
    assert ask(api, "NotifyChangesReceived", 2).status_code == 200
    assert changed(api, 3) == ([], 0)
    numbers = [(row["SentNo"], row["ReceivedNo"]) for row in api.rows(PLAN) if not row["ThisNode"]]
    assert numbers == [("3", "2")]


def test_what_changes_after_the_package_was_made_is_not_confirmed_with_it(api: Api) -> None:
    write(api, 1)
    changed(api, 1)
    write(api, 1)
    ask(api, "NotifyChangesReceived", 1)
    assert changed(api, 2) == ([PARTNERS], 0)


def test_what_is_gone_leaves_a_tombstone(api: Api) -> None:
    api.send("DELETE", f"{CALLS}(guid'{api.key('events', 1)}')")
    assert changed(api, 1) == ([], 1)


def test_a_control_sign_spoils_the_whole_package(api: Api) -> None:
    write(api, 1)
    api.write("PATCH", f"{PARTNERS}(guid'{api.key('clients', 2)}')", {"Комментарий": "а\x0bб"})
    assert ask(api, "SelectChanges", 1).status_code == 400


def test_a_set_outside_the_composition_is_left_out_without_a_word(start: Start) -> None:
    api = start(None, f"unpublished={CALLS}")
    api.sandbox.act("complete_activity", id=api.key("events", 7))
    write(api, 1)
    assert changed(api, 1) == ([PARTNERS], 0)


def test_who_asks_must_be_a_node(api: Api) -> None:
    assert api.refused("POST", "SelectChanges")[:2] == (400, "12")
    point = f"'{api.root}{PLAN}(guid'00000000-0000-0000-0000-000000000009')'"
    assert api.refused("POST", "SelectChanges", DataExchangePoint=point, MessageNo="1")[:2] == (404, "9")
    assert api.refused("GET", "SelectChanges")[:2] == (405, "19")
