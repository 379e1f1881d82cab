"""`connector schema`: an editor that follows it accepts what loads and marks what does not."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Project

from connector.config import load_settings
from connector.errors import ConfigError

from .schemas import wrong
from .shared import call
from .test_cmd_plugins import TOY, with_modules

EXAMPLE = Path(__file__).parents[2] / "plugins.toml"
Document = dict[str, Any]


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Document:
    """Return the schema as it is printed where there is no project."""
    result = call(tmp_path_factory.mktemp("nowhere"), "schema")
    assert (result.code, result.err) == (0, "")
    document: Document = result.json
    return document


def test_the_example_of_the_repository_is_right(schema: Document) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    assert wrong(tomllib.loads(text), schema) == []
    everything = re.sub(r"^#([a-z_]+ = )", r"\1", text.replace("write = []\n", ""), flags=re.MULTILINE)
    assert wrong(tomllib.loads(everything), schema) == []


def test_what_init_writes_is_right_even_with_the_defaults_laid_open(
    schema: Document, project: Project
) -> None:
    project("init", "--source", "bitrix24")
    text = (project.folder / "plugins.toml").read_text(encoding="utf-8")
    assert wrong(tomllib.loads(text), schema) == []
    opened, count = re.subn(r"^# ([a-z_]+ = \S)", r"\1", text, flags=re.MULTILINE)
    assert count > 10
    assert wrong(tomllib.loads(opened), schema) == []
    (project.folder / "plugins.toml").write_text(opened, encoding="utf-8")
    load_settings(project.folder, need_secrets=False)


def _unknown_key(document: Document) -> None:
    document["company"]["zon"] = document["company"].pop("zone")


def _unknown_section(document: Document) -> None:
    document["stor"] = document.pop("store", {})


def _wrong_language(document: Document) -> None:
    document["company"]["language"] = "de"


def _secret_in_clear(document: Document) -> None:
    document["source"][0]["webhook_url"] = "https://portal.example/rest/1/a1b2c3d4e5f6/"


def _two_references(document: Document) -> None:
    document["source"][0]["webhook_url"] = {"env": "A", "file": "b"}


def _no_secret(document: Document) -> None:
    del document["source"][0]["webhook_url"]


def _unknown_plugin(document: Document) -> None:
    document["source"][0]["plugin"] = "bitrix25"


def _too_large_a_share(document: Document) -> None:
    document["source"][0]["share"] = 1.5


def _unknown_permission(document: Document) -> None:
    document["source"][0]["write"] = ["everything"]


def _a_name_with_a_blank(document: Document) -> None:
    document["source"][0]["name"] = "our portal"


SLIPS: list[Callable[[Document], None]] = [
    _unknown_key, _unknown_section, _wrong_language, _secret_in_clear, _two_references, _no_secret,
    _unknown_plugin, _too_large_a_share, _unknown_permission, _a_name_with_a_blank,
]  # fmt: skip


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.__name__.strip("_"))
def test_what_does_not_load_is_marked(
    schema: Document, project: Project, slip: Callable[[Document], None]
) -> None:
    project("init", "--source", "bitrix24")
    path = project.folder / "plugins.toml"
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    slip(document)
    assert wrong(document, schema) != []
    path.write_text(as_toml(document), encoding="utf-8")
    with pytest.raises(ConfigError):
        load_settings(project.folder, need_secrets=False)


def as_toml(document: Document) -> str:
    """Write sections of plain values and inline tables, and the one list of tables."""
    lines = []
    for name, tables in document.items():
        for table in tables if isinstance(tables, list) else [tables]:
            lines.append(f"[[{name}]]" if isinstance(tables, list) else f"[{name}]")
            lines += [f"{key} = {_value(value)}" for key, value in table.items()]
    return "\n".join(lines) + "\n"


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_value(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_value(each) for each in value) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value).lower()


def test_a_plugin_of_the_project_has_its_shape_in_it(fresh: Project) -> None:
    with_modules(fresh, cmd_toy_of_schema=TOY)
    with (fresh.folder / "plugins.toml").open("a", encoding="utf-8") as target:
        target.write('\n[[source]]\nname = "box"\nplugin = "toy"\n')
    document = tomllib.loads((fresh.folder / "plugins.toml").read_text(encoding="utf-8"))
    own = fresh("schema").json
    assert wrong(document, own) == []
    document["source"][1]["colour"] = "red"
    assert wrong(document, own) != []


def test_it_is_the_same_for_every_format(fresh: Project) -> None:
    assert fresh("schema").json == fresh("schema", "--format", "json").json


def test_control_the_check_knows_every_word_or_says_so() -> None:
    with pytest.raises(ValueError, match="does not know the word 'contains'"):
        wrong([], {"contains": {}})
