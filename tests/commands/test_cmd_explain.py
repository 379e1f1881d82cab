"""`connector explain`: a client by whatever a person types, and a task of ours by the key in its text."""

from __future__ import annotations

import re

import pytest
from conftest import Project

from connector.sandbox.server import Sandbox

from .shared import AS_OF, Live, the_line

Rows = list[dict[str, str]]


@pytest.fixture
def clients(still: Sandbox) -> Rows:
    """Return the clients of the firm as they stand in the portal."""
    rows: Rows = still.state("company")["company"]["clients"]
    return rows


@pytest.mark.parametrize("by", ["INN", "phone", "name"])
def test_a_client_is_found_by_what_a_person_types(pulled: Project, clients: Rows, by: str) -> None:
    """How each spelling is looked up, the tests of the store's directory show."""
    row = next(row for row in clients if row["inn"] and row["phones"])
    digits = "".join(filter(str.isdigit, row["phones"].split("|")[0]))
    asked = {
        "INN": row["inn"],
        "phone": f"8 ({digits[1:4]}) {digits[4:7]}-{digits[7:9]}-{digits[9:]}",
        "name": next(word for word in words(row) if sum(word in words(other) for other in clients) == 1),
    }[by]
    result = pulled("explain", asked, "--as-of", AS_OF)
    assert result.code == 0, result.err
    assert result.out.splitlines()[0] == f"{row['name']} (portal:{row['id']})"


def words(row: dict[str, str]) -> list[str]:
    return re.findall(r"[\w-]+", row["name"])


def test_several_clients_that_fit_are_listed(pulled: Project, clients: Rows) -> None:
    fitting = {row["id"]: row["name"] for row in clients if "ООО" in row["name"]}
    assert len(fitting) > 1
    result = pulled("explain", "ООО")
    assert (result.code, result.out) == (4, "")
    assert f"{len(fitting)} clients fit 'ООО'" in result.err.splitlines()[0]
    for number, name in fitting.items():
        assert f"  portal:{number}  {name}" in result.err
    assert "source:id" in result.err


def test_a_client_that_is_not_there_is_one_line(pulled: Project) -> None:
    result = pulled("explain", "Рога и копыта")
    assert result.code == 4
    assert the_line(result) == (
        "no client 'Рога и копыта' — give its id, source:id, INN, phone, or a part of its name"
    )


def test_it_tells_the_same_decisions_as_decide_in_words(pulled: Project, clients: Rows) -> None:
    judged = pulled("decide", "--as-of", AS_OF, "--format", "jsonl").lines
    mine = [line for line in judged if line["subject"] == f"client:{clients[0]['id']}"]
    assert mine
    told = pulled("explain", f"portal:{clients[0]['id']}", "--as-of", AS_OF).out.splitlines()
    heads = [line.split(" — ")[0] for line in told if re.match(r"\d{4}-\d\d  \S+: ", line)]
    assert sorted(heads) == sorted(f"{one['period']}  {one['policy']}: {one['decision']}" for one in mine)


def test_machines_get_each_decision_whole(pulled: Project, clients: Rows) -> None:
    document = pulled("explain", clients[0]["id"], "--as-of", AS_OF, "--format", "json").json
    assert (document["client"], document["changes"]) == (clients[0]["name"], [])
    norms = [one for one in document["decisions"] if one["rule"] == "contact_norm"]
    assert {one["period"] for one in norms} == {"2026-09", "2026-10"}
    for one in norms:
        if one["decision"] != "exempt":
            assert one["numbers"]["missing"] == max(0, one["numbers"]["required"] - one["numbers"]["done"])


def test_a_task_is_explained_by_the_key_in_its_text(ripe: Live) -> None:
    change = ripe.changes("create_task")[0]
    ripe.project("apply", ripe.plan["fingerprint"], "--yes")
    tasks = ripe.portal.state("vendor")["vendor"]["task"]
    (text,) = [str(row) for row in tasks if change["key"] in str(row)]
    assert change["title"] in text, "the key stands in the very task"
    result = ripe.project("explain", change["key"], "--as-of", AS_OF)
    assert result.code == 0, result.err
    assert result.out.splitlines()[0] == f"{change['client_name']} (portal:{change['target']})"
    (line,) = [line for line in result.out.splitlines() if change["key"] in line]
    assert line.startswith(f"{change['period']}  create_task {change['key']}: done — ")


def test_the_marker_as_it_stands_in_the_portal_works_too(ripe: Live) -> None:
    ripe.project("apply", ripe.plan["fingerprint"], "--yes")
    write = next(w for w in ripe.portal.state("writes")["writes"] if w["method"] == "tasks.task.add")
    change = next(change for change in ripe.plan["changes"] if change["key"] in write["marker"])
    result = ripe.project("explain", write["marker"], "--as-of", AS_OF, "--format", "json")
    assert result.code == 0, result.err
    assert result.json["records"] == [f"portal:{change['target']}"]
    assert {"key": change["key"], "state": "done"}.items() <= next(
        one for one in result.json["changes"] if one["key"] == change["key"]
    ).items()
