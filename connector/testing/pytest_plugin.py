"""The pytest plugin that an installed connector brings: a project folder in which its commands run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest


@dataclass(frozen=True)
class Ran:
    """What a command printed and how it ended; see the exit codes in `connector --help`."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Project:
    """A folder with a plugins.toml of one source, named `crm`, and a policy for every rule."""

    folder: Path
    environment: Mapping[str, str]

    def __call__(self, *arguments: str) -> Ran:
        """Run a command in a process of its own, as the shell would."""
        ran = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-m", "connector", *arguments, "--project", str(self.folder)],
            cwd=self.folder,
            capture_output=True,
            text=True,
            encoding="utf-8",
            env={**os.environ, **self.environment},
            check=False,
        )
        return Ran(ran.returncode, ran.stdout, ran.stderr)

    def approve_all(self) -> None:
        """Let every policy be sent once it is approved: `init` writes them as rehearsals."""
        for path in (self.folder / "policies").glob("*.toml"):
            text = path.read_text(encoding="utf-8")
            path.write_text(text.replace('mode = "dry_run"', 'mode = "approve"'), encoding="utf-8")


@pytest.fixture
def connector_project(tmp_path: Path) -> Callable[..., Project]:
    """Return a function that makes a project: `connector_project("acme", {"url": ...}, secrets={...})`."""

    def make(
        plugin: str, settings: Mapping[str, Any] | None = None, secrets: Mapping[str, str] | None = None
    ) -> Project:
        folder = tmp_path / "project"
        folder.mkdir()
        lines = ["[[source]]", 'name = "crm"', f'plugin = "{plugin}"']
        lines += [f"{name} = {json.dumps(value)}" for name, value in (settings or {}).items()]
        lines += [f'{name} = {{ env = "CRM_{name.upper()}" }}' for name in secrets or {}]
        (folder / "plugins.toml").write_text("\n".join([*lines, ""]), encoding="utf-8")
        project = Project(folder, {f"CRM_{name.upper()}": value for name, value in (secrets or {}).items()})
        made = project("init")
        assert made.code == 0, made.err
        project.approve_all()
        return project

    return make
