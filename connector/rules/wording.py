"""Words for people in both languages."""

from __future__ import annotations

from typing import Literal, NamedTuple

Language = Literal["ru", "en"]


class Bilingual(NamedTuple):
    """One text in Russian and in English."""

    ru: str
    en: str

    def said(self, language: Language) -> str:
        """Return the text in the language."""
        return self.ru if language == "ru" else self.en
