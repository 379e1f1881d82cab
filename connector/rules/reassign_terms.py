"""The terms of reassignment, set in the policy `reassign` (features D2, clarifications 25 to 28)."""

from __future__ import annotations

from pydantic import Field

from connector.model import Role
from connector.rules.terms import Parameters, parameter


class Prices(Parameters):
    """What makes a receiver dear for a client; the dearer, the worse the fit."""

    industry: int = Field(ge=0)
    region: int = Field(ge=0)
    load: int = Field(ge=0)


class ReassignParams(Parameters):
    """Who may receive clients, how many, and what makes one receiver better than another."""

    min_compliance: float = parameter(
        0.9,
        "share of owed contacts that a receiver held in the judged month, at least",
        "какую долю положенных контактов получатель выполнил за судимый месяц, не меньше",
        ge=0,
        le=1,
    )
    roles: tuple[Role, ...] = parameter(
        ("seller", "kam", "skam", "head"),
        "roles that may receive clients; somebody without a role may too",
        "роли, которым можно передавать клиентов; сотруднику без роли — тоже",
        strict=False,
    )
    max_in: int = parameter(
        10,
        "clients that one receiver gets in one run",
        "сколько клиентов получает один менеджер за раз",
        ge=1,
    )
    no_return_days: int = parameter(
        180,
        "a client does not go back to a former owner for so many days after it left",
        "клиент не возвращается к прежнему ответственному столько дней",
        ge=0,
    )
    max_absence_days: int = parameter(
        5,
        "whoever is away for more working days than this, from the next one on, receives nobody",
        "кто с ближайшего рабочего дня отсутствует дольше стольких рабочих дней, не получает никого",
        ge=0,
    )
    note: bool = parameter(
        False,
        "true: the client's card gets a note of whose it was, why it moved, and the last contacts",
        "true: в карточку клиента пишем заметку: чей был, почему передан, последние контакты",
    )
    cost: Prices = parameter(
        Prices(industry=100, region=50, load=100),
        "the cost of a receiver: another industry, another region, and a full load",
        "цена получателя: чужая отрасль, чужой регион и полная загрузка",
    )
