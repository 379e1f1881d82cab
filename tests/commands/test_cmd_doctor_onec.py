"""Each row of docs/doctor.md about 1C: the stand-in is broken so, and `doctor` prints that line, no other."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from conftest import Project
from sandbox.firms import firm

from connector.commands.checks import sources
from connector.sandbox.server import running

ROOT = Path(__file__).parents[2]
SITUATIONS: list[dict[str, Any]] = [
    each
    for each in tomllib.loads((ROOT / "docs" / "doctor.toml").read_text(encoding="utf-8"))["situation"]
    if each.get("crm") == "onec"
]
KEYS = {"crm", "layer", "what", "faults", "settings", "ends", "lines"}
SETTINGS = {
    "url": '"URL"',
    "login": '"Администратор"',
    "password": '{ env = "BASE_PASSWORD" }',
    "profile": '"ut11"',
    "write": '["task"]',
    "flags": '{ key_account = "Ключевой клиент" }',
}
"""What a sound project says: tasks are written, and one attribute of the firm's own is named."""


def doctor(project: Project, faults: list[str], settings: dict[str, str]) -> tuple[list[str], int]:
    """Return what doctor says of a stand-in with these faults, and how it ends."""
    with running("onec", company=firm(), limits="off", faults=faults) as base:
        lines = [f"{key} = {value}" for key, value in (SETTINGS | settings).items()]
        text = "\n".join(["[[source]]", 'name = "base"', 'plugin = "onec"', *lines, ""])
        (project.folder / "plugins.toml").write_text(text.replace("URL", base.url), encoding="utf-8")
        (project.folder / ".env").write_text("BASE_PASSWORD=sandbox\n", encoding="utf-8")
        result = project("doctor", "--source", "base")
    assert "Traceback" not in result.err
    assert "sandbox\n" not in result.out
    folder = str(project.folder)
    said = [line.replace(folder, "FOLDER").replace("FOLDER\\", "FOLDER/") for line in result.out.splitlines()]
    return [line for line in said if line.startswith(("[FAILED] source", "[warn] source"))], result.code


@pytest.fixture(autouse=True)
def _one_try(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a question be asked once: that doctor repeats it is the matter of another test."""
    monkeypatch.setattr(sources, "PATIENCE_SECONDS", 0.0)


@pytest.fixture(autouse=True)
def _policy(project: Project) -> None:
    folder = project.folder / "policies"
    folder.mkdir(parents=True)
    text = 'schema = 1\nid = "abc"\nversion = "1"\n[use]\nrule = "abc"\n'
    (folder / "abc.toml").write_text(text, encoding="utf-8")


@pytest.mark.parametrize("situation", SITUATIONS, ids=[each["what"] for each in SITUATIONS])
def test_doctor_says_of_1c_what_the_table_says(situation: dict[str, Any], project: Project) -> None:
    assert set(situation) <= KEYS
    said, code = doctor(project, situation.get("faults", []), situation.get("settings", {}))
    assert (said, code) == (situation["lines"], situation["ends"])


@pytest.mark.parametrize("profile", ["ut11", "unf3", "crm3", "bp3"])
def test_control_a_sound_base_has_no_such_line(profile: str, project: Project) -> None:
    flags = {} if profile != "bp3" else {"flags": "{}", "write": "[]"}
    said, code = doctor(project, [f"configuration={profile}"], {"profile": f'"{profile}"', **flags})
    assert (said, code) == ([], 0)
