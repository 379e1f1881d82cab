"""A firm with several CRMs, each a folder of tables, and what the command line says of it."""

from __future__ import annotations

import shutil
from collections.abc import Mapping

from conftest import Project

from .firm import Tables, policy, write


def branches(project: Project, sources: Mapping[str, Tables], policies: Mapping[str, str]) -> Project:
    """Make the project one of these sources, the most trusted first, and pull them.

    `policies` are all that the policy folder holds: the rule of each file and what differs from its defaults.
    """
    for name, tables in sources.items():
        data = project.folder / "data" / name
        write(data, tables)
        begun = project("init", "--source", "files", "--name", name, str(data))
        assert begun.code == 0, begun.err
    shutil.rmtree(project.folder / "policies")
    (project.folder / "policies").mkdir()
    for rule, differs in policies.items():
        path = project.folder / "policies" / f"{rule.replace('_', '-')}.toml"
        path.write_text(policy(rule, differs), encoding="utf-8")
    pull(project)
    return project


def pull(project: Project) -> None:
    pulled = project("pull", "--format", "jsonl")
    assert pulled.code == 0, pulled.err
    assert sum(line["quarantined"] for line in pulled.lines) == 0, project("rejected", "list").out
