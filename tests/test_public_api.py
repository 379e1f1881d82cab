"""What plugin authors import resolves; `import connector` and `--help` load nothing that they do not need."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import connector
import connector.commands
from connector.commands import COMMANDS

ROOT = Path(__file__).parents[1]
HEAVY = {
    "pydantic",
    "sqlalchemy",
    "alembic",
    "polars",
    "requests",
    "urllib3",
    "holidays",
    "phonenumbers",
    "tenacity",
}
LOADED = "import sys; print(*sorted({name.partition('.')[0] for name in sys.modules}))"


def loaded_by(program: str) -> set[str]:
    """Return the top-level modules that a fresh interpreter has after the program."""
    ran = subprocess.run(
        [sys.executable, "-c", f"{program}\n{LOADED}"],
        cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=True,
    )  # fmt: skip
    return set(ran.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("name", connector.__all__)
def test_every_public_name_resolves_to_what_it_says(name: str) -> None:
    found = getattr(connector, name)
    assert getattr(found, "__name__", name) in (name, "HookimplMarker", "Mapping")  # Row is a Mapping


def test_no_name_is_public_twice_and_type_checkers_see_the_same_list() -> None:
    tree = ast.parse(Path(connector.__file__).read_text(encoding="utf-8"))
    (checked,) = (node for node in tree.body if isinstance(node, ast.If))
    seen = [alias.name for node in checked.body if isinstance(node, ast.ImportFrom) for alias in node.names]
    assert sorted(seen) == sorted(connector.__all__)
    assert len(set(connector.__all__)) == len(connector.__all__)


def test_a_name_that_is_not_public_is_an_ordinary_error() -> None:
    with pytest.raises(AttributeError, match="module 'connector' has no attribute 'Sauce'"):
        connector.Sauce  # noqa: B018 - looking is the test


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert not loaded_by("import connector") & (HEAVY | {"click", "rich"})


def test_control_the_first_public_name_does_load_its_module() -> None:
    assert "pydantic" in loaded_by("import connector; connector.Client")


def test_help_loads_nothing_heavy() -> None:
    program = "import contextlib\nfrom connector.commands import main\n"
    loaded = loaded_by(program + "with contextlib.suppress(SystemExit): main(['--help'])")
    assert "click" in loaded
    assert not loaded & (HEAVY | {"rich"})


def test_python_dash_m_is_the_same_command() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "connector", "--help"],
        cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=True,
    )  # fmt: skip
    assert ran.stdout.startswith("Usage: connector [OPTIONS] COMMAND [ARGS]...")
    for name, (_, line) in COMMANDS.items():
        assert f"  {name} " in ran.stdout
        assert line.split()[0] in ran.stdout


def commands_on_disk() -> set[str]:
    """Return the modules of connector.commands that define `command`."""
    package = connector.commands
    found = set()
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        if module.ispkg:  # what commands share
            continue
        text = (Path(package.__path__[0]) / f"{module.name.rpartition('.')[2]}.py").read_text(
            encoding="utf-8"
        )
        if any(isinstance(node, ast.FunctionDef) and node.name == "command" for node in ast.parse(text).body):
            found.add(module.name)
    return found


def test_the_table_of_commands_is_what_is_there() -> None:
    assert {module for module, _ in COMMANDS.values()} == commands_on_disk()
    assert len(commands_on_disk()) == len(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_is_called_as_the_table_says_and_has_an_example(name: str) -> None:
    command = importlib.import_module(COMMANDS[name][0]).command
    assert name in (command.name, COMMANDS[name][0].rpartition(".")[2])
    assert "Example: connector " in (command.help or "")
