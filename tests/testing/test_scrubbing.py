"""What may tell of a person or a firm is replaced; what a plugin compares stays."""

from __future__ import annotations

import pytest

from connector.testing.scrubbing import Anonymous


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NAME", "Иванов"),
        ("name", "Smith"),
        ("PHONE", "+7 (495) 123-45-67"),
        ("phone", 79161234567),
        ("email", "ivan@firm.example"),
        ("inn", "7707083893"),
        ("comment", "Позвонить Ивану"),
        ("status", "Иванов согласен"),
        ("owner_id", "ivan@firm.example"),
        ("contact_id", "+79161234567"),
        ("site", "https://firm.example/ivan"),
        ("TITLE", "ООО Ромашка"),
        ("custom", {"UF_CRM_1": ["Ромашка"]}),
    ],
)
def test_what_tells_of_somebody_is_replaced(name: str, value: object) -> None:
    told = str(Anonymous().row({name: value}))
    for part in ("Иван", "Smith", "495", "7916", "ivan", "7707083893", "Ромашка", "firm"):
        assert part not in told.replace("+7495000000", "")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("id", 17),
        ("ID", "17"),
        ("ASSIGNED_BY_ID", "4"),
        ("STAGE_ID", "C2:WON"),
        ("entityTypeId", "2"),
        ("stageSemantic", "P"),
        ("currency", "RUB"),
        ("active", True),
        ("OPENED", "Y"),
        ("updated_at", "2026-09-10T08:00:00+03:00"),
        ("CLOSEDATE", "2026-09-10"),
        ("amount", 1500.5),
        ("OPPORTUNITY", "1500.00"),
        ("OPPORTUNITY", "1234567.00"),
        ("_timestamp", "1795353651.05381"),
        ("nothing", None),
    ],
)
def test_what_a_plugin_compares_stays(name: str, value: object) -> None:
    assert Anonymous().row({name: value}) == {name: value}


def test_equal_texts_stay_equal_and_the_shape_stays() -> None:
    row = {"a": "Иванов", "b": ["Иванов", "Петров"], "c": {"email": "i@x.example"}, "inn": "7707083893"}
    told = Anonymous().row(row)
    assert told["a"] == told["b"][0] != told["b"][1]
    assert told["c"]["email"].endswith("@example.com")
    assert len(told["inn"]) == 10


def test_what_the_author_names_stays_and_its_neighbours_do_not() -> None:
    row = {"name": "Ромашка", "state": "lead", "categories": [{"name": "Client", "note": "Иван"}]}
    told = Anonymous(keep=["state", "categories.name"]).row(row)
    assert told == {"name": "Text 1", "state": "lead", "categories": [{"name": "Client", "note": "Text 2"}]}
