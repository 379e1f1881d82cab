"""`connector demo`: its closing numbers are those of the stand-in, and its project can be looked at after."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from conftest import Result, at

import connector.commands.demo as demo_module
from connector.config import load_settings
from connector.rules.policy import load_policies
from connector.sandbox.company.generate import generate
from connector.sandbox.company.sharing import shared_out
from connector.sandbox.company.tables import Company
from connector.sandbox.server import Sandbox, running

from .shared import STREAMS, call, the_line

CLIENTS, AS_OF = 12, "2026-10-01T09:00"
GIVEN = ("demo", "--clients", str(CLIENTS), "--as-of", AS_OF)


@dataclass(frozen=True)
class Shown:
    """What a demo printed, the folder it left, and what its portal held at its end."""

    result: Result
    folder: Path
    state: dict[str, Any]
    second: dict[str, Any]
    third: dict[str, Any]


def show(folder: Path, *arguments: str) -> Shown:
    """Run the demo and look into its CRMs just before they are closed."""
    seen: dict[str, dict[str, Any]] = {}

    @contextmanager
    def watched(vendor: str, **options: Any) -> Iterator[Sandbox]:
        with running(vendor, **options) as sandbox:
            yield sandbox
            seen[vendor] = sandbox.state()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(demo_module, "running", watched)
        result = call(folder.parent, *GIVEN, "--folder", str(folder), *arguments)
    return Shown(result, folder, seen["bitrix24"], seen["amocrm"], seen["onec"])


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    return show(tmp_path_factory.mktemp("first") / "demo", "--seed", "1", "--format", "json")


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    return show(tmp_path_factory.mktemp("people") / "demo", "--seed", "1")


def test_the_numbers_are_those_of_the_portal(first: Shown) -> None:
    assert (first.result.code, first.result.err) == (0, "")
    numbers, company, writes = first.result.json, first.state["company"], first.state["writes"]
    assert numbers["clients"] == len(company["clients"]) == CLIENTS
    assert numbers["deals"] == len(company["deals"])
    assert numbers["tasks"] == sum(write["method"] == "tasks.task.add" for write in writes) > 0
    assert numbers["tasks"] + numbers["calls"] + numbers["owners"] + numbers["fields"] == len(writes)
    assert numbers["fields"] > 0
    moved = {write["id"]: write["body"]["fields"]["assignedById"] for write in writes if _moves(write)}
    owners = {int(row["id"]): row["owner"] for row in company["clients"]}
    assert moved
    assert all(str(owners[client]) == str(owner) for client, owner in moved.items())
    assert numbers["writes_in_repeat"] == 0
    markers = [write["marker"] for write in writes if write["marker"]]
    assert len(markers) == len(set(markers)) == numbers["tasks"] + numbers["calls"]


def _moves(write: dict[str, Any]) -> bool:
    return write["method"] == "crm.item.update" and write["entity"] == "company"


def test_the_firm_is_that_of_the_seed(first: Shown) -> None:
    made = generate(clients=CLIENTS, seed=1, as_of=at(AS_OF)).tables
    assert first.result.json["clients"] == len(made["clients"])
    assert first.result.json["deals"] == len(made["deals"])
    told = first.result.json["events"] + first.result.json["second_events"]
    assert told == sum(row["status"] != "cancelled" for row in made["events"])
    assert [row["name"] for row in first.state["company"]["clients"]] == [
        row["name"] for row in made["clients"]
    ]


def test_another_seed_is_another_firm_with_other_numbers(first: Shown, tmp_path: Path) -> None:
    other = show(tmp_path / "demo", "--seed", "2", "--format", "json")
    assert other.result.code == 0, other.result.err
    made = generate(clients=CLIENTS, seed=2, as_of=at(AS_OF)).tables
    assert other.result.json["deals"] == len(made["deals"]) != first.result.json["deals"]
    assert other.result.json["events"] != first.result.json["events"]


def test_people_read_the_same_numbers(first: Shown, people: Shown) -> None:
    assert (people.result.code, people.result.err) == (0, "")
    numbers = first.result.json
    found = [list(map(int, re.findall(r"\b\d+\b", line))) for line in people.result.out.splitlines()]
    assert [numbers["clients"], numbers["deals"], numbers["events"]] in found
    (written,) = [
        line for line in people.result.out.splitlines() if "abc_class" in line and "звонков" in line
    ]
    assert list(map(int, re.findall(r"\b\d+\b", written))) == [
        numbers["tasks"],
        numbers["calls"],
        numbers["owners"],
        numbers["fields"],
    ]


def test_the_second_crm_holds_some_of_the_same_clients_and_each_is_one(first: Shown) -> None:
    numbers, clients = first.result.json, first.second["company"]["clients"]
    there = {row["inn"] for row in first.state["company"]["clients"]}
    assert numbers["linked"] == numbers["second_clients"] == len(clients) > 1
    assert all(row["inn"] in there for row in clients)
    events = first.second["company"]["events"]
    assert numbers["second_events"] == len(events) > 10
    assert {row["kind"] for row in events} == {"call"}
    found = call(first.folder, "links", "--format", "json").json["sources"]
    assert (found["amo"]["linked"], found["portal"]["linked"]) == (len(clients), numbers["third_linked"])
    assert found["portal"]["clients"] == CLIENTS


def test_the_calls_of_both_crms_make_one_clients_contacts(first: Shown) -> None:
    """None of the client's calls of September stand in the portal, two in amoCRM: the decision counts two."""
    numbers = first.result.json
    assert (numbers["example_first"], numbers["example_second"], numbers["example_done"]) == (0, 2, 2)


def test_what_holds_of_a_card_is_set_in_the_second_crm_too_and_tasks_are_not(first: Shown) -> None:
    numbers, writes = first.result.json, first.second["writes"]
    assert numbers["second_fields"] == sum("custom_fields_values" in write["body"] for write in writes) > 0
    assert numbers["second_fields"] + numbers["second_owners"] == len(writes)
    assert {write["entity"] for write in writes if "custom_fields_values" in write["body"]} == {"companies"}
    assert not [write for write in writes if write["marker"]]


def test_the_third_crm_alone_holds_the_sales_and_each_of_its_clients_is_one(first: Shown) -> None:
    numbers, company = first.result.json, first.third["company"]
    made = generate(clients=CLIENTS, seed=1, as_of=at(AS_OF)).tables
    inns = {row["inn"] for row in company["clients"]}
    theirs = {row["id"] for row in made["clients"] if row["inn"] and row["inn"] in inns}
    assert numbers["third_linked"] == numbers["third_clients"] == len(theirs) > numbers["linked"]
    assert numbers["third_sales"] == sum(row["client"] in theirs for row in made["sales"]) > 10
    shares = call(first.folder, "links", "--format", "json").json["sources"]
    assert (shares["base"]["turnover_share"], shares["base"]["linked"]) == (1.0, len(theirs))


def test_the_owner_of_record_is_set_in_the_base_too(first: Shown) -> None:
    """Each client that moved in the portal and is a partner moved there, to the same person, once."""
    writes, numbers = first.third["writes"], first.result.json
    assert numbers["third_owners"] == len(writes)
    names = {row["id"]: row["name"] for row in first.third["company"]["employees"]}
    here = {row["inn"]: names[row["owner"]] for row in first.third["company"]["clients"]}
    staff = {row["id"]: row["name"] for row in first.state["company"]["employees"]}
    moved = {write["id"] for write in first.state["writes"] if _moves(write)}
    clients = [row for row in first.state["company"]["clients"] if int(row["id"]) in moved]
    partners = [row for row in clients if row["inn"] in here]
    assert len(partners) == len(writes) > 0
    assert [here[row["inn"]] for row in partners] == [staff[row["owner"]] for row in partners]


def whole(firm: Company) -> tuple[Company, Company, Company]:
    """Leave all of the firm to the first CRM but the sales; the second has two clients and not one call."""
    first, second, third = shared_out(firm)
    few = {**second.tables, "clients": second.tables["clients"][:2], "contacts": [], "events": []}
    return replace(first, tables={**firm.tables, "sales": []}), replace(second, tables=few), third


@pytest.fixture(scope="module")
def undivided(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(demo_module, "shared_out", whole)
        return show(tmp_path_factory.mktemp("undivided") / "demo", "--seed", "1", "--format", "json")


def test_a_firm_in_two_crms_is_judged_as_it_would_be_in_one(first: Shown, undivided: Shown) -> None:
    names = ("met", "breached", "exempt", "silent")
    told = {name: undivided.result.json[name] for name in names}
    assert {name: first.result.json[name] for name in names} == told
    assert told["met"] + told["breached"] > 0


def test_the_norm_of_the_closed_month_judges_every_client_at_most_once(first: Shown) -> None:
    numbers = first.result.json
    assert numbers["period"] == "2026-09"
    assert 0 < numbers["met"] + numbers["breached"] + numbers["exempt"] <= CLIENTS
    assert numbers["silent"] <= numbers["breached"] + numbers["exempt"]


def test_its_project_is_one_that_the_commands_know(people: Shown) -> None:
    settings = load_settings(people.folder)
    assert [source.plugin for source in settings.sources] == ["bitrix24", "amocrm", "onec"]
    assert {policy.mode for policy in load_policies(settings.policies_folder)} == {"approve"}
    status = call(people.folder, "status", "--format", "json")
    assert status.code == 0
    assert len([one for one in status.json["streams"] if one["source"] == "portal"]) == len(STREAMS)
    assert status.json["changes"] == {}


def test_what_it_tells_to_type_next_works(people: Shown) -> None:
    (said,) = re.findall(r"connector (explain \S+)", people.result.out)
    explained = call(people.folder, *said.split(), "--as-of", AS_OF)
    assert explained.code == 0, explained.err
    assert "create_task" in explained.out or "set_field" in explained.out


def test_a_folder_that_is_in_use_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    result = call(tmp_path, *GIVEN, "--folder", str(tmp_path))
    assert result.code == 4
    assert str(tmp_path) in the_line(result)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_in_english_in_a_folder_of_its_own_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "connector-demo").mkdir()
    result = call(tmp_path, *GIVEN, "--language", "en")
    assert result.code == 0, result.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["connector-demo", "connector-demo-2"]
    assert (tmp_path / "connector-demo-2" / "plugins.toml").is_file()
    assert list((tmp_path / "connector-demo").iterdir()) == []
    lines = result.out.splitlines()
    assert lines[0].startswith(f"A stand-in Bitrix24: a made-up firm, {CLIENTS} clients")
    starts = (
        "Portal and|The portal|A second|Contact norm|A stand-in|amoCRM and|1C and|Clients of|In amoCRM|In 1C"
    )
    assert len([line for line in lines if re.match(starts, line)]) == 12
    own = [line for line in lines if re.match(starts, line)]
    assert not any(re.search("[А-Яа-я]", line) for line in own)
