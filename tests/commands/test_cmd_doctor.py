"""`connector doctor`: every check is one line, none stops the rest; docs/doctor.toml has the bad ones."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from conftest import Project, Result, firm

from connector.commands.checks.lines import failures, shown, verdict
from connector.commands.checks.machine import console_line, platform_line, processor_line, python_line
from connector.commands.checks.sources import clock_lines
from connector.commands.checks.storage import last_run_line
from connector.errors import ConfigError, ExitCode
from connector.plugins.base import Check
from connector.sandbox.server import Sandbox
from connector.store.migrations import HEAD

from .shared import CODE, call, connect, point, writes
from .test_cmd_plugins import with_modules

Start = Callable[..., Sandbox]


def lines(result: Result, state: str) -> list[str]:
    return [line for line in result.out.splitlines() if line.startswith(f"[{state}]")]


@pytest.fixture
def now(project: Project, portal: Start) -> Project:
    """Return a project on a portal of its own whose clock is ours."""
    connect(project.folder, portal(firm(clients=4, events=3.0)).url)
    return project


def test_machines_get_the_same_lines_as_people(now: Project) -> None:
    people, machines = now("doctor"), now("doctor", "--format", "json")
    assert (people.code, machines.code, people.err, machines.err) == (0, 0, "", "")
    assert all(set(check) == {"layer", "name", "state", "detail", "fix"} for check in machines.json)
    told = [_same_room(shown(Check(**check))) for check in machines.json]
    assert told == [_same_room(line) for line in people.out.splitlines()[: len(told)]]
    layers = list(dict.fromkeys(check["layer"] for check in machines.json))
    assert layers == ["machine", "settings", "policies", "store", "source portal"]


def _same_room(line: str) -> str:
    """Leave out how much of the disk is free: other programs write between two looks."""
    return re.sub(r"[\d.]+ GiB free", "GiB free", line)


def test_nothing_is_made_or_written(now: Project) -> None:
    before = sorted(path.name for path in now.folder.iterdir())
    result = now("doctor")
    assert result.code == 0
    assert sorted(path.name for path in now.folder.iterdir()) == before
    assert "connector.db is not there yet: the first pull makes it" in result.out
    assert "nothing was written" in result.out


def test_doctor_leaves_no_trace_in_the_portal(fresh: Project, still: Sandbox) -> None:
    before = still.state("company", "vendor")
    fresh("doctor")
    assert still.state("company", "vendor") == before
    assert still.state("writes")["writes"] == []


def test_what_was_not_looked_at_says_why(now: Project) -> None:
    point(now.folder, "http://127.0.0.1:1/rest/1/s3cretc0de/")
    result = now("doctor")
    assert lines(result, "skipped")[-4:] == [
        "[skipped] source portal: certificate: not tried: connection failed",
        "[skipped] source portal: rights: not asked: connection failed",
        "[skipped] source portal: clock: no answer to read the time from",
        "[skipped] source portal: employees: nothing was pulled yet",
    ]
    assert "s3cretc0de" not in result.out + result.err
    assert result.out.splitlines()[-1].startswith("1 of ")


def test_an_address_that_is_no_webhook_is_told_without_showing_it(now: Project) -> None:
    point(now.folder, "https://portal.example/company/personal/s3cretc0de/")
    result = now("doctor")
    (line,) = lines(result, "FAILED")
    assert result.code == 4
    assert "webhook_url: must end in /rest/USER/CODE/" in line
    assert "s3cretc0de" not in result.out + result.err
    assert "[skipped] sources: all: not asked: plugins.toml must be mended first" in result.out


def test_no_project_and_no_source(tmp_path: Path) -> None:
    absent = call(tmp_path, "doctor")
    assert absent.code == 4
    assert "[skipped] store: all: where it is, is not known: plugins.toml cannot be read" in absent.out
    assert list(tmp_path.iterdir()) == []
    assert call(tmp_path, "init").code == 0
    empty = call(tmp_path, "doctor")
    assert empty.code == 4
    assert lines(empty, "FAILED") == [
        "[FAILED] settings: sources: there is none — add one: connector init --source bitrix24"
    ]


def test_without_the_secret_policies_and_store_are_looked_at_all_the_same(now: Project) -> None:
    (now.folder / ".env").unlink()
    now.edit("policies/abc.toml", "^rule = .*", 'rule = "abd"')
    result = now("doctor")
    settings, policies = lines(result, "FAILED")
    assert result.code == 4
    assert "the environment variable PORTAL_WEBHOOK_URL is not set — set it, or put a line" in settings
    assert policies.startswith(f"[FAILED] policies: files: {now.folder / 'policies' / 'abc.toml'}:")
    assert "[ok] store: writable" in result.out


SECOND = """
[[source]]
name = "other"
plugin = "bitrix24"
webhook_url = { env = "OTHER_URL" }
rate = "off"
"""


def test_of_two_sources_one_fails_and_one_is_looked_at(now: Project) -> None:
    url = (now.folder / ".env").read_text(encoding="utf-8").partition("=")[2].strip()
    with (now.folder / "plugins.toml").open("a", encoding="utf-8") as target:
        target.write(SECOND)
    with (now.folder / ".env").open("a", encoding="utf-8") as target:
        target.write(f"OTHER_URL={url.replace(CODE, 'w4rong')}\n")
    both = now("doctor")
    assert both.code == 3
    assert "[FAILED] source other: token: Wrong authorization data" in both.out
    assert "[ok] source portal: token" in both.out
    alone = now("doctor", "--source", "other")
    assert alone.code == 1
    assert "source portal" not in alone.out
    assert now("doctor", "--source", "portal").code == 0
    typo = now("doctor", "--source", "portel")
    assert typo.code == 4
    assert "no source 'portel'" in typo.err
    assert "did you mean 'portal'?" in typo.err


BROKEN = """
from connector import Check, Source, hookimpl

class Clumsy(Source):
    name = "clumsy"
    def check(self):
        yield Check("answer", vital=True)
        raise KeyError("profile")

@hookimpl
def register_source():
    return Clumsy
"""


def test_a_connector_that_fails_over_its_look_is_a_line(project: Project) -> None:
    assert project("init").code == 0
    with_modules(project, clumsy=BROKEN)
    with (project.folder / "plugins.toml").open("a", encoding="utf-8") as target:
        target.write('[[source]]\nname = "own"\nplugin = "clumsy"\n')
    result = project("doctor")
    assert lines(result, "FAILED") == [
        "[FAILED] source own: rights: the connector failed: KeyError: 'profile'"
        " — report it to the connector's author"
    ]
    assert (result.code, result.err) == (3, "")


def test_an_older_schema_is_told_and_left_alone(pulled: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    held = HEAD
    monkeypatch.setattr("connector.store.checkup.HEAD", "next")
    monkeypatch.setattr("connector.commands.checks.storage.HEAD", "next")
    result = pulled("doctor")
    assert f"[ok] store: schema: {held}; the next command brings it to next" in result.out
    assert "[skipped] store: lock: the schema is not this version's" in result.out


def test_a_large_store_is_looked_through_only_when_asked(
    pulled: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connector.commands.checks.storage.LARGE", 0)
    quick, deep = pulled("doctor").out, pulled("doctor", "--deep").out
    assert "GiB: a look through all of it takes minutes, --deep does it" in quick
    assert "[ok] store: lock: free" in quick
    assert "[ok] source portal: employees: every owner is known" in quick
    assert "GiB, whole" in deep
    assert "[ok] source portal: employees: every owner and every caller is known" in deep


def test_a_line_for_each_check_where_a_machine_reads_lines(now: Project) -> None:
    assert now("doctor", "--format", "jsonl").lines[0]["name"] == "Python"


def test_a_probe_has_nothing_to_try_where_nothing_may_be_written(now: Project) -> None:
    now.edit("plugins.toml", "^write = .*", "write = []")
    result = now("doctor", "--write-probe")
    assert result.code == 0
    assert "[ok] source portal: write: nothing may be written: write = [] in the [[source]]" in result.out
    assert "[skipped] source portal: write probe: write = [] in the [[source]]" in result.out


def test_what_all_lines_together_mean() -> None:
    ok, warn = Check("a", layer="source one"), Check("b", "warn", layer="store")
    weak, dead = (
        Check("c", "failed", layer="source one"),
        Check("d", "failed", layer="source one", vital=True),
    )
    store = Check("e", "failed", layer="store", vital=True)
    policy = Check("f", "failed", layer="policies")
    assert verdict([ok, warn], ["one"]) == ExitCode.FINE
    assert verdict([ok, weak], ["one"]) == ExitCode.PARTIAL
    assert verdict([dead], ["one", "two"]) == ExitCode.PARTIAL
    assert verdict([dead], ["one"]) == ExitCode.FAILED
    assert verdict([ok, store], ["one", "two"]) == ExitCode.FAILED
    assert verdict([dead, store, policy], ["one"]) == ExitCode.CONFIGURATION


def test_every_line_of_an_error_is_a_check_of_its_own() -> None:
    error = ConfigError("a is wrong — mend a\nb is wrong", hint="mend it", where="file.toml")
    assert [(check.detail, check.fix) for check in failures("files", error)] == [
        ("file.toml: a is wrong", "mend a"),
        ("file.toml: b is wrong", "mend it"),
    ]
    (check,) = failures("files", ConfigError("c is wrong"))
    assert check.fix == "correct it there"


def test_this_machine_and_others() -> None:
    assert (python_line((3, 11, 0)).state, python_line((3, 10, 14)).state) == ("ok", "failed")
    assert (platform_line("x", 2**63 - 1).state, platform_line("x", 2**31 - 1).state) == ("ok", "failed")
    assert (processor_line([], "x").state, processor_line(["avx2"], "x").state) == ("ok", "failed")
    found = [console_line(name).state for name in ("UTF-8", "utf8", "cp866", "no such encoding")]
    assert found == ["ok", "ok", "warn", "warn"]


@pytest.mark.parametrize(
    ("ahead", "state", "detail"),
    [
        (None, "skipped", "no answer told the time"),
        (0.4, "ok", "as this machine's"),
        (-60.0, "ok", "as this machine's"),
        (61.0, "warn", "1 min ahead of this machine's"),
        (-300.0, "warn", "5 min behind this machine's"),
        (301.0, "failed", "5 min ahead of this machine's"),
    ],
)
def test_how_far_apart_two_clocks_may_be(ahead: float | None, state: str, detail: str) -> None:
    (check,) = clock_lines(ahead)
    assert (check.state, check.detail) == (state, detail)


def test_a_run_in_the_future_means_that_our_clock_went_back() -> None:
    now = datetime(2026, 10, 1, 9, tzinfo=UTC)
    assert last_run_line(now - timedelta(days=3), now).state == "ok"
    assert last_run_line(now + timedelta(seconds=60), now).state == "ok"
    check = last_run_line(now + timedelta(hours=3), now)
    assert (check.state, check.detail) == (
        "failed",
        "the last run was at 2026-10-01 12:00 UTC, but this machine's clock shows 2026-10-01 09:00",
    )


def test_create_fields_makes_what_is_missing_and_the_look_finds_it(live: tuple[Project, Sandbox]) -> None:
    project, portal = live
    project.edit("plugins.toml", r"^fields = .*$", 'fields = { abc_class = "UF_CRM_CPC_ABC" }')
    before = project("doctor", "--format", "json").json
    assert any("UF_CRM_CPC_ABC" in str(check) and check["state"] == "failed" for check in before)
    assert writes(portal) == []
    after = project("doctor", "--create-fields", "--format", "json").json
    (made,) = [check for check in after if check["name"] == "new field 'abc_class' of the company"]
    assert (made["state"], made["layer"]) == ("ok", "source portal")
    assert not any("UF_CRM_CPC_ABC" in str(check) and check["state"] == "failed" for check in after)
    assert [write["method"] for write in writes(portal)] == ["crm.company.userfield.add"]
