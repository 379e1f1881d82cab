"""Documented bodies are answered with the same keys and JSON types."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.onec.conftest import CALLS, PARTNERS, TASKS, Api, Start

SAMPLES = Path(__file__).parent / "samples"
LEFT_OUT = {
    "Catalog_Контрагенты": {
        "ОбособленноеПодразделение", "СтранаРегистрации_Key", "ГоловнойКонтрагент_Key", "КодПоОКПО",
        "ДокументУдостоверяющийЛичность", "ОсновнойБанковскийСчет_Key", "ДополнительнаяИнформация",
        "ИННВведенКорректно",
        "КППВведенКорректно", "РасширенноеПредставлениеИНН", "РасширенноеПредставлениеКПП", "НалоговыйНомер",
        "ГосударственныйОрган", "ВидГосударственногоОргана", "КодГосударственногоОргана",
        "СвидетельствоСерияНомер",
        "СвидетельствоДатаВыдачи", "ДатаРегистрации", "ИсторияКПП", "ИсторияНаименований",
        "ИсторияКонтактнойИнформации",
        "Parent@navigationLinkUrl", "СтранаРегистрации@navigationLinkUrl",
    }
}  # fmt: skip
"""Columns of a bookkeeper's card that no sales connector reads; everything else of the samples is there."""


def sample(name: str) -> Any:
    return json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))


def differences(wanted: Any, got: Any, place: str = "") -> list[str]:
    """Return where the answer lacks a key of the sample or has another JSON type."""
    if isinstance(wanted, dict) and isinstance(got, dict):
        missing = [f"{place}/{key}" for key in wanted if key not in got]
        return missing + [
            each
            for key in wanted
            if key in got
            for each in differences(wanted[key], got[key], f"{place}/{key}")
        ]
    if isinstance(wanted, list) and isinstance(got, list):
        return differences(wanted[0], got[0], f"{place}[0]") if wanted and got else []
    numbers = isinstance(wanted, int | float) and isinstance(got, int | float)
    return [] if type(wanted) is type(got) or numbers else [f"{place}: {got!r}"]


@pytest.mark.parametrize(
    ("name", "configuration", "entity", "table", "number"),
    [
        ("ut_partner", "ut11", PARTNERS, "clients", 1),
        ("call_bsp", "ut11", CALLS, "events", 1),
        ("ut_deal", "ut11", "Catalog_СделкиСКлиентами", "deals", 1),
        ("erp_task_post", "ut11", TASKS, "events", 6),
        ("counterparty_bp30", "bp3", "Catalog_Контрагенты", "clients", 1),
    ],
)
def test_an_object_has_the_keys_and_types_of_the_sample(
    start: Start, name: str, configuration: str, entity: str, table: str, number: int
) -> None:
    api = start(None, f"configuration={configuration}")
    wanted = sample(name)
    wanted = wanted["value"][0] if "value" in wanted else wanted
    kept = {key: value for key, value in wanted.items() if key not in LEFT_OUT.get(entity, set())}
    assert differences(kept, api.one(entity, api.key(table, number))) == []


def test_control_another_type_or_a_missing_key_is_seen(api: Api) -> None:
    row = api.one(PARTNERS, api.key("clients", 1))
    assert differences({"Клиент": "true", "Чего нет": 1}, row) == ["/Чего нет", "/Клиент: True"]


def test_nodes_of_an_exchange_plan_and_a_count(api: Api) -> None:
    nodes = api.rows("ExchangePlan_ОбменССайтом")
    assert differences(sample("exchange_plan_nodes")["value"], nodes) == []
    answer = api.send("GET", PARTNERS, format="json", inlinecount="allpages", top="0").json()
    assert differences(sample("inlinecount"), answer) == []
    assert answer["odata.metadata"].endswith(f"/odata/standard.odata/$metadata#{PARTNERS}")


def test_documented_writes_are_taken(start: Start) -> None:
    trade, small = start(), start(None, "configuration=unf3")
    assert (
        trade.write("POST", TASKS, sample("erp_task_post"))["Ref_Key"] == sample("erp_task_post")["Ref_Key"]
    )
    card = f"{PARTNERS}(guid'{trade.key('clients', 1)}')"
    lines = trade.write("PATCH", card, sample("additional_attributes_patch"))["ДополнительныеРеквизиты"]
    assert [line["Значение"] for line in lines][1] == "нет контакта 30 дней"
    lead = small.write("POST", "Catalog_Лиды", sample("unf_lead_post"))
    assert lead["НаименованиеКомпании"] == "ООО Лид"
    changed = small.write("PATCH", f"Catalog_Лиды(guid'{lead['Ref_Key']}')", sample("unf_lead_patch"))
    assert differences(sample("unf_lead_patch"), changed) == []
    event = f"Document_Событие(guid'{small.key('events', 1)}')"
    linked = small.write("PATCH", event, sample("unf_event_link_patch"))
    assert linked["Участники"][0]["Контакт_Type"] == "StandardODATA.Catalog_Лиды"


def test_the_refusals_of_the_sample_are_spoken(api: Api) -> None:
    spoken = [
        api.refused("GET", "Catalog_Нет"),
        api.refused("GET", f"{PARTNERS}(guid'00000000-0000-0000-0000-000000000009')"),
        api.refused("GET", PARTNERS, filter="Description eq"),
        api.refused("GET", "AccumulationRegister_ВыручкаИСебестоимостьПродаж/Balance()"),
        api.refused("GET", PARTNERS, select="НетТакогоПоля"),
        api.refused("GET", PARTNERS, expan="x"),
        api.refused("GET", PARTNERS, filter="Ref_Key eq guid'абв'"),
        api.refused("GET", PARTNERS, filter="Ref_Key gt guid'00000000-0000-0000-0000-000000000009'"),
    ]
    documented = [
        (one["status"], one["body"]["odata.error"]["code"], one["body"]["odata.error"]["message"]["value"])
        for one in sample("errors")[:8]
    ]
    assert spoken == documented
