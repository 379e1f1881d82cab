"""A portal and the tables of an accounting program: contacts from the one, turnover from the other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from conftest import ConnectedTo, Project, bundle

from connector.sandbox.server import Sandbox

from .firm import write

AS_OF = "2026-10-01T00:00"
CALLS = ("01", "08", "15", "22")

PORTAL = {
    "employees": (
        "id,name,email,role,active,active_from",
        ["M1,Иванов Пётр,ivanov@x.ru,seller,1,2025-01-01"],
    ),
    "clients": (
        "id,name,inn,status,owner,created_at",
        ["K,Ромашка,7707083893,active,M1,2025-01-15", "L,Василёк,,active,M1,2025-01-15"],
    ),
    "events": (
        "id,client,employee,kind,status,completed_at,successful",
        [f"E{day},K,M1,call,completed,2026-09-{day}T10:00,1" for day in CALLS],
    ),
}
ONEC = {
    "employees": "id;name;email;role;active_from\n000012;Иванов П.;ivanov@x.ru;seller;2025-01-01\n",
    "clients": "id;name;inn;owner;created_at\n"
    "Ф-1;ООО Ромашка;7707083893;000012;2025-01-15\nФ-2;Чужой;7736050003;000012;2025-01-15\n",
    "sales": "id;client;date;amount\n1;Ф-1;2026-06-10;900000\n2;Ф-2;2026-06-10;50000\n",
}


def joined(project: Project, folder: Path) -> Project:
    """Add the tables to the project of the portal and pull both."""
    write(folder, ONEC)
    added = project("init", "--source", "files", "--name", "onec", str(folder))
    assert added.code == 0, added.err
    pulled = project("pull", "--format", "jsonl")
    assert pulled.code == 0, pulled.err
    return project


def norms(project: Project) -> list[dict[str, Any]]:
    result = project("decide", "--as-of", AS_OF, "--policy", "contact-norm", "--format", "jsonl")
    assert result.code == 0, result.err
    return [line for line in result.lines if line["period"] == "2026-09"]


def test_one_firm_is_one_client_with_one_decision(
    portal: Callable[..., Sandbox], connected: ConnectedTo, tmp_path: Path
) -> None:
    stand_in = portal(bundle(tmp_path / "portal", PORTAL, AS_OF), as_of=None)
    project = joined(connected(stand_in), tmp_path / "onec")
    ids = stand_in.state()["ids"]
    romashka, vasilek = (f"client:portal:{ids['clients'][name]}" for name in ("K", "L"))
    manager = f"portal:{ids['employees']['M1']}"
    found = {line["subject"]: line for line in norms(project)}
    assert sorted(found) == sorted([romashka, vasilek, "client:onec:Ф-2"])
    assert {line["employee"] for line in found.values()} == {manager}
    line = found[romashka]
    assert (line["decision"], line["numbers"]["required"], line["numbers"]["done"]) == ("met", 4, 4)
    shown = project("explain", "7707083893", "--as-of", AS_OF)
    assert shown.code == 0, shown.err
    assert romashka.removeprefix("client:") in shown.out
    assert "onec:Ф-1" in shown.out


def test_the_class_of_a_client_comes_from_the_tables_and_an_unlinked_one_has_none(
    portal: Callable[..., Sandbox], connected: ConnectedTo, tmp_path: Path
) -> None:
    stand_in = portal(bundle(tmp_path / "portal", PORTAL, AS_OF), as_of=None)
    project = joined(connected(stand_in), tmp_path / "onec")
    ids = stand_in.state()["ids"]["clients"]
    result = project("decide", "--as-of", AS_OF, "--policy", "abc", "--format", "jsonl")
    classes = {line["subject"].removeprefix("client:"): line for line in result.lines}
    romashka, vasilek = classes[f"portal:{ids['K']}"], classes[f"portal:{ids['L']}"]
    assert (romashka["decision"], romashka["numbers"]["value"]) == ("A", 90_000_000)
    assert (vasilek["decision"], vasilek["flags"]) == ("C", ["no_turnover_source"])
    linked = project("links", "--format", "json").json["sources"]
    assert linked["onec"]["turnover_share"] == 900_000 / 950_000
    assert linked["portal"]["share"] == 0.5
