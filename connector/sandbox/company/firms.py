"""Names of Russian firms: legal form, a trade in front, a made-up word."""

from __future__ import annotations

from random import Random

from connector.sandbox.company.draws import Weighted
from connector.sandbox.company.names import person

FORMS: Weighted[str] = Weighted({"ООО": 0.78, "АО": 0.14, "ПАО": 0.03, "ИП": 0.05})
SOLE_TRADER = "ИП"

TRADES = (
    "", "", "", "ТД", "Завод", "ПКФ", "НПО", "ТПК", "Компания", "Группа", "Фирма", "НПП", "Комбинат",
    "УК", "ТК",
    "Холдинг", "Концерн", "Фабрика", "Трест", "СМУ",
)  # fmt: skip

HEADS = (
    "Урал", "Север", "Волга", "Сиб", "Мос", "Нев", "Кам", "Дон", "Том", "Ока", "Рос", "Евро", "Транс",
    "Интер", "Альфа",
    "Вега", "Сталь", "Мет", "Маш", "Строй", "Техно", "Пром", "Энерго", "Хим", "Аква", "Терра", "Агро",
    "Лес", "Гранит",
    "Вектор", "Мега", "Проф", "Авто", "Нефте", "Газ", "Монолит", "Базис", "Импульс", "Прогресс", "Союз",
    "Балт", "Юг",
    "Центр", "Восток", "Запад", "Спец", "Гидро", "Электро", "Сервис", "Луч", "Старт", "Орион", "Титан",
    "Ресурс", "Магнит",
)  # fmt: skip

TAILS = (
    "пром", "маш", "строй", "снаб", "торг", "сервис", "монтаж", "металл", "сталь", "лит", "инвест",
    "ресурс", "проект",
    "комплект", "техника", "энерго", "транс", "лес", "хим", "групп", "поставка", "прокат", "сбыт",
    "деталь", "прибор",
    "инструмент", "кабель", "бетон", "стандарт", "центр", "контракт", "альянс", "продукт", "контур",
    "механика",
)  # fmt: skip

PLUS = (
    "",
    "",
    "",
    "",
    "",
    "",
    " Плюс",
    " Юг",
    " Урал",
    " Сибирь",
    " Центр",
    " Север",
    "-НН",
    "-М",
    "-21",
    "-Восток",
)


def form(rng: Random) -> str:
    """Return a legal form; one firm in twenty is a sole trader."""
    return FORMS.draw(rng)


def word(rng: Random, legal_form: str) -> str:
    """Return the firm's own name without form and quotes: a sole trader's is the person's."""
    if legal_form == SOLE_TRADER:
        return person(rng)
    return f"{rng.choice(TRADES)} {rng.choice(HEADS)}{rng.choice(TAILS)}{rng.choice(PLUS)}".strip()


def full_name(legal_form: str, own: str) -> str:
    """Return the name as a card shows it: ООО «Уралпром», ИП Иванов Иван Иванович."""
    return f"{legal_form} {own}" if legal_form == SOLE_TRADER else f"{legal_form} «{own}»"
