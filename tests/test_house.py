"""The house rules that a machine can check: lint, types, layers, docstrings, nothing of this very machine."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "connector"
MODULES = sorted(PACKAGE.rglob("*.py"))
LONGEST_FILE = 400
LONGEST_FUNCTION = 45
IMPORT_LINTER = "from importlinter.cli import lint_imports_command; lint_imports_command()"


def ids(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize(
    "arguments",
    [
        ["-m", "ruff", "check", "--output-format", "concise", "."],
        ["-m", "ruff", "format", "--check", "."],
        ["-m", "mypy"],
        ["-c", IMPORT_LINTER],
    ],
    ids=["ruff check", "ruff format", "mypy", "import-linter"],
)
def test_a_tool_finds_nothing(arguments: list[str]) -> None:
    ran = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout


# -- the tree ----------------------------------------------------------------------------------------------


def files() -> list[Path]:
    """Return the files that are, or would be, in git."""
    ran = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=True,
    )  # fmt: skip
    found = [ROOT / name for name in ran.stdout.split("\0") if name]
    return [path for path in found if path.is_file()]


def strange(text: str) -> list[str]:
    """Return what in the text names this checkout, a folder beside it, a home or this Python."""
    places = [ROOT, ROOT.parent, *(path for path in (Path.home(), Path(sys.prefix)) if len(path.parts) > 2)]
    own = [path for path in places if len(path.parts) > 1 and path != Path(sys.base_prefix)]
    patterns = [rf"(?<![\w./~-]){re.escape(path.as_posix())}/" for path in own]
    patterns.append(re.escape(".." + "/shared"))
    return [found[0] for pattern in patterns for found in re.finditer(pattern, text.replace("\\", "/"))]


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a checkout")
def test_nothing_in_the_tree_belongs_to_this_machine() -> None:
    found = {}
    for path in files():
        places = strange(path.read_bytes().decode("utf-8", errors="replace"))
        if places:
            found[ids(path)] = places
    assert found == {}


def test_control_such_a_path_is_found() -> None:
    assert strange(f"see {ROOT}/docs")
    assert strange(f"see '{ROOT.parent}/elsewhere'")
    assert strange("see .." + "/shared/notes")
    assert strange("open https://example.org/working/main and ./docs") == []


def test_every_module_is_read_in_one_sitting() -> None:
    long = {}
    for path in MODULES:
        text = path.read_text(encoding="utf-8")
        functions = [
            f"{name}: {lines}" for name, lines in lengths(ast.parse(text)) if lines > LONGEST_FUNCTION
        ]
        if functions or len(text.splitlines()) > LONGEST_FILE:
            long[ids(path)] = [f"{len(text.splitlines())} lines", *functions]
    assert long == {}


def lengths(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Yield every function with its number of lines."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or 0) - node.lineno + 1


def test_control_the_length_of_a_function_is_counted() -> None:
    assert list(lengths(ast.parse("def a():\n    x = 1\n    return x\n"))) == [("a", 3)]


def test_whatever_is_public_says_what_it_promises() -> None:
    trees = {ids(path): ast.parse(path.read_text(encoding="utf-8")) for path in MODULES}
    assert {name for name, tree in trees.items() if tree.body and not ast.get_docstring(tree)} == set()
    assert {f"{name}: {one}" for name, tree in trees.items() for one in silent(tree)} == set()


def silent(node: ast.AST, owner: str = "") -> Iterator[str]:
    """Yield the public classes and functions without a docstring, but for those inside a function."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if not child.name.startswith("_") and not ast.get_docstring(child):
                yield owner + child.name
            if isinstance(child, ast.ClassDef) and not child.name.startswith("_"):
                yield from silent(child, f"{owner}{child.name}.")


def test_control_a_silent_function_is_found() -> None:
    tree = ast.parse('class A:\n    """Says."""\n    def b(self): ...\n    def _c(self): ...\ndef d(): ...\n')
    assert list(silent(tree)) == ["A.b", "d"]


# -- a stand-in may not know the product -------------------------------------------------------------------

SANDBOX = sorted((PACKAGE / "sandbox").rglob("*.py"))
KNOWN_TO_THE_SANDBOX = ("connector.errors.", "connector.clock.", "connector.sandbox.")


def imported(path: Path) -> set[str]:
    """Return the modules, and names in modules, that a file imports, wherever in it."""
    found = set()
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            start = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (start, node.module) if part)
            found |= {f"{module}.{alias.name}" for alias in node.names}
    return found


def test_the_sandbox_imports_errors_and_clock_only() -> None:
    ours = {
        (ids(path), f"{name}.")
        for path in SANDBOX
        for name in imported(path)
        if name.partition(".")[0] == "connector"
    }
    assert {(path, name) for path, name in ours if not name.startswith(KNOWN_TO_THE_SANDBOX)} == set()


def test_control_an_import_of_the_product_is_seen() -> None:
    assert "connector.clock" in set().union(*map(imported, SANDBOX))
    assert "connector.model.Client" in imported(PACKAGE / "__init__.py")
