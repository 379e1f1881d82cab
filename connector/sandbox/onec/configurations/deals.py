"""How deals of the neutral company show in УТ 11: as deals with clients, and won ones as orders too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from connector.sandbox.company.tables import Row as NeutralRow
from connector.sandbox.onec.base import Base, Image
from connector.sandbox.onec.configurations import ut11_types as ut
from connector.sandbox.onec.configurations.trade import goods, sale_values
from connector.sandbox.onec.edm import NEVER, Ref
from connector.sandbox.onec.keys import make_key

STATUSES = {"open": "ВРаботе", "won": "Выиграна", "lost": "Проиграна"}


def deal(base: Base, row: NeutralRow) -> Iterable[Image]:
    """Show a deal; the day it was closed stands where an open one has the day it is hoped for."""
    ends = row["closed_at"] or row["expected_close"]
    key = base.key("deals", row["id"])
    values = {
        "Description": row["title"],
        "Партнер": base.ref(ut.PARTNERS, "clients", row["client"]),
        "Ответственный": base.ref(ut.USERS, "employees", row["owner"]),
        "Статус": STATUSES[row["stage_kind"]],
        "Закрыта": row["stage_kind"] != "open",
        "ВидСделки": base.named(ut.DEAL_KINDS, row["pipeline"]),
        "СостояниеПроцесса": base.named(ut.STATES, row["stage"]),
        "Валюта": base.named(ut.CURRENCIES, row["currency"]),
        "ПричинаПроигрышаСделки": base.named(ut.REASONS, row["loss_reason"]),
        "ДатаНачала": base.local(row["created_at"]) or NEVER,
        "ДатаОкончания": base.local(ends) or NEVER,
        "ПотенциальнаяСуммаСделки": float(row["amount"] or 0),
        "Вероятность": float(row["probability"] or 0),
    }
    yield Image(ut.DEALS, key, values)
    if row["stage_kind"] == "won":
        yield order(base, row, Ref(ut.DEALS, key))


def order(base: Base, row: NeutralRow, of: Ref) -> Image:
    """Show the order of a won deal."""
    amount = Decimal(row["amount"] or 0)
    manager = base.ref(ut.USERS, "employees", row["owner"])
    values = sale_values(base, row["client"], manager) | {
        "Date": base.local(row["closed_at"]) or NEVER,
        "Posted": True,
        "Сделка": of,
        "ДокументОснование": of,
        "СуммаДокумента": float(amount),
        "Статус": "КОтгрузке",
    }
    fat = base.faults.number("fat_order")
    lines: list[Mapping[str, Any]] = [goods(base, amount)] * (
        fat if fat and not base.records[ut.ORDERS] else 1
    )
    return Image(ut.ORDERS, make_key("order", int(row["id"])), values, {"Товары": lines})
