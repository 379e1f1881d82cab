"""Users and departments."""

from __future__ import annotations

from sandbox.bitrix24.conftest import Api, Start
from sandbox.firms import firm


def test_users_have_real_flags_and_texts_for_numbers(api: Api) -> None:
    rows = api("user.get")
    assert [(row["ID"], row["ACTIVE"], row["LAST_NAME"], row["NAME"]) for row in rows] == [
        ("1", True, "Орлов", "Юрий"),
        ("2", True, "Соколова", "Вера"),
        ("3", True, "Гусева", "Ирина"),
        ("4", False, "Крылов", "Дмитрий"),
    ]
    assert rows[0]["WORK_PHONE"] == "+74950000001"
    assert rows[0]["TIMESTAMP_X"] == {}
    assert rows[0]["WORK_POSITION"] == "Директор по продажам"


def test_users_are_filtered_in_either_spelling(api: Api) -> None:
    for spelling in ("FILTER", "filter"):
        assert [row["ID"] for row in api("user.get", **{spelling: {"ACTIVE": True}})] == ["1", "2", "3"]
        assert [row["ID"] for row in api("user.get", **{spelling: {"ACTIVE": False}})] == ["4"]
    assert [row["ID"] for row in api("user.get", FILTER={">ID": 2}, sort="ID", order="DESC")] == ["4", "3"]
    assert [row["ID"] for row in api("user.get", ID=3)] == ["3"]


def test_users_come_in_pages_of_fifty(start: Start) -> None:
    people = [{"id": str(number), "name": f"Человек {number}", "active": "1"} for number in range(1, 61)]
    body = start(firm(employees=people, clients=[], contacts=[], events=[], deals=[])).body(
        "user.get", start=50
    )
    assert (body["result"][0]["ID"], body["total"], "next" in body) == ("51", 60, False)


def test_departments_have_a_head_only_where_there_is_one(start: Start) -> None:
    employees = [
        {"id": "1", "name": "Один Первый", "active": "1", "role": "seller", "department": "Отдел"},
        {
            "id": "2",
            "name": "Два Второй",
            "active": "1",
            "role": "seller",
            "head": "3",
            "department": "Склад",
        },
        {"id": "3", "name": "Три Третий", "active": "1", "role": "head", "department": "Склад"},
    ]
    api = start(firm(employees=employees, clients=[], contacts=[], events=[], deals=[]))
    assert api("department.get") == [
        {"ID": "1", "NAME": "Наша компания", "SORT": 500},
        {"ID": "2", "NAME": "Отдел", "SORT": 500, "PARENT": "1"},
        {"ID": "3", "NAME": "Склад", "SORT": 500, "PARENT": "1", "UF_HEAD": "3"},
    ]
    assert [row["UF_DEPARTMENT"] for row in api("user.get")] == [[2], [3], [3]]
    assert [row["ID"] for row in api("department.get", PARENT=1)] == ["2", "3"]


def test_the_webhook_is_the_first_user_and_an_administrator(api: Api) -> None:
    assert api("user.current")["ID"] == "1"
    assert api("profile")["ADMIN"] is True
