"""What `[receiver] where` sees of an employee who may receive clients (language §3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from connector.model import Role
from connector.rules.where.fields import FieldSpec, Kind
from connector.rules.wording import Bilingual


def _field(kind: Kind, english: str, russian: str, choices: tuple[str, ...] = ()) -> FieldSpec:
    return FieldSpec(kind, Bilingual(russian, english), choices, frozenset({"employees"}))


RECEIVER_FIELDS: Mapping[str, FieldSpec] = {
    "employee": _field("text", "the employee's id", "код сотрудника"),
    "role": _field("text", "role", "роль", get_args(Role)),
    "department": _field("text", "department", "отдел"),
    "industries": _field("texts", "industries that the employee knows", "отрасли"),
    "regions": _field("texts", "regions that the employee serves", "регионы"),
    "accepts_more": _field("truth", "takes more clients", "берёт новых"),
    "compliance": _field(
        "number",
        "share of owed contacts held in the judged month, 0 to 1; 1 for who owed none",
        "доля выполненных контактов за судимый месяц, от 0 до 1; кому не положено ни одного — 1",
    ),
    "load": _field(
        "number", "contacts a month that the own clients are owed", "контактов в месяц положено своим"
    ),
    "month_capacity": _field(
        "number", "contacts a month that can be held", "контактов в месяц может провести"
    ),
    "active_from": _field("day", "first working day", "первый рабочий день"),
    "ramp_until": _field("day", "last day of half capacity", "последний день ввода в должность"),
}
"""The fields; all are as of the moment."""
