"""A flag in a register by the user's own commands: set once however the answer was lost, and taken off."""

from __future__ import annotations

from pathlib import Path

from conftest import Project
from sync.making import SOURCE, Maker, plan_of

from connector.changes import AnyChange
from connector.sandbox.server import Sandbox

from .conftest import PROFILES
from .test_facts import REGISTER, fact
from .test_writing import rows


def joined(project: Project, sandbox: Sandbox) -> Project:
    """Make the project one of the base, with the profile that keeps the flag in a register."""
    assert project("init", "--source", "onec", sandbox.url, "--name", SOURCE).code == 0
    given = {"login": '"Администратор"', "profile": '"facts.toml"', "write": '["flag"]'}
    given["flags"] = '{ key_account = "Ключевой клиент" }'
    for name, value in given.items():
        project.edit("plugins.toml", rf"^(# )?{name} = .*$", f"{name} = {value}")
    (project.folder / ".env").write_text(f"{SOURCE.upper()}_PASSWORD=sandbox\n", encoding="utf-8")
    profile = (PROFILES / "ut11-facts.toml").read_text(encoding="utf-8")
    (project.folder / "facts.toml").write_text(profile, encoding="utf-8")
    return project


def applied(project: Project, change: AnyChange) -> str:
    """Apply a plan of one change; return its state."""
    plan = Path(project.folder / "plan.json")
    plan.write_bytes(plan_of(change).document())
    assert project("apply", str(plan), "--yes").code == 0
    return str(project("changes", change.key, "--format", "json").json["state"])


def test_a_lost_answer_is_settled_by_what_the_register_says(stand_in, project):
    sandbox = stand_in(faults=[f"lost_reply={REGISTER}:1"])
    ours, make = joined(project, sandbox), Maker(sandbox)
    flag = make.key_account(1, new=True, old=False)

    assert [applied(ours, flag), applied(ours, flag)] == ["done", "done"]

    assert rows(sandbox, REGISTER) == [fact(sandbox, flag.target)]
    (write,) = sandbox.state("writes")["writes"]
    assert (write["method"], write["entity"]) == ("POST", REGISTER)
    assert applied(ours, make.no_key_account(1)) == "done"
    assert rows(sandbox, REGISTER) == []
