"""`connector init`: what it writes loads, and nothing that stands is written over."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import Project

from connector.config import load_settings
from connector.rules.policy import load_policies
from connector.rules.registry import RULES

from .shared import call, the_line

POLICIES = [
    "abc", "at-risk", "base-balance", "contact-norm", "daily-plan", "key-account",
    "next-contact", "no-contact", "orphan", "reassign", "stability", "withdraw",
]  # fmt: skip


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file of the folder with what is in it."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_a_new_project_is_complete_and_loads(project: Project) -> None:
    result = project("init", "--source", "bitrix24")
    assert result.code == 0, result.err
    assert sorted(contents(project.folder)) == [
        ".env.example",
        ".gitignore",
        "plugins.toml",
        *(f"policies/{name}.toml" for name in POLICIES),
    ]
    settings = load_settings(project.folder, need_secrets=False)
    assert [(source.name, source.plugin, source.write) for source in settings.sources] == [
        ("bitrix24-main", "bitrix24", ())
    ]
    assert (settings.project.company.zone, settings.project.company.language) == ("Europe/Moscow", "ru")


def test_there_is_one_policy_for_every_rule_and_each_only_shows(project: Project) -> None:
    project("init", "--source", "bitrix24")
    policies = load_policies(project.folder / "policies")
    assert [policy.id for policy in policies] == POLICIES
    assert sorted(policy.rule for policy in policies) == sorted(RULES)
    assert {policy.mode for policy in policies} == {"dry_run"}


def test_it_says_each_file_once_and_what_to_do_next(project: Project) -> None:
    said = project("init", "--source", "bitrix24").out.splitlines()
    wrote = [line for line in said if line.startswith("wrote ")]
    assert len(wrote) == len(set(wrote)) == len(POLICIES) + 3
    assert said[-1] == (
        f"Next: copy {project.folder / '.env.example'} to .env, fill it in, then run `connector doctor`."
    )


def test_the_secret_is_asked_for_by_the_name_that_the_settings_read(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project("init", "--source", "bitrix24", "--name", "north.portal")
    example = (project.folder / ".env.example").read_text(encoding="utf-8")
    assert "\nNORTH_PORTAL_WEBHOOK_URL=\n" in example
    monkeypatch.setenv("NORTH_PORTAL_WEBHOOK_URL", "https://portal.example/rest/1/a1b2c3d4e5f6/")
    (source,) = load_settings(project.folder).sources
    assert source.host == "portal.example"  # type: ignore[attr-defined]  # of the plugin's own settings


def test_language_and_zone_are_as_given(project: Project) -> None:
    project("init", "--source", "bitrix24", "--language", "en", "--zone", "Asia/Omsk")
    company = load_settings(project.folder, need_secrets=False).project.company
    assert (company.language, company.zone) == ("en", "Asia/Omsk")
    policy = (project.folder / "policies" / "contact-norm.toml").read_text(encoding="utf-8")
    assert "dry_run: only shown" in policy
    assert not re.search("[А-Яа-я]", policy)


def test_machines_get_the_list_of_files(project: Project) -> None:
    document = project("init", "--source", "bitrix24", "--format", "json").json
    assert document["source"] == "bitrix24-main"
    assert sorted(Path(path).name for path in document["written"]) == sorted(
        Path(name).name for name in contents(project.folder)
    )


def test_a_second_source_is_added_and_the_first_stays_byte_for_byte(project: Project) -> None:
    project("init", "--source", "bitrix24", "--name", "north")
    project.edit("policies/abc.toml", r'^mode = "dry_run"', 'mode = "auto"')
    (project.folder / ".env").write_text("NORTH_WEBHOOK_URL=x\n", encoding="utf-8")
    before = contents(project.folder)
    result = project("init", "--source", "bitrix24", "--name", "south")
    assert result.code == 0, result.err
    after = contents(project.folder)
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed == {"plugins.toml", ".env.example"}
    for name in changed:
        assert after[name].startswith(before[name])
    settings = load_settings(project.folder, need_secrets=False)
    assert [source.name for source in settings.sources] == ["north", "south"]
    assert "see that" in result.out.splitlines()[-1], "a .env that stands must not be copied over"


def test_a_name_that_is_taken_is_refused_with_its_place(project: Project) -> None:
    project("init", "--source", "bitrix24", "--name", "portal")
    before = contents(project.folder)
    result = project("init", "--source", "bitrix24", "--name", "portal")
    path = project.folder / "plugins.toml"
    line = path.read_text(encoding="utf-8").splitlines().index("[[source]]") + 2
    assert result.code == 4
    assert the_line(result) == (
        f"{path}:{line}:1: there is a source 'portal' already — choose another with --name"
    )
    assert contents(project.folder) == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--source", "bitrix"], "no plugin 'bitrix', did you mean 'bitrix24'?"),
        (["--source", "bitrix24", "--zone", "Mars/Base"], "unknown time zone 'Mars/Base'"),
        (["--source", "bitrix24", "--name", "Мой портал"], "'Мой портал' cannot name a source"),
    ],
    ids=["plugin", "zone", "name"],
)
def test_a_slip_leaves_nothing_half_written(project: Project, arguments: list[str], said: str) -> None:
    result = project("init", *arguments)
    assert result.code == 4
    assert the_line(result).startswith(said)
    assert not project.folder.exists()


def test_a_broken_project_is_told_of_and_left_as_it_is(project: Project) -> None:
    project("init", "--source", "bitrix24", "--name", "north")
    project.edit("plugins.toml", "^zone = ", "zon = ")
    before = contents(project.folder)
    result = project("init", "--source", "bitrix24", "--name", "south")
    assert result.code == 4
    assert "company.zon: unknown key, did you mean 'zone'?" in the_line(result)
    assert contents(project.folder) == before


def test_without_a_source_it_brings_back_what_is_missing(project: Project) -> None:
    """The advice of "there are no policies" must be one that can be followed."""
    project("init", "--source", "bitrix24")
    for path in (project.folder / "policies").iterdir():
        path.unlink()
    settings = (project.folder / "plugins.toml").read_bytes()
    result = project("init")
    assert result.code == 0, result.err
    assert len(load_policies(project.folder / "policies")) == len(RULES)
    assert (project.folder / "plugins.toml").read_bytes() == settings
    assert project("init").out.splitlines()[0] == "Nothing is missing."


def test_policies_go_where_the_settings_say(project: Project) -> None:
    project("init", "--source", "bitrix24")
    project.edit("plugins.toml", '^# folder = "policies"', 'folder = "our/rules"')
    assert project("init").code == 0
    assert len(load_policies(project.folder / "our" / "rules")) == len(RULES)


def test_a_policy_under_another_name_gets_no_twin(project: Project) -> None:
    project("init", "--source", "bitrix24")
    policies = project.folder / "policies"
    (policies / "orphan.toml").rename(policies / "nobody.toml")
    project("init")
    assert not (policies / "orphan.toml").exists()
    assert len(load_policies(policies)) == len(RULES)


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    result = call(tmp_path / "file" / "project", "init", "--source", "bitrix24")
    assert result.code == 1
    assert str(tmp_path / "file" / "project") in the_line(result)
