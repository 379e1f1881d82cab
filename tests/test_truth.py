"""The store holds what the portal holds, every field of every record, by the command line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conftest import ConnectedTo, Project, firm
from truth import differences

from connector.sandbox.server import Sandbox
from connector.store.database import open_store

Portal = Callable[..., Sandbox]


def unlike(project: Project, sandbox: Sandbox) -> list[str]:
    """Return in what the project's store differs from the portal's truth."""
    with open_store(f"sqlite:///{(project.folder / 'connector.db').as_posix()}") as store:
        return differences(store, sandbox.state("company")["company"])


def pulled(project: Project) -> dict[str, Any]:
    result = project("pull", "--format", "json")
    assert result.code == 0, result.err + result.out
    return {stream["stream"]: stream for stream in result.json}


def test_after_a_full_pull_every_field_is_the_truth(connected: ConnectedTo, portal: Portal) -> None:
    sandbox = portal(firm(clients=40))
    project = connected(sandbox)
    pulled(project)
    assert unlike(project, sandbox) == []


def test_after_what_people_did_an_increment_brings_the_truth(connected: ConnectedTo, portal: Portal) -> None:
    sandbox = portal(firm(clients=40))
    project = connected(sandbox)
    first = pulled(project)
    clients = [row["id"] for row in sandbox.state("company")["company"]["clients"]]
    sandbox.act("change_owner", client=clients[0], owner="5")
    sandbox.act(
        "update", table="clients", id=clients[1], values={"name": "ООО «Иначе»", "phones": "+79161234567"}
    )
    assert unlike(project, sandbox) != []  # a control: the truth has moved on
    second = pulled(project)
    assert unlike(project, sandbox) == []
    assert second["companies"]["changed"] == 2
    assert second["companies"]["read"] < first["companies"]["read"]
