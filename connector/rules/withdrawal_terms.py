"""The terms of withdrawal, set in the policy `withdraw` (features D1, clarifications 23 to 26, 44)."""

from __future__ import annotations

from typing import Literal

from connector.rules.terms import Parameters, parameter


class WithdrawParams(Parameters):
    """When a client is taken from a manager who breached its norm, and what keeps it with him."""

    grace_days: int = parameter(
        3,
        "working days after a month for entering late contacts; then it is judged",
        "рабочих дней после месяца на опоздавшие записи; потом судим",
        ge=0,
        le=15,
    )
    breaches: int = parameter(
        1,
        "breached months that cost the client, out of `window`",
        "сколько месяцев с нарушением стоят клиента, из `window`",
        ge=1,
        le=12,
    )
    window: int = parameter(
        1, "closed months that are looked at", "сколько закрытых месяцев смотрим", ge=1, le=12
    )
    min_missing: int = parameter(1, "contacts missing at least", "недостающих контактов не меньше", ge=1)
    protection_days: int = parameter(
        30,
        "a month is no reason if it ends within so many days after the client was assigned",
        "месяц не в счёт, если он кончился в течение стольких дней после закрепления",
        ge=0,
    )
    cooldown_days: int = parameter(
        60,
        "a client that changed its owner stays for so many days",
        "клиент, сменивший ответственного, не переходит столько дней",
        ge=0,
    )
    max_moves: int = parameter(
        2,
        "a client with so many changes of owner within `moves_window_days` is left to the head",
        "при стольких сменах ответственного за `moves_window_days` решает руководитель",
        ge=1,
    )
    moves_window_days: int = parameter(
        365, "days within which changes of owner are counted", "за сколько дней считаем смены", ge=1
    )
    min_eligible_days: int = parameter(
        5,
        "working days in the month that the manager must have had",
        "сколько рабочих дней в месяце у менеджера должно было быть",
        ge=0,
    )
    open_deal: Literal["keep", "move_with_client"] = parameter(
        "keep",
        "a client with an open deal: keep (it stays) or move_with_client",
        "клиент с открытой сделкой: keep (остаётся) или move_with_client (переходит вместе с ней)",
    )
    deal_tail_days: int = parameter(
        14,
        "a deal holds the client for so many days after it was closed",
        "сделка держит клиента столько дней после закрытия",
        ge=0,
    )
    warned_days: int = parameter(
        5,
        "the manager must have had an item of ours about the client so many working days before the month "
        "ended; 0: no warning needed",
        "менеджер должен был получить нашу задачу о клиенте за столько рабочих дней до конца месяца; "
        "0 — без предупреждения",
        ge=0,
    )
    max_out_percent: int = parameter(
        30,
        "percent of a manager's clients that one run may take, but at least one; the worst go first",
        "сколько процентов клиентов менеджера можно изъять за раз, но не меньше одного; сначала худшие",
        ge=0,
        le=100,
    )
