"""The portal's list of custom fields, and how crm.*.userfield.* shows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector.sandbox.bitrix24.entities.custom import UserField

LABELS = ("EDIT_FORM_LABEL", "LIST_COLUMN_LABEL", "LIST_FILTER_LABEL")
LANGUAGES = (
    "ar", "br", "de", "en", "fr", "hi", "id", "in", "it", "ja", "kz", "la", "ms", "pl", "ru", "sc", "tc",
    "th", "tr",
    "ua", "vn",
)  # fmt: skip
TEXT_SETTINGS = {"SIZE": 20, "ROWS": 1, "REGEXP": "", "MIN_LENGTH": 0, "MAX_LENGTH": 0, "DEFAULT_VALUE": ""}
SETTINGS: dict[str, Any] = {
    "string": TEXT_SETTINGS,
    "boolean": {"DEFAULT_VALUE": 0, "DISPLAY": "CHECKBOX", "LABEL": ["", ""], "LABEL_CHECKBOX": ""},
    "enumeration": {"DISPLAY": "LIST", "LIST_HEIGHT": 1, "CAPTION_NO_VALUE": "", "SHOW_NO_VALUE": "Y"},
    "datetime": {"DEFAULT_VALUE": {"VALUE": "", "TYPE": "NONE"}, "USE_SECOND": "Y"},
    "date": {"DEFAULT_VALUE": {"VALUE": "", "TYPE": "NONE"}},
    "double": {"PRECISION": 2, "SIZE": 20, "MIN_VALUE": 0, "MAX_VALUE": 0, "DEFAULT_VALUE": None},
    "integer": {"SIZE": 20, "MIN_VALUE": 0, "MAX_VALUE": 0, "DEFAULT_VALUE": None},
}


class UserFields:
    """All custom fields, by number; option ids are counted over all fields, as on a portal."""

    def __init__(self) -> None:
        self.known: dict[int, UserField] = {}
        self._options = 0

    def of(self, entity: str) -> list[UserField]:
        """Return the fields of one entity (`CRM_COMPANY`, `CRM_DEAL`)."""
        return [settings for settings in self.known.values() if settings.entity == entity]

    def preset(
        self,
        entity: str,
        name: str,
        kind: str,
        title: str,
        *,
        multiple: bool = False,
        options: Mapping[str, str] = {},
    ) -> UserField:
        """Add a field the portal was set up with; `options` are XML_ID -> readable value."""
        settings = UserField(len(self.known) + 1, entity, name, kind, title, multiple, sort=100)
        settings.options = self.options([{"XML_ID": code, "VALUE": value} for code, value in options.items()])
        self.known[settings.number] = settings
        return settings

    def options(self, given: list[Mapping[str, Any]]) -> list[dict[str, str]]:
        """Give every option of an enumeration its number."""
        numbered = []
        for place, option in enumerate(given, 1):
            self._options += 1
            row = {"ID": str(self._options), "SORT": str(option.get("SORT", place * 10))}
            row |= {"VALUE": str(option.get("VALUE", "")), "DEF": str(option.get("DEF", "N"))}
            numbered.append(row | {"XML_ID": str(option.get("XML_ID") or f"option{self._options}")})
        return numbered


def list_row(settings: UserField) -> dict[str, Any]:
    """Show a custom field as crm.*.userfield.list does: labels as texts, options only for enumerations."""
    row = {
        "ID": str(settings.number),
        "ENTITY_ID": settings.entity,
        "FIELD_NAME": settings.name,
        "USER_TYPE_ID": settings.kind,
        "XML_ID": settings.xml_id,
        "SORT": str(settings.sort),
        "MULTIPLE": "Y" if settings.multiple else "N",
        "MANDATORY": "N",
        "SHOW_FILTER": "E",
        "SHOW_IN_LIST": "Y",
        "EDIT_IN_LIST": "Y",
        "IS_SEARCHABLE": "N",
        "SETTINGS": SETTINGS.get(settings.kind, []),
    }
    row |= dict.fromkeys(LABELS, settings.title) | {"ERROR_MESSAGE": None, "HELP_MESSAGE": None}
    return row | ({"LIST": settings.options} if settings.kind == "enumeration" else {})


def get_row(settings: UserField) -> dict[str, Any]:
    """Show a custom field as crm.*.userfield.get does: every label as a map of languages."""
    labels = (*LABELS, "ERROR_MESSAGE", "HELP_MESSAGE")
    shown = {name: dict.fromkeys(LANGUAGES, settings.title if name in LABELS else "") for name in labels}
    return list_row(settings) | shown
