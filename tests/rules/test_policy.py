"""Policy files: what they may say, and how a mistake is told."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from connector.errors import ExitCode, PolicyError
from connector.rules.period import Month
from connector.rules.policy import load_policies
from connector.rules.policy_text import default_policy_text
from connector.rules.registry import RULES
from connector.rules.terms import AbcParams, ContactNormParams

from .firm import default_policy

HEAD = 'schema = 1\nid = "{}"\nversion = "2026-10"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "policies"
    made.mkdir()
    return made


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def complaints(folder: Path) -> list[str]:
    with pytest.raises(PolicyError) as caught:
        load_policies(folder)
    assert caught.value.exit_code == ExitCode.CONFIGURATION
    return str(caught.value).splitlines()


def test_a_policy_in_full(folder: Path) -> None:
    text = (
        HEAD.format("norms")
        + 'title = "Норма"\nmode = "approve"\neffective_from = 2026-10-01\nowner = "commercial.director"\n'
        + '[use]\nrule = "contact_norm"\nkinds = ["meeting"]\nmin_call_seconds = 30\n'
        + "[use.norm]\nA = 8\nB = 4\nC = 2\n[limits]\nmax_open = 20\n"
    )
    path = write(folder, "norms.toml", text)
    (policy,) = load_policies(folder)
    assert (policy.id, policy.version, policy.title, policy.mode) == ("norms", "2026-10", "Норма", "approve")
    assert (policy.rule, policy.owner, policy.max_open, policy.path) == (
        "contact_norm",
        "commercial.director",
        20,
        path,
    )
    assert policy.effective_from == date(2026, 10, 1)
    assert isinstance(policy.params, ContactNormParams)
    assert policy.params.norm.model_dump() == {"A": 8, "B": 4, "C": 2}
    assert (policy.params.kinds, policy.params.min_call_seconds) == (("meeting",), 30)
    assert policy.params.credit == "owner_or_deputy"


def test_the_least_that_a_policy_says(folder: Path) -> None:
    write(folder, "a.toml", HEAD.format("classes") + '[use]\nrule = "abc"\n')
    (policy,) = load_policies(folder)
    assert (policy.mode, policy.params, policy.max_open, policy.effective_from) == (
        "dry_run",
        AbcParams(),
        None,
        None,
    )


def test_sorted_by_id(folder: Path) -> None:
    for name, id_ in (("1.toml", "z"), ("2.toml", "a")):
        write(folder, name, HEAD.format(id_) + '[use]\nrule = "abc"\n')
    assert [policy.id for policy in load_policies(folder)] == ["a", "z"]


def test_the_digest_changes_with_what_is_said_and_not_with_the_spelling(folder: Path) -> None:
    def digest(text: str) -> str:
        write(folder, "a.toml", text)
        return load_policies(folder)[0].digest

    plain = digest(HEAD.format("a") + '[use]\nrule = "abc"\n')
    assert digest(HEAD.format("a") + '# a word\r\n[use]\r\nrule = "abc"\r\na_below = 80\r\n') == plain
    assert digest(HEAD.format("a") + '[use]\nrule = "abc"\na_below = 70\n') != plain


@pytest.mark.parametrize("made", [True, False])
def test_no_policies_at_all(tmp_path: Path, made: bool) -> None:
    folder = tmp_path / "policies"
    if made:
        folder.mkdir()
    (line,) = complaints(folder)
    assert (
        line == f"{folder}: there are no policies — run `connector init`: it writes one policy for every rule"
    )


def test_every_mistake_of_every_file_at_once(folder: Path) -> None:
    first = write(
        folder,
        "1.toml",
        HEAD.format("one")
        + 'mod = "auto"\n[use]\nrule = "contact_norm"\nkindz = ["call"]\n[use.norm]\nA = "4"\nB = 2\nC = 1\n',
    )
    second = write(folder, "2.toml", HEAD.format("two") + '[use]\nrule = "contact_norms"\n')
    third = write(folder, "3.toml", 'schema = 1\nid = "a b"\n[use]\nrule = "abc"\na_below = 800\n')
    fourth = write(folder, "4.toml", HEAD.format("four"))
    fifth = write(folder, "5.toml", "schema = \n")
    lines = complaints(folder)
    assert sorted(lines[:3]) == [
        f"{first}:4:1: mod: unknown key, did you mean 'mode'? — mend the key or take the line out",
        f"{first}:7:1: use.kindz: unknown key, did you mean 'kinds'? — mend the key or take the line out",
        f'{first}:9:1: use.norm.A: "4" is no whole number — write it as 4, without quotes',
    ]
    rest = "\n".join(lines[3:])
    assert f"{second}:5:1: use.rule: no rule 'contact_norms', did you mean 'contact_norm'?" in rest
    assert f'{third}:2:1: id: "a b" is no name' in rest
    assert f"{third}:1:1: version: is missing" in rest
    assert f"{third}:5:1: use.a_below: 800 is too much — write 100 or less" in rest
    assert f"{fourth}:1:1: [use] rule: is missing" in rest
    assert f"{fifth}:1:" in rest


def test_an_unknown_mode(folder: Path) -> None:
    path = write(folder, "a.toml", HEAD.format("a") + 'mode = "always"\n[use]\nrule = "abc"\n')
    (line,) = complaints(folder)
    said = "'always' is not possible here — choose one of: dry_run, approve, auto"
    assert line == f"{path}:4:1: mode: {said}"


def test_two_policies_of_one_id(folder: Path) -> None:
    first = write(folder, "1.toml", HEAD.format("same") + '[use]\nrule = "abc"\n')
    second = write(folder, "2.toml", HEAD.format("same") + '[use]\nrule = "orphan"\n')
    assert complaints(folder) == [f"{second}:2:1: id: 'same' is taken by {first} — give this one another"]


@pytest.mark.parametrize("rule", sorted(RULES))
@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_default_text_loads_back_to_the_defaults(folder: Path, rule: str, language: str) -> None:
    write(folder, "a.toml", default_policy_text(rule, "ru" if language == "ru" else "en"))
    (policy,) = load_policies(folder)
    assert (policy.id, policy.rule, policy.mode) == (rule.replace("_", "-"), rule, "dry_run")
    assert policy.params == RULES[rule].params()
    assert policy.title == RULES[rule].title.said("ru" if language == "ru" else "en")


@pytest.mark.parametrize("rule", sorted(RULES))
def test_the_default_text_explains_every_parameter_in_both_languages(rule: str) -> None:
    russian, english = default_policy_text(rule, "ru"), default_policy_text(rule, "en")
    for name, field in RULES[rule].params.model_fields.items():
        assert field.description
        assert field.description in english
        assert field.description not in russian
        assert f"{name} =" in russian or f"[use.{name}]" in russian


def test_the_default_text_of_the_norms() -> None:
    text = default_policy_text("contact_norm", "ru")
    assert 'kinds = ["call", "meeting"]' in text
    assert "[use.norm]\nA = 4\nB = 2\nC = 1\n" in text
    assert "# сколько контактов в месяц положено, по классам\n" in text


def test_the_commented_table_and_condition_may_be_uncommented(folder: Path) -> None:
    for rule in RULES:
        lines = default_policy_text(rule, "ru").splitlines()
        begins = next(at for at, line in enumerate(lines) if line in ("# [[table]]", "# [scope]"))
        marked = ("# [", "# class", "# contacts", "# interval_d", "# where")
        bare = [line.removeprefix("# ") if line.startswith(marked) else line for line in lines[begins:]]
        write(folder, f"{rule}.toml", "\n".join([*lines[:begins], *bare]))
    policies = {policy.rule: policy.layers for policy in load_policies(folder)}
    assert all(layers.scope for layers in policies.values())
    assert {rule for rule, layers in policies.items() if layers.table} == {"contact_norm", "next_contact"}


def test_a_commented_parameter_may_be_uncommented(folder: Path) -> None:
    text = default_policy_text("next_contact", "en").replace(
        "# interval =", "interval = { A = 3, B = 6, C = 9 }"
    )
    write(folder, "a.toml", text.replace("# [limits]\n# max_open", "[limits]\nmax_open"))
    (policy,) = load_policies(folder)
    assert policy.params.model_dump()["interval"] == {"A": 3, "B": 6, "C": 9}
    assert policy.max_open == 20


def test_a_policy_judges_months_from_its_first_day() -> None:
    policy = default_policy("abc")
    assert policy.judges(Month(2020, 1))


def test_the_default_reassignment_takes_along_what_belongs_to_the_client(folder: Path) -> None:
    write(folder, "a.toml", default_policy_text("reassign", "ru"))
    write(folder, "b.toml", default_policy_text("withdraw", "ru"))
    along = {policy.rule: policy.along for policy in load_policies(folder)}
    assert along == {"reassign": ("deals", "contacts", "tasks", "activities"), "withdraw": ()}
