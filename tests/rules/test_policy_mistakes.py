"""Whatever is wrong with a policy is told with line and column, in Russian and English, all at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from connector.locale import texts
from connector.rules.policy import read_policies
from connector.rules.policy_mistakes import Mistake
from connector.rules.rulebook import Rulebook

HEAD = 'schema = 1\nid = "norms"\nversion = "1"\n'
USE = '[use]\nrule = "contact_norm"\n'
GOOD = HEAD + USE

KINDS: list[tuple[str, str, str]] = [
    # what the file says, where the mistake stands, its code
    ("schema = \n", "1:10", "unreadable"),
    ('schema = 1\nid = "a\n', "2:8", "unreadable"),
    ("[use\n", "1:5", "unreadable"),
    ("schema = 1\nschema = 1\n", "2:11", "unreadable"),
    (GOOD.replace("schema = 1", "schema = 2"), "1:1", "one_of"),
    (GOOD.replace("schema = 1\n", ""), "1:1", "missing"),
    (GOOD.replace('version = "1"\n', ""), "1:1", "missing"),
    (GOOD.replace('"1"', "1"), "3:1", "text"),
    (GOOD.replace('"1"', '""'), "3:1", "empty_text"),
    (GOOD.replace('"norms"', '"Нормы"'), "2:1", "pattern"),
    (HEAD + "effective_from = 2026-13-01\n" + USE, "4:22", "unreadable"),
    (HEAD + 'effective_from = "2026-10-01"\n' + USE, "4:1", "date"),
    (HEAD + 'mode = "auto!"\n' + USE, "4:1", "one_of"),
    (HEAD + 'modes = "auto"\n' + USE, "4:1", "unknown_key"),
    (HEAD + 'along = "deals"\n' + USE, "4:1", "list"),
    (HEAD + 'along = ["deals", "dogs"]\n' + USE, "4:19", "one_of"),
    (HEAD, "1:1", "no_rule_named"),
    (HEAD + "[use]\nrule = 3\n", "4:2", "no_rule_named"),
    (HEAD + '[use]\nrule = "contact_norms"\n', "5:1", "no_rule"),
    (GOOD + "kinds = []\n", "6:1", "empty_list"),
    (GOOD + 'kinds = ["call", "chat"]\n', "6:18", "one_of"),
    (GOOD + "min_call_seconds = 1.5\n", "6:1", "whole_number"),
    (GOOD + "min_call_seconds = -1\n", "6:1", "at_least"),
    (GOOD + 'scale_by_wd = "yes"\n', "6:1", "truth"),
    (GOOD + "norm = 4\n", "6:1", "table"),
    (GOOD + "norm = { A = 4, B = 2 }\n", "6:1", "missing"),
    (GOOD + "[use.norm]\nA = 4\nB = 2\nC = 1\nD = 0\n", "10:1", "unknown_key"),
    (HEAD + '[use]\nrule = "abc"\na_below = 101\n', "6:1", "at_most"),
    (HEAD + '[use]\nrule = "base_balance"\noverloaded_above = "1"\n', "6:1", "number"),
    (GOOD + "[limits]\nmax_open = 0\n", "7:1", "at_least"),
    (GOOD + "[limit]\nmax_open = 3\n", "6:2", "unknown_key"),
    (GOOD + "[scope]\n", "6:2", "missing"),
    (GOOD + "[scope]\nwhere = 3\n", "7:1", "text"),
    (GOOD + "[scope]\nwhere = \"turnvoer > 1\"\n", "7:10", "unknown_field"),
    (GOOD + "[scope]\nwhere = \"closed \\t and class = 'D'\"\n", "7:32", "impossible_value"),
    (GOOD + "[scope]\nwhere = '''\nclosed\nand class > 'A'\n'''\n", "9:11", "no_order"),
    (GOOD + '[scope]\nwhere = """closed \\\n   and"""\n', "8:7", "cut_short"),
    (HEAD + "extends = 3\n" + USE, "4:1", "text"),
    (HEAD + 'extends = "base.toml"\n' + USE, "4:1", "extends_nothing"),
    (HEAD + 'extends = "norms.toml"\n' + USE, "4:1", "extends_circle"),
    (HEAD + "table = 3\n" + USE, "4:1", "table_form"),
    (HEAD + "table = []\n" + USE, "4:1", "empty_table"),
    (HEAD + 'table = "t.csv"\n' + USE, "4:1", "no_file"),
    (HEAD + '[use]\nrule = "orphan"\n[[table]]\nclass = "A"\n', "6:3", "no_table_here"),
    (GOOD + '[[table]]\nclass = "A"\n', "6:3", "no_result"),
    (GOOD + '[[table]]\nclas = "A"\ncontacts_per_month = 4\n', "7:1", "unknown_column"),
    (GOOD + '[[table]]\nmissing_data = true\ncontacts_per_month = 4\n', "7:1", "unknown_column"),
    (GOOD + '[[table]]\nclass = "D"\ncontacts_per_month = 4\n', "7:1", "impossible_value"),
    (GOOD + '[[table]]\nclass = 3\ncontacts_per_month = 4\n', "7:1", "text"),
    (GOOD + '[[table]]\nclass = []\ncontacts_per_month = 4\n', "7:1", "cell_empty"),
    (GOOD + '[[table]]\nclass = "> A"\ncontacts_per_month = 4\n', "7:1", "cell_order"),
    (GOOD + '[[table]]\nturnover_12m = "many"\ncontacts_per_month = 4\n', "7:1", "cell_number"),
    (GOOD + '[[table]]\nturnover_12m = "1..x"\ncontacts_per_month = 4\n', "7:1", "cell_number"),
    (GOOD + '[[table]]\nkey_account = "perhaps"\ncontacts_per_month = 4\n', "7:1", "cell_truth"),
    (GOOD + '[[table]]\ncreated_at = "soon"\ncontacts_per_month = 4\n', "7:1", "bad_day"),
    (GOOD + '[[table]]\nclass = "A"\ncontacts_per_month = "many"\n', "8:1", "whole_number"),
    (GOOD + '[[table]]\nclass = "A"\ncontacts_per_month = 32\n', "8:1", "between"),
]  # fmt: skip


def mistakes(tmp_path: Path, text: str) -> list[Mistake]:
    folder = tmp_path / "policies"
    folder.mkdir(exist_ok=True)
    (folder / "norms.toml").write_text(text, encoding="utf-8", newline="")
    return read_policies(folder, Rulebook()).mistakes


@pytest.mark.parametrize(("text", "place", "code"), KINDS)
def test_a_mistake_is_told_at_its_place_in_both_languages(
    tmp_path: Path, text: str, place: str, code: str
) -> None:
    (mistake,) = mistakes(tmp_path, text)
    assert (str(mistake.place), mistake.code) == (f"{tmp_path / 'policies' / 'norms.toml'}:{place}", code)
    for language in ("ru", "en"):
        line = mistake.said(texts(language))
        assert line.startswith(f"{mistake.place}: ")
        assert " — " in line, "what to do is missing"
        assert "\n" not in line
        assert "{" not in line


def test_control_the_plain_policy_has_none(tmp_path: Path) -> None:
    assert mistakes(tmp_path, GOOD) == []


SHEETS = [
    ("Класс;Контактов\nA;4\n", "1:2", "unknown_column"),
    ("Класс;Класс;Контактов в месяц\nA;B;4\n", "1:2", "column_twice"),
    ("Класс;Контактов в месяц\nA\n", "2", "row_width"),
    ("Класс;Контактов в месяц\nA;4\n\nD;2\n", "4:1", "impossible_value"),
    ("Класс;Контактов в месяц\nA;4,5\n", "2:2", "whole_number"),
    ('Класс;Контактов в месяц\n"A;4\n', "2", "unreadable_row"),
    ("Класс;Контактов в месяц\nA;\n", "2", "no_result"),
    ("Дней без контакта;Контактов в месяц\n>>3;4\n", "2:1", "cell_number"),
]


@pytest.mark.parametrize("encoding", ["utf-8", "cp1251"])
@pytest.mark.parametrize(("sheet", "place", "code"), SHEETS)
def test_a_mistake_in_a_file_of_a_spreadsheet(
    tmp_path: Path, sheet: str, place: str, code: str, encoding: str
) -> None:
    (tmp_path / "policies").mkdir()
    path = tmp_path / "policies" / "t.csv"
    path.write_bytes(sheet.encode(encoding))
    (mistake,) = mistakes(tmp_path, HEAD + 'table = "t.csv"\n' + USE)
    assert (str(mistake.place), mistake.code) == (f"{path}:{place}", code)


def test_all_mistakes_of_all_layers_at_once_in_order(tmp_path: Path) -> None:
    text = (
        HEAD + 'mod = "auto"\n' + USE + "min_call_seconds = -1\n"
        "[scope]\nwhere = \"turnvoer_12m > 'a' and class = 'D'\"\n"
        '[[table]]\nclass = "E"\ncontacts_per_month = 99\n'
    )
    found = [(each.place.line, each.place.column, each.code) for each in mistakes(tmp_path, text)]
    assert found == [
        (4, 1, "unknown_key"),
        (7, 1, "at_least"),
        (9, 10, "unknown_field"),
        (9, 41, "impossible_value"),
        (11, 1, "impossible_value"),
        (12, 1, "between"),
    ]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("ru", "scope.where: нет поля 'turnvoer', возможно, 'turnover_12m'? — исправьте имя поля"),
        ("en", "scope.where: unknown field 'turnvoer', did you mean 'turnover_12m'? — mend the field"),
    ],
)
def test_the_words_of_a_mistake(tmp_path: Path, language: str, said: str) -> None:
    (mistake,) = mistakes(tmp_path, GOOD + '[scope]\nwhere = "turnvoer > 1"\n')
    assert mistake.said(texts(language)) == f"{mistake.place}: {said}"


def test_what_is_no_toml_is_told_in_russian_too(tmp_path: Path) -> None:
    (mistake,) = mistakes(tmp_path, GOOD + "norm =\n")
    said = "это не TOML: значение написано неверно — исправьте строку"
    assert mistake.said(texts("ru")) == f"{mistake.place}: {said}"


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "a.toml").write_bytes(b"\xff\xfe\x00")
    (mistake,) = read_policies(tmp_path / "policies", Rulebook()).mistakes
    assert mistake.code == "unreadable"


# -- nothing that is written ends in anything but a list of mistakes ----------------------------------------

pieces = st.sampled_from(
    [
        *HEAD.splitlines(), *USE.splitlines(), "[use.norm]", "[scope]", "[limits]", "[[table]]", "[table]",
        "norm = {}", "norm = [1]", "A = 4", "where = 'closed'", "where = ''", "where = ['a']", "use = 3",
        "scope = 1", "limits = []", "table = [[1]]", "table = [{}]", "table = {}", 'table = ""',
        "contacts_per_month = 1", "class = {}", "class = [[]]", "class = 1979-05-27", "turnover_12m = nan",
        "turnover_12m = 'inf'", "custom = 3", "custom = { a = [1] }", "extends = '.'", "extends = ''",
        'id = ["a"]', "rule = []", "kinds = {}", "effective_from = 07:32:00", "version = inf", "\x7f", "'''",
        "custom.'\"' = 1", "tags = [1]", "criteria = [1]", "days = [true]",
    ]
)  # fmt: skip


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.one_of(st.lists(pieces, max_size=14).map("\n".join), st.text(max_size=80)))
@example(HEAD + USE + "[[table]]\nclass = 'NULL'\ncontacts_per_month = 1")
@example(HEAD + "table = '..'\n" + USE)
@example(HEAD + "extends = '..'\n" + USE)
@example(HEAD + "table = 't\\u0000.csv'\n" + USE)
def test_whatever_is_written_nothing_breaks(tmp_path: Path, text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        return
    for mistake in mistakes(tmp_path, text):
        assert mistake.said(texts("ru"))
