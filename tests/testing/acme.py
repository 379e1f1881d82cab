"""The plugin that `connector new-plugin` writes, under the name acme, as modules to try things on."""

from __future__ import annotations

import importlib
import itertools
import sys
from pathlib import Path
from string import Template
from types import ModuleType
from typing import Any

from connector.testing.bench import Bench

TEMPLATE = Path(__file__).parents[2] / "connector" / "testing" / "template"
NAMES = {"name": "acme", "module": "connector_acme", "Class": "Acme", "title": "Acme CRM"}
CONFIG = {"url": "https://acme.example/api/v1", "token": "secret-token-27"}
_numbers = itertools.count(1)


def text_of(file: str) -> str:
    return Template((TEMPLATE / file).read_text(encoding="utf-8")).substitute(NAMES)


def module(folder: Path, text: str) -> ModuleType:
    """Write the text as a module with a name of its own and import it."""
    name = f"acme_{next(_numbers)}"
    (folder / f"{name}.py").write_text(text, encoding="utf-8")
    sys.path.insert(0, str(folder))
    try:
        importlib.invalidate_caches()
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(folder))


def standin(folder: Path) -> Any:
    (folder / "recorded.json").write_text(text_of("recorded.json.txt"), encoding="utf-8")
    crm = module(folder, text_of("crm.py.txt").replace('TOKEN = "sandbox"', 'TOKEN = "secret-token-27"'))
    return crm.AcmeCrm


def bench(folder: Path, text: str) -> Bench:
    return Bench(module(folder, text).Acme, CONFIG, standin(folder))
