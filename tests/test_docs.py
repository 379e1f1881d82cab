"""The docs cannot lie: reference pages are made from the code, and the READMEs' commands are what runs."""

from __future__ import annotations

import ast
import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from connector.commands import COMMANDS, EXIT_CODES
from connector.errors import ExitCode

ROOT = Path(__file__).parent.parent


def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_docs", ROOT / "docs" / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


PAGES = [
    "commands.md",
    "settings.md",
    "policies.md",
    "hooks.md",
    "doctor.md",
    "files.md",
    "write-a-connector.md",
]


@pytest.mark.parametrize("name", PAGES)
def test_a_reference_page_is_what_the_code_says(name: str) -> None:
    page = maker().PAGES[name]()
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == page, "run: python docs/make.py"


def test_every_command_and_exit_code_is_documented() -> None:
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (.+)$", page, re.MULTILINE) == [*COMMANDS, "Exit codes"]
    assert list(EXIT_CODES) == list(ExitCode)
    for code, text in EXIT_CODES.items():
        assert f"| {int(code)} | {text} |" in page


def test_every_command_shows_an_example() -> None:
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    for name in COMMANDS:
        section = page.split(f"## {name}\n")[1].split("\n## ")[0]
        assert f"Example: connector {name}" in section, name


def test_ci_runs_the_readmes_test_command() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (command,) = re.findall(r"```sh\n(python3 -m venv .* -m pytest)\n```", readme)
    assert command in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()


def test_both_readmes_give_the_same_commands() -> None:
    blocks = [
        [
            re.sub(r"\s*#.*", "", line)
            for block in re.findall(r"```\w+\n(.*?)```", text, re.DOTALL)
            for line in block.splitlines()
        ]
        for text in ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.ru.md"))
    ]
    assert blocks[0] == blocks[1]


def test_links_between_the_docs_lead_somewhere() -> None:
    for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_the_reading_path_is_about_600_lines() -> None:
    page = (ROOT / "docs" / "reading.md").read_text(encoding="utf-8")
    stops = re.findall(r"^- \[(.+?)\]\(.+?\)(?:: (.+))?$", page, re.MULTILINE)
    lines = sum(length(ROOT / path, re.findall(r"`(\w+)`", names)) for path, names in stops)
    assert 500 <= lines <= 700


def length(path: Path, names: list[str]) -> int:
    """Return the lines of the named functions and classes, or of the whole file."""
    text = path.read_text(encoding="utf-8")
    kinds = (ast.FunctionDef, ast.ClassDef)
    found = {node.name: node for node in ast.walk(ast.parse(text)) if isinstance(node, kinds)}
    return sum((found[name].end_lineno or 0) - found[name].lineno + 1 for name in names) or text.count("\n")


def test_control_a_name_that_is_gone_is_noticed() -> None:
    with pytest.raises(KeyError):
        length(Path(__file__), ["nobody"])
