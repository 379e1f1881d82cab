"""The deals: one to four a client over two years, walked through the stages until won, lost or stuck."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from connector.sandbox.company.clients import Client
from connector.sandbox.company.days import TWO_YEARS, Days
from connector.sandbox.company.draws import Weighted, maybe, roubles
from connector.sandbox.company.tables import Row

NEW, AGAIN = "Новые продажи", "Повторные продажи"
STAGES: dict[str, str] = {"Новая": "10", "КП отправлено": "30", "Переговоры": "50", "Договор": "80"}
"""Open stages in order, with the percent that is expected of each."""
WON, LOST = "Успешно реализовано", "Отказ"
PROBABILITY = STAGES | {WON: "100", LOST: "0"}
STAGE_KIND = {WON: "won", LOST: "lost"}

HOW_MANY: Weighted[int] = Weighted({1: 38, 2: 31, 3: 19, 4: 12})
GAP_DAYS = 13.0
"""A stage lasts up to twice that long."""

LOSS_REASONS: Weighted[str] = Weighted(
    {
        "Дорого": 30, "Выбрали конкурента": 22, "Нет бюджета": 14, "Не устроили сроки": 12,
        "Нет потребности": 10,
        "Нет ответа": 8, "Другое": 4,
    }
)  # fmt: skip

SUBJECTS = (
    "Поставка металлопроката", "Поставка оборудования", "Комплектующие", "Годовой контракт",
    "Пробная партия",
    "Сервисное обслуживание", "Модернизация линии", "Запасные части", "Инструмент и оснастка",
    "Кабельная продукция",
)  # fmt: skip


@dataclass
class Deal:
    """A deal with its stages in the order it entered them; `id` is given once all deals stand in order."""

    client: Client
    pipeline: str
    stages: list[tuple[str, datetime]]
    id: str = ""

    @property
    def created(self) -> datetime:
        """When it entered its first stage."""
        return self.stages[0][1]

    @property
    def stage(self) -> str:
        """Where it stands."""
        return self.stages[-1][0]

    @property
    def closed(self) -> datetime | None:
        """When it was won or lost, None while it is open."""
        return self.stages[-1][1] if self.stage in STAGE_KIND else None

    def runs_at(self, moment: datetime) -> bool:
        """Tell whether it was open at that moment, or closed by what happened then."""
        return self.created <= moment and (self.closed is None or moment <= self.closed)


def make_deals(rng: Random, days: Days, clients: list[Client]) -> list[Deal]:
    """Return every client's deals by creation, ids D1, D2, ..."""
    deals = sorted(
        (deal for client in clients for deal in deals_of(rng, days, client)), key=lambda deal: deal.created
    )
    for number, deal in enumerate(deals, 1):
        deal.id = f"D{number}"
    return deals


def deals_of(rng: Random, days: Days, client: Client) -> list[Deal]:
    """Return the client's deals; the first is a new sale unless the client is older than two years."""
    first = max(client.start, days.as_of - TWO_YEARS)
    last = client.end - timedelta(hours=1)
    starts = sorted(
        days.working(rng, first + (last - first) * (0.6 * rng.random()), last)
        for _ in range(HOW_MANY.draw(rng))
    )
    return [
        Deal(client, pipeline(rng, client, first, number), walk(rng, days, client, start))
        for number, start in enumerate(starts)
    ]


def pipeline(rng: Random, client: Client, first: datetime, number: int) -> str:
    """Choose the pipeline: new sales for a client's first deal, mostly repeated ones after it."""
    return NEW if (number == 0 and client.start == first) or rng.random() < 0.15 else AGAIN


def walk(rng: Random, days: Days, client: Client, start: datetime) -> list[tuple[str, datetime]]:
    """Walk one deal: it may get stuck, skip talks, be refused at any stage, or end when its client does."""
    stages = [("Новая", start)]
    for stage in ("КП отправлено", "Переговоры", "Договор", WON):
        chance = rng.random()
        if chance < 0.02:
            break
        if stage == "Переговоры" and chance > 0.85:
            continue
        entered = later(rng, days, stages[-1][1])
        if entered >= client.end:
            break
        stages.append((LOST if chance < 0.14 else stage, entered))
        if chance < 0.14:
            break
    if not client.is_open and stages[-1][0] not in STAGE_KIND:
        stages.append((LOST, client.end))
    return stages


def later(rng: Random, days: Days, entered: datetime) -> datetime:
    """Draw when the next stage began: ten minutes later at the earliest."""
    return days.working(
        rng, entered + timedelta(minutes=10), entered + timedelta(days=1 + 2 * GAP_DAYS * rng.random())
    )


def deal_row(rng: Random, days: Days, deal: Deal) -> Row:
    """Return the deal as a row of the bundle; a few lack an amount, an expected date or a loss reason."""
    owner = deal.client.owner_at(deal.closed or days.as_of)
    is_open = deal.closed is None
    amount = roubles(deal.client.size * 18_000 * (0.4 + rng.paretovariate(2.5)))
    return {
        "id": deal.id,
        "client": deal.client.id,
        "owner": owner.id if owner else "",
        "title": f"{rng.choice(SUBJECTS)} — {deal.client.row['name']}",
        "pipeline": deal.pipeline,
        "stage": deal.stage,
        "stage_kind": STAGE_KIND.get(deal.stage, "open"),
        "amount": maybe(rng, 0.95, amount) if is_open else amount,
        "currency": "RUB",
        "probability": PROBABILITY[deal.stage],
        "created_at": days.stamp(deal.created),
        "expected_close": maybe(rng, 0.94, expected_close(rng, days, deal)),
        "closed_at": days.stamp(deal.closed) if deal.closed else "",
        "loss_reason": maybe(rng, 0.85, LOSS_REASONS.draw(rng)) if deal.stage == LOST else "",
    }


def expected_close(rng: Random, days: Days, deal: Deal) -> str:
    """Return the day the seller hopes for: three weeks to four months after the deal began."""
    return days.day(deal.created + timedelta(days=rng.randrange(20, 120))).isoformat()


def stage_rows(days: Days, deal: Deal) -> list[Row]:
    """Return the deal's stages as rows of the bundle."""
    return [
        {"deal": deal.id, "stage": stage, "entered_at": days.stamp(entered)} for stage, entered in deal.stages
    ]
