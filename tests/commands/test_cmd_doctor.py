"""`connector doctor`: every check is one line, a failing one with its fix, and none stops the rest."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Project, Result

from connector.sandbox.server import Sandbox

from .shared import CODE, call, point


def failed(result: Result) -> list[str]:
    return [line for line in result.out.splitlines() if line.startswith("[FAILED]")]


def test_a_fine_project_passes_every_check(fresh: Project) -> None:
    result = fresh("doctor")
    assert (result.code, result.err, failed(result)) == (0, "", [])
    assert result.out.splitlines()[-1] == "All checks passed."
    for title in ("Python", "processor", "settings", "policies", "store", "disk", "portal: reach and token"):
        assert f"[ok] {title}" in result.out
    for permission in ("task", "contact", "field"):
        assert f"[ok] portal: may write {permission} (by scope, nothing was written)" in result.out


def test_machines_get_every_check_with_its_fix(fresh: Project, still: Sandbox) -> None:
    point(fresh.folder, still.url.replace(CODE, "w4rongc0de"))
    result = fresh("doctor", "--format", "json")
    assert result.code == 1
    (bad,) = [check for check in result.json if not check["ok"]]
    assert bad["title"] == "portal: reach and token"
    assert bad["detail"] == "Wrong authorization data"
    assert bad["hint"].startswith("make a new incoming webhook in the portal")


def test_a_wrong_webhook_is_one_line_with_the_next_step(fresh: Project, still: Sandbox) -> None:
    point(fresh.folder, still.url.replace(CODE, "w4rongc0de"))
    result = fresh("doctor")
    assert result.code == 1
    assert failed(result) == [
        "[FAILED] portal: reach and token: Wrong authorization data — make a new incoming webhook"
        " in the portal and put its address where webhook_url points"
    ]
    assert result.out.splitlines()[-1] == "1 of 7 checks failed."
    assert "w4rongc0de" not in result.out + result.err


def test_an_address_that_is_no_webhook_is_told_without_showing_it(fresh: Project) -> None:
    point(fresh.folder, "https://portal.example/company/personal/s3cretc0de/")
    result = fresh("doctor")
    (line,) = failed(result)
    assert result.code == 1
    assert "webhook_url: must end in /rest/USER/CODE/" in line
    assert "s3cretc0de" not in result.out + result.err


def test_an_absent_project_says_how_to_begin(tmp_path: Path) -> None:
    result = call(tmp_path, "doctor")
    assert result.code == 1
    assert failed(result) == [
        f"[FAILED] settings: {tmp_path / 'plugins.toml'}: no such file — run `connector init` to write one"
    ]
    assert list(tmp_path.iterdir()) == []


def test_without_the_secret_policies_and_store_are_looked_at_all_the_same(fresh: Project) -> None:
    (fresh.folder / ".env").unlink()
    fresh.edit("policies/abc.toml", "^rule = .*", 'rule = "abd"')
    result = fresh("doctor")
    settings, policies = failed(result)
    assert result.code == 1
    assert "the environment variable PORTAL_WEBHOOK_URL is not set — set it, or put a line" in settings
    assert policies.startswith(f"[FAILED] policies: {fresh.folder / 'policies' / 'abc.toml'}:")
    assert policies.endswith("use.rule: no rule 'abd', did you mean 'abc'?")
    assert "[ok] store" in result.out


def test_two_mistakes_are_two_lines_each_with_its_place(fresh: Project) -> None:
    fresh.edit("plugins.toml", "^zone = ", "zon = ")
    fresh.edit("plugins.toml", "^rate = .*", 'rate = "fast"')
    first, second = failed(fresh("doctor"))
    path = fresh.folder / "plugins.toml"
    assert first.startswith(f"[FAILED] settings: {path}:6:1: company.zon: unknown key, did you mean 'zone'?")
    assert second.startswith(f"[FAILED] settings: {path}:")
    assert "rate: Input should be 'standard', 'enterprise' or 'off'" in second


@pytest.mark.parametrize("kind", ["folder in its place", "missing folder", "no database"])
def test_a_store_that_cannot_be_used_is_told_and_the_portal_is_still_looked_at(
    fresh: Project, kind: str
) -> None:
    place = fresh.folder / "data" / "connector.db"
    fresh.edit("plugins.toml", "^# url = .*", 'url = "sqlite:///data/connector.db"')
    if kind == "folder in its place":
        place.mkdir(parents=True)
    elif kind == "no database":
        place.parent.mkdir()
        place.write_text("a shopping list\n" * 100, encoding="utf-8")
    result = fresh("doctor")
    (line,) = failed(result)
    assert result.code == 1
    assert line.startswith(f"[FAILED] store: {place.parent if kind == 'missing folder' else place}: ")
    assert " — " in line
    assert "[ok] portal: reach and token" in result.out


def test_doctor_leaves_no_trace_in_the_portal(fresh: Project, still: Sandbox) -> None:
    before = still.state("company", "vendor")
    assert fresh("doctor").code == 0
    assert still.state("company", "vendor") == before
    assert still.state("writes")["writes"] == []
