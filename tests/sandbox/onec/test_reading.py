"""Sets, objects, select, expand, presentations, order and pages."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sandbox.firms import firm, many_clients
from sandbox.onec.conftest import CALLS, PARTNERS, REVENUE, Api, Start


def test_the_service_document_lists_the_composition(api: Api) -> None:
    names = {row["name"] for row in api.rows("")}
    assert {PARTNERS, f"{PARTNERS}_КонтактнаяИнформация", CALLS, f"{REVENUE}_RecordType"} <= names
    assert not any(name.startswith("Enum") for name in names)


def test_a_language_may_stand_in_the_address(api: Api) -> None:
    api.root = api.sandbox.url + "ru_RU/odata/standard.odata/"
    assert len(api.rows(PARTNERS)) == 3


def test_json_is_asked_for_and_carries_as_much_metadata_as_wanted(api: Api) -> None:
    key = api.key("clients", 1)
    path = f"{PARTNERS}(guid'{key}')"
    bare = api.send("GET", path).json()
    assert not [name for name in bare if "@" in name or name.startswith("odata.")]
    full = api.send("GET", path, format="json").json()
    assert full["odata.metadata"].endswith(f"/$metadata#{PARTNERS}/@Element")
    assert full["ОсновнойМенеджер@navigationLinkUrl"] == f"{path}/ОсновнойМенеджер"
    assert "Parent@navigationLinkUrl" not in full
    refused = api.send("GET", path, format="application/json;odata=verbose")
    assert refused.status_code == 406


def test_without_a_word_the_answer_is_atom(api: Api) -> None:
    answer = api.send("GET", PARTNERS, head_Accept="*/*", top="1")
    assert answer.headers["Content-Type"].startswith("application/atom+xml")
    assert "<d:Description>ООО «Ромашка»</d:Description>" in answer.content.decode("utf-8")
    error = api.send("GET", "Catalog_Нет", head_Accept="*/*")
    assert (error.status_code, "<m:code>8</m:code>" in error.text) == (404, True)


def test_counts_are_text_and_begin_with_a_mark(api: Api) -> None:
    body = api.send("GET", PARTNERS, inlinecount="allpages", top="0").json()
    assert (body["odata.count"], body["value"]) == ("3", [])
    assert api.send("GET", f"{PARTNERS}/$count").content == b"\xef\xbb\xbf3"


def test_select_narrows_and_names_presentations(api: Api) -> None:
    chosen = "Description,ОсновнойМенеджер____Presentation,КонтактнаяИнформация/Представление"
    row = api.rows(PARTNERS, select=chosen, filter="Description eq 'ООО «Ромашка»'")[0]
    assert row["ОсновнойМенеджер____Presentation"] == "Гусева Ирина Андреевна"
    assert row["КонтактнаяИнформация"][0] == {"Представление": "+74951112233"}
    assert set(row) == {"Description", "ОсновнойМенеджер____Presentation", "КонтактнаяИнформация"}
    assert "КонтактнаяИнформация" not in api.rows(PARTNERS, select="**")[0]
    assert api.refused("GET", PARTNERS, select="Нет")[:2] == (400, "6")


def test_expand_needs_the_way_in_select_too(api: Api) -> None:
    both = {"expand": "ОсновнойМенеджер", "select": "Description,ОсновнойМенеджер/Description"}
    only = "Description eq 'ООО «Ромашка»'"
    expanded = api.rows(PARTNERS, filter=only, **both)[0]
    assert expanded["ОсновнойМенеджер"] == {"Description": "Гусева Ирина Андреевна"}
    assert "ОсновнойМенеджер" not in api.rows(PARTNERS, filter=only, expand="ОсновнойМенеджер")[0]
    assert api.refused("GET", PARTNERS, expand="Нет")[:2] == (400, "6")


def test_an_object_a_way_from_it_and_a_line(api: Api) -> None:
    key = api.key("clients", 1)
    answer = api.send("GET", f"{PARTNERS}(guid'{key}')/ОсновнойМенеджер")
    assert answer.json()["Description"] == "Гусева Ирина Андреевна"
    line = api.send("GET", f"{PARTNERS}_КонтактнаяИнформация(Ref_Key=guid'{key}',LineNumber=2)").json()
    assert (line["LineNumber"], line["НомерТелефона"]) == ("2", "79161112233")
    missing = f"{PARTNERS}(guid'00000000-0000-0000-0000-000000000009')"
    assert api.refused("GET", missing) == (404, "9", "Экземпляр сущности не найден")
    assert api.refused("GET", f"{PARTNERS}_КонтактнаяИнформация(Ref_Key=guid'{key}')")[:2] == (400, "7")
    assert api.refused("GET", "Catalog_Нет") == (404, "8", "Сущность 'Catalog_Нет' не найдена")


def test_wrong_options_are_named(api: Api) -> None:
    assert api.refused("GET", PARTNERS, expan="x") == (400, "0", "Параметр $expan не поддерживается")
    assert api.refused("GET", PARTNERS, top="x")[:2] == (400, "14")
    assert api.refused("GET", PARTNERS, orderby="Description up")[:2] == (400, "14")
    assert api.refused("GET", PARTNERS, orderby="Нет")[:2] == (400, "6")
    assert api.refused("PATCH", PARTNERS)[:2] == (405, "19")


def test_keys_sort_as_they_are_shown(api: Api) -> None:
    names = [row["Description"] for row in api.rows(PARTNERS, orderby="Ref_Key")]
    assert names == ["АО «Вега»", "ИП Петров", "ООО «Ромашка»"]
    falling = [
        row["Description"] for row in api.rows(PARTNERS, orderby="Description desc", select="Description")
    ]
    assert falling == names[::-1]


def pages(api: Api, entity: str, size: int, order: str | None) -> list[tuple[str, ...]]:
    """Walk pages by `$top` and `$skip` as people do; return what identifies each row."""
    seen: list[tuple[str, ...]] = []
    options = {"orderby": order} if order else {}
    while True:
        rows = api.rows(entity, top=str(size), skip=str(len(seen)), **options)
        seen += [(row["Ref_Key"], str(row.get("LineNumber", ""))) for row in rows]
        if len(rows) < size:
            return seen


def test_pages_without_an_order_lose_rows(start: Start) -> None:
    api = start(many_clients(60))
    assert len(set(pages(api, PARTNERS, 25, "Ref_Key"))) == 60
    careless = pages(api, PARTNERS, 25, None)
    assert len(careless) == 60
    assert len(set(careless)) < 60


def test_lines_of_sections_need_both_keys_in_the_order(start: Start) -> None:
    clients = [{"id": str(number), "name": f"Клиент {number}", "phones": "+74951112233|+79161112233|123",
                "created_at": "2026-01-01T00:00:00+03:00"} for number in range(1, 30)]  # fmt: skip

    api = start(firm(clients=clients))
    entity = f"{PARTNERS}_КонтактнаяИнформация"
    assert len(set(pages(api, entity, 10, "Ref_Key,LineNumber"))) == 87
    lossy = pages(api, entity, 10, "Ref_Key")
    assert (len(lossy), len(set(lossy)) < 87) == (87, True)


def test_a_register_keeps_its_own_order(start: Start) -> None:
    sales = [
        {"id": str(n), "client": "1", "date": f"2026-09-{n:02d}", "amount": str(100 - n)}
        for n in range(1, 10)
    ]

    api = start(firm(sales=sales))
    falling = api.rows(f"{REVENUE}_RecordType", orderby="Period desc", select="Period")
    assert [row["Period"][8:10] for row in falling] == [f"{n:02d}" for n in range(1, 10)]


@pytest.mark.parametrize(
    ("phone", "digits", "short"),
    [
        ("8 (495) 111-22-33", "74951112233", "1112233"),
        ("+7 495 111-22-33 доб. 45", "74951112233", "1112233"),
        ("123", "123", "123"),
    ],
)
def test_phones_are_kept_as_typed_and_as_digits(start: Start, phone: str, digits: str, short: str) -> None:

    api = start(
        firm(clients=[{"id": "1", "name": "А", "phones": phone, "created_at": "2026-01-01T00:00:00+03:00"}])
    )
    line = api.rows(f"{PARTNERS}_КонтактнаяИнформация")[0]
    shown = (line["Тип"], line["Представление"], line["НомерТелефона"], line["НомерТелефонаБезКодов"])
    assert shown == ("Телефон", phone, digits, short)


def test_sums_are_exact_to_the_kopeck(start: Start) -> None:

    api = start(
        firm(sales=[{"id": "1", "client": "1", "date": "2026-09-05", "amount": "1234.56", "margin": "34.56"}])
    )
    row = api.rows("Document_РеализацияТоваровУслуг")[0]
    assert Decimal(str(row["СуммаДокумента"])) == Decimal("1234.56")
    assert (row["Date"], row["Posted"]) == ("2026-09-05T12:00:00", True)
