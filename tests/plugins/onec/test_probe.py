"""An unknown configuration: candidates, a draft that reads and lacks nothing, and the composition as code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Project
from sandbox.firms import firm

from connector.plugins.onec.composition import code, needed_sets
from connector.plugins.onec.draft import draft
from connector.plugins.onec.objects import KINDS, object_name
from connector.plugins.onec.probe import candidates, fits, looks
from connector.plugins.onec.profile_fields import known_fields
from connector.plugins.onec.profile_reading import read_profile, shipped
from connector.plugins.onec.resolve import resolve
from connector.plugins.onec.schema import Origin, Schema
from connector.plugins.onec.schema_file import write_schema
from connector.sandbox.server import running

from .bases import CONFIGURATIONS, schema_of
from .documents import HEAD, TAIL

STRANGE = {
    "Catalog_Клиентура": {"Description": "String", "Куратор_Key": "Guid", "ИНН": "String"},
    "Catalog_Сотрудники": {"Description": "String", "Уволен": "Boolean"},
    "Document_Сделка": {
        "Date": "DateTime",
        "Клиент_Key": "Guid",
        "Стадия_Key": "Guid",
        "Сумма": "Double",
        "Тема": "String",
    },
    "Catalog_Стадии": {"Description": "String"},
    "Document_ВизитКонтакт": {"Date": "DateTime", "Клиент_Key": "Guid", "Рассмотрено": "Boolean"},
    "Document_Продажа": {"Date": "DateTime", "Posted": "Boolean", "Сумма": "Double", "Комментарий": "String"},
}
"""A configuration of the firm's own, which no profile knows; its sales do not say to whom."""
WAYS = {
    ("Catalog_Клиентура", "Куратор"): "Catalog_Сотрудники",
    ("Document_Сделка", "Клиент"): "Catalog_Клиентура",
    ("Document_Сделка", "Стадия"): "Catalog_Стадии",
    ("Document_ВизитКонтакт", "Клиент"): "Catalog_Клиентура",
}


def strange() -> bytes:
    """Return the `$metadata` of that configuration."""
    types = "".join(
        f'<EntityType Name="{name}"><Key><PropertyRef Name="Ref_Key"/></Key>'
        + "".join(f'<Property Name="{column}" Type="Edm.{kind}"/>' for column, kind in columns.items())
        + '<Property Name="Ref_Key" Type="Edm.Guid"/><Property Name="DataVersion" Type="Edm.String"/>'
        + '<Property Name="DeletionMark" Type="Edm.Boolean"/>'
        + "".join(
            f'<NavigationProperty Name="{way}" Relationship="StandardODATA.{name}_{way}" ToRole="End"/>'
            for of, way in WAYS
            if of == name
        )
        + "</EntityType>"
        for name, columns in STRANGE.items()
    )
    ends = "".join(
        f'<Association Name="{of}_{way}"><End Role="End" Type="StandardODATA.{target}"/></Association>'
        for (of, way), target in WAYS.items()
    )
    sets = "".join(f'<EntitySet Name="{name}" EntityType="StandardODATA.{name}"/>' for name in STRANGE)
    return HEAD + f"{types}{ends}<EntityContainer>{sets}</EntityContainer>".encode() + TAIL


@pytest.fixture
def unknown(tmp_path: Path) -> Iterator[Schema]:
    with write_schema(tmp_path / "schema", [strange()], Origin()) as schema:
        yield schema


def drafted(schema: Schema, folder: Path) -> tuple[str, list[str], list[str]]:
    """Return a draft, the tables that it reads, and what it lacks."""
    text = draft(schema, "own.toml")
    (folder / "own.toml").write_text(text, encoding="utf-8")
    profile = resolve(read_profile("own.toml", folder), schema)
    return text, [table.name for table in profile.tables], [str(lack) for lack in profile.missing]


@pytest.mark.parametrize("configuration", ["ut11", "unf3", "crm3", "bp3"])
def test_the_profile_of_a_known_configuration_is_found(configuration: str) -> None:
    with schema_of(f"configuration={configuration}") as schema:
        best = fits(schema)[0]
    assert (best.name, best.share) == (configuration, 1.0)


def test_what_lacks_is_dropped_from_a_draft_and_said(tmp_path: Path) -> None:
    with schema_of("unpublished=Document_Встреча,Catalog_БизнесРегионы") as schema:
        text, tables, lacks = drafted(schema, tmp_path)
    assert lacks == []
    assert 'extends = "ut11"' in text
    assert 'drop = ["meetings"]' in text
    assert 'drop_writes = ["meeting"]' in text
    assert "# meetings: Document_Встреча is not in the composition" in text
    assert 'region = ""' in text
    assert "meetings" not in tables
    assert "clients" in tables


def test_an_unknown_configuration_gets_a_draft_of_what_looks_alike(unknown: Schema, tmp_path: Path) -> None:
    found = {kind: [each.set for each in those] for kind, those in candidates(unknown).items()}
    assert found["client"] == ["Catalog_Клиентура"]
    assert found["employee"] == ["Catalog_Сотрудники"]
    assert found["deal"] == ["Document_Сделка"]
    text, tables, lacks = drafted(unknown, tmp_path)
    assert lacks == []
    assert tables == ["employees", "clients", "deals", "events"]
    profile = resolve(read_profile("own.toml", tmp_path), unknown)
    owner, stage = profile.of("client")[0].fields["owner"], profile.of("deal")[0].fields["stage"]
    assert [step.name for step in owner[0].path] == ["Куратор"]
    assert [step.name for step in stage[0].path] == ["Стадия", "Description"]
    assert "# Document_Продажа: не найдено, что здесь client" in text
    assert "впишите слова базы" in text


def test_the_words_of_the_probe_name_fields_of_the_model() -> None:
    for entity, look in looks().items():
        assert set(look.fields) <= set(known_fields(entity))
        assert set(look.prefixes) <= set(KINDS)


@pytest.mark.parametrize("name", shipped())
def test_the_composition_of_a_profile_is_enough_for_it(name: str) -> None:
    """Publish what the command names, and nothing else: the profile lacks nothing."""
    sets = needed_sets(read_profile(name).data)
    with schema_of(f"configuration={CONFIGURATIONS[name]}") as everything:
        others = sorted(set(everything.objects) - set(sets))
    assert others
    with schema_of(f"configuration={CONFIGURATIONS[name]}", f"unpublished={','.join(others)}") as schema:
        assert set(schema.objects) == set(sets)
        assert [str(lack) for lack in resolve(read_profile(name), schema).missing] == []


def test_every_object_of_a_composition_is_needed() -> None:
    with schema_of("unpublished=Catalog_ПричиныПроигрышаСделок") as schema:
        assert [lack.tick for lack in resolve(read_profile("ut11"), schema).missing] == [
            "Catalog_ПричиныПроигрышаСделок"
        ]


def test_the_code_names_objects_as_the_built_in_language_does() -> None:
    snippet = code("УНФ", ["Catalog_Теги", "ChartOfCharacteristicTypes_Виды", "InformationRegister_Б_1"])
    assert re.findall(r'Нужные\.Добавить\("(.+)"\);', snippet) == [
        "Справочник.Теги",
        "ПланВидовХарактеристик.Виды",
        "РегистрСведений.Б_1",
    ]
    assert snippet.count("УстановитьСоставСтандартногоИнтерфейсаOData(Состав);") == 1
    for opened, closed in (("Для Каждого", "КонецЦикла"), ("\tЕсли", "\tКонецЕсли")):
        assert snippet.count(opened) == snippet.count(closed)
    assert object_name("Task_ЗадачаИсполнителя") == "Задача.ЗадачаИсполнителя"


def test_the_commands_ask_a_base_and_write_a_draft_once(project: Project) -> None:
    with running("onec", company=firm(), limits="off", faults=["configuration=unf3"]) as base:
        project.folder.mkdir(exist_ok=True)
        text = f'[[source]]\nname = "unf"\nplugin = "onec"\nurl = "{base.url}"\nlogin = "Администратор"\n'
        text += 'password = { env = "UNF" }\nprofile = "unf3"\n'
        (project.folder / "plugins.toml").write_text(text, encoding="utf-8")
        (project.folder / ".env").write_text("UNF=sandbox\n", encoding="utf-8")
        found = project("onec", "probe")
        again = project("onec", "probe")
        assert base.state("writes")["writes"] == []
    assert found.code == 0, found.err
    assert "unf3: 8 of 8 tables, nothing missing" in found.out
    assert "Document_Событие" in found.out
    assert 'extends = "unf3"' in (project.folder / "onec-draft.toml").read_text(encoding="utf-8")
    assert again.code == 4
    assert "onec-draft.toml: this file is there already — choose another with -o" in again.err
    listed = project("onec", "composition")
    assert "  Документы: Событие" in listed.out.splitlines()
    assert 'Нужные.Добавить("Документ.Событие");' in project("onec", "composition", "--code").out


def test_a_saved_document_is_looked_into_without_a_base(project: Project, tmp_path: Path) -> None:
    project.folder.mkdir(exist_ok=True)
    saved = tmp_path / "metadata.xml"
    saved.write_bytes(strange())
    found = project("onec", "probe", "--metadata", str(saved), "-o", "mine.toml")
    assert found.code == 0, found.err
    assert "Catalog_Клиентура" in found.out
    assert (project.folder / "mine.toml").exists()
    saved.write_text("<html>", encoding="utf-8")
    spoilt = project("onec", "probe", "--metadata", str(saved))
    assert spoilt.code == 4
    assert spoilt.err.startswith(f"connector: {saved}: $metadata cannot be read: ")


def test_a_command_that_knows_no_source_says_so(project: Project) -> None:
    project.folder.mkdir(exist_ok=True)
    missing = project("onec", "composition")
    assert missing.code == 4
    assert "name one with --profile: bp3, crm3, unf3, ut11" in missing.err
    assert project("onec", "composition", "--profile", "bp3").code == 0
