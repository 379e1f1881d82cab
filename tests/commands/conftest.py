"""A small firm, pulled once: each test gets a copy of the project, and a portal of its own if it writes."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import Project, firm

from connector.sandbox.company.tables import Company
from connector.sandbox.server import Sandbox, running

from .shared import AS_OF, CLIENTS, EVENTS, Live, call, connect, point, set_mode


def small_firm() -> Company:
    return firm(clients=CLIENTS, events=EVENTS, as_of=AS_OF)


@pytest.fixture(scope="session")
def still() -> Iterator[Sandbox]:
    """Return a stand-in portal that all tests read and none may write to."""
    company = small_firm()
    with running("bitrix24", company=company, as_of=company.as_of, limits="off") as sandbox:
        yield sandbox
        assert sandbox.state("writes")["writes"] == [], "a test wrote to the portal that all share"


@pytest.fixture(scope="session")
def template(still: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project on that portal, pulled; to be copied, never to be worked in."""
    folder = tmp_path_factory.mktemp("template") / "project"
    connect(folder, still.url)
    pulled = call(folder, "pull")
    assert pulled.code == 0, pulled.err
    return folder


@pytest.fixture
def pulled(template: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Project:
    """Return a pulled project of the test's own on the portal that all share: for reading."""
    return Project(Path(shutil.copytree(template, tmp_path / "project")), capsys)


@pytest.fixture
def fresh(still: Sandbox, project: Project) -> Project:
    """Return a project on the portal that all share, from which nothing was pulled yet."""
    connect(project.folder, still.url)
    return project


KEPT = ("abc", "contact-norm", "no-contact", "next-contact", "orphan")


@pytest.fixture(scope="session")
def planned(template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """Return a pulled project with a plan of two policies that may be sent once approved, and the plan.

    Of the policies that `init` writes it keeps those that plan contacts, set classes, or only report.
    """
    folder = Path(shutil.copytree(template, tmp_path_factory.mktemp("planned") / "project"))
    for path in (folder / "policies").glob("*.toml"):
        if path.stem not in KEPT:
            path.unlink()
    for policy in ("abc", "next-contact"):
        set_mode(folder, policy, "approve")
    result = call(folder, "plan", "--as-of", AS_OF, "--format", "json", "-o", str(folder / "plan.json"))
    assert result.code == 2, result.err
    return folder, result.json


@pytest.fixture
def ripe(
    planned: tuple[Path, dict[str, Any]],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    portal: Callable[..., Sandbox],
) -> Live:
    """Return a project with a plan to be sent, a portal of its own for it, and the plan."""
    folder, plan = planned
    project = Project(Path(shutil.copytree(folder, tmp_path / "project")), capsys)
    company = small_firm()
    own = portal(company, as_of=company.as_of)
    point(project.folder, own.url)
    return Live(project, own, plan)


@pytest.fixture
def shown(
    planned: tuple[Path, dict[str, Any]],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    still: Sandbox,
) -> Live:
    """Return a project with a plan, which is on the portal that all share and so may not be sent."""
    folder, plan = planned
    return Live(Project(Path(shutil.copytree(folder, tmp_path / "project")), capsys), still, plan)


@pytest.fixture
def live(pulled: Project, portal: Callable[..., Sandbox]) -> tuple[Project, Sandbox]:
    """Return a pulled project and a portal of its own, which holds the same firm and may be changed."""
    company = small_firm()
    own = portal(company, as_of=company.as_of)
    point(pulled.folder, own.url)
    return pulled, own
