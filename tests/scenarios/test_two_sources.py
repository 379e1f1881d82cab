"""Two sources, one firm: one client, one decision, one task, whichever way they were linked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from conftest import MOSCOW, Project

from connector import clock

from .branches import branches, pull

STAFF = "id;name;email;role;active_from\n{id};Иванов Пётр;ivanov@x.ru;seller;2025-01-01\n"
CARDS = "id;name;inn;owner;created_at;abc\n"
EVENTS = "id;client;employee;kind;status;completed_at\n"
NEXT = 'mode = "approve"'


def day(back: int) -> str:
    return (clock.local_day(clock.now(), MOSCOW) - timedelta(days=back)).isoformat()


def two(project: Project, inn: str = "7707083893") -> Project:
    """Return a firm whose second source has the contact; both may be written."""
    onec = {
        "employees": STAFF.format(id="7"),
        "clients": CARDS + f"1;Ромашка;{inn};7;2026-01-15;B\n",
    }
    bitrix = {
        "employees": STAFF.format(id="12"),
        "clients": CARDS + "77;Ромашка;7707083893;12;2026-01-15;B\n",
        "events": EVENTS + f"1;77;12;call;completed;{day(2)}T10:00:00\n",
    }
    branches(project, {"onec": onec, "bitrix": bitrix}, {"next_contact": ""})
    policy = project.folder / "policies" / "next-contact.toml"
    text = policy.read_text(encoding="utf-8")
    policy.write_text(text.replace("[use]", f"{NEXT}\n[use]"), encoding="utf-8")
    text = (project.folder / "plugins.toml").read_text(encoding="utf-8")
    allowed = text.replace("# write = []", 'write = ["task", "contact"]')
    (project.folder / "plugins.toml").write_text(allowed, encoding="utf-8")
    return project


def planned(project: Project) -> tuple[list[tuple[str, str, str]], list[tuple[str, str]]]:
    """Return what would be sent (source, target, assignee), and what not (why, source)."""
    document: dict[str, Any] = project("plan", "--format", "json").json
    changes = [(one["source"], one["target"], one["assignee"]) for one in document["changes"]]
    return changes, [(one["why"], one["source"]) for one in document["unsent"]]


def test_one_client_gets_one_task_in_the_most_trusted_source(project: Project) -> None:
    two(project)
    result = project("decide", "--format", "jsonl")
    assert [(line["subject"], line["employee"], line["decision"]) for line in result.lines] == [
        ("client:onec:1", "onec:7", "plan_next")
    ]
    assert planned(project) == ([("onec", "1", "7")], [])


def test_linking_and_unlinking_make_no_new_change(project: Project) -> None:
    two(project, inn="")
    assert planned(project) == ([("bitrix", "77", "12")], [])
    assert project("apply", project("plan", "--format", "json").json["fingerprint"][:8], "--yes").code == 0
    assert planned(project)[0] == []
    assert project("link", "onec:1", "bitrix:77").code == 0
    assert planned(project) == ([], [("done", "onec")])
    assert project("unlink", "onec:1").code == 0
    assert planned(project)[0] == []


def test_a_task_that_is_open_in_one_source_covers_the_one_in_another(project: Project) -> None:
    two(project, inn="")
    assert project("apply", project("plan", "--format", "json").json["fingerprint"][:8], "--yes").code == 0
    events = project.folder / "data" / "onec" / "events.csv"
    events.write_text(EVENTS + f"5;1;7;meeting;completed;{day(1)}T12:00:00\n", encoding="utf-8")
    assert project("link", "onec:1", "bitrix:77").code == 0
    pull(project)
    assert planned(project) == ([], [("unsupported", "bitrix"), ("covered", "onec")])


def test_the_firms_links_count_before_the_next_pull(project: Project) -> None:
    two(project, inn="")
    subjects = {line["subject"] for line in project("decide", "--format", "jsonl").lines}
    assert subjects == {"client:bitrix:77"}
    (project.folder / "company").mkdir(exist_ok=True)
    links = project.folder / "company" / "links.csv"
    links.write_text("client;other;verdict\nonec:1;bitrix:77;same\n", encoding="utf-8")
    result = project("decide", "--format", "jsonl")
    assert [line["subject"] for line in result.lines] == ["client:onec:1"]
    links.write_text("client;other;verdict\nonec:1;bitrix:78;same\n", encoding="utf-8")
    result = project("decide", "--format", "jsonl")
    assert [line["subject"] for line in result.lines] == ["client:bitrix:77"]
    assert "links.csv:2: no client is 'bitrix:78'" in result.err


def test_a_look_back_sees_one_client_as_soon_as_the_records_are_linked(project: Project) -> None:
    """Both calls of August belong to the one client, which owes two; apart each record breaches."""
    calls = "{0};{1};{2};call;completed;2026-08-{3}T10:00:00\n"
    sources = {
        "onec": {
            "employees": STAFF.format(id="7"),
            "clients": CARDS + "1;Ромашка;;7;2026-01-15;B\n",
            "events": EVENTS + calls.format(1, 1, 7, "05"),
        },
        "bitrix": {
            "employees": STAFF.format(id="12"),
            "clients": CARDS + "77;Лютик;;12;2026-01-15;B\n",
            "events": EVENTS + calls.format(2, 77, 12, "19"),
        },
    }
    branches(project, sources, {"contact_norm": ""})

    def august() -> dict[str, int]:
        months = ("--from", "2026-08", "--to", "2026-08")
        told = project(
            "backtest", *months, "--policy", "contact-norm", "--as", "happened", "--format", "json"
        )
        assert told.code == 0, told.err
        counts: dict[str, int] = told.json["months"][0]["counts"]["a"]["contact-norm"]
        return counts

    assert august() == {"breached": 2}
    (project.folder / "company").mkdir(exist_ok=True)
    links = project.folder / "company" / "links.csv"
    links.write_text("client;other;verdict\nonec:1;bitrix:77;same\n", encoding="utf-8")
    assert august() == {"met": 1}
