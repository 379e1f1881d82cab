"""What a condition and a table change in decisions: who is concerned, how much is owed, what is in doubt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from connector.locale import texts
from connector.rules.decide import moment_of, required_frames
from connector.rules.layer_story import layer_story
from connector.rules.policy import Policy, load_policies, read_policies
from connector.rules.rulebook import Rulebook

from .firm import Firm, Verdicts, at, default_policy, numbers

NORMS = 'schema = 1\nid = "{}"\nversion = "1"\n[use]\nrule = "contact_norm"\n'
Write = Callable[..., Policy]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return a function that writes the text as a policy of a rule and reads it back."""

    def policy(text: str, rule: str = "contact_norm", name: str = "norms") -> Policy:
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        head = f'schema = 1\nid = "{name}"\nversion = "1"\n[use]\nrule = "{rule}"\n'
        (folder / "a.toml").write_text(head + text, encoding="utf-8")
        (found,) = load_policies(folder)
        return found

    return policy


def firm() -> Firm:
    """Four clients of one manager without a contact in September: retail, wholesale, unknown, wholesale."""
    made = Firm().employee("M1").employee("M2").employee("H1", role="head")
    for name, industry in (("C1", "Розница"), ("C2", "Опт"), ("C3", None), ("C4", "Опт")):
        custom = '{"Сегмент":"внутренний"}' if name == "C4" else '{"Сегмент":"внешний"}'
        made.client(name, abc="B", industry=industry, custom=custom)
    return made


def owed(verdicts: Verdicts) -> dict[str, tuple[str, int, list[str]]]:
    """Return decision, required and flags of September by client."""
    month = verdicts.of("contact_norm", "2026-09").by_client()
    return {name: (one.decision, one.numbers["required"], one.flags) for name, one in month.items()}


def test_a_condition_leaves_out_whom_it_does_not_concern(write: Write) -> None:
    policy = write("[scope]\nwhere = \"custom.Сегмент <> 'внутренний'\"\n")
    found = owed(firm().decide("2026-10-10", policy))
    assert sorted(found) == ["C1", "C2", "C3"]
    assert found["C1"][:2] == ("breached", 2)


def test_a_client_of_whom_too_little_is_known_is_spared_and_told_of(write: Write) -> None:
    verdicts = firm().decide("2026-10-10", write("[scope]\nwhere = \"industry = 'Опт'\"\n"))
    month = verdicts.of("contact_norm", "2026-09").by_client()
    assert sorted(month) == ["C2", "C3", "C4"]
    spared = month["C3"]
    assert (spared.decision, spared.reason, spared.actions) == ("exempt", "missing_data", [])
    assert "missing_data" in spared.flags
    assert "missing_data" not in month["C2"].flags


def test_is_null_says_what_is_meant_of_the_unknown(write: Write) -> None:
    policy = write("[scope]\nwhere = \"industry IS NULL OR industry = 'Опт'\"\n")
    found = owed(firm().decide("2026-10-10", policy))
    assert {name: one[0] for name, one in found.items()} == dict.fromkeys(["C2", "C3", "C4"], "breached")
    assert all("missing_data" not in one[2] for one in found.values())


def test_missing_data_may_be_asked_about(write: Write) -> None:
    policy = write("[scope]\nwhere = \"missing_data OR industry = 'Розница'\"\n")
    assert sorted(owed(firm().decide("2026-10-10", policy))) == ["C1", "C3"]


TABLE = """
[[table]]
industry = "Опт"
contacts_per_month = 4
[[table]]
class = "B"
contacts_per_month = 1
"""


def test_the_first_row_that_holds_sets_the_norm(write: Write) -> None:
    found = owed(firm().decide("2026-10-10", write(TABLE)))
    assert {name: one[1] for name, one in found.items()} == {"C1": 1, "C2": 4, "C3": 1, "C4": 4}
    # C3 might be wholesale: the row is not taken, and nobody may be punished on it
    assert "missing_data" in found["C3"][2]
    assert "missing_data" not in found["C1"][2]


def test_where_no_row_holds_the_parameters_do(write: Write) -> None:
    policy = write('norm = { A = 9, B = 6, C = 3 }\n[[table]]\nclass = "A"\ncontacts_per_month = 1\n')
    assert {one[1] for one in owed(firm().decide("2026-10-10", policy)).values()} == {6}


def test_other_rules_lean_on_the_tabled_norm(write: Write) -> None:
    verdicts = firm().decide("2026-10-10", write(TABLE), "base_balance")
    (line,) = (one for one in verdicts if one.subject == "employee:M1")
    assert numbers(line, ("clients", "load")) == (4, 1 + 4 + 1 + 4)


def withdrawn(verdicts: Verdicts) -> dict[str, tuple[str, str]]:
    lines = (one for one in verdicts if one.rule == "withdraw")
    return {one.subject.removeprefix("client:"): (one.decision, one.reason) for one in lines}


FREE = {"warned_days": 0, "max_out_percent": 100}


def test_nobody_loses_a_client_on_missing_data(write: Write) -> None:
    found = withdrawn(firm().decide("2026-10-10", write(TABLE), default_policy("withdraw", **FREE)))
    assert found["C1"][0] == "withdraw"
    assert found["C2"][0] == "withdraw"
    assert found["C3"] == ("keep", "missing_data")


def test_control_without_the_table_the_same_client_is_withdrawn() -> None:
    found = withdrawn(firm().decide("2026-10-10", "contact_norm", default_policy("withdraw", **FREE)))
    assert {one[0] for one in found.values()} == {"withdraw"}
    assert len(found) == 4


def test_a_condition_of_the_withdrawal_itself(write: Write) -> None:
    text = "warned_days = 0\nmax_out_percent = 100\n[scope]\nwhere = \"industry = 'Опт'\"\n"
    policy = write(text, "withdraw", "withdraw")
    verdicts = firm().decide("2026-10-10", "contact_norm", policy)
    assert withdrawn(verdicts) == {
        "C2": ("withdraw", "breached and nothing holds the client"),
        "C3": ("keep", "missing_data"),
        "C4": ("withdraw", "breached and nothing holds the client"),
    }


def test_whom_the_norm_does_not_concern_nobody_withdraws(write: Write) -> None:
    policy = write("[scope]\nwhere = \"custom.Сегмент <> 'внутренний'\"\n")
    found = withdrawn(firm().decide("2026-10-10", policy, default_policy("withdraw", **FREE)))
    assert sorted(found) == ["C1", "C2", "C3"]


def test_a_receiver_gets_only_whom_the_reassignment_concerns(write: Write) -> None:
    policy = write("[scope]\nwhere = \"industry = 'Опт'\"\n", "reassign", "reassign")
    made = firm().client("C9", owner="M2", abc="C", industry="Опт").calls("C9", "M2", "2026-09-10T10:00")
    verdicts = made.decide("2026-10-10", "contact_norm", default_policy("withdraw", **FREE), policy)
    moved = {one.subject for one in verdicts if one.rule == "reassign"}
    assert moved == {"client:C2", "client:C4"}


def test_two_policies_of_one_rule_judge_each_by_its_own_condition(write: Write) -> None:
    first = write("norm = { A = 1, B = 1, C = 1 }\n[scope]\nwhere = \"industry = 'Опт'\"\n", name="a")
    second = write("norm = { A = 9, B = 9, C = 9 }\n[scope]\nwhere = \"industry = 'Розница'\"\n", name="b")
    plain = replace(default_policy("contact_norm"), id="c")
    verdicts = firm().decide("2026-10-10", first, second, plain)
    september = [one for one in verdicts if one.period == "2026-09" and "missing_data" not in one.flags]
    required = {(one.policy, one.subject[-2:]): one.numbers["required"] for one in september}
    assert required == {("a", "C2"): 1, ("a", "C4"): 1, ("b", "C1"): 9} | {
        ("c", name): 2 for name in ("C1", "C2", "C3", "C4")
    }


def test_the_interval_to_the_next_contact_by_table(write: Write) -> None:
    text = '[[table]]\nindustry = "Опт"\ninterval_days = 3\n'
    made = firm()
    for name in ("C1", "C2"):
        made.calls(name, "M1", "2026-10-05T10:00")
    verdicts = made.decide("2026-10-05T20:00", "contact_norm", write(text, "next_contact", "next"))
    due = {one.subject[-2:]: one.numbers["due"] for one in verdicts if one.rule == "next_contact"}
    # 3 working days after Monday 5 October 2026; 20 / 2 = 10 for the class B without a row
    assert due == {"C1": "2026-10-19", "C2": "2026-10-08"}


def test_the_interval_follows_the_tabled_norm(write: Write) -> None:
    made = firm().calls("C2", "M1", "2026-10-05T10:00")
    verdicts = made.decide("2026-10-05T20:00", write(TABLE), "next_contact")
    (line,) = (one for one in verdicts if one.rule == "next_contact")
    assert line.numbers["due"] == "2026-10-12"  # 20 / 4 = 5 working days


def test_a_condition_may_ask_for_what_the_rule_itself_does_not_read(write: Write) -> None:
    policy = write("[scope]\nwhere = \"days_since_contact > 5 AND owner = 'M1'\"\n", "orphan", "orphan")
    assert {"events", "ownership", "clients"} <= required_frames([policy])


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("class = 'A'", ["C1"]),
        ("turnover_12m >= 1500.5", ["C1"]),
        ("turnover_12m < 1500.5", ["C2"]),
        ("days_since_contact = 9", ["C1"]),
        ("days_since_contact IS NULL", ["C2"]),
        ("key_account", ["C2"]),
        ("NOT key_account AND NOT closed", ["C1"]),
        ("'vip' IN tags", ["C1"]),
        ("tags IS NULL", ["C2"]),
        ("created_at >= '2026-02-01'", ["C2"]),
        ("owner = 'M2'", ["C2"]),
        ("name LIKE 'Клиент C_' AND kind = 'company' AND inn = '7707083893'", ["C1"]),
        ("status = 'active' AND region = 'Москва'", ["C1"]),
        ("custom.\"Номер договора\" = '15'", ["C1"]),
        ("custom.НДС = 'true'", ["C1"]),
        ("closed_at IS NULL", ["C1", "C2"]),
    ],
)
def test_what_conditions_see_of_a_client(write: Write, where: str, expected: list[str]) -> None:
    made = Firm().employee("M1").employee("M2")
    made.client("C1", tags=["vip"], kind="company", inn="7707083893", region="Москва",
                custom='{"Номер договора": 15, "НДС": true}')  # fmt: skip
    made.client("C2", owner="M2", since="2026-02-01", key_account=True)
    made.sale("C1", 150050).sale("C2", 100).calls("C1", "M1", "2026-10-01T10:00")
    policy = write(f"[scope]\nwhere = '''{where}'''\n", "no_contact", "silent")
    shown = made.decide("2026-10-10", policy).of("no_contact", "2026-09")
    assert sorted(one.subject.removeprefix("client:") for one in shown) == expected


def story(policy: Policy, client: int) -> list[str]:
    facts = firm().facts()
    now = moment_of(facts, [policy], at("2026-10-10T00:00"))
    return layer_story(facts, now, policy, client, texts("ru"))


def test_each_part_of_a_condition_is_told_with_the_client_s_values(write: Write) -> None:
    policy = write("[scope]\nwhere = \"industry = 'Опт' AND NOT closed AND 'vip' IN tags\"\n")
    assert story(policy, 1) == [
        "условие «industry = 'Опт'»: нет (industry = Розница)",
        "условие «NOT closed»: да (closed = нет)",
        "условие «'vip' IN tags»: неизвестно (tags = неизвестно)",
    ]


def test_the_row_that_decides_is_told(write: Write) -> None:
    policy = write(TABLE.replace('class = "B"', 'industry = "Розница"'))
    assert story(policy, 1) == ["таблица: строка 2, industry = Розница → contacts_per_month = 1"]
    assert story(policy, 3) == ["таблица: ни одна строка не подходит, действуют параметры"]


# -- extends ------------------------------------------------------------------------------------------------

BASE = (
    NORMS.format("base").replace("[use]", 'owner = "director"\nmode = "approve"\n[use]')
    + "min_call_seconds = 30\n"
)


def test_a_policy_takes_over_what_it_does_not_say(tmp_path: Path) -> None:
    (tmp_path / "common").mkdir()
    (tmp_path / "common" / "base.toml").write_text(
        BASE + "[use.norm]\nA = 8\nB = 4\nC = 2\n", encoding="utf-8"
    )
    own = 'extends = "common/base.toml"\nschema = 1\nid = "own"\nversion = "2"\n[use.norm]\nA = 5\n'
    (tmp_path / "own.toml").write_text(own, encoding="utf-8")
    (policy,) = load_policies(tmp_path)
    assert (policy.id, policy.version, policy.owner, policy.mode) == ("own", "2", "director", "approve")
    told = policy.params.model_dump()
    assert (told["norm"], told["min_call_seconds"]) == ({"A": 5, "B": 4, "C": 2}, 30)


def test_a_mistake_in_what_is_taken_over_is_told_where_it_stands(tmp_path: Path) -> None:
    (tmp_path / "common").mkdir()
    base = tmp_path / "common" / "base.toml"
    base.write_text(BASE + '[scope]\nwhere = "turnvoer > 1"\n', encoding="utf-8")
    own = 'extends = "common/base.toml"\nschema = 1\nid = "own"\nversion = "2"\n[use]\nmin_call_second = 3\n'
    (tmp_path / "own.toml").write_text(own, encoding="utf-8")
    lines = read_policies(tmp_path, Rulebook()).lines()
    assert [line.split(": ", 1)[0] for line in lines] == [f"{base}:10:10", f"{tmp_path / 'own.toml'}:6:1"]


def test_the_id_is_never_taken_over(tmp_path: Path) -> None:
    (tmp_path / "common").mkdir()
    (tmp_path / "common" / "base.toml").write_text(BASE, encoding="utf-8")
    (tmp_path / "own.toml").write_text('extends = "common/base.toml"\n', encoding="utf-8")
    (line,) = read_policies(tmp_path, Rulebook()).lines()
    assert ": id: is missing" in line


def test_files_that_extend_one_another(tmp_path: Path) -> None:
    (tmp_path / "common").mkdir()
    for one, other in (("a", "b"), ("b", "a")):
        (tmp_path / "common" / f"{one}.toml").write_text(f'extends = "{other}.toml"\n', encoding="utf-8")
    (tmp_path / "own.toml").write_text('extends = "common/a.toml"\n', encoding="utf-8")
    (mistake,) = read_policies(tmp_path, Rulebook()).mistakes
    assert (mistake.code, mistake.place.path) == ("extends_circle", str(tmp_path / "common" / "b.toml"))


# -- warnings -----------------------------------------------------------------------------------------------


def warnings(folder: Path) -> list[str]:
    return [one.code for one in read_policies(folder, Rulebook()).warnings]


def test_a_beginning_inside_a_month_is_noted(tmp_path: Path) -> None:
    text = NORMS.format("a").replace("[use]", "effective_from = 2026-10-15\n[use]")
    (tmp_path / "a.toml").write_text(text, encoding="utf-8")
    assert warnings(tmp_path) == ["inside_month"]
    (tmp_path / "a.toml").write_text(text.replace("10-15", "10-01"), encoding="utf-8")
    assert warnings(tmp_path) == []


def test_two_policies_of_one_rule_are_noted(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.toml").write_text(NORMS.format(name), encoding="utf-8")
    assert warnings(tmp_path) == ["rule_twice"]
