"""`connector new-plugin`: what it writes; tests/testing tries it in a clean environment."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Project

ROOT = Path(__file__).parents[2]
FILES = [
    ".github/workflows/test.yml",
    "README.md",
    "pyproject.toml",
    "src/connector_acme_crm/__init__.py",
    "src/connector_acme_crm/crm.py",
    "src/connector_acme_crm/py.typed",
    "src/connector_acme_crm/recorded.json",
    "tests/test_contract.py",
]


@pytest.fixture
def written(project: Project) -> Path:
    result = project("new-plugin", "acme-crm", "--title", "Acme")
    assert result.code == 0, result.err
    return project.folder / "connector-acme-crm"


def run(folder: Path, *arguments: str) -> str:
    ran = subprocess.run(
        arguments, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8",
        check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout
    return ran.stdout


def test_it_writes_a_package(written: Path) -> None:
    found = [path.relative_to(written).as_posix() for path in written.rglob("*") if path.is_file()]
    assert sorted(found) == FILES
    plugin = (written / "src" / "connector_acme_crm" / "__init__.py").read_text(encoding="utf-8")
    assert "class AcmeCrm(Source[AcmeCrmConfig]):" in plugin
    assert 'acme-crm = "connector_acme_crm"' in (written / "pyproject.toml").read_text(encoding="utf-8")


def test_the_plugin_has_at_most_60_lines(written: Path) -> None:
    plugin = (written / "src" / "connector_acme_crm" / "__init__.py").read_text(encoding="utf-8")
    lines = [line for line in plugin.splitlines() if line.strip()]
    assert len(lines) <= 60
    assert len(re.findall(r"Stream\(\"", plugin)) == 2
    assert len(re.findall(r"@writes\(", plugin)) == 2


def test_lint_and_types_find_nothing(
    written: Path, monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config
) -> None:
    run(written, sys.executable, "-m", "ruff", "check", "--no-cache", ".")
    run(written, sys.executable, "-m", "ruff", "format", "--no-cache", "--check", ".")
    monkeypatch.setenv("MYPYPATH", str(ROOT))
    kept = pytestconfig.cache.mkdir("mypy of authors")
    plugins = ["src/connector_acme_crm", str(ROOT / "examples" / "connector-tryton" / "src")]
    run(written, sys.executable, "-m", "mypy", f"--cache-dir={kept}", "--strict", *plugins)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Acme", "'Acme' cannot name a plugin — use small Latin letters, digits and -"),
        ("bitrix24", "'bitrix24' is built in — choose another name"),
    ],
)
def test_a_name_that_cannot_be_is_refused(project: Project, name: str, said: str) -> None:
    result = project("new-plugin", name)
    assert result.code == 4
    assert said in result.err
    assert not project.folder.exists()


def test_what_stands_is_not_written_over(project: Project, written: Path) -> None:
    mine = written / "README.md"
    mine.write_text("mine", encoding="utf-8")
    result = project("new-plugin", "acme-crm")
    assert result.code == 4
    assert "this folder is not empty — choose another with --into" in result.err
    assert mine.read_text(encoding="utf-8") == "mine"
    assert project("new-plugin", "acme-crm", "--into", "elsewhere").code == 0
