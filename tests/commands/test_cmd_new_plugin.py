"""`connector new-plugin`: what it writes passes its tests in a clean environment before a line is changed."""

from __future__ import annotations

import re
import shutil
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


def test_lint_and_types_find_nothing(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(written, sys.executable, "-m", "ruff", "check", "--no-cache", ".")
    run(written, sys.executable, "-m", "ruff", "format", "--no-cache", "--check", ".")
    monkeypatch.setenv("MYPYPATH", str(ROOT))
    options = [f"--cache-dir={written / '.cache'}", "--strict", "src/connector_acme_crm"]
    run(written, sys.executable, "-m", "mypy", *options)


@pytest.mark.timeout(1500)
def test_it_is_green_in_a_clean_environment(written: Path, tmp_path: Path) -> None:
    """The tests that it brings run the contract, and doctor, pull, decide, plan and apply on its own CRM."""
    product = tmp_path / "product"
    product.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, product)
    shutil.copytree(ROOT / "connector", product / "connector", ignore=shutil.ignore_patterns("__pycache__"))
    run(tmp_path, sys.executable, "-m", "venv", "clean")
    python = tmp_path / "clean" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    run(tmp_path, str(python), "-m", "pip", "install", "-q", f"{product}[testing]")
    run(tmp_path, str(python), "-m", "pip", "install", "-q", "-e", str(written))
    said = run(written, str(python), "-m", "pytest", "-rA", "-p", "no:cacheprovider")
    assert "PASSED tests/test_contract.py::test_the_whole_program_runs_on_it" in said
    assert re.search(r"= \d+ passed, 2 skipped in ", said), said
    listed = run(tmp_path, str(python), "-m", "connector", "plugins")
    assert re.search(r"^acme-crm +connector +connector-acme-crm +Acme$", listed, re.MULTILINE), listed


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
