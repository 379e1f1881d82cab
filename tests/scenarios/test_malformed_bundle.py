"""A bundle with something wrong in every table: each bad row waits with its place, the rest is judged."""

from __future__ import annotations

from conftest import Project

from .firm import STAFF

HUGE = "Ж" * 200_000
TABLES = {
    "employees": (STAFF + "M4;;seller;\nM5;Ленин;начальник цеха;\n").encode("cp1251"),
    "clients": f"""\
id,name,owner,created_at,abc,inn
1,Ёлка,M1,2026-01-15,A,7707083893
2,Сосна,M1,15.01.2026,B,
3,Дуб,M1,2026-13-01,C,
4,Клён,M1,2026-01-15,D,
5,Липа
6,Ива,M1,2026-01-15,C,,лишнее
1,Ель,M1,2026-01-15,C,
,Без кода,M1,2026-01-15,C,
7,Ничей,M77,2026-01-15,B,123
8,{HUGE},M1,2026-01-15,C,
""".encode("utf-8-sig"),
    "events": b"""\
id\tclient\temployee\tkind\tstatus\tcompleted_at
1\t1\tM1\tcall\tcompleted\t2026-09-10T10:00
2\t1\tM1\ttelepathy\tcompleted\t2026-09-11T10:00
3\t99\tM1\tcall\tcompleted\t2026-09-10T10:00
4\t1\tM1\tcall\tcompleted\tyesterday
5\t1\tM1\tcall\tcompleted\t2026-09-10T25:00
6\t"1\tM1\tcall\tcompleted\t2026-09-12T10:00
""",
    "sales": b"",
    "deals": "id;client;этап\n1;1;КП\n".encode(),
    "absences": b"employee;from_date;to_date\nM1;2026-09-07;2026-09-01\n\xff\x00;2026-09-07;2026-09-08\n",
    "ownership": "client;employee;valid_from\n1;M1;2026-01-15\n".encode("utf-16"),
}
ROWS = {"employees": 5, "clients": 10, "events": 6, "sales": 0, "deals": 1, "absences": 2, "ownership": 1}
PLACES = {
    "employees.csv:5:2: name is empty",
    "employees.csv:6:3: role is 'начальник цеха'",
    "clients.csv:2: the same id again on line 8, which counts",
    "clients.csv:4:4: created_at is '2026-13-01'",
    "clients.csv:5:5: abc is 'D'",
    "clients.csv:6: 2 cells under 6 columns",
    "clients.csv:7: 7 cells under 6 columns",
    "clients.csv:9:1: id is empty",
    "events.csv:3:4: kind is 'telepathy'",
    "events.csv:5:6: completed_at is 'yesterday'",
    "events.csv:6:6: completed_at is '2026-09-10T25:00'",
    "events.csv:7: a quote is opened and never closed",
    "deals.csv:2: column 'stage_kind' is missing",
    "absences.csv:2:3: to_date is before from_date: swap them",
    "absences.csv:3:1: a NUL character in the cell",
}


def test_every_bad_row_waits_with_its_place_and_the_rest_is_judged(project: Project) -> None:
    data = project.folder / "data"
    data.mkdir(parents=True)
    for name, content in TABLES.items():
        (data / f"{name}.csv").write_bytes(content)
    assert project("init", "--source", "files", "--name", "firm", str(data)).code == 0
    pulled = project("pull", "--format", "jsonl")
    assert pulled.code == 3, "deals have no column that they cannot do without"
    assert "deals.csv:1: column 'stage_kind' is missing" in pulled.err
    read = {line["stream"]: line for line in pulled.lines}
    assert {name: read[name]["read"] for name in ROWS} == ROWS
    assert {name: read[name]["new"] + read[name]["quarantined"] for name in ROWS} == ROWS
    rejected = project("rejected", "list", "--format", "jsonl").lines
    told = {place for place in PLACES if any(row["reason"].startswith(place) for row in rejected)}
    assert (told, len(rejected)) == (PLACES, len(PLACES))
    judged = project("decide", "--as-of", "2026-10-01T00:00", "--format", "jsonl")
    assert judged.code == 0, judged.err
    norms = {
        line["subject"]: line["numbers"]["done"]
        for line in judged.lines
        if (line["rule"], line["period"]) == ("contact_norm", "2026-09")
    }
    assert norms == {"client:1": 1, "client:2": 0, "client:7": 0, "client:8": 0}


def test_a_firms_own_list_with_a_backward_absence_is_told_and_the_rest_counts(project: Project) -> None:
    data = project.folder / "data"
    data.mkdir(parents=True)
    (data / "employees.csv").write_text(STAFF, encoding="utf-8")
    (data / "clients.csv").write_text(
        "id;name;owner;created_at;abc\nK;Клиент;M1;2026-01-15;A\n", encoding="utf-8"
    )
    assert project("init", "--source", "files", "--name", "firm", str(data)).code == 0
    assert project("pull").code == 0
    (project.folder / "company").mkdir(exist_ok=True)
    (project.folder / "company" / "absences.csv").write_text(
        "person;from_date;to_date\nM1;2026-09-18;2026-09-07\nM1;2026-09-28;2026-09-30\n", encoding="utf-8"
    )
    judged = project("decide", "--as-of", "2026-10-01T00:00", "--policy", "contact-norm", "--format", "jsonl")
    assert "absences.csv:2:3: to_date is before from_date: swap them" in judged.err
    (september,) = (line for line in judged.lines if line["period"] == "2026-09")
    assert september["numbers"]["eligible_days"] == 19
