"""The sets of 1С:CRM 3 inside УТ: those of УТ without its deals, and CRM's own interests and interactions."""

from __future__ import annotations

from connector.sandbox.onec import attributes
from connector.sandbox.onec.configurations import ut11_types as ut
from connector.sandbox.onec.declare import catalog, document, information
from connector.sandbox.onec.edm import Columns, EntityType, joined, memo, mixed, moment, number, ref, text

INTERESTS, TALKS = "Document_CRM_Интерес", "Document_CRM_Взаимодействие"
STATES, REASONS, KINDS = (
    "Catalog_CRM_СостоянияИнтересов",
    "Catalog_CRM_ПричиныОтказа",
    "Catalog_CRM_ВидыВзаимодействий",
)
LEADS, HISTORY, FUNNELS = (
    "Catalog_CRM_ПотенциальныеКлиенты",
    "InformationRegister_CRM_СостоянияИнтересов",
    "Catalog_CRM_ВидыИнтересов",
)

INTEREST_COLUMNS: Columns = joined(
    text("Наименование"),
    memo("Описание"),
    memo("Комментарий"),
    text("Тема"),
    ref("Партнер", ut.PARTNERS),
    ref("ПотенциальныйКлиент", LEADS),
    ref("Ответственный", ut.USERS),
    ref("Состояние", STATES),
    ref("ВидИнтереса", FUNNELS),
    ref("ПричинаОтказа", REASONS),
    number("Потенциал"),
    moment("ДатаЗакрытия", "ПлановаяДатаЗакрытия"),
)
TALK_COLUMNS: Columns = joined(
    ref("Партнер", ut.PARTNERS),
    ref("ПотенциальныйКлиент", LEADS),
    ref("КонтактноеЛицо", ut.PERSONS),
    ref("Автор", ut.USERS),
    ref("Ответственный", ut.USERS),
    text("Тема"),
    memo("Содержание"),
    memo("Результат"),
    memo("Комментарий"),
    ref("ВидВзаимодействия", KINDS),
    text("Направление", 20),
    text("Статус", 30),
    moment("ДатаНачала", "ДатаОкончания"),
    mixed("ДокументОснование", INTERESTS),
)


def types() -> list[EntityType]:
    """Return every set of the configuration."""
    extra = {attributes.SECTION: attributes.COLUMNS}
    own = [
        *(catalog(name.partition("_")[2]) for name in (STATES, REASONS, KINDS, FUNNELS)),
        catalog("CRM_ПотенциальныеКлиенты", ref("Ответственный", ut.USERS), sections=ut.CARD),
        document("CRM_Интерес", INTEREST_COLUMNS, sections=extra),
        document("CRM_Взаимодействие", TALK_COLUMNS, sections=extra),
        information(
            "CRM_СостоянияИнтересов",
            ref("Интерес", INTERESTS),
            resources=ref("Состояние", STATES),
            periodic=True,
        ),
    ]
    return [one for one in ut.types() if one.name != ut.DEALS] + own
