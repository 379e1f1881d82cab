"""The sets of Управление нашей фирмой 3 that a sales connector may want."""

from __future__ import annotations

from connector.sandbox.onec import attributes, contactinfo
from connector.sandbox.onec.declare import accumulation, catalog, document, exchange_plan, task
from connector.sandbox.onec.edm import EntityType, flag, joined, memo, mixed, moment, number, ref, text

CLIENTS, PERSONS = "Catalog_Контрагенты", "Catalog_КонтактныеЛица"
STAFF, USERS, LEADS = "Catalog_Сотрудники", "Catalog_Пользователи", "Catalog_Лиды"
EVENTS, EVENT_STATES = "Document_Событие", "Catalog_СостоянияСобытий"
ORDERS, ORDER_STATES = "Document_ЗаказПокупателя", "Catalog_СостоянияЗаказовПокупателей"
REASONS, SALES, GOODS = "Catalog_ПричиныОтменыЗаказов", "Document_РасходнаяНакладная", "Catalog_Номенклатура"
DEPARTMENTS, TAGS, REGIONS = "Catalog_СтруктурныеЕдиницы", "Catalog_Теги", "Catalog_БизнесРегионы"
REVENUE, TASKS, NODES = "AccumulationRegister_Продажи", "Task_ЗадачаИсполнителя", "ExchangePlan_ОбменССайтом"
KINDS, LEAD_STATES, SOURCES = (
    "Catalog_ВидыЗаказовПокупателей",
    "Catalog_СостоянияЛидов",
    "Catalog_ИсточникиПривлечения",
)

CARD = {contactinfo.SECTION: contactinfo.COLUMNS, attributes.SECTION: attributes.COLUMNS}
TAGGED = {"Теги": ref("Тег", TAGS)}
SEARCHED = text("НомерТелефонаДляПоиска", 500) | text("АдресЭПДляПоиска", 500)
PARTAKERS = joined(
    mixed("Контакт", CLIENTS, LEADS, PERSONS),
    text("КакСвязаться"),
    text("ТипПолучателяЭлектронногоПисьма", 20),
    text("НомерДляОтправки", 20),
    text("ИдентификаторСообщения", 36),
    text("СтатусДоставки", 20),
)
STOCK = joined(ref("Номенклатура", GOODS), number("Количество", "Цена", "Сумма"))
SMALL = (
    "СостоянияСобытий",
    "СостоянияЗаказовПокупателей",
    "ПричиныОтменыЗаказов",
    "Номенклатура",
    "СтруктурныеЕдиницы",
    "Теги",
    "БизнесРегионы",
    "ВидыЗаказовПокупателей",
    "СостоянияЛидов",
    "ИсточникиПривлечения",
)


def people() -> list[EntityType]:
    """Return the sets of employees, clients, persons and leads."""
    client = joined(
        memo("НаименованиеПолное"),
        text("ИНН", 12),
        text("КПП", 9),
        text("ВидКонтрагента", 30),
        flag("Покупатель", "Поставщик", "ПрочиеОтношения"),
        ref("Ответственный", STAFF),
        ref("БизнесРегион", REGIONS),
        moment("ДатаСоздания"),
        memo("Комментарий"),
        SEARCHED,
    )
    lead = joined(
        text("НаименованиеКомпании"),
        text("Тема"),
        text("Вид", 30),
        ref("Ответственный", STAFF),
        ref("ИсточникПривлечения", SOURCES),
        ref("СостояниеЛида", LEAD_STATES),
        memo("Комментарий"),
        memo("ОсновныеСведения"),
        moment("ДатаСоздания"),
        text("ВариантЗавершения", 30),
        flag("КонтактыПеренесены"),
        SEARCHED,
    )
    worker = joined(flag("ВАрхиве", "Недействителен"), ref("Подразделение", DEPARTMENTS))
    return [
        catalog("Сотрудники", worker, sections=CARD, parent=True),
        catalog("Пользователи", flag("Недействителен"), sections=CARD),
        catalog("Контрагенты", client, sections=CARD | TAGGED, folders=True),
        catalog("КонтактныеЛица", ref("Owner", CLIENTS), text("Должность", 100), sections=CARD),
        catalog("Лиды", lead, sections=CARD | TAGGED),
    ]


def work() -> list[EntityType]:
    """Return the sets of events and tasks."""
    event = joined(
        text("ТипСобытия", 30),
        text("Тема"),
        memo("Содержание"),
        memo("Комментарий"),
        ref("Ответственный", STAFF),
        ref("Автор", USERS),
        ref("Состояние", EVENT_STATES),
        text("ВходящееИсходящееСобытие", 20),
        moment("НачалоСобытия", "ОкончаниеСобытия"),
        mixed("ДокументОснование", ORDERS),
    )
    job = joined(
        memo("Описание"),
        mixed("Предмет", CLIENTS, ORDERS),
        text("ПредметСтрокой", 200),
        mixed("Исполнитель", USERS),
        mixed("Автор", USERS),
        text("Важность", 20),
        text("СостояниеБизнесПроцесса", 30),
        flag("ПринятаКИсполнению"),
        moment("ДатаНачала", "СрокИсполнения", "ДатаИсполнения"),
        memo("РезультатВыполнения"),
    )
    extra = {attributes.SECTION: attributes.COLUMNS}
    return [
        document("Событие", event, sections={"Участники": PARTAKERS, **extra}),
        task("ЗадачаИсполнителя", job),
    ]


def selling() -> list[EntityType]:
    """Return the sets of orders and sales, and the register of sales."""
    order = joined(
        ref("Контрагент", CLIENTS),
        ref("Ответственный", STAFF),
        ref("СостояниеЗаказа", ORDER_STATES),
        ref("ВидЗаказа", KINDS),
        text("ВариантЗавершения", 20),
        ref("ПричинаОтмены", REASONS),
        number("СуммаДокумента"),
        moment("ДатаИзменения", "ДатаОтгрузки"),
        ref("Лид", LEADS),
        text("Комментарий", 500),
    )
    sale = joined(ref("Контрагент", CLIENTS), ref("Ответственный", STAFF), number("СуммаДокумента"))
    measured = (ref("Контрагент", CLIENTS), ref("Ответственный", STAFF), ref("Подразделение", DEPARTMENTS))
    return [
        document("ЗаказПокупателя", order, sections={"Запасы": STOCK}),
        document("РасходнаяНакладная", sale, text("ВидОперации", 40), sections={"Запасы": STOCK}),
        accumulation(
            "Продажи", *measured, resources=("Количество", "Сумма", "Себестоимость"), recorders=(SALES,)
        ),
        exchange_plan("ОбменССайтом"),
    ]


def types() -> list[EntityType]:
    """Return every set of the configuration."""
    small = [catalog(name) for name in SMALL]
    return [
        *small,
        contactinfo.KINDS_TYPE,
        *attributes.types((CLIENTS, PERSONS)),
        *people(),
        *work(),
        *selling(),
    ]
