"""Each row of the table in docs/doctor.md: the thing is broken, and `doctor` prints that line, no other."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from conftest import Project, firm

from connector.commands.checks.lines import in_layer, shown, verdict
from connector.sandbox.company.tables import Company
from connector.sandbox.server import running
from connector.store.migrations import HEAD

from .shared import connect, connect_amocrm
from .situations import WAYS, Stage

ROOT = Path(__file__).parents[2]
EVERY: list[dict[str, Any]] = tomllib.loads((ROOT / "docs" / "doctor.toml").read_text(encoding="utf-8"))[
    "situation"
]
SITUATIONS = [each for each in EVERY if each.get("crm") != "onec"]
"""Those of 1C have a test of their own: it needs a base, not a portal."""
KEYS = {"layer", "what", "crm", "faults", "settings", "portal", "pull", "way", "options", "ends", "lines"}
SETTINGS = {
    "write": "[]",
    "custom_fields": '{ "Регион" = "region" }',
    "fields": '{ abc_class = "UF_CRM_ABC_CLASS" }',
}
"""What a sound project says, so that every stream, a field to read and a field to write are looked at."""
OF_AMOCRM = SETTINGS | {"fields": '{ abc_class = "ABC_CLASS" }'}
DIFFERS = (
    (r"127\.0\.0\.1:\d+", "127.0.0.1:PORT"),
    (r"plugins\.toml:\d+:\d+:", "plugins.toml:LINE:"),
    (r"(\w+\.toml):\d+:\d+:", r"\1:LINE:"),
    (r"since [-\d]+ [:\d]+ UTC", "since TIME UTC"),
    (r"was at [-\d]+ [:\d]+ UTC", "was at TIME UTC"),
    (r"clock shows [-\d]+ [:\d]+", "clock shows TIME"),
    (r"pid \d+ on \S+\)", "pid PID on HOST)"),
    (r"is damaged: .+? —", "is damaged: WHAT —"),
    (r"owner: [^(]+ \(id", "owner: OWNER (id"),
    (r"task \d+", "task NUMBER"),
    (r"working time: \S+ has", "working time: METHOD has"),
    (r"with \d+ clients and \d+ events", "with COUNT clients and COUNT events"),
    (rf"this one knows {HEAD}\)", "this one knows HEAD)"),
)


@pytest.fixture(scope="module")
def company() -> Company:
    return firm(clients=6, events=3.0)


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


def staged(
    situation: dict[str, Any],
    company: Company,
    project: Project,
    stack: ExitStack,
    monkeypatch: pytest.MonkeyPatch,
    scratch: Path,
) -> Stage:
    """Make a sound project on a portal whose clock is ours, with what the row says of faults and settings."""
    options = {"limits": "off", **situation.get("portal", {}), "faults": situation.get("faults", [])}
    crm = situation.get("crm", "bitrix24")
    portal = stack.enter_context(running(crm, company=company, **options))
    (connect if crm == "bitrix24" else connect_amocrm)(project.folder, portal.url)
    sound = SETTINGS if crm == "bitrix24" else OF_AMOCRM
    for key, value in (sound | situation.get("settings", {})).items():
        project.edit("plugins.toml", rf"^(# )?{key} = .*$", f"{key} = {value}".replace("\\", r"\\"))
    return Stage(project, portal, monkeypatch, stack, scratch)


def plain(line: str, folder: Path) -> str:
    """Return the line without what differs from one machine to another."""
    line = (
        line.replace(str(folder), "FOLDER").replace("FOLDER\\", "FOLDER/").replace("\\abc.toml", "/abc.toml")
    )
    for pattern, word in DIFFERS:
        line = re.sub(pattern, word, line)
    return line


@pytest.mark.parametrize("situation", SITUATIONS, ids=[each["what"] for each in SITUATIONS])
def test_doctor_says_what_the_table_says(
    situation: dict[str, Any],
    company: Company,
    project: Project,
    stack: ExitStack,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    assert set(situation) <= KEYS
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    stage = staged(situation, company, project, stack, monkeypatch, scratch)
    if situation.get("pull"):
        assert project("pull").code == 0
    played = WAYS[situation["way"]](stage) if "way" in situation else None
    if played is not None:
        checks = [check for layer, one in played for check in in_layer(layer, [one])]
        said, code = [shown(check) for check in checks], int(verdict(checks, ["portal"]))
    else:
        result = project("doctor", *situation.get("options", []))
        said, code = result.out.splitlines(), result.code
        assert "Traceback" not in result.err
    told = [plain(line, project.folder) for line in said if line.startswith(("[FAILED]", "[warn]"))]
    told = [line for line in told if played or not line.startswith("[warn] machine: console")]
    assert (told, code) == (situation["lines"], situation["ends"])


def test_every_way_is_in_the_table() -> None:
    assert {each["way"] for each in SITUATIONS if "way" in each} == set(WAYS)


def test_every_line_has_its_fix() -> None:
    for situation in SITUATIONS:
        for line in situation["lines"]:
            assert " — " in line, line


@pytest.mark.parametrize("tls", [False, True], ids=["straight", "through a proxy to TLS"])
def test_control_a_sound_project_has_no_such_line(
    tls: bool,
    company: Company,
    project: Project,
    stack: ExitStack,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    stage = staged({}, company, project, stack, monkeypatch, scratch)
    if tls:
        stage.behind_tls(trusted=True)
    assert project("pull").code == 0
    result = project("doctor", "--write-probe")
    bad = [line for line in result.out.splitlines() if line.startswith(("[FAILED]", "[warn]"))]
    assert [line for line in bad if not line.startswith("[warn] machine: console")] == []
    assert (result.code, result.err) == (0, "")
    assert ("certificate: trusted by ca = " in result.out) == tls
