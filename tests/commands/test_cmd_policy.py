"""`connector policy check` and `connector policy docs`, through the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Project

DATA = {
    "employees": "id;name;role\nM1;Иванов Пётр;seller\nM2;Петрова Анна;seller\n",
    "clients": "id;name;owner;created_at;abc;industry\nC1;Ромашка;M1;2026-01-15;A;Опт\n"
    "C2;Василёк;M1;2026-01-15;B;\nC3;Лютик;M2;2026-01-15;C;Розница\nC4;Мак;M1;2026-01-15;C;Опт\n",
    "events": "id;client;employee;kind;status;completed_at\n"
    "E1;C1;M1;call;completed;2026-09-01T10:00\nE2;C3;M2;call;completed;2026-09-02T10:00\n"
    "E3;C1;M1;call;completed;2026-10-01T10:00\nE4;C4;M1;call;completed;2026-09-02T10:00\n",
}
EXAMPLE = """\
as_of = "2026-10-01T00:00"

[tables]
employees = "id;name\\nM1;Иванов\\n"
clients = '''
id;name;owner;created_at;abc
C1;Ромашка;M1;2026-01-15;A
C2;Василёк;M1;2026-01-15;C
'''
events = '''
id;client;employee;kind;status;completed_at
E1;C1;M1;call;completed;2026-09-01T10:00
E2;C2;M1;call;completed;2026-09-01T10:00
'''

[[expect]]
policy = "contact-norm"
subject = "client:C1"
period = "2026-09"
decision = "breached"
numbers = { required = 4, done = 1 }

[[expect]]
policy = "contact-norm"
subject = "client:C2"
employee = "M1"
period = "2026-09"
decision = "met"
flags = ["ownership_assumed"]

[[expect]]
policy = "no-contact"
subject = "client:C1"
period = "2026-09"
none = true
"""


@pytest.fixture
def firm(project: Project) -> Project:
    """Return a project of a folder of tables, with the policies of `init`; nothing is pulled."""
    data = project.folder / "data"
    data.mkdir(parents=True)
    for name, text in DATA.items():
        (data / f"{name}.csv").write_text(text, encoding="utf-8")
    assert project("init", "--source", "files", "--name", "firm", str(data)).code == 0
    return project


def example(project: Project, text: str) -> Path:
    folder = project.folder / "policies" / "tests"
    folder.mkdir(exist_ok=True)
    path = folder / "norms.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_policies_as_init_writes_them_are_right(firm: Project) -> None:
    checked = firm("policy", "check")
    assert (checked.code, checked.err) == (0, "")
    assert checked.out == "Политик: 12, ошибок: 0, заметок: 0; примеров сыграно: 0, расхождений: 0.\n"


def test_every_mistake_in_russian_as_the_company_speaks_and_in_english_when_asked(firm: Project) -> None:
    firm.edit("policies/abc.toml", "^a_below = 80", "a_belov = 80")
    firm.edit("policies/orphan.toml", '^mode = "dry_run"', 'mode = "dry"')
    path = firm.folder / "policies"
    checked = firm("policy", "check")
    assert checked.code == 4
    abc, orphan, last = checked.out.splitlines()
    assert abc.startswith(f"{path / 'abc.toml'}:")
    assert abc.endswith(
        "use.a_belov: такого ключа нет, возможно, 'a_below'? — исправьте имя ключа или уберите строку"
    )
    assert orphan.startswith(f"{path / 'orphan.toml'}:5:1: mode: 'dry' здесь не бывает")
    assert last.startswith("Политик: 10, ошибок: 2,")
    told = firm("policy", "check", "--language", "en").out.splitlines()
    assert told[0].endswith(
        "use.a_belov: unknown key, did you mean 'a_below'? — mend the key or take the line out"
    )


def test_the_company_s_language_is_the_default(firm: Project) -> None:
    firm.edit("plugins.toml", '^language = "ru"', 'language = "en"')
    assert firm("policy", "check").out.startswith("Policies: 12, mistakes: 0")


def test_json_for_an_editor(firm: Project) -> None:
    firm.edit("policies/orphan.toml", '^mode = "dry_run"', 'mode = "dry"')
    checked = firm("policy", "check", "--format", "json")
    (one,) = checked.json
    assert one.pop("message").startswith(str(firm.folder))
    assert one == {
        "severity": "mistake",
        "file": str(firm.folder / "policies" / "orphan.toml"),
        "line": 5,
        "column": 1,
        "key": "mode",
        "code": "one_of",
    }


def test_one_file_may_be_checked_without_a_project(project: Project, tmp_path: Path) -> None:
    project.folder.mkdir()
    path = tmp_path / "a.toml"
    path.write_text('schema = 1\nid = "a"\nversion = "1"\n[use]\nrule = "abcd"\n', encoding="utf-8")
    checked = project("policy", "check", str(path))
    assert checked.code == 4
    assert "нет правила 'abcd', возможно, 'abc'?" in checked.out


def test_no_policies_at_all(project: Project, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    checked = project("policy", "check", str(tmp_path / "empty"))
    assert checked.code == 4
    assert "there are no policies" in checked.err


def test_a_change_under_the_same_version_is_noted(firm: Project) -> None:
    assert firm("pull").code == 0
    assert firm("plan", "--as-of", "2026-10-01").code == 0
    assert "заметок: 0" in firm("policy", "check").out
    firm.edit("policies/contact-norm.toml", "^A = 4", "A = 5")
    checked = firm("policy", "check", "--language", "en")
    assert checked.code == 0
    path = firm.folder / "policies" / "contact-norm.toml"
    assert checked.out.startswith(f"[note] {path}:3:1: version: the policy changed since the last plan")
    firm.edit("policies/contact-norm.toml", '^version = "1"', 'version = "2"')
    assert "заметок: 0" in firm("policy", "check").out


# -- examples beside the policies ---------------------------------------------------------------------------


def test_an_example_that_holds(firm: Project) -> None:
    example(firm, EXAMPLE)
    checked = firm("policy", "check")
    assert (checked.code, checked.err) == (0, "")
    assert checked.out.endswith("примеров сыграно: 1, расхождений: 0.\n")


def test_an_example_shows_what_a_change_of_policy_does(firm: Project) -> None:
    path = example(firm, EXAMPLE)
    firm.edit("policies/contact-norm.toml", "^A = 4", "A = 1")
    checked = firm("policy", "check", "--language", "en")
    assert checked.code == 1
    about, advice = "contact-norm, client:C1, 2026-09", "look at the example or the policy"
    assert checked.out.splitlines()[:2] == [
        f"[example] {path}:20:1: expect.0.decision: {about}: expected breached, found met — {advice}",
        f"[example] {path}:21:13: expect.0.numbers.required: {about}: expected 4, found 1 — {advice}",
    ]


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        (
            ('"client:C1"', '"client:C9"'),
            1,
            "16:3: expect.0: no such decision: contact-norm, client:C9, 2026-09",
        ),
        (("none = true\n", ""), 1, "31:3: expect.2: no such decision: no-contact, client:C1, 2026-09"),
        (('period = "2026-09"\ndecision = "b', 'decision = "b'), 1, "16:3: expect.0: 2 such decisions"),
        (
            ('policy = "no-contact"', 'policy = "no-contacts"'),
            1,
            "32:1: expect.2.policy: no policy 'no-contacts'",
        ),
        (("decision =", "decison ="), 4, "expect.0.decison: unknown key, did you mean 'decision'?"),
        (("as_of =", "as_off ="), 4, "as_off: unknown key, did you mean 'as_of'?"),
        (("[[expect]]", "[[expect"), 4, "not TOML"),
        (("2026-09-01T10:00\nE2", "soon\nE2"), 1, "tables: a table of the example cannot be read"),
    ],
)
def test_what_is_wrong_with_an_example(firm: Project, change: tuple[str, str], code: int, said: str) -> None:
    example(firm, EXAMPLE.replace(*change, 1))
    checked = firm("policy", "check", "--language", "en")
    assert said in checked.out
    assert checked.code == code


def test_an_example_may_lean_on_a_folder_of_tables(firm: Project) -> None:
    lines = EXAMPLE.splitlines(keepends=True)
    tables, rest = lines[2:15], "".join(lines[15:])
    assert tables[0] == "[tables]\n"
    folder = firm.folder / "policies" / "tests" / "small"
    folder.mkdir(parents=True)
    for name in ("employees", "clients", "events"):
        (folder / f"{name}.csv").write_text(DATA[name], encoding="utf-8")
    example(
        firm,
        'as_of = "2026-10-01T00:00"\nbundle = "small"\n'
        + rest.split("[[expect]]\n")[1].join(["[[expect]]\n", ""]),
    )
    checked = firm("policy", "check")
    assert (checked.code, checked.err) == (0, "")


def test_examples_wait_until_the_policies_are_right(firm: Project) -> None:
    example(firm, EXAMPLE)
    firm.edit("policies/orphan.toml", '^mode = "dry_run"', 'mode = "dry"')
    assert "примеров сыграно: 0" in firm("policy", "check").out


def test_the_firm_s_own_days_off_count_in_examples(firm: Project) -> None:
    # Without its 22 working days nobody owes anything in September
    example(firm, EXAMPLE)
    days = ", ".join(f"2026-09-{day:02}" for day in range(1, 31))
    (firm.folder / "company").mkdir(exist_ok=True)
    (firm.folder / "company" / "calendar.toml").write_text(f"holidays = [{days}]\n", encoding="utf-8")
    checked = firm("policy", "check")
    assert checked.code == 1
    assert "ждали breached, вышло exempt" in checked.out


# -- the page -----------------------------------------------------------------------------------------------


def table(page: str) -> dict[str, list[str]]:
    """Return the last table of the page by its first column."""
    rows = [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("|")]
    return {row[0]: row[1:] for row in rows[-3:]}


def test_the_page_with_each_manager_s_base_and_forecast(firm: Project) -> None:
    assert firm("pull").code == 0
    told = firm("policy", "docs", "--as-of", "2026-10-02T00:00")
    assert told.code == 0, told.err
    page = told.out
    assert "# Правила работы с клиентами" in page
    assert "Каждому клиенту в месяц положены контакты: класс A — 4, B — 2, C — 1." in page
    assert "Контакт — это состоявшиеся звонки, встречи" in page
    managers = table(page)
    # Clients, A, B, C, owed (4 + 2 + 1), held (1 October), missed in September (A: 1 of 4, B: 0 of 2), lost:
    # 30 % of 3, but at least one
    assert managers["Иванов Пётр"] == ["3", "1", "1", "1", "7", "1", "2", "1"]
    assert managers["Петрова Анна"] == ["1", "0", "0", "1", "1", "0", "0", "0"]


def test_the_numbers_on_the_page_are_those_of_the_policies(firm: Project) -> None:
    firm.edit("policies/contact-norm.toml", "^A = 4", "A = 6")
    firm.edit("policies/contact-norm.toml", "^kinds = .*$", 'kinds = ["meeting"]')
    firm.edit("policies/withdraw.toml", "^max_out_percent = 30", "max_out_percent = 10")
    page = firm("policy", "docs").out
    assert "класс A — 6, B — 2, C — 1. Контакт — это состоявшиеся встречи;" in page
    assert "забирают не больше 10 % клиентов" in page


def test_without_a_store_it_says_so(firm: Project) -> None:
    told = firm("policy", "docs")
    assert told.code == 0
    assert told.out.splitlines()[-1].startswith(
        "База и прогноз каждого менеджера появятся здесь после первой"
    )
    assert "## База" not in told.out


def test_in_english_and_into_a_file(firm: Project, tmp_path: Path) -> None:
    target = tmp_path / "rules.md"
    told = firm("policy", "docs", "--language", "en", "-o", str(target), "--as-of", "2026-10-02")
    assert told.out == f"wrote {target}\n"
    page = target.read_text(encoding="utf-8")
    assert page.startswith("# The rules of working with clients\n")
    assert "Made on 02.10.2026" in page
    assert not any(
        "а" <= letter <= "я"
        for line in page.splitlines()
        if not line.startswith("## ")
        for letter in line.lower()
    )


def test_who_is_concerned_the_table_and_the_frame_of_a_policy_are_told(firm: Project) -> None:
    path = firm.folder / "policies" / "contact-norm.toml"
    text = path.read_text(encoding="utf-8").replace('mode = "dry_run"', 'mode = "approve"\nowner = "Комдир"')
    text = text.replace("# effective_from", "effective_from").replace(
        "# [limits]\n# max_open", "[limits]\nmax_open"
    )
    text += '\n[scope]\nwhere = "industry IS NOT NULL"\n[[table]]\nclass = "A|B"\ncontacts_per_month = 5\n'
    text += '[[action]]\nid = "a"\nwhen = "missing > 1"\nto = "head"\ntitle = "Разобраться: {client}"\n'
    path.write_text(text, encoding="utf-8")
    page = firm("policy", "docs").out
    section = page.split("## Норма контактов по классу ABC\n")[1].split("\n## ")[0]
    for line in (
        "- Действует на месяцы, которые начинаются 01.10.2026 или позже; назад не применяется",
        "- Отвечает: Комдир",
        "- В CRM пишем после утверждения руководителем",
        "- Касается только клиентов, для которых верно: `industry IS NOT NULL`; "
        "если данных не хватает, правило не применяется",
        "- Открытых дел по этому правилу у одного сотрудника не больше 20, остальные ждут",
        "| A, B | 5 |",
        "- Если `missing > 1`, то руководитель получает задачу «Разобраться: {client}»",
    ):
        assert line in section, line


def test_the_same_bytes_every_time(firm: Project) -> None:
    assert firm("pull").code == 0
    pages = {firm("policy", "docs", "--as-of", "2026-10-02").out for _ in range(2)}
    assert len(pages) == 1
