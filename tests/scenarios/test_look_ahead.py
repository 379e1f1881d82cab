"""`backtest`, `whatif`, `decide --diff last` and `fairness`, on a hand-made firm of September 2025."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from conftest import Project

from .firm import firm, policy

POLICIES = {
    "contact_norm": "",
    "withdraw": "grace_days = 0\nwarned_days = 0\nmax_out_percent = 100",
    "reassign": "",
}
AS_OF = "2025-10-01T00:00"
FIRM = {
    "employees": """\
id;name;role;active_from;accepts_more
M1;Иванов Пётр;seller;2024-01-01;0
M2;Петрова Анна;seller;2024-01-01;1
""",
    "clients": """\
id;name;owner;created_at;abc
K1;Первый;M1;2025-01-15;B
K2;Второй;M1;2025-01-15;A
K3;Третий;M2;2025-01-15;C
""",
    "events": """\
id;client;employee;kind;status;completed_at;logged_at
1;K1;M1;call;completed;2025-09-10T10:00;2025-09-10T10:05
2;K1;M1;call;completed;2025-09-26T10:00;2025-10-06T09:00
3;K2;M1;call;completed;2025-09-02T10:00;2025-09-02T10:05
4;K2;M1;call;completed;2025-09-09T10:00;2025-09-09T10:05
5;K2;M1;call;completed;2025-09-16T10:00;2025-09-16T10:05
6;K3;M2;call;completed;2025-09-03T10:00;2025-09-03T10:05
7;K3;M2;call;completed;2025-10-03T10:00;2025-10-03T10:05
8;K1;M1;call;completed;2025-10-02T10:00;2025-10-02T10:05
9;K1;M1;call;completed;2025-10-09T10:00;2025-10-09T10:05
10;K2;M1;call;completed;2025-10-02T11:00;2025-10-02T11:05
11;K2;M1;call;completed;2025-10-09T11:00;2025-10-09T11:05
12;K2;M1;call;completed;2025-10-16T11:00;2025-10-16T11:05
13;K2;M1;call;completed;2025-10-23T11:00;2025-10-23T11:05
""",
}
"""In September K1 (B) had two calls, one entered on 6 October; K2 (A) three; K3 (C) one. In October all had
what they were owed."""


@pytest.fixture
def office(project: Project) -> Project:
    return firm(project, FIRM, POLICIES)


@pytest.fixture
def milder(office: Project) -> str:
    """Return a policy file by which a client of class A is owed three contacts."""
    path = office.folder / "milder.toml"
    text = policy("contact_norm", "[use.norm]\nA = 3\nB = 2\nC = 1").replace('"contact-norm"', '"milder"')
    path.write_text(text, encoding="utf-8")
    return str(path)


def played(project: Project, *arguments: str) -> dict[str, Any]:
    result = project("backtest", *arguments, "--format", "json")
    assert result.code == 0, result.err
    document: dict[str, Any] = result.json
    return document


MONTHS = ("--from", "2025-09", "--to", "2025-10", "--policy", "contact-norm")


def losses(month: dict[str, Any], side: str = "a") -> list[tuple[str, str, str | None]]:
    return [(one["subject"], one["employee"], one["to"]) for one in month["lost"][side]]


def test_sc31a_a_backtest_judges_by_what_was_known_then(office: Project) -> None:
    september, october = played(office, *MONTHS)["months"]
    assert september["as_of"]["a"] == "2025-09-30T21:00:00+00:00"
    assert september["counts"]["a"]["contact-norm"] == {"breached": 2, "met": 1}
    assert losses(september) == [("client:K1", "M1", "M2"), ("client:K2", "M1", "M2")]
    assert october["counts"]["a"]["contact-norm"] == {"met": 3}
    assert losses(october) == []


def test_sc31a_or_by_what_happened(office: Project) -> None:
    september, _ = played(office, *MONTHS, "--as", "happened")["months"]
    assert september["counts"]["a"]["contact-norm"] == {"breached": 1, "met": 2}
    assert losses(september) == [("client:K2", "M1", "M2")]


def test_after_the_grace_the_late_call_is_known(office: Project) -> None:
    """3 working days after September end on 3 October: judged on the 4th; 5 on the 7th: judged on the 8th."""
    office.edit("policies/withdraw.toml", "grace_days = 0", "grace_days = 3")
    (september,) = played(office, *MONTHS[:3], "2025-09", *MONTHS[4:])["months"]
    assert september["as_of"]["a"] == "2025-10-03T21:00:00+00:00"
    assert [subject for subject, *_ in losses(september)] == ["client:K1", "client:K2"]
    office.edit("policies/withdraw.toml", "grace_days = 3", "grace_days = 5")
    (september,) = played(office, *MONTHS[:3], "2025-09", *MONTHS[4:])["months"]
    assert september["as_of"]["a"] == "2025-10-07T21:00:00+00:00"
    assert [subject for subject, *_ in losses(september)] == ["client:K2"]


def test_two_policies_beside_each_other(office: Project, milder: str) -> None:
    document = played(office, *MONTHS, "--against", milder)
    september, _ = document["months"]
    assert losses(september, "b") == [("client:K1", "M1", "M2")]
    changed = {
        (one["policy"], one["subject"]): (one["before"] and one["before"]["decision"],
                                          one["after"] and one["after"]["decision"])
        for one in september["differences"]
    }  # fmt: skip
    assert changed == {
        ("contact_norm", "client:K2"): ("breached", "met"),
        ("withdraw", "client:K2"): ("withdraw", None),
        ("reassign", "client:K2"): ("reassign", None),
    }
    assert document["policies"] == {"a": "contact-norm", "b": milder}


def test_a_month_that_is_not_over_is_left_out_and_said(office: Project) -> None:
    document = played(office, "--from", "2025-10", "--to", "2999-01", "--policy", "contact-norm")
    assert document["months"][0]["period"] == "2025-10"
    assert document["skipped"][-1] == "2999-01"


def test_a_backtest_writes_nothing(office: Project) -> None:
    before = dump(office.folder / "connector.db")
    played(office, *MONTHS)
    assert office("whatif", "--set", "norm.A=3", "--as-of", AS_OF).code == 0
    assert office("fairness", "--as-of", AS_OF).code == 0
    assert dump(office.folder / "connector.db") == before
    assert office("run", "--as-of", AS_OF).code == 0
    assert dump(office.folder / "connector.db") != before, "control: a run does write"


def dump(path: Path) -> list[str]:
    with sqlite3.connect(path) as store:
        found = list(store.iterdump())
    store.close()
    return found


def test_people_read_who_would_have_lost_what(office: Project, milder: str) -> None:
    told = office("backtest", *MONTHS, "--against", milder).out
    for line in (
        "2025-09, A, по состоянию на 2025-10-01:",
        "  contact-norm: breached 2, met 1",
        "    Второй: Иванов Пётр → Петрова Анна",
        "A (contact-norm): изъятий 2, разных клиентов 2",
        "Судили по тому, что было известно тогда; предупреждения считаем сделанными.",
    ):
        assert line in told


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("--from", "2025-09", "--to", "2025-10", "--policy", "contact-nrom"),
            "did you mean 'contact-norm'?",
        ),
        (("--from", "сентябрь", "--to", "2025-10", "--policy", "contact-norm"), "is not a month"),
        (("--from", "2025-10", "--to", "2025-09", "--policy", "contact-norm"), "comes before --from"),
        ((*MONTHS[:5], "nowhere.toml"), "no such file"),
    ],
)
def test_a_mistake_is_told(office: Project, arguments: tuple[str, ...], said: str) -> None:
    result = office("backtest", *arguments)
    assert result.code == 4
    assert said in result.err


def test_a_mistake_in_the_other_policy_is_told_with_its_own_place(office: Project, milder: str) -> None:
    path = Path(milder)
    path.write_text(path.read_text(encoding="utf-8").replace("A = 3", "A = -3"), encoding="utf-8")
    result = office("backtest", *MONTHS, "--against", milder)
    assert result.code == 4
    assert f"{milder}:" in result.err
    assert "connector-policies-" not in result.err


# -- whatif ------------------------------------------------------------------------------------------------


def test_what_if_a_client_of_class_a_were_owed_three(office: Project) -> None:
    result = office("whatif", "--set", "norm.A=3", "--as-of", AS_OF, "--format", "json")
    assert result.code == 0, result.err
    document = result.json
    assert document["set"] == {"contact-norm.norm.A": 3}
    found = {
        (one["policy"], one["subject"], one["period"]): (one["before"], one["after"])
        for one in document["differences"]
    }
    assert found == {
        ("contact-norm", "client:K2", "2025-09"): (
            {"decision": "breached", "reason": "done < required"},
            {"decision": "met", "reason": "done >= required"},
        ),
        ("withdraw", "client:K2", "2025-09"): (
            {"decision": "withdraw", "reason": "breached and nothing holds the client"},
            None,
        ),
        ("reassign", "client:K2", "2025-10"): (
            {"decision": "reassign", "reason": "the cheapest receiver", "to": "M2"},
            None,
        ),
    }
    before, after = (
        {one["employee"]: one for one in document["fairness"][side]} for side in ("before", "after")
    )
    assert (before["M1"]["before"]["load"], after["M1"]["before"]["load"]) == (6, 5)
    assert (before["M1"]["went"], after["M1"]["went"]) == (1, 0)
    counts = {
        (one["policy"], one["period"], one["decision"]): (one["before"], one["after"])
        for one in document["counts"]
    }
    assert counts["contact-norm", "2025-09", "met"] == (2, 3)


def test_control_the_value_that_stands_changes_nothing(office: Project) -> None:
    result = office("whatif", "--set", "norm.A=4", "--as-of", AS_OF, "--format", "json")
    assert result.json["differences"] == []


@pytest.mark.parametrize("path", ["contact-norm.norm.A", "contact_norm.norm.A"])
def test_a_path_may_name_its_policy_or_rule(office: Project, path: str) -> None:
    result = office("whatif", "--set", f"{path}=3", "--as-of", AS_OF, "--format", "json")
    assert result.json["set"] == {"contact-norm.norm.A": 3}


def test_several_settings_lists_and_words(office: Project) -> None:
    arguments = ("--set", 'kinds=["meeting"]', "--set", "credit=owner", "--as-of", AS_OF)
    document = office("whatif", *arguments, "--format", "json").json
    assert document["set"] == {"contact-norm.kinds": ["meeting"], "contact-norm.credit": "owner"}
    changed = {one["subject"] for one in document["differences"] if one["period"] == "2025-09"}
    assert changed >= {"client:K1", "client:K3"}, "calls do not count any more"


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("nrom.A=3", "no parameter 'nrom.A', did you mean 'norm.A'?"),
        ("norm.D=3", "no parameter 'norm.D', did you mean 'norm."),
        ("norm.A", "has no value"),
        ("norm.A=-1", "contact-norm.norm.A = -1: Input should be greater than or equal to 0"),
        ("norm.A=много", "contact-norm.norm.A = 'много': Input should be a valid integer"),
    ],
)
def test_a_wrong_setting_is_one_line(office: Project, setting: str, said: str) -> None:
    result = office("whatif", "--set", setting, "--as-of", AS_OF)
    assert (result.code, result.out) == (4, "")
    assert said in result.err
    assert len(result.err.splitlines()) == 1


def test_a_path_that_two_policies_have_asks_which(office: Project) -> None:
    second = policy("contact_norm", "").replace('"contact-norm"', '"second-norm"')
    (office.folder / "policies" / "second.toml").write_text(second, encoding="utf-8")
    result = office("whatif", "--set", "norm.A=3", "--as-of", AS_OF)
    assert result.code == 4
    assert "write one of contact-norm.norm.A, second-norm.norm.A" in result.err


def test_people_read_the_difference(office: Project) -> None:
    told = office("whatif", "--set", "norm.A=3", "--as-of", AS_OF).out
    assert (
        "2025-09  contact-norm  Второй  Иванов Пётр: было breached (норма контактов не выполнена); стало met "
        "(норма контактов выполнена)"
    ) in told
    assert "Отличий: 3" in told
    assert "Иванов Пётр: 2 кл. (A/B/C 1/1/0), 5 контактов в месяц" in told


# -- decide --diff last ------------------------------------------------------------------------------------


def differing(project: Project, as_of: str = AS_OF) -> dict[tuple[str, str], tuple[Any, Any]]:
    result = project("decide", "--diff", "last", "--as-of", as_of, "--format", "jsonl")
    assert result.code == 0, result.err
    return {
        (one["policy"], one["subject"]): (one["before"] and one["before"]["decision"],
                                          one["after"] and one["after"]["decision"])
        for one in result.lines
    }  # fmt: skip


def test_what_changed_since_the_decisions_that_a_run_kept(office: Project) -> None:
    assert office("run", "--as-of", AS_OF).code == 0
    assert differing(office) == {}
    events = office.folder / "data" / "events.csv"
    more = "14;K2;M1;call;completed;2025-09-23T10:00;2025-09-23T10:05\n"
    events.write_text(FIRM["events"] + more, encoding="utf-8")
    assert office("pull").code == 0
    assert differing(office) == {
        ("contact-norm", "client:K2"): ("breached", "met"),
        ("withdraw", "client:K2"): ("withdraw", None),
        ("reassign", "client:K2"): ("reassign", None),
    }
    told = office("decide", "--diff", "last", "--as-of", AS_OF).out
    assert "Отличий: 3" in told
    assert "Иванов Пётр: было breached" in told
    assert office("run", "--as-of", "2025-10-01T01:00").code == 0
    assert differing(office, "2025-10-01T02:00") == {}, "what is gone is kept as gone, once"
    past = office("explain", "K2", "--as-of", "2025-10-01T02:00").out
    assert "01.10.2025: 2025-09 withdraw none — " in past


def test_without_kept_decisions_there_is_nothing_to_compare_with(office: Project) -> None:
    result = office("decide", "--diff", "last", "--as-of", AS_OF)
    assert result.code == 4
    assert "no decisions are kept yet" in result.err


# -- fairness ----------------------------------------------------------------------------------------------


def test_the_figures_of_the_moves_that_the_policies_propose(office: Project) -> None:
    """M1 owes 2 + 4 contacts, M2 1; K2 goes from M1 to M2: 2 and 5. Gini: 5/14, then 3/14."""
    documents = office("fairness", "--as-of", AS_OF, "--format", "jsonl").lines
    figures = {one["employee"]: one for one in documents}
    assert figures["M1"]["before"]["load"] == 6
    assert figures["M1"]["after"]["load"] == 2
    assert (figures["M1"]["withdrawn"], figures["M1"]["expected"]) == (1, 1.0)
    assert figures[None]["gini_before"] == pytest.approx(5 / 14)
    assert figures[None]["gini_after"] == pytest.approx(3 / 14)
    told = office("fairness", "--as-of", AS_OF).out
    assert "изымается 1, по составу классов ожидалось бы 1.0" in told
    assert "Неравномерность нагрузки (Джини): 0.36 → 0.21" in told
