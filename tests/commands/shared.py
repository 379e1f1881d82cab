"""What tests of the commands share: the firm's size, a runner outside of a test, a look at error lines."""

from __future__ import annotations

import io
import re
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from conftest import Project, Result

from connector.commands import main
from connector.sandbox.server import Sandbox

CLIENTS, EVENTS, AS_OF = 12, 8.0, "2026-10-01T09:00"
STREAMS = [
    "employees", "companies", "contacts", "leads", "deals", "stage_history", "activities", "tasks",
]  # fmt: skip
CODE = "sandbox0code"
"""The secret part of the stand-in's webhook."""


@dataclass(frozen=True)
class Live:
    """A project, the portal that it may write to, and its plan."""

    project: Project
    portal: Sandbox
    plan: dict[str, Any]

    def changes(self, kind: str) -> list[dict[str, Any]]:
        """Return the plan's changes of a kind."""
        return [change for change in self.plan["changes"] if change["kind"] == kind]


def call(folder: Path, *arguments: str) -> Result:
    """Run a command in this process without a test's capture: for fixtures that outlive a test."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
        main([arguments[0], "--project", str(folder), *arguments[1:]])
    return Result(int(ended.value.code or 0), out.getvalue(), err.getvalue())


def connect(folder: Path, url: str) -> None:
    """Make a project of a portal: may write once approved, at any speed."""
    begun = call(folder, "init", "--source", "bitrix24", "--name", "portal")
    assert begun.code == 0, begun.err
    point(folder, url)
    settings = folder / "plugins.toml"
    text = settings.read_text(encoding="utf-8")
    for key, value in (
        ("write", '["task", "contact", "field"]'),
        ("rate", '"off"'),
        ("fields", '{ abc_class = "UF_CRM_ABC_CLASS" }'),
        ("custom_fields", '{ "Класс ABC (задан)" = "abc" }'),
    ):
        text, count = re.subn(rf"^# {key} = .*$", f"{key} = {value}", text, flags=re.MULTILINE)
        assert count == 1, key
    settings.write_text(text, encoding="utf-8")


def connect_amocrm(folder: Path, url: str) -> None:
    """Make a project of an amoCRM account that is called `portal`, at any speed."""
    begun = call(folder, "init", "--source", "amocrm", url, "--name", "portal")
    assert begun.code == 0, begun.err
    (folder / ".env").write_text("PORTAL_TOKEN=sandbox\n", encoding="utf-8")
    settings = folder / "plugins.toml"
    text, count = re.subn(
        r"^# rate = .*$", 'rate = "off"', settings.read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    assert count == 1
    settings.write_text(text, encoding="utf-8")


def point(folder: Path, url: str) -> None:
    """Let the project's webhook be this one."""
    (folder / ".env").write_text(f"PORTAL_WEBHOOK_URL={url}\n", encoding="utf-8")


def set_mode(folder: Path, policy: str, mode: str) -> None:
    """Let a policy be shown, approved, or sent at once."""
    path = folder / "policies" / f"{policy}.toml"
    text, count = re.subn(r'^mode = "\w+"', f'mode = "{mode}"', path.read_text(encoding="utf-8"), flags=re.M)
    assert count == 1, policy
    path.write_text(text, encoding="utf-8")


def writes(portal: Sandbox) -> list[dict[str, Any]]:
    """Return what was written to the portal, in order."""
    found: list[dict[str, Any]] = portal.state("writes")["writes"]
    return found


def the_line(result: Result) -> str:
    """Return the one line that a failing command left on stderr, and nothing on stdout."""
    assert result.out == ""
    assert "Traceback" not in result.err
    (line,) = result.err.splitlines()
    assert line.startswith("connector: ")
    assert " — " in line or "did you mean" in line, f"says no next step: {line}"
    return line.removeprefix("connector: ")
