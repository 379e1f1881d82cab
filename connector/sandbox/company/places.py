"""Regions and trades of the firm's clients, and the directions its sales are split into."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from connector.sandbox.company.draws import Weighted


@dataclass(frozen=True)
class Region:
    """A region: its name, main city, area code, and the first two digits of tax numbers given there."""

    name: str
    city: str
    area: str
    code: str


MOSCOW = Region("Москва", "Москва", "495", "77")

REGIONS: Weighted[Region] = Weighted(
    {
        MOSCOW: 22,
        Region("Москва", "Москва", "499", "77"): 6,
        Region("Санкт-Петербург", "Санкт-Петербург", "812", "78"): 14,
        Region("Свердловская область", "Екатеринбург", "343", "66"): 14,
        Region("Челябинская область", "Челябинск", "351", "74"): 12,
        Region("Самарская область", "Самара", "846", "63"): 7,
        Region("Новосибирская область", "Новосибирск", "383", "54"): 7,
        Region("Республика Татарстан", "Казань", "843", "16"): 6,
        Region("Нижегородская область", "Нижний Новгород", "831", "52"): 5,
        Region("Пермский край", "Пермь", "342", "59"): 4,
        Region("Краснодарский край", "Краснодар", "861", "23"): 3,
    }
)

DIRECTIONS: dict[str, tuple[str, ...]] = {
    "металлургия": ("металлургия",),
    "машиностроение": ("машиностроение",),
    "прочие отрасли": (
        "строительство", "энергетика", "химическая промышленность", "пищевая промышленность", "логистика",
        "деревообработка",
    ),
}  # fmt: skip
"""Direction -> its industries."""

SHARES: dict[str, float] = {"металлургия": 0.60, "машиностроение": 0.25, "прочие отрасли": 0.15}
"""Direction -> its share of the clients."""

ANY_DIRECTION: Weighted[str] = Weighted(SHARES)

STREETS = (
    "Ленина", "Мира", "Советская", "Заводская", "Промышленная", "Садовая", "Гагарина", "Кирова", "Победы",
    "Московская", "Строителей", "Металлургов", "Машиностроителей", "Лесная", "Труда", "Восточная",
)  # fmt: skip


def industry_of(rng: Random, direction: str) -> str:
    """Return an industry: of the direction, but now and then of any, for sellers pick up what they find."""
    return rng.choice(DIRECTIONS[direction if rng.random() < 0.85 else ANY_DIRECTION.draw(rng)])


def address(rng: Random, region: Region) -> str:
    """Return a postal address in the region's main city."""
    return f"г. {region.city}, ул. {rng.choice(STREETS)}, д. {rng.randrange(1, 150)}"
