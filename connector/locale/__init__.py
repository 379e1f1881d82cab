"""Texts for people, in Russian and English: one TOML file a language, keys in English."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("ru", "en")


class Texts:
    """The texts of one language."""

    def __init__(self, language: str, catalog: dict[str, dict[str, str]]) -> None:
        self.language = language
        self._catalog = catalog

    def say(self, key: str, **values: Any) -> str:
        """Return the text `section.name` with its values filled in; KeyError if there is none."""
        section, _, name = key.partition(".")
        return self._catalog[section][name].format(**values)

    def plus(self, more: Mapping[str, Mapping[str, str]]) -> Texts:
        """Return these texts and more, by section; none of these is replaced."""
        sections = {*self._catalog, *more}
        catalog = {name: {**more.get(name, {}), **self._catalog.get(name, {})} for name in sections}
        return Texts(self.language, catalog)

    def __contains__(self, key: str) -> bool:
        section, _, name = key.partition(".")
        return name in self._catalog.get(section, {})

    def keys(self) -> set[str]:
        """Return every `section.name`."""
        return {f"{section}.{name}" for section, names in self._catalog.items() for name in names}


@cache
def texts(language: str) -> Texts:
    """Return the texts of the language, `ru` or `en`."""
    source = files(__name__).joinpath(f"{language}.toml").read_text(encoding="utf-8")
    return Texts(language, tomllib.loads(source))
