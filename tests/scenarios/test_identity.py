"""SC06 and SC07: one client in several CRMs, and sources that disagree about its owner."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Project

from .branches import branches
from .firm import Tables

STAFF = "id;name;role;active_from\nM1;Иванов Пётр;seller;2025-01-01\nM2;Петрова Анна;seller;2025-01-01\n"
BOSS = "H1;Орлова Вера;head;2025-01-01\n"
CARDS = "id;name;inn;phones;owner;created_at;abc\n"
OWNED = "client;employee;valid_from\n"
EVENTS = "id;client;employee;kind;status;completed_at\n"
POLICIES = {"contact_norm": "", "withdraw": "warned_days = 0\ngrace_days = 0"}
AS_OF = "2026-10-01T00:00"

ONEC = {
    "employees": STAFF,
    "ownership": OWNED + "0001;M1;2026-01-15\n",
    "clients": CARDS + "0001;ООО Ромашка;7707083893;8 (495) 123-45-67;M1;2026-01-15;B\n",
    "events": EVENTS + "1;0001;M1;call;completed;2026-09-10T10:01:30\n",
}
BITRIX = {
    "employees": STAFF,
    "ownership": OWNED + "77;M1;2026-01-15\n",
    "clients": CARDS + "77;Ромашка;7707083893;;M1;2026-01-15;B\n",
    "events": EVENTS + "1;77;M1;call;completed;2026-09-10T10:00:00\n",
}
AMO = {
    "employees": STAFF,
    "ownership": OWNED + "5;M1;2026-01-15\n",
    "clients": CARDS + "5;Ромашка, опт;;+7 495 1234567;M1;2026-01-15;B\n",
    "events": EVENTS + "1;5;M1;meeting;completed;2026-09-17T12:00:00\n",
}


def judged(project: Project, as_of: str = AS_OF) -> dict[tuple[str, str], dict[str, Any]]:
    """Return September's decisions by rule and client."""
    result = project("decide", "--as-of", as_of, "--format", "jsonl")
    assert result.code == 0, result.err
    lines = [line for line in result.lines if line["period"] == "2026-09"]
    found = {(line["rule"], line["subject"].removeprefix("client:")): line for line in lines}
    assert len(found) == len(lines)
    return found


def with_rows(source: Tables, **rows: str) -> dict[str, str]:
    """Return the source with more rows in the tables named."""
    return {name: text + rows.get(name, "") for name, text in source.items()}


def test_sc06_one_client_in_three_crms(project: Project) -> None:
    branches(project, {"o": ONEC, "b": BITRIX, "a": AMO}, POLICIES)
    found = judged(project)
    assert list(found) == [("contact_norm", "o:0001")]
    line = found["contact_norm", "o:0001"]
    assert (line["decision"], line["employee"], line["numbers"]["done"]) == ("met", "o:M1", 2)
    assert line["evidence"] == ["event:b:1", "event:a:1"]
    assert line["flags"] == []


@pytest.mark.parametrize("source", ["o", "b"])
def test_sc06_variant_1_a_later_call_is_an_event_of_its_own(project: Project, source: str) -> None:
    client = {"o": "0001", "b": "77"}[source]
    more = f"2;{client};M1;call;completed;2026-09-10T10:06:00\n"
    sources = {"o": ONEC, "b": BITRIX, "a": AMO}
    sources[source] = with_rows(sources[source], events=more)
    policies = {**POLICIES, "contact_norm": "max_counted_per_day = 9"}
    branches(project, sources, policies)
    assert judged(project)["contact_norm", "o:0001"]["numbers"]["done"] == 3
    policy = project.folder / "policies" / "contact-norm.toml"
    policy.write_text(policy.read_text(encoding="utf-8").replace("= 9", "= 1"), encoding="utf-8")
    assert judged(project)["contact_norm", "o:0001"]["numbers"]["done"] == 2


def test_sc06_variant_2_a_record_that_fits_two_goes_to_neither(project: Project) -> None:
    other = "9;Другая фирма;500100732259;+74951234567;M1;2026-01-15;B\n"
    branches(
        project,
        {"o": ONEC, "b": BITRIX, "a": with_rows(AMO, clients=other, ownership="9;M1;2026-01-15\n")},
        POLICIES,
    )
    found = judged(project)
    norms = {client: line for (rule, client), line in found.items() if rule == "contact_norm"}
    assert sorted(norms) == ["a:5", "a:9", "o:0001"]
    assert {tuple(line["flags"]) for line in norms.values()} == {("possible_duplicate",)}
    assert (norms["o:0001"]["decision"], norms["o:0001"]["numbers"]["done"]) == ("breached", 1)
    kept = {client: line for (rule, client), line in found.items() if rule == "withdraw"}
    assert {(line["decision"], line["reason"]) for line in kept.values()} == {("keep", "identity_conflict")}
    assert sorted(kept) == ["a:5", "a:9", "o:0001"]


def test_sc06_variant_3_a_wrong_inn_tells_nothing(project: Project) -> None:
    wrong = {name: text.replace("7707083893", "7707083894") for name, text in BITRIX.items()}
    branches(project, {"o": ONEC, "b": wrong, "a": AMO}, POLICIES)
    found = judged(project)
    assert sorted(client for rule, client in found if rule == "contact_norm") == ["b:77", "o:0001"]
    assert found["contact_norm", "b:77"]["flags"] == ["invalid_inn"]
    assert found["contact_norm", "o:0001"]["flags"] == []


def test_sc07_sources_disagree_about_the_owner(project: Project) -> None:
    onec = {
        "employees": STAFF + BOSS,
        "clients": CARDS + "1;Ромашка;7707083893;;M2;2026-01-15;B\n",
        "ownership": OWNED + "1;M2;2026-01-15\n",
    }
    bitrix = {
        "employees": STAFF + BOSS,
        "clients": CARDS + "7;Ромашка;7707083893;;M1;2026-01-15;B\n",
        "ownership": OWNED + "7;M1;2026-01-15\n",
        "events": EVENTS
        + "1;7;M1;call;completed;2026-09-03T10:00:00\n2;7;M1;call;completed;2026-09-17T10:00:00\n",
    }
    branches(project, {"onec": onec, "bitrix": bitrix}, POLICIES)
    found = judged(project)
    norm, kept = found["contact_norm", "onec:1"], found["withdraw", "onec:1"]
    assert len(found) == 2
    assert (norm["employee"], norm["decision"], norm["flags"]) == ("onec:M2", "breached", ["owner_conflict"])
    assert [norm["numbers"][name] for name in ("done", "required", "coverage")] == [0, 2, 2]
    assert (kept["decision"], kept["reason"]) == ("keep", "owner_conflict")
    (task,) = kept["actions"]
    assert (task["kind"], task["target"], task["assignee"]) == ("create_task", "onec:1", "H1")
    assert task["title"].startswith("Определить ответственного")


def test_the_order_of_trust_decides_whose_owner_it_is(project: Project) -> None:
    tables = {"employees": STAFF + BOSS, "clients": CARDS + "1;Ромашка;7707083893;;M2;2026-01-15;B\n"}
    other = {**tables, "clients": CARDS + "7;Ромашка;7707083893;;M1;2026-01-15;B\n"}
    branches(project, {"onec": tables, "bitrix": other}, POLICIES)
    project.edit("plugins.toml", r"^\[company\]$", '[company]\nowner_source_priority = ["bitrix", "onec"]')
    norm = judged(project)["contact_norm", "bitrix:7"]
    assert (norm["employee"], norm["flags"]) == ("bitrix:M1", ["owner_conflict", "ownership_assumed"])


def clients_of(project: Project) -> set[str]:
    return {client for rule, client in judged(project) if rule == "contact_norm"}


def test_a_person_links_and_unlinks(project: Project) -> None:
    wrong = {name: text.replace("7707083893", "7707083894") for name, text in BITRIX.items()}
    branches(project, {"o": ONEC, "b": wrong, "a": AMO}, POLICIES)
    before = judged(project)
    assert {client for _, client in before} == {"o:0001", "b:77"}
    linked = project("link", "b:77", "o:0001", "--format", "json")
    assert (linked.code, linked.json) == (0, {"client": ["a:5", "b:77", "o:0001"]})
    assert judged(project)["contact_norm", "o:0001"]["numbers"]["done"] == 2
    shown = project("links", "show", "b:77")
    assert "b:77, o:0001: same, says" in shown.out
    assert "o:0001 = a:5: phone +74951234567" in shown.out
    assert project("unlink", "b:77").code == 0
    assert judged(project) == before


def test_evidence_is_forbidden_and_allowed_again(project: Project) -> None:
    branches(project, {"o": ONEC, "b": BITRIX, "a": AMO}, POLICIES)
    before = judged(project)
    parted = project("unlink", "b:77", "--format", "json")
    assert parted.json == {"parted": ["a:5", "o:0001"], "client": ["b:77"]}
    assert clients_of(project) == {"o:0001", "b:77"}
    project("pull")
    assert clients_of(project) == {"o:0001", "b:77"}, "a pull takes no word back"
    for other in ("o:0001", "a:5"):
        assert project("link", "b:77", other).code == 0
    assert judged(project) == before


def strange(project: Project, onec: str, bitrix: str) -> dict[tuple[str, str], dict[str, Any]]:
    """Judge a client that somebody of the second source called, whom nothing but the row may match."""
    head = "id;name;email;role;active_from\n"
    sources = {
        "onec": {
            "employees": head + onec,
            "clients": CARDS + "1;Ромашка;7707083893;;M2;2026-01-15;B\n",
            "ownership": OWNED + "1;M2;2026-01-15\n",
        },
        "bitrix": {
            "employees": head + bitrix,
            "clients": CARDS + "7;Ромашка;7707083893;;;2026-01-15;B\n",
            "events": EVENTS + "1;7;12;call;completed;2026-09-03T10:00:00\n",
        },
    }
    return judged(branches(project, sources, POLICIES))


def test_nobody_is_punished_while_a_colleague_may_be_the_same_person(project: Project) -> None:
    found = strange(project, "M2;Петрова Анна;;seller;2025-01-01\n", "12;Анна;;seller;2025-01-01\n")
    assert "unmapped_employee" in found["contact_norm", "onec:1"]["flags"]
    kept = found["withdraw", "onec:1"]
    assert (kept["decision"], kept["reason"]) == ("keep", "unmapped_employee")


def test_the_firms_list_of_people_settles_who_is_who(project: Project) -> None:
    strange(project, "M2;Петрова Анна;;seller;2025-01-01\n", "12;Анна;;seller;2025-01-01\n")
    people = project.folder / "company" / "people.csv"
    people.parent.mkdir(exist_ok=True)
    people.write_text("person;onec;bitrix\nпетрова;M2;12\n", encoding="utf-8")
    norm = judged(project)["contact_norm", "onec:1"]
    assert (norm["numbers"]["done"], norm["flags"]) == (1, [])
    people.write_text("person;onec;bitrix\nпетрова;M2;\nанна;;12\n", encoding="utf-8")
    found = judged(project)
    norm = found["contact_norm", "onec:1"]
    assert (norm["numbers"]["done"], norm["numbers"]["coverage"], norm["flags"]) == (0, 1, [])
    assert found["withdraw", "onec:1"]["decision"] == "withdraw"


def test_an_e_mail_matches_people_whose_names_differ(project: Project) -> None:
    found = strange(
        project, "M2;Петрова Анна;a@x.ru;seller;2025-01-01\n", "12;Anna;A@x.ru;seller;2025-01-01\n"
    )
    assert found["contact_norm", "onec:1"]["numbers"]["done"] == 1
