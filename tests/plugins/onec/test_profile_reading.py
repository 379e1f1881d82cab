"""A profile file says what is wrong with it by line and column, and may take over what another one says."""

from __future__ import annotations

import random
import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.errors import ConfigError
from connector.plugins.onec.profile_reading import SHIPPED, read_profile, shipped
from connector.tomlfile import read_toml

SMALL = """\
title = "Своя"
[tables.clients]
entity = "client"
set = "Catalog_Партнеры"
[tables.clients.fields]
name = "Description"
owner = { column = "ОсновнойМенеджер" }
kind = { column = "ЮрФизЛицо", words = { "Компания" = "company" } }
"""
UT11 = 'extends = "ut11"\n'
SALE = """\
[tables.sales]
entity = "sale"
set = "X"
fields = { client = "A", date = "B", amount = "C" }
[tables.sales.custom]
own = "D"
"""


def written(folder: Path, text: str, name: str = "own.toml") -> str:
    (folder / name).write_text(text, encoding="utf-8")
    return name


def complaints(folder: Path, text: str) -> list[str]:
    """Return the lines about a file, without the folder."""
    with pytest.raises(ConfigError) as caught:
        read_profile(written(folder, text), folder)
    said = str(caught.value).replace(f"{folder}/", "").replace(f"{folder}\\", "")
    return [line.partition(" — mend")[0] for line in said.splitlines()]


def test_a_small_profile_is_read(tmp_path: Path) -> None:
    profile = read_profile(written(tmp_path, SMALL), tmp_path)
    fields = profile.data.tables["clients"].fields
    assert profile.name == "own"
    assert fields["name"][0].column == "Description"
    assert fields["kind"][0].words == {"Компания": "company"}


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("entity =", "entiy =", "own.toml:3:1: tables.clients.entiy: unknown key, did you mean 'entity'?"),
        ('"client"', '"clients"', "own.toml:3:1: tables.clients.entity: Input should be"),
        ("owner =", "ownr =", "own.toml:7:1: client has no field 'ownr', did you mean 'owner'?"),
        ('column = "О', 'colum = "О', "own.toml:7:1: tables.clients.fields.owner.0.colum: unknown key"),
        ('"company"', '"compny"', "own.toml:8:1: kind cannot be 'compny', did you mean 'company'?"),
        ('name = "Description"', "", "own.toml:5:17: client needs name in its fields"),
        ('name = "Description"', 'name = ""', "own.toml:5:17: client needs name in its fields"),
        ('"Description"', "5", "own.toml:6:1: tables.clients.fields.name.0: Input should be"),
        ("title =", "titel =", "own.toml:1:1: title: is missing"),
        ('"Своя"', '"Своя', "own.toml:1:"),
        ("title", 'extends = "ut12"\ntitle', "own.toml:1:1: no profile 'ut12' is shipped, did you mean"),
        ("title", f"{UT11}drop = ['cals']\ntitle", "own.toml:2:9: there is no 'cals' to drop, did you mean"),
        ("title", "extends = 'own.toml'\ntitle", "own.toml:1:1: profiles extend each other: own.toml →"),
        ("title", "extends = 'no.toml'\ntitle", "no.toml: no such file — own.toml:1:1 names it"),
        ("[tables.clients.fields]", f"{SALE}[tables.clients.fields]", "own.toml:9:15: only a client has"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place(right: str, wrong: str, said: str, tmp_path: Path) -> None:
    assert SMALL.count(right) >= 1
    found = complaints(tmp_path, SMALL.replace(right, wrong, 1))
    assert any(line.startswith(said) for line in found), found


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = SMALL.replace("owner =", "ownr =").replace('"company"', '"compny"')
    assert [line.partition(": ")[0] for line in complaints(tmp_path, text)] == [
        "own.toml:7:1",
        "own.toml:8:1",
    ]


def test_a_profile_takes_over_what_it_does_not_say(tmp_path: Path) -> None:
    text = """\
        title = "Наша УТ"
        extends = "ut11"
        drop = ["messages"]
        drop_writes = ["meeting"]
        [tables.clients.fields]
        region = ""
        owner = "Куратор"
        [tables.clients.custom]
        "Канал" = "КаналПродаж/Description"
        """
    own = read_profile(written(tmp_path, text), tmp_path).data
    theirs = read_profile("ut11").data
    assert set(theirs.tables) - set(own.tables) == {"messages"}
    assert set(theirs.writes) - set(own.writes) == {"meeting"}
    assert own.tables["clients"].fields["owner"][0].column == "Куратор"
    assert own.tables["clients"].fields["region"] == ()
    assert own.tables["clients"].custom["Канал"][0].column == "КаналПродаж/Description"
    assert own.tables["clients"].fields["phones"] == theirs.tables["clients"].fields["phones"]
    assert own.tables["calls"] == theirs.tables["calls"]


def test_each_key_knows_from_which_file_it_came(tmp_path: Path) -> None:
    text = 'title = "Наша"\nextends = "ut11"\n[tables.clients.fields]\nowner = "Куратор"\n'
    file = read_profile(written(tmp_path, text), tmp_path).file
    place = "tables", "clients", "fields"
    assert file.place((*place, "owner")) == f"{tmp_path / 'own.toml'}:4:1"
    line = (
        (SHIPPED / "ut11.toml")
        .read_text(encoding="utf-8")
        .splitlines()
        .index('region = "БизнесРегион/Description"')
    )
    assert file.place((*place, "region")) == f"{SHIPPED / 'ut11.toml'}:{line + 1}:1"


def test_files_extend_files_beside_them(tmp_path: Path) -> None:
    written(tmp_path, 'title = "Группа"\nextends = "unf3"\ndrop = ["returns"]\n', "group.toml")
    text = 'title = "Филиал"\nextends = "group.toml"\n[tables.clients.fields]\nkpp = ""\n'
    own = read_profile(written(tmp_path, text), tmp_path).data
    assert "returns" not in own.tables
    assert own.tables["clients"].fields["kpp"] == ()
    assert own.title == "Филиал"


@pytest.mark.parametrize("name", shipped())
def test_a_shipped_profile_is_read_and_says_whom_it_is_for(name: str) -> None:
    assert len(read_profile(name).data.title) > 10


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    at=st.integers(0, len(SMALL) - 1),
    length=st.integers(0, 12),
    junk=st.text(max_size=8)
    | st.sampled_from(['""', "[]", "{}", "= 5", "\n[tables]\n", "|", "/", "drop = 1\n"]),
)
def test_a_spoilt_file_is_read_or_refused_with_its_place(
    at: int, length: int, junk: str, tmp_path: Path
) -> None:
    try:
        read_profile(written(tmp_path, SMALL[:at] + junk + SMALL[at + length :]), tmp_path)
    except ConfigError as error:
        refused = str(error)
    else:
        refused = "own.toml"
    assert "own.toml" in refused


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000), name=st.sampled_from(shipped()))
def test_a_shipped_file_without_one_line_is_read_or_refused_with_its_place(
    seed: int, name: str, tmp_path: Path
) -> None:
    lines = (SHIPPED / f"{name}.toml").read_text(encoding="utf-8").splitlines()
    gone = random.Random(seed).randrange(len(lines))  # which line it is must not be secret
    try:
        read_profile(written(tmp_path, "\n".join([*lines[:gone], *lines[gone + 1 :]])), tmp_path)
    except ConfigError as error:
        refused = str(error)
    else:
        refused = "own.toml:"
    assert ".toml:" in refused


def test_the_words_of_the_probe_are_toml_too() -> None:
    path = SHIPPED.with_name("probe.toml")
    assert read_toml(path).data == tomllib.loads(path.read_text(encoding="utf-8"))
