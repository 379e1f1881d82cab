"""A firm as a folder of tables, and what the command line says of it: tables in, JSON lines out."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from conftest import Project

Tables = Mapping[str, str]
"""Each table's name and its text: a header, then rows, `;` between cells."""

STAFF = """\
id;name;role;active_from
M1;Иванов Пётр;seller;2025-01-01
M2;Петрова Анна;seller;2025-01-01
M3;Сидоров Олег;seller;2025-01-01
"""


def write(folder: Path, tables: Tables) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")


def firm(project: Project, tables: Tables, policies: Mapping[str, str] | None = None) -> Project:
    """Make the project one of these tables and pull it.

    `policies` are all that the policy folder holds: the rule of each file and what differs from its defaults;
    None leaves those that `init` writes.
    """
    data = project.folder / "data"
    write(data, tables)
    begun = project("init", "--source", "files", "--name", "firm", str(data))
    assert begun.code == 0, begun.err
    if policies is not None:
        shutil.rmtree(project.folder / "policies")
        (project.folder / "policies").mkdir()
        for rule, differs in policies.items():
            path = project.folder / "policies" / f"{rule.replace('_', '-')}.toml"
            path.write_text(policy(rule, differs), encoding="utf-8")
    pulled = project("pull", "--format", "jsonl")
    assert pulled.code == 0, pulled.err
    assert sum(line["quarantined"] for line in pulled.lines) == 0, project("rejected", "list").out
    return project


def policy(rule: str, differs: str) -> str:
    name = rule.replace("_", "-")
    return f'schema = 1\nid = "{name}"\nversion = "1"\n[use]\nrule = "{rule}"\n{differs}\n'


def lines(project: Project, as_of: str, rule: str | None = None) -> list[dict[str, Any]]:
    """Return what `connector decide` prints, or the lines of one rule among the folder's policies."""
    result = project("decide", "--as-of", as_of, "--format", "jsonl")
    assert result.code == 0, result.err
    return [line for line in result.lines if rule in (None, line["rule"])]


def decided(
    project: Project, as_of: str, period: str | None = None, rule: str | None = None
) -> dict[Any, dict[str, Any]]:
    """Return the decisions of the period (None: all) by client, or client and employee where one has two."""
    return by_client([line for line in lines(project, as_of, rule) if period in (None, line["period"])])


def by_client(lines: Sequence[dict[str, Any]]) -> dict[Any, dict[str, Any]]:
    clients = [line["subject"].removeprefix("client:") for line in lines]
    keys: Sequence[Any] = clients
    if len(set(clients)) < len(clients):
        keys = [(client, line["employee"]) for client, line in zip(clients, lines, strict=True)]
    assert len(set(keys)) == len(keys), "two decisions of one kind about one client"
    return dict(zip(keys, lines, strict=True))


def numbers(line: Mapping[str, Any], *names: str) -> tuple[Any, ...]:
    """Return the decision and the numbers named."""
    return (line["decision"], *(line["numbers"][name] for name in names))
