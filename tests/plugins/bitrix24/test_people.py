"""Employees: departments, heads, roles."""

from __future__ import annotations

from datetime import date

import pytest

DEPARTMENTS = [
    {"ID": "1", "NAME": "Firm", "SORT": 500, "UF_HEAD": "1"},
    {"ID": "15", "NAME": "Sales", "SORT": 500, "PARENT": "1", "UF_HEAD": "2"},
    {"ID": "16", "NAME": "Key accounts", "SORT": 500, "PARENT": "15"},
    {"ID": "20", "NAME": "Loop", "SORT": 500, "PARENT": "21"},
    {"ID": "21", "NAME": "Pool", "SORT": 500, "PARENT": "20"},
]
# The second row of the vendor's page of user.get (b24-rest-docs, 2026-08).
DOCUMENTED = {
    "ID": "3",
    "ACTIVE": True,
    "NAME": "John",
    "LAST_NAME": "Smith",
    "EMAIL": "test@gmail.com",
    "DATE_REGISTER": "2024-07-22T00:00:00+00:00",
    "TIMESTAMP_X": {},
    "WORK_POSITION": "",
    "UF_EMPLOYMENT_DATE": "",
    "UF_DEPARTMENT": [1],
    "USER_TYPE": "employee",
}


@pytest.fixture
def parsed(portal, connect):
    """Turn a row into employees; the departments come in two pages."""

    def answer(method, given):
        start = int(given["START"])
        more = {"next": 3} if start == 0 else {}
        return {"result": DEPARTMENTS[start : start + 3], "total": 5, **more, "time": {}}

    def parse(row, **settings):
        source = connect(portal(answer).url, **settings).source
        (stream,) = [each for each in source.streams() if each.name == "employees"]
        return stream.parse(row)

    return parse


def test_the_documented_row(parsed):
    (employee,) = parsed(DOCUMENTED)
    assert employee.model_dump(exclude={"raw"}, exclude_none=True) == {
        "ref": ("main", "3"),
        "flags": (),
        "name": "Smith John",
        "email": "test@gmail.com",
        "phones": (),
        "active": True,
        "head": "1",
        "department": "Firm",
        "industries": (),
        "regions": (),
        "active_from": date(2024, 7, 22),
    }


def test_who_left_is_not_active(parsed):
    assert not parsed(DOCUMENTED | {"ACTIVE": False})[0].active


def test_the_day_of_employment_wins_over_the_day_of_the_account(parsed):
    (employee,) = parsed(DOCUMENTED | {"UF_EMPLOYMENT_DATE": "2020-02-03T03:00:00+03:00"})
    assert employee.active_from == date(2020, 2, 3)


@pytest.mark.parametrize("kind", ["extranet", "email", "bot"])
def test_users_from_outside_are_no_employees(parsed, kind):
    assert parsed(DOCUMENTED | {"USER_TYPE": kind}) == ()


@pytest.mark.parametrize(
    ("user", "department", "head"),
    [("3", 15, "2"), ("2", 15, "1"), ("3", 16, "2"), ("1", 1, None), ("3", 99, None), ("3", 20, None)],
)
def test_the_head_is_the_nearest_one_above(parsed, user, department, head):
    (employee,) = parsed(DOCUMENTED | {"ID": user, "UF_DEPARTMENT": [department]})
    assert employee.head == head


@pytest.mark.parametrize(
    ("row", "role"),
    [
        ({"UF_DEPARTMENT": [15]}, "seller"),
        ({"UF_DEPARTMENT": [16]}, "seller"),  # by the department above
        ({"UF_DEPARTMENT": [15], "ID": "2"}, "head"),  # who heads sellers is a head
        ({"UF_DEPARTMENT": [1], "ID": "1"}, "director"),
        ({"UF_DEPARTMENT": [15], "WORK_POSITION": "KAM"}, "kam"),  # the position says it nearer
        ({"UF_DEPARTMENT": [20]}, None),
    ],
)
def test_roles(parsed, row, role):
    roles = {"sales": "seller", "Firm": "director", "kam": "kam"}
    assert parsed(DOCUMENTED | row, roles=roles)[0].role == role


def test_a_user_without_a_name_is_called_by_number(parsed):
    assert parsed(DOCUMENTED | {"NAME": "", "LAST_NAME": None})[0].name == "3"
