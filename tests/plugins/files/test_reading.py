"""A folder of tables as streams: what is stored, what is read anew, what was deleted."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime

import openpyxl
import pytest

from connector.model import (
    Absence,
    Answer,
    Client,
    Contact,
    Deal,
    Employee,
    Entity,
    Event,
    FieldChange,
    Ownership,
    Sale,
    StageChange,
)

from .conftest import CLIENTS, Firm

ALL = {
    "Сотрудники": "Код;ФИО;Почта;Телефон;Роль;Руководитель;Отрасли;Контактов в день;Берёт новых;Уволен\n"
    "M1;Иванов;IVANOV@FIRM.RU;8 (495) 123-45-67;Продавец;M2;металл|ИТ;12;да;15.09.2026\n",
    "Клиенты": "Код;Название;Вид;ИНН;Статус;Ответственный;Наблюдатели;Ключевой;Метки;Создан;Закрыт;Класс;"
    "Город\n"
    "C1;Ёлка;Физлицо;7707083894;закрыт;M1;M2|M3;да;вип|опт;01.09.2026;2026-09-30T10:00;А;Омск\n",
    "contacts": "id,client,name,phones\nP1,C1,Пётр,123\n",
    "deals": "id,client,stage,stage_kind,amount,probability,expected_close\n"
    'D1,C1,КП,open,"1 000,50",30,31.10.2026\n',
    "stage_history": "deal,stage,entered_at\nD1,КП,2026-09-01T10:00\n",
    "events": "id;client;kind;status;completed_at;duration_s;successful\n"
    "E1;C1;встреча;завершено;01.09.2026 10:00;60;нет\n",
    "sales": "id;client;date;amount;margin;currency\nS1;C1;2026-09-01;-100,5;10;USD\n",
    "ownership": "client;employee;valid_from;valid_to\nC1;M1;2026-01-15;\n",
    "absences": "employee;from_date;to_date;deputy\nM1;2026-09-07;2026-09-18;M3\n",
    "field_changes": "client;field;at;by;old;new\nC1;inn;2026-09-01T10:00;M1;;7707083893\n",
    "answers": "client;criterion;answer;at\nC1;price_expectations;частично;2026-09-01\n",
}


def stored(firm: Firm, entity: type[Entity], external_id: str) -> dict[str, object]:
    found = firm.store.entities.get(entity, "firm", external_id)
    assert found is not None
    assert found.deleted_at is None
    return dict(found.entity.model_dump(exclude={"ref", "raw"}, exclude_defaults=True))


def test_every_table_becomes_its_records(firm: Firm) -> None:
    for name, text in ALL.items():
        firm.write(f"{name}.csv", text)
    outcomes = firm.pull()
    assert [(one.stream, one.error) for one in outcomes.values() if one.error or one.new != 1] == []
    assert stored(firm, Employee, "M1") == {
        "name": "Иванов", "email": "IVANOV@FIRM.RU", "phones": ("+74951234567",), "role": "seller",
        "head": "M2", "industries": ("металл", "ИТ"), "capacity": 12, "accepts_more": True,
        "active_to": date(2026, 9, 15),
    }  # fmt: skip
    assert stored(firm, Client, "C1") == {
        "name": "Ёлка", "kind": "person", "inn": "7707083894", "status": "closed", "owner": "M1",
        "co_owners": ("M2", "M3"), "key_account": True, "tags": ("вип", "опт"), "abc": "A",
        "created_at": datetime(2026, 8, 31, 21, tzinfo=UTC),
        "closed_at": datetime(2026, 9, 30, 7, tzinfo=UTC),
        "custom": {"Город": "Омск"}, "flags": ("invalid:inn",),
    }  # fmt: skip
    assert stored(firm, Contact, "P1") == {
        "client": "C1", "name": "Пётр", "phones": ("123",), "flags": ("invalid:phones",),
    }  # fmt: skip
    assert stored(firm, Deal, "D1") == {
        "client": "C1", "stage": "КП", "stage_kind": "open", "amount": 100050, "probability": 0.3,
        "expected_close": date(2026, 10, 31),
    }  # fmt: skip
    entered = stored(firm, StageChange, "D1|КП|2026-09-01T10:00")["entered_at"]
    assert entered == datetime(2026, 9, 1, 7, tzinfo=UTC)
    assert stored(firm, Event, "E1") == {
        "client": "C1", "kind": "meeting", "status": "completed", "duration_s": 60, "successful": False,
        "completed_at": datetime(2026, 9, 1, 7, tzinfo=UTC),
    }  # fmt: skip
    assert stored(firm, Sale, "S1") == {
        "client": "C1", "date": date(2026, 9, 1), "amount": -10050, "margin": 1000, "currency": "USD",
    }  # fmt: skip
    assert stored(firm, Ownership, "C1|M1|2026-01-15") == {
        "client": "C1", "employee": "M1", "valid_from": date(2026, 1, 15),
    }  # fmt: skip
    assert stored(firm, Absence, "M1|2026-09-07|2026-09-18")["deputy"] == "M3"
    assert stored(firm, FieldChange, "C1|inn|2026-09-01T10:00|7707083893")["new"] == "7707083893"
    assert stored(firm, Answer, "C1|price_expectations|2026-09-01")["answer"] == "partly"


def test_the_row_is_kept_as_it_came(firm: Firm) -> None:
    firm.write("clients.csv", "Код;Название;Город;Пусто\nC1;Ёлка;Омск;\n")
    firm.pull()
    found = firm.store.entities.get(Client, "firm", "C1")
    assert found is not None
    assert found.entity.raw == {"Код": "C1", "Название": "Ёлка", "Город": "Омск"}


def test_only_what_changed_is_read_again(firm: Firm) -> None:
    clients = firm.write("clients.csv", CLIENTS)
    firm.write("sales.csv", "id;client;date;amount\nS1;C1;2026-09-01;5\n")
    firm.pull()
    assert {one.stream: one.read for one in firm.pull().values() if one.read} == {}
    firm.write("clients.csv", CLIENTS.replace("Сосна", "Липа!"))
    os.utime(clients, ns=(1, 1))
    outcomes = firm.pull()
    assert (outcomes["clients"].read, outcomes["clients"].changed, outcomes["sales"].read) == (2, 1, 0)


def test_a_file_that_was_only_touched_is_not_read(firm: Firm) -> None:
    path = firm.write("clients.csv", CLIENTS)
    firm.pull()
    os.utime(path, ns=(10**18, 10**18))
    assert firm.pull()["clients"].read == 0


def test_other_names_of_columns_are_reason_to_read_again(firm: Firm) -> None:
    firm.write("clients.csv", "id;name;Филиал\nC1;Ёлка;Омск\n")
    firm.pull()
    firm.write("columns.toml", '[clients]\n"Филиал" = "region"\n')
    assert firm.pull()["clients"].changed == 1
    assert stored(firm, Client, "C1")["region"] == "Омск"


def test_the_firms_own_names_of_tables_and_columns(firm: Firm) -> None:
    firm.write(
        "columns.toml", '[tables]\n"Выгрузка" = "clients"\n[clients]\n"Ключ" = "id"\n"Фирма" = "name"\n'
    )
    firm.write("Выгрузка.csv", "Ключ\tФирма\n1\tЁлка\n")
    assert firm.pull()["clients"].new == 1


def test_a_row_that_is_gone_is_deleted_at_once(firm: Firm) -> None:
    firm.write("clients.csv", CLIENTS)
    firm.pull()
    firm.write("clients.csv", "id;name;owner\nC2;Сосна;M1\n")
    assert firm.pull()["clients"].deleted == 1
    found = firm.store.entities.get(Client, "firm", "C1")
    assert found is not None
    assert found.deleted_at is not None
    firm.write("clients.csv", CLIENTS)
    firm.pull()
    assert stored(firm, Client, "C1")["name"] == "Ёлка"


def test_a_row_that_cannot_be_read_any_more_is_not_deleted(firm: Firm) -> None:
    firm.write("clients.csv", "id;name;created_at\nC1;Ёлка;2026-01-15\nC2;Сосна;\n")
    firm.pull()
    firm.write("clients.csv", "id;name;created_at\nC1;Ёлка;вчера\nC2;Сосна;\n")
    outcome = firm.pull()["clients"]
    assert (outcome.quarantined, outcome.deleted) == (1, 0)
    assert stored(firm, Client, "C1")["name"] == "Ёлка"


def many(count: int) -> str:
    return "id;name\n" + "".join(f"C{n};Клиент {n}\n" for n in range(count))


def test_half_a_file_deletes_nothing_until_somebody_says_so(firm: Firm) -> None:
    firm.write("clients.csv", many(100))
    firm.pull()
    firm.write("clients.csv", many(50))
    assert "50 of 100 records cannot be seen" in firm.pull()["clients"].held
    assert "50 of 100 records cannot be seen" in firm.pull()["clients"].held, "it must not be forgotten"
    assert firm.pull(accept_missing=True)["clients"].deleted == 50
    assert firm.store.entities.count(Client, "firm") == 50


@pytest.mark.parametrize("text", [None, ""], ids=["gone", "empty"])
def test_a_file_that_is_gone_or_empty_deletes_nothing(firm: Firm, text: str | None) -> None:
    path = firm.write("clients.csv", CLIENTS)
    firm.pull()
    path.unlink() if text is None else firm.write("clients.csv", text)
    outcome = firm.pull()["clients"]
    assert "firm: " in outcome.error
    assert firm.store.entities.count(Client, "firm") == 2


def test_a_header_alone_is_an_empty_table(firm: Firm) -> None:
    firm.write("clients.csv", CLIENTS)
    firm.pull()
    firm.write("clients.csv", "id;name;owner\n")
    outcome = firm.pull()["clients"]
    assert (outcome.ok, outcome.deleted) == (True, 2)


def test_a_mended_row_leaves_quarantine_whatever_its_line(firm: Firm) -> None:
    firm.write("clients.csv", "id;name;created_at\nC1;Ёлка;вчера\n;Без кода;\nC3;Один;\nC3;Два;\n")
    assert firm.pull()["clients"].quarantined == 3
    assert sorted(firm.rejected()) == ["#3", "C1", "C3#4"]
    firm.write("clients.csv", "id;name;created_at\nC3;Два;\nC1;Ёлка;2026-01-15\n")
    firm.pull()
    assert firm.rejected() == {}


def test_without_a_history_of_owners_ours_is_kept(firm: Firm) -> None:
    firm.write("clients.csv", CLIENTS)
    firm.pull()
    assert "ownership" not in firm.pull()
    firm.write("ownership.csv", "client;employee;valid_from\nC1;M1;2026-01-15\n")
    assert firm.pull()["ownership"].new == 1


def test_a_workbook_holds_a_sheet_for_each_table(firm: Firm) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Клиенты"
    book.active.append(["Код", "Название", "ИНН", "Создан", "Ключевой"])
    book.active.append([1, "Ёлка", 278177000, date(2026, 1, 15), True])
    book.create_sheet("events").append(["id", "client", "kind", "status", "completed_at"])
    book["events"].append(["E1", 1, "звонок", "completed", datetime.fromisoformat("2026-09-01T10:00")])
    book.save(firm.folder / "Выгрузка.xlsx")
    outcomes = firm.pull()
    assert (outcomes["clients"].new, outcomes["events"].new) == (1, 1)
    assert stored(firm, Client, "1") == {
        "name": "Ёлка", "inn": "0278177000", "key_account": True,
        "created_at": datetime(2026, 1, 14, 21, tzinfo=UTC),
    }  # fmt: skip
    assert stored(firm, Event, "E1")["completed_at"] == datetime(2026, 9, 1, 7, tzinfo=UTC)


def test_all_of_a_file_can_be_seen(firm: Firm) -> None:
    firm.write("clients.csv", CLIENTS)
    assert firm.pull()["clients"].visibility == "full"
