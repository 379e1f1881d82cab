"""`connector explain`: each contact, the guard, the receivers, the history, and the page for a dispute."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from conftest import Project

from .firm import firm

POLICIES = {
    "contact_norm": "min_call_seconds = 10",
    "withdraw": "grace_days = 0\nwarned_days = 0",
    "reassign": "",
}
AS_OF = "2026-10-01T00:00"
FIRM = {
    "employees": """\
id;name;role;active_from;accepts_more;industries
M1;Иванов Пётр;seller;2025-01-01;0;
M2;Петрова Анна;seller;2025-01-01;1;металлургия
M3;Сидоров Олег;seller;2025-01-01;1;станки
M4;Гость <b>Жирный</b>;seller;2025-01-01;0;станки
""",
    "clients": """\
id;name;owner;created_at;abc;industry
K4;ООО «Ромашка» & <script>alert(1)</script>;M1;2026-01-15;A;станки
K5;Завод;M1;2026-01-15;B;станки
K6;Секретный клиент Петровой;M2;2026-01-15;C;металлургия
K7;Новый;M1;2026-09-10;A;станки
""",
    "events": """\
id;client;employee;kind;status;planned_at;completed_at;logged_at;duration_s;successful
1;K4;M1;call;completed;;2026-09-02T10:00;2026-09-02T10:05;120;1
2;K4;M1;call;completed;;2026-09-02T15:00;2026-09-02T15:05;120;1
3;K4;M1;call;completed;;2026-09-09T10:00;2026-10-02T10:05;120;1
4;K4;M1;call;completed;;2026-09-10T10:00;2026-09-10T10:05;4;1
5;K4;M1;call;completed;;2026-09-11T10:00;2026-09-11T10:05;;0
6;K4;M1;email;completed;;2026-09-14T10:00;;;
7;K4;M2;call;completed;;2026-09-15T10:00;;60;1
8;K4;M1;meeting;planned;2026-09-29T11:00;;;;
9;K4;M1;meeting;completed;2026-09-30T11:00;2026-10-01T11:00;;;1
10;K6;M2;call;completed;;2026-09-03T10:00;;60;1
""",
}
COUNTED = {
    "event:1": "counted",
    "event:2": "day_cap",
    "event:3": "counted",
    "event:4": "too_short",
    "event:5": "unanswered",
    "event:6": "other_kind",
    "event:7": "not_owner",
    "event:8": "not_held",
    "event:9": "other_month",
}


@pytest.fixture
def office(project: Project) -> Project:
    return firm(project, FIRM, POLICIES)


def explained(project: Project, client: str, *more: str) -> dict[str, Any]:
    result = project("explain", client, "--as-of", AS_OF, "--format", "json", *more)
    assert result.code == 0, result.err
    told: dict[str, Any] = result.json
    return told


def test_each_contact_of_the_month_is_counted_or_not_for_a_reason(office: Project) -> None:
    september, october = explained(office, "K4")["contacts"]
    assert (september["period"], september["employee"]) == ("2026-09", "M1")
    assert {one["event"]: one["reason"] for one in september["events"]} == COUNTED
    assert (september["done"], september["required"]) == (2, 4)
    assert [one["event"] for one in october["events"]] == ["event:9"], "held later, planned for September"


def test_people_read_the_same_in_russian(office: Project) -> None:
    told = office("explain", "K4", "--as-of", AS_OF).out
    for line in (
        "02.09.2026 10:00  звонок  Иванов Пётр: засчитан [event:1]",
        "02.09.2026 15:00  звонок  Иванов Пётр: не засчитан: за этот день уже засчитано сколько",
        "09.09.2026 10:00  звонок  Иванов Пётр: засчитан, внесён поздно [event:3]",
        "10.09.2026 10:00  звонок  Иванов Пётр: не засчитан: звонок слишком короткий [event:4]",
        "14.09.2026 10:00  письмо  Иванов Пётр: не засчитан: событие этого вида контактом не",
        "15.09.2026 10:00  звонок  Петрова Анна: не засчитан: провёл не ответственный и не",
        "29.09.2026 11:00  встреча  Иванов Пётр: не засчитан: не состоялся [event:8]",
    ):
        assert line in told


def test_unbroken_days_of_one_owner_are_one_line(office: Project) -> None:
    """The first pull splits what it assumes from what it saw; for people that is one stretch."""
    assert explained(office, "K4")["owners"] == [{"employee": "M1", "first": "2026-01-15", "last": None}]


def test_the_guard_that_held_and_those_before_it(office: Project) -> None:
    (guarding,) = explained(office, "K7")["guards"]
    held = {step["name"]: (step["state"], step["until"]) for step in guarding["steps"]}
    assert held["protection"] == ("held", "2026-10-10")
    assert held["open_deal"] == ("passed", None)
    assert held["cooldown"] == held["deferred_max_out"] == ("unasked", None)
    told = office("explain", "K7", "--as-of", AS_OF).out
    assert "закреплён недавно: держит до 10.10.2026" in told


def test_a_doubt_about_the_policys_own_condition_keeps_and_is_told(project: Project) -> None:
    """Nobody knows the region of K5: whether the policy concerns it is not known, so that it stays."""
    condition = "[scope]\nwhere = \"region = 'Урал'\""
    firm(project, FIRM, POLICIES | {"withdraw": f"{POLICIES['withdraw']}\n{condition}"})
    told = explained(project, "K5")
    (guarding,) = told["guards"]
    held = [step["name"] for step in guarding["steps"] if step["state"] == "held"]
    assert held == ["missing_data"]
    assert guarding["steps"][-1] == {"name": "deferred_max_out", "state": "unasked", "until": None}
    assert [one["policy"] for one in told["conditions"]] == ["withdraw"]
    text, _ = page(project, "K5")
    assert "не хватает данных, чтобы судить" in text
    assert "region = &#x27;Урал&#x27;" in text


def test_a_client_that_is_withdrawn_passed_every_guard_and_has_its_receivers(office: Project) -> None:
    told = explained(office, "K5")
    assert {step["state"] for step in told["guards"][0]["steps"]} == {"passed"}
    receivers = [(one["employee"], one["verdict"], one["reason"], one["cost"]) for one in told["receivers"]]
    assert receivers == [
        ("M3", "chosen", "chosen", 0),
        ("M2", "possible", "dearer", 100),
        ("M1", "refused", "owner", None),
        ("M4", "refused", "accepts_more", None),
    ]


def test_the_store_number_of_a_client_is_never_printed(office: Project) -> None:
    assert all("client_number" not in one for one in explained(office, "K5")["decisions"])


def test_the_history_of_decisions_is_told(office: Project) -> None:
    assert explained(office, "K5")["history"] == []
    assert office("run", "--as-of", "2026-09-29T09:00").code == 0
    past = explained(office, "K5")["history"]
    norm = [(one["period"], one["decision"]) for one in past if one["policy"] == "contact-norm"]
    assert ("2026-09", "behind") in norm
    said = "29.09.2026: 2026-09 contact-norm behind — контакты отстают от нормы: 0 из 2"
    assert said in office("explain", "K5", "--as-of", AS_OF).out


# -- the page ----------------------------------------------------------------------------------------------


class Page(HTMLParser):
    """Checks that every element is closed in order; collects the elements, texts and rows."""

    VOID = frozenset({"meta", "br", "hr", "img", "link"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: list[str] = []
        self.rows: list[list[str]] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self.attributes += attrs
        if tag not in self.VOID:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)
        if self.open and self.open[-1] in ("td", "th"):
            self.rows[-1][-1] += data


def page(project: Project, client: str) -> tuple[str, Page]:
    target = project.folder / "sheet.html"
    assert project("explain", client, "--as-of", AS_OF, "-o", str(target)).code == 0
    text = target.read_text(encoding="utf-8")
    return text, Page(text)


def test_the_page_tells_each_contact_in_russian(office: Project) -> None:
    text, seen = page(office, "K4")
    assert text.startswith('<!doctype html>\n<html lang="ru">')
    assert "Разбор решений о клиенте: ООО «Ромашка» & <script>alert(1)</script>" in seen.texts
    assert "Засчитано 2, положено 4." in seen.texts
    assert [
        "09.09.2026 10:00", "звонок", "Иванов Пётр", "засчитан, внесён поздно",
    ] in seen.rows  # fmt: skip
    assert ["10.09.2026 10:00", "звонок", "Иванов Пётр", "не засчитан: звонок слишком короткий"] in seen.rows


def test_names_are_escaped_and_nothing_is_loaded(office: Project) -> None:
    text, seen = page(office, "K5")
    assert "Гость <b>Жирный</b>" in [cell for row in seen.rows for cell in row]
    text4, seen4 = page(office, "K4")
    for page_ in (seen, seen4):
        assert set(page_.seen) <= {
            "html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "table", "thead", "tbody",
            "tr", "th", "td",
        }  # fmt: skip
        assert {name for name, _ in page_.attributes} <= {
            "lang", "charset", "name", "content", "http-equiv", "class",
        }  # fmt: skip
    for told in (text, text4):
        assert not re.search(r"https?:|src=|url\(|@import", told)


def test_control_the_parser_sees_an_element_that_was_not_escaped() -> None:
    assert "script" in Page("<p><script>alert(1)</script></p>").seen
    with pytest.raises(AssertionError):
        Page("<p><b></p>")


def test_no_other_client_is_on_the_page(office: Project) -> None:
    """K6 is another manager's client: neither its name nor its id nor its events are told."""
    for client in ("K4", "K5"):
        text, seen = page(office, client)
        cells = {cell for row in seen.rows for cell in row}
        assert "Секретный" not in text
        assert not cells & {"K6", "client:K6", "event:10"}
        for other in {"K4", "K5", "K6", "K7"} - {client}:
            assert not re.search(rf"\b{other}\b", text)


def test_a_client_who_displaced_this_one_is_not_named_on_the_page(project: Project, tmp_path: Path) -> None:
    """P2 takes the place of the cheaper receiver: the head may read who, the page does not say it."""
    tables = {
        "employees": """\
id;name;role;active_from;accepts_more;industries;regions
M0;Прежний;seller;2025-01-01;0;;
M1;Первый;seller;2025-01-01;1;станки;Урал
M2;Второй;seller;2025-01-01;1;металл;Урал
""",
        "clients": """\
id;name;owner;created_at;abc;industry;region
P1;Клиент один;M0;2026-01-15;C;станки;Москва
P2;Клиент два;M0;2026-01-15;C;станки;Урал
""",
    }
    policies = POLICIES | {
        "withdraw": "grace_days = 0\nwarned_days = 0\nmax_out_percent = 100",
        "reassign": "max_in = 1\n[use.cost]\nindustry = 100\nregion = 50\nload = 0",
    }
    firm(project, tables, policies)
    told = [one for name in ("P1", "P2") for one in explained(project, name)["decisions"]]
    reasons = {one["subject"]: one["reason"] for one in told if one["rule"] == "reassign"}
    displaced = [subject for subject, reason in reasons.items() if "gains" in reason]
    assert len(displaced) == 1, "control: the terminal names the other client"
    (client,) = (subject.removeprefix("client:") for subject in displaced)
    other = {"P1": "P2", "P2": "P1"}[client]
    text, _ = page(project, client)
    assert "другой клиент выигрывает" in text
    assert not re.search(rf"\b{other}\b", text)
