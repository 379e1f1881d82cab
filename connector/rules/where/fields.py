"""The fields that a condition may name, their types and meanings; what is not here cannot be named."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from connector.rules.wording import Bilingual

Kind = Literal["truth", "number", "text", "day", "texts"]
"""Yes or no, a number, a text, a day of the company's calendar, a list of texts."""


@dataclass(frozen=True)
class FieldSpec:
    """One field: its type, its words where only some are possible, the store's frames it is made of."""

    kind: Kind
    meaning: Bilingual
    choices: tuple[str, ...] = ()
    frames: frozenset[str] = frozenset()
    titles: tuple[str, ...] = ()
    """Russian titles of a column of a decision table."""


CUSTOM = "custom"
_CUSTOM_NAME = re.compile(r"[\w .,:/()№%+-]{1,100}")
"""Signs of a field's readable name; no quotes, brackets or backslashes, which have a meaning in paths."""

_CARD = frozenset({"clients"})
_TURNOVER = frozenset({"clients", "sales", "deals"})


def _text(english: str, russian: str, *titles: str, choices: tuple[str, ...] = ()) -> FieldSpec:
    return FieldSpec("text", Bilingual(russian, english), choices, _CARD, titles)


CLIENT_FIELDS: Mapping[str, FieldSpec] = {
    "name": _text("name on the card", "название в карточке", "Клиент", "Наименование"),
    "kind": _text("company or person", "company (фирма) или person", "Вид", choices=("company", "person")),
    "inn": _text("INN", "ИНН", "ИНН"),
    "industry": _text("industry", "отрасль", "Отрасль"),
    "region": _text("region", "регион", "Регион"),
    "status": _text(
        "status on the card", "статус в карточке", "Статус", choices=("active", "closed", "blacklisted")
    ),
    "owner": FieldSpec(
        "text",
        Bilingual("код ответственного сегодня", "id of today's owner"),
        frames=frozenset({"clients", "ownership"}),
        titles=("Ответственный",),
    ),
    "key_account": FieldSpec(
        "truth", Bilingual("ключевой клиент", "is a key account"), frames=_CARD, titles=("Ключевой",)
    ),
    "closed": FieldSpec(
        "truth", Bilingual("закрыт сегодня", "is closed by today"), frames=_CARD, titles=("Закрыт",)
    ),
    "tags": FieldSpec("texts", Bilingual("метки", "tags"), frames=_CARD, titles=("Метки",)),
    "created_at": FieldSpec(
        "day", Bilingual("день создания карточки", "day when the card was made"), frames=_CARD
    ),
    "closed_at": FieldSpec("day", Bilingual("день закрытия", "day when it was closed"), frames=_CARD),
    "class": FieldSpec(
        "text",
        Bilingual("класс ABC на начало месяца", "ABC class at the month's start"),
        ("A", "B", "C"),
        _TURNOVER,
        ("Класс", "ABC", "Класс ABC"),
    ),
    "turnover_12m": FieldSpec(
        "number",
        Bilingual(
            "оборот за 12 полных месяцев до месяца, в рублях",
            "turnover of the 12 full months before the month, in whole units of currency",
        ),
        frames=_TURNOVER,
        titles=("Оборот", "Оборот за 12 месяцев"),
    ),
    "days_since_contact": FieldSpec(
        "number",
        Bilingual("дней с последнего контакта; не было — NULL", "days since the last contact; never: NULL"),
        frames=frozenset({"clients", "events"}),
        titles=("Дней без контакта",),
    ),
    "missing_data": FieldSpec(
        "truth",
        Bilingual(
            "неизвестно хотя бы одно поле из тех, что названы в этом условии",
            "some other field that this condition names is not known",
        ),
        frames=_CARD,
    ),
}
"""What `where` sees of a client (contracts §5)."""


def is_custom(name: str) -> bool:
    """Tell whether the name is one of a field of the firm's own."""
    return name.partition(".")[0].lower() == CUSTOM and "." in name


def custom_name(name: str) -> str:
    """Return the readable name in `custom.NAME`, "" if it has signs that such a name may not have."""
    bare = name.partition(".")[2].strip('"')
    return bare if _CUSTOM_NAME.fullmatch(bare) else ""


OWN = FieldSpec("text", Bilingual("поле карточки, своё у фирмы", "a field of the firm's own"), frames=_CARD)
