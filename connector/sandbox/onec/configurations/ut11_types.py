"""The sets of Управление торговлей 11 that a sales connector may want; names as public clients show them."""

from __future__ import annotations

from connector.sandbox.onec import attributes, contactinfo
from connector.sandbox.onec.declare import (
    accumulation,
    catalog,
    document,
    exchange_plan,
    information,
    process,
    task,
)
from connector.sandbox.onec.edm import (
    EntityType,
    flag,
    joined,
    memo,
    mixed,
    moment,
    number,
    ref,
    text,
)

USERS, PARTNERS = "Catalog_Пользователи", "Catalog_Партнеры"
COUNTERPARTIES, PERSONS = "Catalog_Контрагенты", "Catalog_КонтактныеЛицаПартнеров"
DEALS, ORDERS, SALES = "Catalog_СделкиСКлиентами", "Document_ЗаказКлиента", "Document_РеализацияТоваровУслуг"
RETURNS, TASKS = "Document_ВозвратТоваровОтКлиента", "Task_ЗадачаИсполнителя"
CALLS, MEETINGS, PLANNED = (
    "Document_ТелефонныйЗвонок",
    "Document_Встреча",
    "Document_ЗапланированноеВзаимодействие",
)
SENT, RECEIVED, SMS = (
    "Document_ЭлектронноеПисьмоИсходящее",
    "Document_ЭлектронноеПисьмоВходящее",
    "Document_СообщениеSMS",
)
ANALYTICS, DEPARTMENTS = "Catalog_КлючиАналитикиУчетаПоПартнерам", "Catalog_СтруктураПредприятия"
REGIONS, STATES, DEAL_KINDS = (
    "Catalog_БизнесРегионы",
    "Catalog_СостоянияПроцессов",
    "Catalog_ВидыСделокСКлиентами",
)
REASONS, GOODS, CURRENCIES = "Catalog_ПричиныПроигрышаСделок", "Catalog_Номенклатура", "Catalog_Валюты"
REVENUE = "AccumulationRegister_ВыручкаИСебестоимостьПродаж"
DEBT = "AccumulationRegister_РасчетыСКлиентамиПоДокументам"
RATES, NODES = "InformationRegister_КурсыВалют", "ExchangePlan_ОбменССайтом"

CARD = {contactinfo.SECTION: contactinfo.COLUMNS, attributes.SECTION: attributes.COLUMNS}
SUBJECT = mixed("Предмет", PARTNERS, DEALS, ORDERS)
ABOUT = joined(
    text("Тема"),
    memo("Описание"),
    text("Важность", 20),
    ref("Автор", USERS),
    ref("Ответственный", USERS),
    SUBJECT,
    text("ВзаимодействиеОснование", 100),
    flag("Рассмотрено"),
    moment("РассмотретьПосле"),
    memo("Комментарий"),
)
CONTACT = joined(mixed("Контакт", PARTNERS, PERSONS), text("ПредставлениеКонтакта"), text("КакСвязаться"))
ADDRESSED = joined(mixed("Контакт", PARTNERS, PERSONS), text("Адрес"), text("Представление"))
GOODS_LINES = joined(
    ref("Номенклатура", GOODS),
    number("Количество", "Цена", "СуммаСНДС"),
    flag("Отменено"),
    ref("ПричинаОтмены", REASONS),
)
SALE = joined(
    ref("Партнер", PARTNERS),
    ref("Контрагент", COUNTERPARTIES),
    ref("Менеджер", USERS),
    number("СуммаДокумента"),
    memo("Комментарий"),
)


def people() -> list[EntityType]:
    """Return the sets of employees, clients and the persons there."""
    partner = joined(
        memo("НаименованиеПолное"),
        text("ЮрФизЛицо", 30),
        flag("Клиент", "Поставщик", "Конкурент", "ПрочиеОтношения", "Перевозчик"),
        ref("БизнесРегион", REGIONS),
        ref("ОсновнойМенеджер", USERS),
        moment("ДатаРегистрации"),
        memo("Комментарий"),
    )
    counterparty = joined(
        memo("НаименованиеПолное"),
        ref("Партнер", PARTNERS),
        text("ЮрФизЛицо", 30),
        text("ИНН", 12),
        text("КПП", 9),
    )
    user = joined(ref("Подразделение", DEPARTMENTS), flag("Недействителен", "Служебный"), memo("Комментарий"))
    person = joined(ref("Owner", PARTNERS), text("ДолжностьПоВизитке", 100), moment("ДатаРегистрации"))
    return [
        catalog("Пользователи", user, sections=CARD),
        catalog("Партнеры", partner, sections=CARD, parent=True),
        catalog("Контрагенты", counterparty, sections=CARD, folders=True),
        catalog("КонтактныеЛицаПартнеров", person, sections=CARD),
        catalog(
            "КлючиАналитикиУчетаПоПартнерам", ref("Партнер", PARTNERS), ref("Контрагент", COUNTERPARTIES)
        ),
    ]


def dictionaries() -> list[EntityType]:
    """Return the small catalogues the others refer to."""
    small = (
        "БизнесРегионы",
        "СостоянияПроцессов",
        "ВидыСделокСКлиентами",
        "ПричиныПроигрышаСделок",
        "Номенклатура",
        "Валюты",
    )
    return [
        catalog("СтруктураПредприятия", parent=True),
        *(catalog(name) for name in small),
        contactinfo.KINDS_TYPE,
        *attributes.types((PARTNERS, PERSONS, DEALS)),
    ]


def interactions() -> list[EntityType]:
    """Return the sets of calls, meetings, letters, messages, plans and tasks."""
    caller = joined(
        flag("Входящий"),
        mixed("АбонентКонтакт", PARTNERS, PERSONS),
        text("АбонентПредставление"),
        text("АбонентКакСвязаться", 100),
    )
    held = joined(moment("ДатаНачала", "ДатаОкончания"), text("МестоПроведения", 200))
    sender = joined(mixed("ОтправительКонтакт", PARTNERS, PERSONS), text("ОтправительАдрес"))
    extra = {attributes.SECTION: attributes.COLUMNS}
    return [
        document("ТелефонныйЗвонок", ABOUT, caller, sections=extra),
        document("Встреча", ABOUT, held, sections={"Участники": CONTACT, **extra}),
        document("ЗапланированноеВзаимодействие", ABOUT, sections={"Участники": CONTACT, **extra}),
        document(
            "ЭлектронноеПисьмоИсходящее",
            ABOUT,
            moment("ДатаОтправления"),
            text("СтатусПисьма", 30),
            sections={"ПолучателиПисьма": ADDRESSED},
        ),
        document("ЭлектронноеПисьмоВходящее", ABOUT, moment("ДатаПолучения"), sender),
        document("СообщениеSMS", ABOUT, memo("ТекстСообщения"), sections={"Адресаты": CONTACT, **extra}),
        task("ЗадачаИсполнителя", TASK),
        process(
            "Задание", text("Наименование"), mixed("Исполнитель", USERS), moment("СрокИсполнения"), SUBJECT
        ),
    ]


TASK = joined(
    memo("Описание"),
    mixed("Предмет", PARTNERS, DEALS, ORDERS),
    text("ПредметСтрокой", 200),
    mixed("Исполнитель", USERS),
    mixed("Автор", USERS),
    text("Важность", 20),
    text("СостояниеБизнесПроцесса", 30),
    flag("ПринятаКИсполнению"),
    moment("ДатаНачала", "СрокИсполнения", "ДатаИсполнения", "ДатаПринятияКИсполнению"),
    memo("РезультатВыполнения"),
)
"""The columns of Task_ЗадачаИсполнителя beyond the standard ones, as an ERP script posts them."""


def selling() -> list[EntityType]:
    """Return the sets of deals, orders, sales and their registers."""
    deal = joined(
        ref("Партнер", PARTNERS),
        ref("Ответственный", USERS),
        ref("ВидСделки", DEAL_KINDS),
        ref("СостояниеПроцесса", STATES),
        text("Статус", 30),
        flag("Закрыта"),
        ref("ПричинаПроигрышаСделки", REASONS),
        ref("Валюта", CURRENCIES),
        moment("ДатаНачала", "ДатаОкончания"),
        number("ПотенциальнаяСуммаСделки", "Вероятность"),
        memo("Комментарий"),
    )
    order = joined(SALE, ref("Сделка", DEALS), mixed("ДокументОснование", DEALS), text("Статус", 30))
    measured = (
        ref("АналитикаУчетаПоПартнерам", ANALYTICS),
        ref("Менеджер", USERS),
        ref("Подразделение", DEPARTMENTS),
    )
    recorders = (SALES, RETURNS)
    return [
        catalog("СделкиСКлиентами", deal, sections={attributes.SECTION: attributes.COLUMNS}),
        document("ЗаказКлиента", order, sections={"Товары": GOODS_LINES}),
        document("РеализацияТоваровУслуг", SALE, sections={"Товары": GOODS_LINES}),
        document("ВозвратТоваровОтКлиента", SALE, sections={"Товары": GOODS_LINES}),
        accumulation(
            "ВыручкаИСебестоимостьПродаж",
            *measured,
            recorders=recorders,
            resources=("Количество", "СуммаВыручки", "СуммаВыручкиБезНДС", "Стоимость"),
        ),
        accumulation(
            "РасчетыСКлиентамиПоДокументам",
            ref("АналитикаУчетаПоПартнерам", ANALYTICS),
            resources=("Долг", "Предоплата"),
            recorders=recorders,
            balance=True,
        ),
        information(
            "КурсыВалют", ref("Валюта", CURRENCIES), resources=number("Курс", "Кратность"), periodic=True
        ),
        exchange_plan("ОбменССайтом"),
    ]


def types() -> list[EntityType]:
    """Return every set of the configuration."""
    return [*dictionaries(), *people(), *interactions(), *selling()]
