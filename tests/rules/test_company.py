"""The firm's own lists laid over the frames: who is who in which CRM, and whose word counts."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from connector.company.folder import read_company
from connector.rules.company import lay_over
from connector.store.frame_schemas import FRAMES

EMPLOYEES = [
    {"source": "bitrix", "external_id": "17", "name": "Петрова Анна", "email": "anna@firm.ru",
     "role": "seller", "capacity": 10},
    {"source": "bitrix", "external_id": "18", "name": "Сидоров Олег", "email": "oleg@firm.ru"},
    {"source": "bitrix", "external_id": "19", "name": "Сидоров Олег"},
    {"source": "onec", "external_id": "A-1", "name": "ПЕТРОВА  Анна"},
    {"source": "onec", "external_id": "A-2", "name": "Сидоров Олег"},
]  # fmt: skip
CLIENTS = [
    {"client": 1, "source": "bitrix", "external_id": "5", "name": "Ёлка", "inn": "7707083893"},
    {"client": 2, "source": "onec", "external_id": "5", "name": "Сосна"},
]


def frame(name: str, rows: list[dict[str, object]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=FRAMES[name])


def laid(folder: Path, **files: str) -> tuple[dict[str, pl.DataFrame], list[str]]:
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    frames = {
        "employees": frame("employees", EMPLOYEES), "clients": frame("clients", CLIENTS),
        "absences": frame("absences", []),
    }  # fmt: skip
    return lay_over(frames, read_company(folder, ZoneInfo("Europe/Moscow")))


def away(frames: dict[str, pl.DataFrame]) -> list[tuple[object, ...]]:
    return frames["absences"].select("source", "employee", "deputy").sort("source").rows()


def test_without_a_folder_the_frames_stay_as_they_are(tmp_path: Path) -> None:
    frames, problems = laid(tmp_path)
    assert problems == []
    assert frames["employees"].select(FRAMES["employees"].names()).equals(frame("employees", EMPLOYEES))
    assert frames["absences"].is_empty()


def test_a_person_is_found_in_every_crm(tmp_path: Path) -> None:
    frames, problems = laid(
        tmp_path,
        people="person;name;email;bitrix\nanna;Петрова Анна;;\noleg;Сидоров Олег;OLEG@firm.ru;\n",
        absences="person;from_date;to_date;deputy\nanna;2026-09-07;2026-09-18;oleg\n",
    )
    assert problems == []
    assert away(frames) == [("bitrix", "17", "18"), ("onec", "A-1", "A-2")]
    assert frames["absences"]["from_date"].unique().to_list() == [date(2026, 9, 7)]


def test_the_column_of_a_source_goes_before_names(tmp_path: Path) -> None:
    frames, _ = laid(
        tmp_path,
        people="person;name;bitrix\noleg;Сидоров Олег;19\n",
        absences="person;from_date;to_date\noleg;2026-09-07;2026-09-18\n",
    )
    assert away(frames) == [("bitrix", "19", None), ("onec", "A-2", None)]


def test_a_name_that_two_bear_is_nobodys(tmp_path: Path) -> None:
    frames, problems = laid(
        tmp_path,
        absences="person;from_date;to_date\nСидоров Олег;2026-09-07;2026-09-18\n"
        "Никто;2026-09-07;2026-09-18\n",
    )
    assert away(frames) == [("onec", "A-2", None)]
    assert problems == ["absences.csv:3: nobody is 'Никто': name a person of people, an id or a full name"]


def test_the_firms_word_goes_before_the_crms(tmp_path: Path) -> None:
    frames, _ = laid(
        tmp_path,
        people="person;name;role;head;skills;active_to;ramp_until\n"
        "anna;Петрова Анна;kam;oleg;ВЭД;2026-09-15;2026-10-01\noleg;;;;;;\n".replace(
            "oleg;;", "oleg;Сидоров Олег;"
        ),
    )
    anna = frames["employees"].row(0, named=True)
    assert (anna["role"], anna["capacity"], anna["active_to"]) == ("kam", 10, date(2026, 9, 15))
    assert (anna["skills"], anna["ramp_until"]) == (["ВЭД"], date(2026, 10, 1))
    assert anna["head"] is None, "two bear the head's name in this CRM"
    other = frames["employees"].row(3, named=True)
    assert (other["role"], other["head"]) == ("kam", "A-2")


def test_who_has_no_account_is_told(tmp_path: Path) -> None:
    _, problems = laid(tmp_path, people="person;name\nivan;Иванов Иван\n")
    assert problems == ["people.csv:2: 'Иванов Иван' has no account in any source"]


def test_pins_and_moves_find_their_client(tmp_path: Path) -> None:
    frames, problems = laid(
        tmp_path,
        pins="client;until\n7707083893;\nonec:5;2026-12-31\n5;\nБерёза;\n",
        approved_moves="client;to;date\nелка;anna;2026-09-10\n",
    )
    assert frames["pins"].select("client", "until").rows() == [(1, None), (2, date(2026, 12, 31))]
    assert frames["approved_moves"].select("client", "to").rows() == [(1, "anna")]
    assert problems == [
        "pins.csv:4: several clients are '5': write source:id",
        "pins.csv:5: no client is 'Берёза': write source:id",
    ]
