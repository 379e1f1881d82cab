"""Deals, and the history of their stages."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from connector.sandbox.bitrix24 import stamps
from connector.sandbox.bitrix24.entities.company import UTM, last_activity, origin, responsible
from connector.sandbox.bitrix24.entities.contact import company_link
from connector.sandbox.bitrix24.entities.custom import deal_fields
from connector.sandbox.bitrix24.entities.names import ROBOT
from connector.sandbox.bitrix24.errors import PortalError
from connector.sandbox.bitrix24.fields import Field, column, computed, constant, kept, text
from connector.sandbox.bitrix24.filters import number
from connector.sandbox.bitrix24.records import Entity, Record

if TYPE_CHECKING:
    from connector.sandbox.bitrix24.portal import Portal


def build(portal: Portal) -> Entity:
    """Make the entity from the neutral deals."""
    entity = Entity("deal", [*head(portal), *middle(portal), *tail(), *deal_fields(portal)])
    entity.load(Record(number, row) for number, row in portal.truth.rows["deals"].items())
    return entity


def head(portal: Portal) -> list[Field]:
    """Return the first fields of a deal: what it is about and for how much."""
    return [
        computed("ID", "integer", lambda record: str(record.id), title="ID"),
        column("TITLE", "title", empty="", title="Название"),
        kept("TYPE_ID", "status", "SALE", title="Тип"),
        stage_field(portal),
        column("PROBABILITY", "probability", "integer", title="Вероятность"),
        column("CURRENCY_ID", "currency", empty="RUB", title="Валюта"),
        Field("OPPORTUNITY", "double", amount, write_amount, title="Сумма"),
        kept("IS_MANUAL_OPPORTUNITY", "char", "Y", title="Сумма введена вручную"),
        constant("TAX_VALUE", "0.00", "double", title="Ставка налога"),
        kept("LEAD_ID", "link", write=None, title="Лид"),
        company_link(),
        kept("CONTACT_ID", "link", None, title="Контакт"),
        constant("QUOTE_ID", kind="link", title="Предложение"),
    ]


def middle(portal: Portal) -> list[Field]:
    """Return the dates and people of a deal."""
    return [
        computed(
            "BEGINDATE",
            "date",
            lambda record: stamps.day_stamp(record.row["created_at"]),
            title="Дата начала",
        ),
        Field("CLOSEDATE", "date", close_date, write_close_date, title="Дата завершения"),
        responsible(),
        computed("CREATED_BY_ID", "user", lambda _: ROBOT, title="Кем создана"),
        computed("MODIFY_BY_ID", "user", lambda _: ROBOT, title="Кем изменена"),
        computed("DATE_CREATE", "datetime", created, title="Дата создания"),
        computed("DATE_MODIFY", "datetime", lambda record: moved(portal, record), title="Дата изменения"),
        kept("OPENED", "char", "Y", title="Доступна для всех"),
        computed(
            "CLOSED",
            "char",
            lambda r: "Y" if r.row["stage_kind"] in {"won", "lost"} else "N",
            title="Закрыта",
        ),
        kept("COMMENTS", default="", title="Комментарий"),
        kept("ADDITIONAL_INFO", title="Дополнительная информация"),
        constant("LOCATION_ID", title="Местоположение"),
        computed("CATEGORY_ID", "integer", lambda record: category(portal, record), title="Направление"),
        computed(
            "STAGE_SEMANTIC_ID", "string", lambda record: semantics(portal, record), title="Группа стадии"
        ),
        constant("IS_NEW", "N", "char", title="Новая"),
        constant("IS_RECURRING", "N", "char", title="Регулярная"),
        constant("IS_RETURN_CUSTOMER", "N", "char", title="Повторная"),
        constant("IS_REPEATED_APPROACH", "N", "char", title="Повторное обращение"),
        kept("SOURCE_ID", "status", "", title="Источник"),
        kept("SOURCE_DESCRIPTION", default="", title="Описание источника"),
    ]


def tail() -> list[Field]:
    """Return the marks of other systems, of movement and of advertising."""
    return [
        *origin()[:2],
        computed("MOVED_BY_ID", "user", lambda _: ROBOT, title="Кем перемещена"),
        computed("MOVED_TIME", "datetime", closed_or_created, title="Когда перемещена"),
        *last_activity(created),
        *(kept(name, title=name) for name in UTM),
    ]


def stage_field(portal: Portal) -> Field:
    """Return STAGE_ID; writing moves the deal within its pipeline, an unknown stage is refused."""

    def write(record: Record, value: Any) -> None:
        found = portal.pipelines.stages.get(text(value))
        if found is None:
            raise PortalError("CRM_FIELD_ERROR_VALUE_NOT_VALID", "Неверное значение поля «Стадия сделки»")
        number, record.row["stage"], record.row["stage_kind"] = found
        record.row["pipeline"] = portal.pipelines.names[number]

    return Field(
        "STAGE_ID", "status", lambda record: stage_code(portal, record), write, title="Стадия сделки"
    )


def stage_code(portal: Portal, record: Record) -> str:
    """Return the code of the deal's stage."""
    return portal.pipelines.code(record.row["pipeline"], record.row["stage"], record.row["stage_kind"])


def category(portal: Portal, record: Record) -> str:
    """Return the number of the deal's pipeline."""
    return str(portal.pipelines.category(record.row["pipeline"]))


def semantics(portal: Portal, record: Record) -> str:
    """Return P, S or F."""
    return portal.pipelines.semantics(stage_code(portal, record))


def amount(record: Record) -> str:
    """Return the amount with two decimals, as text; none is 0.00."""
    return f"{Decimal(record.row['amount'] or 0):.2f}"


def write_amount(record: Record, value: Any) -> None:
    """Take a new amount; what is no number counts as 0, as everywhere on the portal."""
    record.row["amount"] = f"{number(value):.2f}"


def close_date(record: Record) -> str:
    """Return the expected day of closing, or of the closing itself where none was expected."""
    return stamps.day_stamp(record.row["expected_close"] or record.row["closed_at"])


def write_close_date(record: Record, value: Any) -> None:
    """Take a new expected day."""
    record.row["expected_close"] = text(value)[:10]


def created(record: Record) -> str | None:
    """Return when the deal was made."""
    return stamps.from_neutral(record.row["created_at"]) or None


def closed_or_created(record: Record) -> str | None:
    """Return when the deal reached its last stage, as far as the neutral row tells."""
    return stamps.from_neutral(record.row["closed_at"] or record.row["created_at"]) or None


def moved(portal: Portal, record: Record) -> str | None:
    """Return when the deal was last moved, from its stage history."""
    return portal.moved.get(str(record.id)) or closed_or_created(record)


def build_history(portal: Portal) -> Entity:
    """Make the stage history: one entry for each stage a deal entered, numbered by time."""
    entity = Entity("stage_history", history_fields(portal))
    deals = {row["id"] for row in portal.truth.all("deals")}
    told = [row for row in portal.truth.all("stage_history") if row["deal"] in deals]
    rows = sorted(told, key=lambda row: stamps.from_neutral(row["entered_at"]))
    walked: Counter[str] = Counter()
    records = []
    for place, row in enumerate(rows, 1):
        walked[row["deal"]] += 1
        records.append(Record(place, row, {"first": walked[row["deal"]] == 1}))
        portal.moved[row["deal"]] = stamps.from_neutral(row["entered_at"])
    entity.load(records)
    return entity


def history_fields(portal: Portal) -> list[Field]:
    """Return the fields of a history entry: real numbers, as documented (captures show text too)."""

    def code(record: Record) -> str:
        deal = portal.truth.rows["deals"].get(int(record.row["deal"]))
        return portal.pipelines.code(
            deal["pipeline"] if deal else portal.pipelines.names[0], record.row["stage"]
        )

    def kind(record: Record) -> int:
        final = portal.pipelines.semantics(code(record)) != "P"
        return 1 if record.extra["first"] else 3 if final else 2

    return [
        computed("ID", "integer", lambda record: record.id),
        computed("TYPE_ID", "integer", kind),
        computed("OWNER_ID", "integer", lambda record: int(record.row["deal"])),
        computed("CREATED_TIME", "datetime", lambda record: stamps.from_neutral(record.row["entered_at"])),
        computed("CATEGORY_ID", "integer", lambda record: portal.pipelines.stages[code(record)][0]),
        computed("STAGE_SEMANTIC_ID", "string", lambda record: portal.pipelines.semantics(code(record))),
        computed("STAGE_ID", "string", code),
    ]
