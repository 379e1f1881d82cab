"""What `$filter` accepts, what it refuses and in which words, and where it lies."""

from __future__ import annotations

import pytest

from connector.sandbox.onec.errors import INCOMPARABLE
from sandbox.onec.conftest import CALLS, NOBODY, PARTNERS, Api, Start

NAMES = {"1": "ООО «Ромашка»", "2": "ИП Петров", "3": "АО «Вега»"}
PARSE = "Ошибка при разборе опции запроса $filter"


def found(api: Api, text: str, entity: str = PARTNERS) -> set[str]:
    """Return the numbers of the clients that pass the filter."""
    names = {name: number for number, name in NAMES.items()}
    return {names[row["Description"]] for row in api.rows(entity, filter=text, select="Description")}


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Description eq 'ИП Петров'", "2"),
        ("Description eq 'ип петров'", "2"),
        ("Description ne 'ИП Петров'", "13"),
        (
            "ДатаРегистрации ge datetime'2025-01-10T00:00:00' "
            "and ДатаРегистрации lt datetime'2025-06-01T00:00:00'",
            "2",
        ),
        ("not (Description eq 'ИП Петров')", "13"),
        ("substringof('веГа', Description)", "3"),
        ("startswith(Description, 'ООО') or endswith(Description, 'Петров')", "12"),
        ("like(Description, '_О %')", "3"),
        ("year(ДатаРегистрации) eq 2024", "1"),
        ("quarter(ДатаРегистрации) eq 1", "12"),
        ("month(ДатаРегистрации) add 1 eq 7", "3"),
        ("Клиент eq true and DeletionMark eq false", "123"),
        ("ОсновнойМенеджер/Description eq 'Гусева Ирина Андреевна'", "1"),
        ("КонтактнаяИнформация/any(d: d/НомерТелефона eq '74951112233')", "1"),
        ("КонтактнаяИнформация/all(d: d/Тип eq 'Телефон')", "23"),
        ("concat(Description, '!') eq 'ИП Петров!'", "2"),
        ("substring(Description, 1, 2) eq 'АО'", "3"),
    ],
)
def test_a_filter_finds(api: Api, text: str, numbers: str) -> None:
    assert found(api, text) == set(numbers)


def test_a_reference_is_found_by_its_key(api: Api) -> None:
    seller = api.key("employees", 3)
    assert found(api, f"ОсновнойМенеджер_Key eq guid'{seller}'") == {"1"}
    assert found(api, f"ОсновнойМенеджер_Key eq guid'{NOBODY}'") == {"2"}


def test_objects_are_looked_up_by_a_list_of_keys(api: Api) -> None:
    keys = [api.key("clients", 1), api.key("clients", 3), NOBODY]
    listed = " or ".join(f"Ref_Key eq guid'{key}'" for key in keys)
    assert found(api, listed) == {"1", "3"}
    assert found(api, f"({listed}) and Description eq 'АО «Вега»'") == {"3"}


def test_a_composite_field_is_found_by_a_cast_key_only(start: Start) -> None:
    api = start()
    client = api.key("clients", 1)
    cast = f"АбонентКонтакт eq cast(guid'{client}','Catalog_Партнеры')"
    assert len(api.rows(CALLS, filter=cast)) == 3
    assert api.rows(CALLS, filter=f"АбонентКонтакт eq guid'{client}'") == []
    assert api.rows(CALLS, filter=f"АбонентКонтакт eq '{client}'") == []
    assert len(api.rows(CALLS, filter="АбонентКонтакт_Type eq 'StandardODATA.Catalog_Партнеры'")) == 4
    assert len(api.rows(CALLS, filter="isof(АбонентКонтакт,'Catalog_Партнеры')")) == 4
    api.sandbox.act("fault", spec="strict_composite")
    assert api.refused("GET", CALLS, filter=f"АбонентКонтакт eq guid'{client}'") == (500, "-1", INCOMPARABLE)


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        (f"Ref_Key gt guid'{NOBODY}'", (500, "-1", INCOMPARABLE)),
        ("Комментарий eq 'x'", (500, "-1", INCOMPARABLE)),
        ("Description gt 5", (500, "-1", INCOMPARABLE)),
        ("ДатаРегистрации eq '2024-03-11'", (500, "-1", INCOMPARABLE)),
        ("НетТакогоПоля eq 1", (400, "6", "Сегмент пути НетТакогоПоля не найден!")),
        ("Description/Нет eq 1", (400, "6", "Сегмент пути Description не найден!")),
        ("Ref_Key eq guid'абв'", (400, "1", "Не удалось разобрать строку 'абв' как значение типа Edm.Guid!")),
        (
            "ДатаРегистрации eq datetime'2024-03-11'",
            (400, "1", "Не удалось разобрать строку '2024-03-11' как значение типа Edm.DateTime!"),
        ),
        ("length(Description) gt 3", (400, "14", PARSE)),
        ("tolower(Description) eq 'x'", (400, "14", PARSE)),
        ("contains(Description,'x')", (400, "14", PARSE)),
        ("Description in ('x')", (400, "14", PARSE)),
        ("Description eq", (400, "14", PARSE)),
        ("Description eq 'x", (400, "14", PARSE)),
        ("Description", (400, "14", PARSE)),
    ],
)
def test_what_1c_does_not_accept(api: Api, text: str, refusal: tuple[int, str, str]) -> None:
    assert api.refused("GET", PARTNERS, filter=text) == refusal


def test_a_plus_sign_is_no_space(api: Api) -> None:
    answer = api.session.get(
        f"{api.root}{PARTNERS}?$filter=Description+eq+'x'",
        headers={
            "Authorization": "Basic 0JDQtNC80LjQvdC40YHRgtGA0LDRgtC+0YA6c2FuZGJveA==",
            "Accept": "application/json",
        },
        timeout=10,
    )
    error = answer.json()["odata.error"]
    assert (answer.status_code, error["code"]) == (500, "-1")
    assert error["message"]["value"] == 'Операция не разрешена в предложении "ГДЕ"'
    quoted = api.rows(PARTNERS, filter="КонтактнаяИнформация/any(d: d/Представление eq '+74951112233')")
    assert [row["Description"] for row in quoted] == ["ООО «Ромашка»"]
