"""`connector new-plugin`: a package for one more CRM, whose tests pass before a line of it is changed."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path
from string import Template

import click

from connector.commands.app import App, common
from connector.errors import ConfigError
from connector.registry import BUILT_IN

TEMPLATES = files("connector.testing") / "template"
TARGETS = {
    "source.py.txt": "src/$module/__init__.py",
    "crm.py.txt": "src/$module/crm.py",
    "recorded.json.txt": "src/$module/recorded.json",
    "test_contract.py.txt": "tests/test_contract.py",
    "pyproject.toml.txt": "pyproject.toml",
    "README.md.txt": "README.md",
    "ci.yml.txt": ".github/workflows/test.yml",
}
"""Template -> the file that is made of it."""
SETTINGS = """\
| key | default | meaning |
|---|---|---|
| `url` | required | address of the account: https://firm.example/api |
| `token` | required | API token of an administrator (a secret: by reference) |"""
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@click.command("new-plugin")
@click.argument("name")
@click.option("--title", help="How people call the CRM; default: made of NAME.")
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder to write; default: connector-NAME.",
)
@common
def command(app: App, name: str, title: str | None, into: Path | None) -> None:
    """Write a package that connects one more CRM: a plugin that works, a CRM in memory, the contract's tests.

    Nothing that stands is written over. Example: connector new-plugin acme --title "Acme CRM"
    """
    folder = app.folder / (into or f"connector-{name}")
    _check(name, folder)
    words = names(name, title)
    written = []
    for template, target in TARGETS.items():
        path = folder / Template(target).substitute(words)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text_of(template, words), encoding="utf-8", newline="\n")
        written.append(path)
    (folder / "src" / words["module"] / "py.typed").touch()
    for path in written:
        app.say(f"wrote {path}")
    app.emit({"written": [str(path) for path in written]})
    app.say(f'Next: cd {folder}, python -m pip install -e ".[test]", python -m pytest.')


def _check(name: str, folder: Path) -> None:
    if not _NAME.fullmatch(name):
        raise ConfigError(
            f"{name!r} cannot name a plugin", hint="use small Latin letters, digits and - as in acme-crm"
        )
    if name in BUILT_IN:
        raise ConfigError(f"{name!r} is built in", hint="choose another name")
    if folder.exists() and any(folder.iterdir()):
        raise ConfigError("this folder is not empty", where=str(folder), hint="choose another with --into")


def names(name: str, title: str | None = None) -> dict[str, str]:
    """Return what stands for what in the templates: name, module, class and title of the plugin."""
    words = name.split("-")
    return {
        "name": name,
        "module": f"connector_{'_'.join(words)}",
        "Class": "".join(word.capitalize() for word in words),
        "title": title or " ".join(word.capitalize() for word in words),
        "table": SETTINGS,
    }


def text_of(template: str, words: dict[str, str]) -> str:
    """Return a template with its words put in."""
    return Template((TEMPLATES / template).read_text(encoding="utf-8")).substitute(words)
