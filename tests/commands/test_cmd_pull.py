"""`connector pull`: what came, in numbers, for people and for machines; one bad stream stops no other."""

from __future__ import annotations

import socket
from collections.abc import Callable

import pytest
from conftest import Project, firm

from connector.model import Client, Deal, Event, StageChange
from connector.sandbox.server import Sandbox
from connector.store.database import open_store

from .shared import CLIENTS, CODE, STREAMS, call, connect, point, the_line
from .test_cmd_plugins import with_modules

Start = Callable[..., Sandbox]


@pytest.fixture
def refusing() -> str:
    """Return a webhook on a port of this machine on which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}/rest/1/a1b2c3d4e5f6/"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Repeat reads at once, as often as ever."""
    monkeypatch.setattr("connector.http.retry._JITTER", lambda state: 0.0)


def test_people_get_a_table_with_the_numbers_of_the_truth(fresh: Project, still: Sandbox) -> None:
    result = fresh("pull")
    assert (result.code, result.err) == (0, "")
    head, *rows = result.out.splitlines()
    assert head.split()[:8] == ["source", "stream", "mode", "read", "new", "changed", "deleted", "bad"]
    assert [row.split()[:3] for row in rows] == [["portal", stream, "full"] for stream in STREAMS]
    new = {row.split()[1]: int(row.split()[4]) for row in rows}
    company = still.state("company")["company"]
    assert new["companies"] == len(company["clients"]) == CLIENTS
    assert new["employees"] == len(company["employees"])
    assert new["deals"] == len(company["deals"])
    assert new["stage_history"] == len(company["stage_history"])


def test_machines_get_one_array_or_a_document_a_line(fresh: Project) -> None:
    array = fresh("pull", "--format", "json")
    assert (array.code, array.err) == (0, "")
    assert [one["stream"] for one in array.json] == STREAMS
    assert all(one["ok"] and one["mode"] == "full" and one["error"] == "" for one in array.json)
    lines = fresh("pull", "--full", "--format", "jsonl").lines
    assert [one["stream"] for one in lines] == STREAMS
    assert [one["read"] for one in lines] == [one["read"] for one in array.json]


def test_the_second_pull_reads_what_changed_and_no_more(live: tuple[Project, Sandbox]) -> None:
    project, portal = live
    number = min(portal.state("ids")["ids"]["clients"].values(), key=int)
    portal.act("advance", seconds=600)
    portal.act("update", table="clients", id=number, fields={"name": "ООО «Другое имя»"})
    outcomes = {one["stream"]: one for one in project("pull", "--format", "json").json}
    assert outcomes["companies"]["mode"] == "changes"
    assert (outcomes["companies"]["changed"], outcomes["companies"]["new"]) == (1, 0)
    assert outcomes["companies"]["read"] < CLIENTS
    assert outcomes["activities"]["read"] == 0
    with open_store(f"sqlite:///{project.folder / 'connector.db'}") as store:
        (card,) = store.directory.cards("portal", [str(number)])
    assert card.name == "ООО «Другое имя»"


def test_full_reads_everything_again(pulled: Project) -> None:
    outcomes = {one["stream"]: one for one in pulled("pull", "--full", "--format", "json").json}
    assert {one["mode"] for one in outcomes.values()} == {"full"}
    assert outcomes["companies"]["read"] >= CLIENTS
    assert {one["new"] for one in outcomes.values()} == {0}


def test_one_failing_stream_is_partial_and_the_others_are_stored(project: Project, portal: Start) -> None:
    company = firm(clients=5, events=4.0)
    stand_in = portal(company, as_of=company.as_of, faults=["no_right=crm.stagehistory.list"])
    connect(project.folder, stand_in.url)
    result = project("pull")
    assert result.code == 3
    failed = [row.split()[1] for row in result.out.splitlines() if row.endswith("FAILED")]
    assert failed == ["stage_history"]
    assert result.err == (
        "connector: portal stage_history: crm.stagehistory.list: Access denied! — "
        "give the webhook's employee the right, or tick the scope in the webhook\n"
    )
    with open_store(f"sqlite:///{project.folder / 'connector.db'}") as store:
        stored = {entity: store.entities.count(entity, "portal") for entity in (Client, Deal, StageChange)}
        assert store.entities.count(Event, "portal") > 0
    assert stored == {Client: 5, Deal: len(company.tables["deals"]), StageChange: 0}


def test_the_only_stream_that_was_asked_for_fails(fresh: Project, portal: Start) -> None:
    company = firm(clients=2, events=1.0)
    stand_in = portal(company, as_of=company.as_of, faults=["no_right=crm.stagehistory.list"])
    point(fresh.folder, stand_in.url)
    result = fresh("pull", "--stream", "stage_history")
    assert result.code == 1
    assert the_line(result).startswith("portal: crm.stagehistory.list: Access denied! — give")
    good = fresh("pull", "--stream", "employees", "--format", "json")
    assert (good.code, [one["stream"] for one in good.json]) == (0, ["employees"])


def test_machines_learn_which_stream_failed_and_why(project: Project, portal: Start) -> None:
    company = firm(clients=2, events=1.0)
    stand_in = portal(company, as_of=company.as_of, faults=["no_right=crm.stagehistory.list"])
    connect(project.folder, stand_in.url)
    result = project("pull", "--format", "json")
    assert result.code == 3
    assert {one["stream"] for one in result.json if not one["ok"]} == {"stage_history"}
    assert "Access denied!" in next(one["error"] for one in result.json if not one["ok"])


def test_only_the_named_source_is_read(pulled: Project) -> None:
    pulled("init", "--source", "bitrix24", "--name", "second")
    with (pulled.folder / ".env").open("a", encoding="utf-8") as target:
        target.write("SECOND_WEBHOOK_URL=http://127.0.0.1:1/rest/1/a1b2c3d4e5f6/\n")
    result = pulled("pull", "--source", "portal", "--format", "json")
    assert result.code == 0, result.err
    assert {one["source"] for one in result.json} == {"portal"}


def test_a_source_out_of_reach_does_not_keep_the_other_from_being_read(
    pulled: Project, refusing: str, impatient: None
) -> None:
    pulled("init", "--source", "bitrix24", "--name", "second")
    with (pulled.folder / ".env").open("a", encoding="utf-8") as target:
        target.write(f"SECOND_WEBHOOK_URL={refusing}\n")
    result = pulled("pull")
    assert result.code == 3
    rows = [row.split()[:2] for row in result.out.splitlines()[1:]]
    assert rows == [["portal", stream] for stream in STREAMS]
    (line,) = result.err.splitlines()
    assert line.startswith("connector: second: cannot connect to 127.0.0.1 (")


def test_a_source_that_is_not_there_is_named_with_the_nearest(pulled: Project) -> None:
    result = pulled("pull", "--source", "portl")
    assert result.code == 4
    assert "no source 'portl'" in the_line(result)
    assert "did you mean 'portal'?" in result.err


@pytest.mark.parametrize("command", [["pull"], ["run"], ["run", "--yes"]], ids=" ".join)
def test_a_wrong_webhook_is_one_line_with_the_next_step(
    pulled: Project, still: Sandbox, command: list[str]
) -> None:
    point(pulled.folder, still.url.replace(CODE, "w4rongc0de"))
    result = pulled(*command)
    assert result.code == 1
    assert the_line(result) == (
        "portal: Wrong authorization data — make a new incoming webhook in the portal"
        " and put its address where webhook_url points"
    )


@pytest.mark.parametrize("command", [["pull"], ["run"]], ids=" ".join)
def test_a_host_that_refuses_connections_is_one_line(
    fresh: Project, refusing: str, impatient: None, command: list[str]
) -> None:
    point(fresh.folder, refusing)
    result = fresh(*command)
    assert result.code == 1
    line = the_line(result)
    assert line.startswith("portal: cannot connect to 127.0.0.1 (")
    assert line.endswith(" — check the address, the network and [network] proxy")


@pytest.mark.parametrize("output", ["human", "json", "jsonl"])
def test_no_output_shows_the_code_of_the_webhook(pulled: Project, still: Sandbox, output: str) -> None:
    point(pulled.folder, still.url.replace(CODE, "w4rongc0de"))
    for command in ("pull", "doctor", "run", "status", "runs"):
        result = pulled(command, "--format", output)
        assert "w4rongc0de" not in result.out + result.err, command


LEAKY = """\
import connector
from pydantic import SecretStr

class Config(connector.SourceConfig):
    token: SecretStr

class Leaky(connector.Source[Config]):
    name = "leaky"
    config_model = Config

    def streams(self):
        def read(cursor):
            raise RuntimeError(f"GET https://crm.example/?auth={self.config.token.get_secret_value()} failed")
            yield
        return [connector.Stream("clients", connector.Client, read, lambda row: [])]

@connector.hookimpl
def register_source():
    return Leaky
"""


def test_a_secret_in_an_error_of_a_plugin_is_masked_and_not_kept(fresh: Project) -> None:
    with_modules(fresh, cmd_leaky=LEAKY)
    with (fresh.folder / "plugins.toml").open("a", encoding="utf-8") as target:
        target.write('\n[[source]]\nname = "box"\nplugin = "leaky"\ntoken = { env = "BOX_TOKEN" }\n')
    with (fresh.folder / ".env").open("a", encoding="utf-8") as target:
        target.write("BOX_TOKEN=t0psecret-t0ken\n")
    result = fresh("pull")
    assert result.code == 3
    (line,) = [line for line in result.err.splitlines() if line.startswith("connector: box: ")]
    assert line.endswith("the plugin leaky failed: RuntimeError: GET https://crm.example/?auth=*** failed")
    newest = fresh("runs", "--format", "json").json[0]["id"]
    shown = [fresh("pull", "--format", "json"), fresh("runs", newest), result]
    assert "auth=***" in shown[1].out
    assert not any("t0psecret" in each.out + each.err for each in shown)
    for path in fresh.folder.glob("connector.db*"):
        assert b"t0psecret" not in path.read_bytes()


def test_debug_logs_every_request_and_still_no_code(fresh: Project) -> None:
    result = fresh("pull", "--debug")
    assert result.code == 0
    assert "DEBUG connector.http" in result.err
    assert CODE not in result.out + result.err


def test_an_empty_firm_is_no_failure(project: Project, portal: Start) -> None:
    company = firm(clients=0)
    connect(project.folder, portal(company, as_of=company.as_of).url)
    result = call(project.folder, "pull", "--format", "json")
    assert result.code == 0
    assert {one["new"] for one in result.json if one["stream"] == "companies"} == {0}
