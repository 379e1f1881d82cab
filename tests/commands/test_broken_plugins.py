"""A broken plugin, a misspelt hook, an unknown interface: one line says what is wrong, the rest works."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from conftest import Project

HEAD = "from connector import Source, hookimpl\n"
BROKEN = {
    "breaks_on_import": ("import nothing_of_that_name\n", "No module named 'nothing_of_that_name'"),
    "misspells_a_hook": (
        HEAD + "@hookimpl\ndef register_sauce():\n    return None\n",
        "unknown hook 'register_sauce'",
    ),
    "is_of_the_future": (
        HEAD + "class Future(Source):\n    name, title, api_version = 'future', 'Future', 2\n"
        "@hookimpl\ndef register_source():\n    return Future\n",
        "written for plugin interface 2, this program knows 1: install versions that fit",
    ),
}


@pytest.fixture
def modules(project: Project) -> Iterator[Project]:
    """Return a project of a folder of tables that names every broken plugin."""
    tables = project.folder / "tables"
    tables.mkdir(parents=True)
    (tables / "clients.csv").write_text("id,name\n1,Company 1\n", encoding="utf-8")
    for name, (text, _) in BROKEN.items():
        (project.folder / f"{name}.py").write_text(text, encoding="utf-8")
    assert project("init", str(tables), "--source", "files", "--name", "tables").code == 0
    project.edit("plugins.toml", r"^# modules = .*$", f"modules = {list(BROKEN)}".replace("'", '"'))
    before = list(sys.path)
    yield project
    sys.path[:] = before
    for name in BROKEN:
        sys.modules.pop(name, None)


@pytest.mark.parametrize("name", BROKEN)
def test_one_line_says_what_is_wrong(modules: Project, name: str) -> None:
    result = modules("plugins")
    assert result.code == 0
    (line,) = [line for line in result.out.splitlines() if BROKEN[name][1] in line]
    assert "broken: " in line
    assert [line for line in result.out.splitlines() if "broken: " not in line and line.startswith("files ")]


def test_the_rest_works(modules: Project) -> None:
    assert modules("pull").code == 0
    assert modules("decide").code == 0
    assert modules("status").code == 0
