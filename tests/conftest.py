"""What tests of the whole job share: a stand-in portal, a project folder on it, and the command line."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from alembic import command
from hypothesis import settings
from warm import Reader, Schema

from connector.commands import main
from connector.sandbox.company.bundle import read_folder
from connector.sandbox.company.generate import generate
from connector.sandbox.company.tables import Company
from connector.sandbox.server import Sandbox, running
from connector.store import frames

MOSCOW = ZoneInfo("Europe/Moscow")

# How long an example takes is the machine's matter, and a busy one would make a sound test fail
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@dataclass(frozen=True)
class Result:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


class Project:
    """A project folder and the commands run in it."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capsys = capsys

    def __call__(self, *arguments: str) -> Result:
        """Run a command in this process, as the shell would."""
        self._capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([*arguments, "--project", str(self.folder)])
        captured = self._capsys.readouterr()
        return Result(int(ended.value.code or 0), captured.out, captured.err)

    def process(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """Start a command in a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "connector", *arguments, "--project", str(self.folder)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={**os.environ, **environment},
        )

    def edit(self, name: str, pattern: str, replacement: str) -> None:
        """Replace what the pattern finds in a file of the project; it must be there."""
        path = self.folder / name
        text, count = re.subn(pattern, replacement, path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        assert count, f"{pattern!r} is not in {name}"
        path.write_text(text, encoding="utf-8")

    def allow(self, *kinds: str) -> None:
        """Let the portal be written and every policy be sent once approved."""
        listed = ", ".join(f'"{kind}"' for kind in kinds)
        self.edit("plugins.toml", r"^# write = .*$", f"write = [{listed}]")
        for path in (self.folder / "policies").glob("*.toml"):
            self.edit(f"policies/{path.name}", r'^mode = "dry_run"', 'mode = "approve"')


def pytest_xdist_auto_num_workers() -> int:
    """Run two workers a core: half of a test's time it waits for a disk, a server or another process."""
    return 2 * (os.cpu_count() or 1)


@pytest.fixture(scope="session", autouse=True)
def _warm() -> Iterator[None]:
    """Begin no store and no reader of frames anew: that takes longer than most of the tests."""
    reader = Reader()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(command, "upgrade", Schema(command.upgrade))
        patch.setattr(frames, "subprocess", reader)
        yield
    reader.end()


@pytest.fixture
def project(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Project:
    """Return an empty project folder."""
    return Project(tmp_path / "project", capsys)


ConnectedTo = Callable[[Sandbox], Project]


@pytest.fixture
def connected(project: Project) -> ConnectedTo:
    """Return a function that makes the project one of a portal, by `connector init` and a `.env` file."""

    def connect(portal: Sandbox) -> Project:
        result = project("init", "--source", "bitrix24", "--name", "portal")
        assert result.code == 0, result.err
        (project.folder / ".env").write_text(f"PORTAL_WEBHOOK_URL={portal.url}\n", encoding="utf-8")
        project.edit("plugins.toml", r"^# custom_fields = .*$", f"custom_fields = {CUSTOM_FIELDS}")
        project.edit("plugins.toml", r"^# fields = .*$", 'fields = { abc_class = "UF_CRM_ABC_CLASS" }')
        project.edit("plugins.toml", r"^# rate = .*$", 'rate = "off"')
        return project

    return connect


CUSTOM_FIELDS = (
    '{ "Класс ABC (задан)" = "abc", "Регион" = "region", "Метки" = "tags", "Статус клиента" = "status", '
    '"Закрыт" = "closed_at", "Ключевой клиент" = "key_account", "Причина отказа" = "loss_reason" }'
)


@pytest.fixture
def portal() -> Iterator[Callable[..., Sandbox]]:
    """Return a function that starts a stand-in Bitrix24 and stops it after the test."""
    opened: list[Any] = []

    def start(company: Company, **options: Any) -> Sandbox:
        context = running("bitrix24", company=company, **{"limits": "off", **options})
        opened.append(context)
        sandbox: Sandbox = context.__enter__()
        return sandbox

    yield start
    for context in opened:
        context.__exit__(None, None, None)


def at(text: str) -> datetime:
    """Return a Moscow time."""
    return datetime.fromisoformat(text).replace(tzinfo=MOSCOW)


def firm(clients: int = 30, seed: int = 1, as_of: str = "2026-10-01T09:00", events: float = 20.0) -> Company:
    """Return a made-up firm."""
    return generate(clients=clients, seed=seed, as_of=at(as_of), events_per_client=events)


def bundle(folder: Path, tables: dict[str, tuple[str, Sequence[str]]], as_of: str) -> Company:
    """Write tables given as a header and lines of comma-separated cells, and read them as a firm."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, (header, lines) in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as target:
            writer = csv.writer(target)
            writer.writerow(header.split(","))
            writer.writerows(line.split(",") for line in lines)
    return read_folder(folder, at(as_of))
