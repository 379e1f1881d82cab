"""`$metadata` and the composition: what a client resolves its names by."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

from sandbox.onec.conftest import PARTNERS, REVENUE, Api, Start

EDM = "{http://schemas.microsoft.com/ado/2009/11/edm}"
SAMPLE = Path(__file__).parent / "samples" / "metadata_shape.edmx"


def schema(api: Api) -> ET.Element:
    """Return the schema of the publication."""
    answer = api.send("GET", "$metadata", head_Accept="application/json")
    assert answer.headers["Content-Type"].startswith("application/xml")
    return next(iter(ET.fromstring(answer.content).iter(f"{EDM}Schema")))


def named(root: ET.Element, tag: str, name: str) -> ET.Element | None:
    """Return the element with the name."""
    return next((one for one in root.iter(EDM + tag) if one.get("Name") == name), None)


def properties(root: ET.Element, entity: str, tag: str = "EntityType") -> dict[str, str | None]:
    """Return the properties of a type with their types."""
    found = named(root, tag, entity)
    return (
        {one.get("Name", ""): one.get("Type") for one in found.iter(f"{EDM}Property")}
        if found is not None
        else {}
    )


def test_everything_of_the_sample_is_there_with_the_same_types(api: Api) -> None:
    sample = next(iter(ET.parse(SAMPLE).iter(f"{EDM}Schema")))
    ours = schema(api)
    for entity in ("Document_ЗаказКлиента", REVENUE):
        wanted = properties(sample, entity)
        assert wanted
        assert wanted.items() <= properties(ours, entity).items()
    result = f"{REVENUE}_Turnover"
    assert (
        properties(sample, result, "ComplexType").items() <= properties(ours, result, "ComplexType").items()
    )
    assert named(ours, "Association", "Document_ЗаказКлиента_Менеджер") is not None
    assert named(ours, "EnumType", "СтатусыЗаказовКлиентов") is not None


def test_keys_and_functions_are_those_of_the_sample(api: Api) -> None:
    sample, ours = next(iter(ET.parse(SAMPLE).iter(f"{EDM}Schema"))), schema(api)

    def calls(root: ET.Element) -> set[tuple[str, ...]]:
        return {
            (one.get("Name", ""), *sorted(f"{each.get('Name')} {each.get('Type')}" for each in one))
            for one in root.iter(f"{EDM}FunctionImport")
        }

    assert calls(sample)
    assert calls(sample) <= calls(ours)
    register = named(ours, "EntityType", REVENUE)
    assert register is not None
    assert [one.get("Name") for one in register.iter(f"{EDM}PropertyRef")] == ["Recorder", "Recorder_Type"]


def test_every_set_is_described_and_every_description_has_a_set(api: Api) -> None:
    root = schema(api)
    sets = {one.get("Name") for one in root.iter(f"{EDM}EntitySet")}
    assert sets == {row["name"] for row in api.rows("")}
    types = {one.get("Name") for one in root.iter(f"{EDM}EntityType")}
    assert {name for name in sets if name and not name.endswith("_RecordType")} == types


def test_the_answers_have_the_described_columns(api: Api) -> None:
    described = properties(schema(api), PARTNERS)
    assert set(api.rows(PARTNERS)[0]) == set(described)
    assert described["ДатаРегистрации"] == "Edm.DateTime"


def test_an_empty_composition_serves_nothing(start: Start) -> None:
    api = start(None, "empty_composition")
    assert api.rows("") == []
    assert api.refused("GET", PARTNERS)[:2] == (404, "8")


def test_a_set_outside_the_composition_is_a_404_and_no_way_leads_there(start: Start) -> None:
    api = start(None, "unpublished=Document_Встреча,Catalog_Пользователи")
    assert api.refused("GET", "Document_Встреча")[:2] == (404, "8")
    assert api.refused("GET", PARTNERS, filter="ОсновнойМенеджер/Description eq 'x'")[:2] == (400, "6")
    partner = named(schema(api), "EntityType", PARTNERS)
    assert partner is not None
    ways = {one.get("Name") for one in partner.iter(f"{EDM}NavigationProperty")}
    assert ("ОсновнойМенеджер" in ways, "БизнесРегион" in ways) == (False, True)


def test_a_release_may_have_a_composite_field_instead(start: Start) -> None:
    api = start(None, f"composite={PARTNERS}.ОсновнойМенеджер")
    described = properties(schema(api), PARTNERS)
    assert "ОсновнойМенеджер_Key" not in described
    assert (described["ОсновнойМенеджер"], described["ОсновнойМенеджер_Type"]) == ("Edm.String", "Edm.String")
    key = api.key("clients", 1)
    row = api.one(PARTNERS, key)
    assert row["ОсновнойМенеджер"] == api.key("employees", 3)
    assert row["ОсновнойМенеджер_Type"] == "StandardODATA.Catalog_Пользователи"
    new = api.key("employees", 2)
    api.write("PATCH", f"{PARTNERS}(guid'{key}')", {"ОсновнойМенеджер": new})
    assert next(row for row in api.truth("clients") if row["id"] == key)["owner"] == new
    assert "ОсновнойМенеджер_Key" in properties(schema(start()), PARTNERS)


def test_a_large_base_has_a_large_description(start: Start) -> None:
    api = start(None, "big_metadata=1000")
    assert len(api.send("GET", "$metadata").content) > 1_900_000
    assert "Catalog_ПрочийСправочник1" not in {row["name"] for row in api.rows("")}
