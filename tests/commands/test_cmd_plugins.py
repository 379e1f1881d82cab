"""`connector plugins`: what may be named in plugins.toml, and what is wrong with what does not load."""

from __future__ import annotations

from pathlib import Path

from conftest import Project

from .shared import call

BROKEN = "import a_library_that_nobody_installed\n"
TOY = """\
import connector

class Toy(connector.Source):
    name = "toy"
    title = "A toy"

@connector.hookimpl
def register_source():
    return Toy
"""


def with_modules(project: Project, **modules: str) -> None:
    for name, text in modules.items():
        (project.folder / f"{name}.py").write_text(text, encoding="utf-8")
    listed = ", ".join(f'"{name}"' for name in modules)
    project.edit("plugins.toml", r"^# modules = \[\]", f"modules = [{listed}]")


def test_without_a_project_the_built_in_ones_are_listed(tmp_path: Path) -> None:
    result = call(tmp_path, "plugins")
    assert (result.code, result.err) == (0, "")
    assert [line.split(maxsplit=1)[0] for line in result.out.splitlines()] == [
        "amocrm",
        "bitrix24",
        "files",
        "onec",
    ]
    assert [line.rstrip().rpartition("  ")[2] for line in result.out.splitlines()] == [
        "amoCRM",
        "Bitrix24",
        "CSV and Excel files",
        "1С:Предприятие",
    ]


def test_a_broken_one_is_shown_with_its_reason_beside_those_that_work(fresh: Project) -> None:
    with_modules(fresh, cmd_broken=BROKEN, cmd_toy=TOY)
    result = fresh("plugins")
    assert (result.code, result.err) == (0, "")
    lines = {line.split()[0]: line for line in result.out.splitlines()}
    assert set(lines) == {"amocrm", "bitrix24", "cmd_broken", "files", "onec", "toy"}
    assert lines["cmd_broken"].endswith(
        "broken: ModuleNotFoundError: No module named 'a_library_that_nobody_installed'"
    )
    assert lines["toy"].endswith("A toy")
    machine = {one["name"]: one for one in fresh("plugins", "--format", "json").json}
    assert machine["toy"]["error"] == machine["bitrix24"]["error"] == ""
    assert "a_library_that_nobody_installed" in machine["cmd_broken"]["error"]


def test_a_broken_one_hinders_no_other_command(pulled: Project) -> None:
    with_modules(pulled, cmd_broken_too=BROKEN)
    assert pulled("pull").code == 0
    assert pulled("decide").code == 0


def test_a_source_of_a_broken_one_says_why_it_cannot_be_had(fresh: Project) -> None:
    with_modules(fresh, cmd_broken_three=BROKEN)
    fresh.edit("plugins.toml", '^plugin = "bitrix24"', 'plugin = "cmd_broken_three"')
    result = fresh("pull")
    assert result.code == 4
    assert "a_library_that_nobody_installed" in result.err
    assert "Traceback" not in result.err


def test_what_else_is_wrong_with_the_settings_does_not_hide_the_plugins(fresh: Project) -> None:
    fresh.edit("plugins.toml", "^rate = ", "rat = ")
    assert fresh("plugins").code == 0
