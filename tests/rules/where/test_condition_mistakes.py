"""What is wrong with a condition, and at which sign; nothing but conditions is ever taken."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from connector.rules.where.condition import read_condition
from connector.rules.where.nodes import inner

MISTAKES = [
    ("turnvoer_12m > 1", "unknown_field", 0),
    ("closed AND segment <> 'a'", "unknown_field", 11),
    ("industry = 'a", "open_quote", 11),
    ('industry = "a"', "double_quote", 11),
    ("industry == 'a'", "other_language", 9),
    ("closed && key_account", "other_language", 7),
    ("industry = 'a' ; drop", "strange_sign", 15),
    ("closed # yes", "strange_sign", 7),
    ("turnover_12m > 12abc", "bad_number", 15),
    ("turnover_12m > 1.2.3", "bad_number", 15),
    ("turnover_12m > 1234567890123456", "long_number", 15),
    ("", "empty", 0),
    ("   ", "empty", 0),
    ("closed AND", "cut_short", 10),
    ("(closed", "cut_short", 7),
    ("closed key_account", "unexpected", 7),
    ("closed)", "unexpected", 6),
    ("AND closed", "unexpected", 0),
    ("industry NOT 'a'", "unexpected", 13),
    ("industry IS 'a'", "expected", 12),
    ("industry IN 'a'", "expected", 12),
    ("industry LIKE region", "like_pattern", 14),
    ("industry = NULL", "null_value", 11),
    ("industry > 3", "cannot_compare", 9),
    ("turnover_12m = closed", "cannot_compare", 13),
    ("industry > 'a'", "no_order", 9),
    ("key_account < closed", "no_order", 12),
    ("tags = tags", "list_compared", 5),
    ("created_at > 'yesterday'", "bad_day", 13),
    ("created_at > '2026-13-01'", "bad_day", 13),
    ("class = 'D'", "impossible_value", 8),
    ("status IN ('active', 'gone')", "impossible_value", 21),
    ("'x' IN industry", "not_a_list", 7),
    ("days_since(industry) > 3", "wrong_kind", 11),
    ("days_since() > 3", "arguments", 0),
    ("days_since(created_at, 3) > 3", "arguments", 0),
    ("in_last(created_at, 3, 'weeks')", "unit", 23),
    ("sleep(10)", "unknown_function", 0),
    ("industry", "wrong_kind", 0),
    ("NOT industry", "wrong_kind", 4),
    ("closed AND 1", "wrong_kind", 11),
    ("closed + 1 = 2", "wrong_kind", 0),
    ("(" * 50 + "closed" + ")" * 50, "too_deep", 40),
    (" OR ".join(["closed"] * 300), "too_many_words", 2000),
    ("closed" + " " * 4000, "too_long", 0),
]


@pytest.mark.parametrize(("text", "code", "at"), MISTAKES)
def test_a_mistake_is_named_at_its_sign(text: str, code: str, at: int) -> None:
    condition, problems = read_condition(text)
    assert condition is None
    assert [(one.code, one.at) for one in problems] == [(code, at)]


def test_all_mistakes_of_types_are_told_at_once_in_their_order() -> None:
    text = "turnvoer > 1 AND class = 'Б' OR industry > 3"
    assert [(one.code, one.at) for one in read_condition(text)[1]] == [
        ("unknown_field", 0),
        ("impossible_value", 25),
        ("cannot_compare", 41),
    ]


INJECTIONS = [
    "industry = 'a'; DROP TABLE client",
    "industry = 'a' UNION SELECT 1",
    "(SELECT 1) = 1",
    "read_csv('/etc/passwd') IS NULL",
    "__import__('os').system('true')",
    "industry.__class__ = 'a'",
    "custom.__class__.__mro__ = 'a'",
    "eval('1') = 1",
    'custom."a\\"] | $..*" = \'a\'',
    "custom.\"a']['b\" = 'x'",
    "{0.__class__} = 'a'",
    "industry = $1",
    "industry = `id`",
    "closed -- comment",
    "closed /* comment */",
    "lambda: closed",
    "industry ~ '.*'",
    "pl.col('industry') = 'a'",
]


@pytest.mark.parametrize("text", INJECTIONS)
def test_nothing_but_the_language_is_taken(text: str) -> None:
    condition, problems = read_condition(text)
    assert condition is None
    assert problems


def test_signs_of_patterns_mean_nothing_inside_like() -> None:
    condition, _ = read_condition("industry LIKE '(.*)[a-z]+$'")
    assert condition is not None
    assert len(list(inner(condition.node))) == 2


words = st.sampled_from(
    [
        *("industry", "class", "turnover_12m", "created_at", "tags", "closed", "custom.a", "x"),
        *(
            "and",
            "or",
            "not",
            "in",
            "between",
            "like",
            "is",
            "null",
            "true",
            "(",
            ")",
            ",",
            "=",
            "<",
            "+",
            "/",
        ),
        *(
            "'a'",
            "'2026-01-01'",
            "1",
            "0.5",
            "lower",
            "days_since",
            "coalesce",
            "max",
            '"',
            "'",
            "\n",
            "\x00",
        ),
    ]
)


@settings(max_examples=500, deadline=None)
@given(text=st.one_of(st.text(max_size=60), st.lists(words, max_size=15).map(" ".join)))
@example("\ud800")
@example("İ = 'a'")
@example("²")
@example("lower(İ)")
def test_whatever_is_written_is_a_condition_or_a_list_of_mistakes(text: str) -> None:
    condition, problems = read_condition(text)
    assert (condition is None) == bool(problems)
    assert all(0 <= one.at <= len(text) for one in problems)
