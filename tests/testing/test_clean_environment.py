"""What authors install: the package of `new-plugin` and the example for Tryton, in a clean environment."""

from __future__ import annotations

import ast
import re
import shutil
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from testing import clean

EXAMPLE = clean.ROOT / "examples" / "connector-tryton"
ALLOWED = {"_typeshed", "pydantic_core", "adbc_driver_manager"}
"""Seen by type checkers alone, or a part of pydantic and of adbc-driver-sqlite, each pinned by those."""


@pytest.mark.timeout(1500)  # both run the whole program in processes; at the very first, Tryton is installed
def test_packages_of_authors_are_green_before_a_line_is_changed(
    tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    """The tests that they bring run the contract, and doctor, pull, plan and apply on their own CRM."""
    environment = clean.made(tmp_path)
    environment.module("connector", "new-plugin", "acme-crm", "--title", "Acme")
    acme, tryton = tmp_path / "connector-acme-crm", tmp_path / "connector-tryton"
    shutil.copytree(EXAMPLE, tryton, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    environment.install("-e", acme, tryton)
    said = environment.module("pytest", "-rA", "-p", "no:cacheprovider", cwd=acme)
    assert "PASSED tests/test_contract.py::test_the_whole_program_runs_on_it" in said
    assert re.search(r"= \d+ passed, 2 skipped in ", said), said
    kept = pytestconfig.cache.mkdir("examples")  # Tryton and its empty database, for the next time
    said = environment.module("pytest", "-rA", "-o", f"cache_dir={kept}", cwd=tryton)
    assert "PASSED tests/test_contract.py::TestTryton::test_a_write_is_sent_once" in said
    assert "tests/test_real_server.py::test_store_equals_the_api" in said, "it ran, or says why it could not"
    listed = environment.module("connector", "plugins")
    assert re.search(r"^acme-crm +connector +connector-acme-crm +Acme$", listed, re.MULTILINE), listed
    assert re.search(r"^tryton +connector +connector-tryton +Tryton$", listed, re.MULTILINE), listed


def test_every_package_that_is_imported_is_declared() -> None:
    """The environment above borrows its dependencies, so it would not notice one that is not declared."""
    project = tomllib.loads((clean.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *extras["testing"], *extras["keyring"]]
    declared = {re.split(r"[<>=~! ;\[]", each)[0].lower() for each in wanted}
    homes = packages_distributions()
    missing = {
        name: homes.get(name)
        for name in imported(clean.ROOT / "connector")
        if not declared & {home.lower() for home in homes.get(name, ())}
    }
    assert missing == {}


def imported(package: Path) -> set[str]:
    """Return the packages of others that the modules import, wherever in the text."""
    names: set[str] = set()
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.split(".")[0])
    return names - sys.stdlib_module_names - {"connector"} - ALLOWED


def test_control_an_undeclared_package_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text("import json\nfrom yaml.nodes import Node\n", encoding="utf-8")
    assert imported(tmp_path) == {"yaml"}
