from datetime import UTC, datetime
from pathlib import Path

import pytest

from connector.errors import ConfigError
from connector.sandbox.company.bundle import REQUIRED, read_folder, write_folder
from connector.sandbox.company.tables import COLUMNS, Company

NOON = datetime(2026, 10, 12, 12, 0, tzinfo=UTC)


def read(folder: Path, **files: str | bytes) -> Company:
    for name, content in files.items():
        data = content.encode() if isinstance(content, str) else content
        (folder / f"{name}.csv").write_bytes(data)
    return read_folder(folder, NOON)


def refusal(folder: Path, **files: str | bytes) -> str:
    with pytest.raises(ConfigError) as caught:
        read(folder, **files)
    return str(caught.value)


def test_what_was_written_is_read_again(any_firm: Company, tmp_path: Path) -> None:
    write_folder(any_firm, tmp_path / "new" / "folder")
    assert read_folder(tmp_path / "new" / "folder", any_firm.as_of, any_firm.zone) == any_firm


def test_awkward_text_survives(tmp_path: Path) -> None:
    company = Company(as_of=NOON)
    name = ' ООО «Рога; и, копыта», "с кавычками"\r\nи второй строкой '
    company.tables["clients"] = [dict.fromkeys(COLUMNS["clients"], "") | {"id": "1", "name": name}]
    write_folder(company, tmp_path)
    assert read_folder(tmp_path, NOON) == company


def test_only_tables_with_rows_get_a_file_and_old_files_go(tmp_path: Path) -> None:
    (tmp_path / "answers.csv").write_text("client,criterion,answer\nC1,x,yes\n", encoding="utf-8")
    company = Company(as_of=NOON)
    company.tables["clients"] = [dict.fromkeys(COLUMNS["clients"], "") | {"id": "1", "name": "А"}]
    write_folder(company, tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["clients.csv"]


def test_missing_files_are_empty_tables_and_missing_columns_empty_cells(tmp_path: Path) -> None:
    company = read(tmp_path, clients="name,id\nРога,C1\n")
    assert company.tables["clients"] == [dict.fromkeys(COLUMNS["clients"], "") | {"id": "C1", "name": "Рога"}]
    assert company.tables["events"] == []
    assert (company.as_of, company.zone) == (NOON, "Europe/Moscow")


@pytest.mark.parametrize(
    "data",
    [
        "id,name\nC1,Рога\n".encode(),
        "\ufeffid;name\r\nC1;Рога\r\n".encode(),
        "id;name\nC1;Рога\n".encode("cp1251"),
        "\n id , name \n\nC1,Рога\n,\n".encode(),
    ],
)
def test_encodings_and_separators(tmp_path: Path, data: bytes) -> None:
    (row,) = read(tmp_path, clients=data).tables["clients"]
    assert (row["id"], row["name"]) == ("C1", "Рога")


def test_cells_are_brought_to_one_form(tmp_path: Path) -> None:
    company = read(
        tmp_path,
        clients="id,name,key_account,created_at\nC1,Рога,да,2026-09-01\nC2,Копыта,,2026-08-31T21:00:00Z\n",
        sales='id,client,date,amount\nS1,C1,2026-09-01,"1 234,50"\n',
    )
    first, second = company.tables["clients"]
    assert (first["key_account"], first["created_at"]) == ("1", "2026-09-01T00:00:00+03:00")
    assert (second["key_account"], second["created_at"]) == ("", "2026-09-01T00:00:00+03:00")
    assert company.tables["sales"][0]["amount"] == "1234.50"
    assert company.tables["sales"][0]["date"] == "2026-09-01"


def test_naive_times_are_readings_of_the_given_zone(tmp_path: Path) -> None:
    (tmp_path / "clients.csv").write_text("id,name,created_at\n1,А,2026-09-01T10:00\n", encoding="utf-8")
    (row,) = read_folder(tmp_path, NOON, "Asia/Yekaterinburg").tables["clients"]
    assert row["created_at"] == "2026-09-01T10:00:00+05:00"


@pytest.mark.parametrize("table", list(COLUMNS))
def test_required_columns_are_those_the_model_prints_bold(tmp_path: Path, table: str) -> None:
    for column in REQUIRED[table]:
        others = [name for name in COLUMNS[table] if name != column]
        told = refusal(tmp_path, **{table: ",".join(others) + "\n"})
        assert f"{table}.csv:1: column '{column}' is missing" in told
    assert read(tmp_path, **{table: ",".join(REQUIRED[table]) + "\n"}).tables[table] == []


@pytest.mark.parametrize(
    ("clients", "told"),
    [
        ("", "clients.csv:1: column 'id' is missing"),
        ("id,name,colour\n", "clients.csv:1: unknown column 'colour'"),
        ("id,name,name\n", "clients.csv:1: column 'name' stands twice"),
        ("id,name\nC1,А\nC2,Б\nC1,В\n", "clients.csv:4: id 'C1' is already on line 2"),
        ('id,name\nC1,"А\nБ"\nC1,В\n', "clients.csv:4: id 'C1' is already on line 2"),
        ("id,name\nC1,А\n,Б\n", "clients.csv:3: id is empty"),
        ("id,name\nC1,\n", "clients.csv:2: name is empty"),
        ("id,name\nC1,А,Б\n", "clients.csv:2: 3 cells under 2 columns"),
        ("id,name\nC1\n", "clients.csv:2: 1 cells under 2 columns"),
        ("id,name,created_at\nC1,А,вчера\n", "clients.csv:2: created_at = 'вчера'"),
        ("id,name,created_at\nC1,А,0001-01-01\n", "clients.csv:2: created_at = '0001-01-01'"),
        ("id,name,key_account\nC1,А,возможно\n", "clients.csv:2: key_account = 'возможно'"),
        ('id,name\nC1,А\nC2,"Б\n', "clients.csv:3: not CSV"),
        ("id,name\nC1,А\n".encode() + b"C2,\xd0\x98\x98\n", "clients.csv:3: neither UTF-8 nor cp1251"),
    ],
)
def test_a_slip_is_named_with_file_and_line(tmp_path: Path, clients: str | bytes, told: str) -> None:
    message = refusal(tmp_path, clients=clients)
    assert told in message
    assert message.startswith(str(tmp_path))
    assert "\n" not in message


def test_the_same_id_in_two_tables_is_fine(tmp_path: Path) -> None:
    company = read(tmp_path, clients="id,name\n1,А\n", employees="id,name\n1,Б\n")
    assert company.tables["clients"][0]["id"] == company.tables["employees"][0]["id"] == "1"


def test_rows_without_ids_may_repeat(tmp_path: Path) -> None:
    line = "C1,x,yes\n"
    assert len(read(tmp_path, answers="client,criterion,answer\n" + line * 2).tables["answers"]) == 2


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such folder"):
        read_folder(tmp_path / "nowhere", NOON)


def test_an_unknown_zone(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="unknown time zone"):
        read_folder(tmp_path, NOON, "Moscow")
