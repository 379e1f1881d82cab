"""The example configuration names every setting with its meaning, and is right with and without comments."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from pydantic import BaseModel

from connector.config import load_settings
from connector.registry import Registry
from connector.sections import Project, Section

EXAMPLE = Path(__file__).parents[1] / "plugins.toml"
SETTING = re.compile(r"^#?(?P<key>[a-z_]+) = .+$")


def sections() -> list[tuple[str, type[BaseModel]]]:
    """Return the header of each table and the model of what may stand in it."""
    tables = [(f"[{name}]", field.annotation) for name, field in Project.model_fields.items()]
    found = [
        (header, model) for header, model in tables if isinstance(model, type) and issubclass(model, Section)
    ]
    return [*found, ("[[source]]", Registry().source("bitrix24").config_model)]


def meanings(header: str) -> list[tuple[str, str]]:
    """Return each key of a table with the comment above it; a key shown twice stands once."""
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    found: dict[str, str] = {}
    start = lines.index(header) + 1
    for above, line in zip(lines[start:], lines[start + 1 :], strict=False):
        setting = SETTING.match(line)
        if line.startswith("["):
            break
        if setting:
            found.setdefault(setting["key"], above.removeprefix("# "))
    return list(found.items())


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of the example in a folder of its own, with the webhook that it asks for."""
    monkeypatch.setenv("BITRIX_WEBHOOK", "https://portal.example/rest/1/a1b2c3d4e5f6g7h8/")
    return Path(shutil.copy(EXAMPLE, tmp_path))


@pytest.mark.parametrize(
    ("header", "model"), sections(), ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_setting_stands_there_in_order_with_its_meaning(header: str, model: type[BaseModel]) -> None:
    expected = [(name, field.description) for name, field in model.model_fields.items()]
    assert meanings(header) == expected


def test_the_example_is_right(example: Path) -> None:
    settings = load_settings(example.parent)
    assert [source.name for source in settings.sources] == ["bitrix-main"]
    assert settings.sources[0].write == (), "an example must not allow writing"


def test_the_example_is_right_with_every_comment_removed(example: Path) -> None:
    text = example.read_text(encoding="utf-8").replace("write = []\n", "")
    example.write_text(re.sub(r"^#([a-z_]+ = )", r"\1", text, flags=re.MULTILINE), encoding="utf-8")
    settings = load_settings(example.parent)
    assert settings.project.company.owner_of_record == "bitrix-main"
    assert settings.sources[0].write == ("task", "contact", "flag", "field", "note", "owner")
    assert "#" not in {
        line[0] for line in example.read_text(encoding="utf-8").splitlines() if SETTING.match(line)
    }


def test_the_example_needs_no_secret_to_be_looked_at(example: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BITRIX_WEBHOOK")
    assert load_settings(example.parent, need_secrets=False).sources[0].plugin == "bitrix24"
