"""A portal and a base of 1C: contacts from the one, turnover and so the class from the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import ConnectedTo, Project, bundle

from connector.sandbox.server import Sandbox, running

from .test_portal_and_tables import AS_OF, PORTAL

ONEC = {
    "employees": ("id,name,role,active,active_from", ["M1,Иванов Пётр,seller,1,2025-01-01"]),
    "clients": (
        "id,name,inn,status,owner,created_at",
        [
            "1,ООО «Ромашка»,7707083893,active,M1,2025-01-15",
            "2,Чужой,7736050003,active,M1,2025-01-15",
        ],
    ),
    "sales": (
        "id,client,date,amount,margin,currency",
        ["1,1,2026-06-10,1000000,0,RUB", "2,1,2026-06-20,-100000,0,RUB", "3,2,2026-06-10,50000,0,RUB"],
    ),
}


@pytest.fixture
def base(tmp_path: Path) -> Iterator[Sandbox]:
    """A base of УТ 11 with two clients, of which the portal knows one."""
    with running("onec", company=bundle(tmp_path / "base", ONEC, AS_OF), limits="off") as sandbox:
        yield sandbox


def joined(project: Project, base: Sandbox, profile: str) -> Project:
    """Add the base to the project of the portal and pull both."""
    added = project("init", "--source", "onec", base.url, "--name", "onec")
    assert added.code == 0, added.err
    project.edit("plugins.toml", r'^login = ""', 'login = "Администратор"')
    project.edit("plugins.toml", r'^# profile = "ut11".*$', f'profile = "{profile}"')
    with (project.folder / ".env").open("a", encoding="utf-8") as environment:
        environment.write("ONEC_PASSWORD=sandbox\n")
    pulled = project("pull", "--format", "jsonl")
    assert pulled.code == 0, pulled.err
    return project


@pytest.mark.parametrize("profile", ["ut11", "ut11-turnovers"])
def test_the_class_comes_from_1c_and_an_unlinked_client_has_none(
    profile: str, portal: Callable[..., Sandbox], connected: ConnectedTo, base: Sandbox, tmp_path: Path
) -> None:
    """Clarification 42: the sales of documents, or of the register, count for whom the portal knows."""
    stand_in = portal(bundle(tmp_path / "portal", PORTAL, AS_OF), as_of=None)
    project = joined(connected(stand_in), base, profile)
    ids = stand_in.state()["ids"]["clients"]

    result = project("decide", "--as-of", AS_OF, "--policy", "abc", "--format", "jsonl")

    classes = {line["subject"].removeprefix("client:"): line for line in result.lines}
    romashka, vasilek = classes[f"portal:{ids['K']}"], classes[f"portal:{ids['L']}"]
    assert (romashka["decision"], romashka["numbers"]["value"]) == ("A", 90_000_000)
    assert (vasilek["decision"], vasilek["flags"]) == ("C", ["no_turnover_source"])
    linked = project("links", "--format", "json").json["sources"]
    assert linked["onec"]["turnover_share"] == 900_000 / 950_000
