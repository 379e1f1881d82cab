"""Every cell of every shipped profile is found in `$metadata` of its configuration, or named as missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from connector.plugins.onec.api import XML
from connector.plugins.onec.connect import METADATA, schema
from connector.plugins.onec.profile import Profile
from connector.plugins.onec.profile_fields import needed
from connector.plugins.onec.profile_file import CellFile
from connector.plugins.onec.profile_reading import read_profile, shipped
from connector.plugins.onec.resolve import resolve
from connector.plugins.onec.schema import Origin, Schema
from connector.plugins.onec.schema_file import write_schema

from .bases import CONFIGURATIONS, published, schema_of

EVENTS = "calls meetings planned letters_out letters_in messages tasks"
STREAMS = {
    "ut11": f"employees clients contacts deals {EVENTS} sales returns",
    "ut11-orders": f"employees clients contacts deals {EVENTS} sales returns",
    "ut11-turnovers": f"employees clients contacts deals {EVENTS} turnovers",
    "crm3": "employees clients contacts deals stages talks tasks sales returns",
    "unf3": "employees clients contacts deals events tasks sales returns",
    "bp3": "employees clients sales returns",
}


def resolved(name: str, *faults: str, folder: Path = Path()) -> Profile:
    """Return a profile as a stand-in with these faults has it."""
    with schema_of(*faults) as found:
        return resolve(read_profile(name, folder), found)


@pytest.fixture(scope="module")
def bases() -> Iterator[dict[str, Schema]]:
    """Return what each configuration publishes; the stand-ins are served once for all tests."""
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(schema_of(f"configuration={name}"))
            for name in sorted(set(CONFIGURATIONS.values()))
        }


def test_the_table_above_names_every_shipped_profile() -> None:
    assert sorted(CONFIGURATIONS) == sorted(STREAMS) == shipped()


@pytest.mark.parametrize("name", sorted(CONFIGURATIONS))
def test_every_cell_of_a_shipped_profile_is_found(name: str, bases: dict[str, Schema]) -> None:
    source = read_profile(name)
    profile = resolve(source, bases[CONFIGURATIONS[name]])
    assert [str(lack) for lack in profile.missing] == []
    assert sorted(table.name for table in profile.tables) == sorted(STREAMS[name].split())
    assert set(profile.targets) == set(source.data.writes)
    for table in profile.tables:
        given = source.data.tables[table.name]
        assert {field: len(cells) for field, cells in table.fields.items()} == {
            field: len(cells) for field, cells in given.fields.items() if cells
        }
        assert len(table.where) == len(given.where)
        assert len(table.joins) == len(given.joins)
        assert (table.date is None, table.changed is None) == (not given.date, not given.changed)


@pytest.mark.parametrize("name", sorted(CONFIGURATIONS))
def test_what_is_asked_for_is_answered(name: str) -> None:
    """Ask the real interface for every `$select`: it refuses a column that it does not have."""
    with (
        published(f"configuration={CONFIGURATIONS[name]}") as (_, http, names),
        schema(http, names, None) as found,
    ):
        for table in resolve(read_profile(name), found).tables:
            if not table.virtual:
                query = "allowedOnly=true&$top=1&$select=" + ",".join(table.select)
                assert http.read(table.set, params=query, verb="GET").status == 200
            for join in table.joins:
                query = "allowedOnly=true&$top=1&$select=" + ",".join(join.select)
                assert http.read(join.set, params=query, verb="GET").status == 200


def test_control_the_interface_refuses_a_column_that_it_does_not_have() -> None:
    with published() as (_, http, _), pytest.raises(Exception, match="Нет"):
        http.read("Catalog_Партнеры", params="$top=1&$select=Нет", verb="GET")


def test_a_reference_is_found_in_each_of_its_forms(bases: dict[str, Schema]) -> None:
    plain = resolve(read_profile("ut11"), bases["ut11"])
    owner = _column(plain, "clients", "owner")
    assert (owner.form, owner.select) == ("key", ("ОсновнойМенеджер_Key",))
    assert owner.targets == ("Catalog_Пользователи",)
    caller = _column(plain, "calls", "client")
    assert (caller.form, caller.select) == ("composite", ("АбонентКонтакт", "АбонентКонтакт_Type"))
    assert caller.targets == ("Catalog_Партнеры", "Catalog_КонтактныеЛицаПартнеров")
    name = _column(plain, "clients", "name")
    assert (name.form, name.select) == ("plain", ("Description",))


@pytest.mark.parametrize(
    ("profile", "configuration", "field", "table", "name"),
    [
        ("ut11", "ut11", "Catalog_Партнеры.ОсновнойМенеджер", "clients", "owner"),
        ("unf3", "unf3", "Document_ЗаказПокупателя.СостояниеЗаказа", "deals", "stage"),
    ],
)
def test_the_same_field_is_composite_in_another_release(
    profile: str, configuration: str, field: str, table: str, name: str
) -> None:
    found = resolved(profile, f"configuration={configuration}", f"composite={field}")
    assert found.missing == ()
    column = _column(found, table, name)
    assert column.form == "composite"
    assert column.select == (field.partition(".")[2], field.partition(".")[2] + "_Type")


def _column(profile: Profile, table: str, name: str) -> Any:
    found = profile.table(table)
    assert found is not None
    return found.fields[name][0].path[0]


def test_the_sections_of_cards_are_read_by_their_lines(bases: dict[str, Schema]) -> None:
    clients = resolve(read_profile("ut11"), bases["ut11"]).table("clients")
    assert clients is not None
    (phone,) = clients.fields["phones"]
    assert (phone.section, phone.where, phone.path[0].name) == (
        "КонтактнаяИнформация",
        {"Тип": "Телефон"},
        "НомерТелефона",
    )
    assert phone.otherwise is not None
    assert phone.otherwise.name == "Представление"
    assert clients.sections["КонтактнаяИнформация"].set == "Catalog_Партнеры_КонтактнаяИнформация"
    assert "КонтактнаяИнформация" in clients.select
    tags = resolve(read_profile("unf3"), bases["unf3"]).table("clients")
    assert tags is not None
    assert [(cell.section, [step.name for step in cell.path]) for cell in tags.fields["tags"]] == [
        ("Теги", ["Тег", "Description"])
    ]


def test_a_set_that_is_not_ticked_is_named_with_its_place_in_the_form() -> None:
    found = resolved("ut11", "unpublished=Document_Встреча")
    lines = [str(lack).partition("ut11.toml:")[2].partition(": ")[2] for lack in found.missing]
    tick = (
        "tick «Документы: Встреча» in the form «Настройка стандартного интерфейса OData», "
        "or run `connector onec composition --code`"
    )
    assert lines == [f"Document_Встреча is not in the composition — {tick}"] * 2
    assert [(lack.table, lack.field, lack.tick) for lack in found.missing] == [
        ("meetings", "", "Document_Встреча"),
        ("write meeting", "", "Document_Встреча"),
    ]
    assert found.table("meetings") is None
    assert "meeting" not in found.targets
    assert found.table("calls") is not None


def test_a_dictionary_that_is_not_ticked_costs_its_field_only() -> None:
    found = resolved("ut11", "unpublished=Catalog_БизнесРегионы")
    assert [(lack.table, lack.field, lack.tick) for lack in found.missing] == [
        ("clients", "region", "Catalog_БизнесРегионы")
    ]
    clients = found.table("clients")
    assert clients is not None
    assert "region" not in clients.fields
    assert "owner" in clients.fields


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (
            'owner = "ОсновнойМенеджр"',
            "Catalog_Партнеры has no column 'ОсновнойМенеджр', did you mean 'ОсновнойМенеджер'?",
        ),
        (
            'owner = "НаименованиеПолное"',
            "Catalog_Партнеры: НаименованиеПолное is Edm.String, not a reference",
        ),
        (
            'owner = "БизнесРегион"',
            "Catalog_Партнеры.БизнесРегион leads to Catalog_БизнесРегионы, which no table reads",
        ),
        (
            'region = "БизнесРегион"',
            "Catalog_Партнеры: БизнесРегион is a reference: name what is meant behind it, "
            "БизнесРегион/Description",
        ),
        ('region = "БизнесРегион/Регион"', "Catalog_БизнесРегионы has no column 'Регион'"),
        (
            'region = "Description/Регион"',
            "Catalog_Партнеры.Description is no reference: nothing stands behind it",
        ),
        ('created_at = "Комментарий"', "Catalog_Партнеры: Комментарий is Edm.String, not Edm.DateTime"),
        ('tags = "Теги/Тег/Description"', "Catalog_Партнеры has no column 'Теги'"),
    ],
)
def test_what_does_not_fit_is_said_with_its_place_and_left_out(
    lines: str, said: str, tmp_path: Path, bases: dict[str, Schema]
) -> None:
    own = tmp_path / "own.toml"
    own.write_text(f'title = "Своя"\nextends = "ut11"\n[tables.clients.fields]\n{lines}\n', encoding="utf-8")
    found = resolve(read_profile("own.toml", tmp_path), bases["ut11"])
    hint = 'name it in a profile of your own: extends = "own"'
    assert [str(lack) for lack in found.missing] == [f"{own}:4:1: {said} — {hint}"]
    clients = found.table("clients")
    assert clients is not None
    assert lines.partition(" ")[0] not in clients.fields


@pytest.mark.parametrize("field", ["name = 'Имя'", "name = 'БизнесРегион'"])
def test_a_table_that_lacks_what_it_cannot_do_without_is_not_read(
    field: str, tmp_path: Path, bases: dict[str, Schema]
) -> None:
    own = tmp_path / "own.toml"
    own.write_text(f'title = "Своя"\nextends = "ut11"\n[tables.clients.fields]\n{field}\n', encoding="utf-8")
    found = resolve(read_profile("own.toml", tmp_path), bases["ut11"])
    assert found.table("clients") is None
    assert ("clients", "") in [(lack.table, lack.field) for lack in found.missing]


def test_every_needed_field_of_a_shipped_profile_is_given() -> None:
    for name in shipped():
        for table in read_profile(name).data.tables.values():
            assert set(needed(table.entity, virtual=bool(table.virtual))) <= {
                field for field, cells in table.fields.items() if cells
            }


def test_a_cell_comes_from_one_place() -> None:
    with pytest.raises(ValueError, match="exclude each other"):
        CellFile(column="А", contacts="Б")
    with pytest.raises(ValueError, match="name one of"):
        CellFile(words={"А": "Б"})


def test_a_release_without_an_optional_column_is_read_by_the_next_cell(tmp_path: Path) -> None:
    with published() as (_, http, _names):
        document = http.stream(METADATA, lambda _, pieces: b"".join(pieces), headers={"Accept": XML})
    older = re.sub('<Property Name="(Рассмотрено|РассмотретьПосле)"[^>]*/>'.encode(), b"", document)
    with write_schema(tmp_path / "schema", [older], Origin()) as found:
        profile = resolve(read_profile("ut11"), found)
    assert {lack.table for lack in profile.missing} == {"write call", "write meeting"}
    calls = profile.table("calls")
    assert calls is not None
    assert [cell.value for cell in calls.fields["status"]] == [None, "completed"]
    assert "planned_at" not in calls.fields
    assert ("calls", "status") in {(lack.table, lack.field) for lack in profile.passed_over}
    assert ("calls", "planned_at") in {(lack.table, lack.field) for lack in profile.passed_over}


def examples(folder: Path, schema: Schema) -> Iterator[Profile]:
    """Yield the profiles that the docs show, as a base has them."""
    page = (Path(__file__).parents[3] / "docs" / "onec-profiles.md").read_text(encoding="utf-8")
    for example in re.findall(r"```toml\n(.*?)```", page, re.DOTALL):
        (folder / "own.toml").write_text(example, encoding="utf-8")
        yield resolve(read_profile("own.toml", folder), schema)


def test_the_profiles_of_the_docs_are_some(tmp_path: Path, bases: dict[str, Schema]) -> None:
    profile, facts = examples(tmp_path, bases["ut11"])
    assert (profile.missing, facts.missing) == ((), ())
    assert (profile.keeping("Ключевой клиент"), facts.keeping("Ключевой клиент")) == ("attribute", "fact")
    clients = profile.table("clients")
    assert clients is not None
    assert [cell.path[0].name for cell in clients.fields["owner"]] == ["ОсновнойМенеджер"]
    assert "region" not in clients.fields
    assert list(clients.custom) == ["Комментарий"]
    assert profile.table("messages") is None
