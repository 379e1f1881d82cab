"""A condition over columns says what the same condition says of each row alone, unknown values included."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.rules.calendar import Calendar
from connector.rules.where.columns import Today
from connector.rules.where.condition import read_condition

TODAY = date(2026, 10, 1)
SCHEMA = {
    "industry": pl.String,
    "region": pl.String,
    "turnover_12m": pl.Float64,
    "days_since_contact": pl.Float64,
    "key_account": pl.Boolean,
    "closed": pl.Boolean,
    "created_at": pl.Date,
    "tags": pl.List(pl.String),
}
TEXTS = ["опт", "розница", "a%b", "O'Neil", ""]
NUMBERS = [-2.5, 0.0, 1.0, 3.0, 1000000.1]
DAYS = [date(2026, 9, 30), date(2026, 1, 1), date(2026, 10, 5)]

values = {
    "industry": st.sampled_from([None, *TEXTS]),
    "region": st.sampled_from([None, *TEXTS]),
    "turnover_12m": st.sampled_from([None, *NUMBERS]),
    "days_since_contact": st.sampled_from([None, *NUMBERS]),
    "key_account": st.sampled_from([None, True, False]),
    "closed": st.sampled_from([None, True, False]),
    "created_at": st.sampled_from([None, *DAYS]),
    "tags": st.sampled_from([None, [], ["опт"], ["опт", "a%b"]]),
}
rows = st.fixed_dictionaries(values)


# -- a tree of our own, written out as text and judged row by row by the definition of SQL ------------------


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


numbers = st.recursive(
    st.one_of(
        st.sampled_from(["turnover_12m", "days_since_contact"]).map(lambda name: ("field", name)),
        st.sampled_from([0.0, 1.0, 2.5, 1000000.1]).map(lambda value: ("number", value)),
    ),
    lambda inner: st.tuples(st.sampled_from("+-*/"), inner, inner),
    max_leaves=3,
)
texts = st.one_of(
    st.sampled_from(["industry", "region"]).map(lambda name: ("field", name)),
    st.sampled_from(TEXTS).map(lambda value: ("text", value)),
)
compared = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])
atoms = st.one_of(
    st.sampled_from(["key_account", "closed"]).map(lambda name: ("field", name)),
    st.tuples(compared, numbers, numbers),
    st.tuples(st.sampled_from(["=", "<>"]), texts, texts),
    st.tuples(
        compared, st.just(("field", "created_at")), st.sampled_from(DAYS).map(lambda day: ("day", day))
    ),
    st.tuples(st.just("null"), st.sampled_from([("field", name) for name in SCHEMA])),
    st.tuples(st.just("in"), texts, st.lists(st.sampled_from(TEXTS), min_size=1, max_size=3)),
    st.tuples(st.just("between"), numbers, numbers, numbers),
    st.tuples(st.just("holds"), st.sampled_from(TEXTS)),
)
trees = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.tuples(st.just("not"), inner), st.tuples(st.sampled_from(["and", "or"]), inner, inner)
    ),
    max_leaves=8,
)


def written(tree: Any) -> str:
    match tree:
        case ("field", name):
            return str(name)
        case ("number", value):
            return f"{value:.1f}"
        case ("text", value):
            return quoted(value)
        case ("day", value):
            return quoted(value.isoformat())
        case ("not", inner):
            return f"NOT ({written(inner)})"
        case ("null", inner):
            return f"{written(inner)} IS NULL"
        case ("in", of, choices):
            return f"{written(of)} IN ({', '.join(map(quoted, choices))})"
        case ("between", of, low, high):
            return f"({written(of)}) BETWEEN ({written(low)}) AND ({written(high)})"
        case ("holds", value):
            return f"{quoted(value)} IN tags"
        case (sign, left, right):
            return f"({written(left)}) {sign.upper()} ({written(right)})"
    raise AssertionError(tree)


def judged(tree: Any, row: dict[str, Any]) -> Any:
    """Return True, False, a value, or None for unknown: SQL:2016 part 2, 8.1 to 8.15."""
    match tree:
        case ("field", name):
            return row[name]
        case ("number" | "text" | "day", value):
            return value
        case ("not", inner):
            held = judged(inner, row)
            return None if held is None else not held
        case ("null", inner):
            return judged(inner, row) is None
        case ("in", of, choices):
            value = judged(of, row)
            return None if value is None else value in choices
        case ("between", of, low, high):
            return judged(("and", (">=", of, low), ("<=", of, high)), row)
        case ("holds", value):
            return None if row["tags"] is None else value in row["tags"]
        case ("and" | "or" as sign, left, right):
            held = [judged(left, row), judged(right, row)]
            settles = sign == "or"
            return settles if settles in held else None if None in held else not settles
        case (sign, left, right):
            return compare(sign, judged(left, row), judged(right, row))
    raise AssertionError(tree)


def compare(sign: str, left: Any, right: Any) -> Any:
    if left is None or right is None:
        return None
    match sign:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/":
            return left / right if right else None
        case "=":
            return left == right
        case "<>":
            return left != right
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
    return left >= right


def held(text: str, cases: list[dict[str, Any]]) -> list[bool | None]:
    condition, problems = read_condition(text)
    assert condition is not None, (text, [(one.code, one.at) for one in problems])
    frame = pl.DataFrame({name: [case[name] for case in cases] for name in SCHEMA}, schema=SCHEMA)
    found: list[bool | None] = frame.select(
        pl.lit(0).alias("_"), condition.holds(Today(TODAY, Calendar())).alias("held")
    )["held"].to_list()
    return found


@settings(max_examples=300, deadline=None)
@given(tree=trees, cases=st.lists(rows, min_size=1, max_size=6))
def test_columns_say_what_each_row_says(tree: Any, cases: list[dict[str, Any]]) -> None:
    found = held(written(tree), cases)
    expected = [judged(tree, case) for case in cases]
    assert (found if len(found) == len(cases) else found * len(cases)) == expected


def test_control_a_logic_of_two_values_would_differ() -> None:
    row = dict.fromkeys(SCHEMA)
    assert judged(("not", ("=", ("field", "industry"), ("text", "опт"))), row) is None
    assert held("NOT (industry = 'опт')", [row]) == [None]


# -- functions, typed by hand ------------------------------------------------------------------------------

BARE: dict[str, Any] = dict.fromkeys(SCHEMA)


@pytest.mark.parametrize(
    ("text", "row", "expected"),
    [
        ("days_since(created_at) = 1", {"created_at": date(2026, 9, 30)}, True),
        ("days_since(created_at) = 1", {}, None),
        # 28, 29, 30 September and 1 October 2026 are Monday to Thursday
        ("wd_since(created_at) = 4", {"created_at": date(2026, 9, 27)}, True),
        ("wd_since(created_at) = 4", {"created_at": date(2026, 9, 25)}, True),
        ("wd_since(created_at) = 0", {"created_at": TODAY}, True),
        ("wd_since(created_at) = 0", {"created_at": TODAY + timedelta(days=1)}, None),
        ("wd_since(created_at) > 2000", {"created_at": date(1990, 1, 1)}, True),
        ("in_last(created_at, 1)", {"created_at": TODAY}, True),
        ("in_last(created_at, 1)", {"created_at": date(2026, 9, 30)}, False),
        ("in_last(created_at, 2, 'd')", {"created_at": date(2026, 9, 30)}, True),
        ("in_last(created_at, 5, 'wd')", {"created_at": date(2026, 9, 25)}, True),
        ("in_last(created_at, 4, 'wd')", {"created_at": date(2026, 9, 25)}, False),
        ("in_last(created_at, 30)", {"created_at": date(2026, 10, 5)}, False),
        ("coalesce(industry, region, '-') = '-'", {}, True),
        ("coalesce(industry, region) = 'опт'", {"region": "опт"}, True),
        ("abs(turnover_12m) = 2.5", {"turnover_12m": -2.5}, True),
        ("max(turnover_12m, 5) = 5", {"turnover_12m": 1.0}, True),
        ("max(turnover_12m, 5) = 5", {}, None),
        ("min(turnover_12m, 5) = 1", {"turnover_12m": 1.0}, True),
        ("min(turnover_12m, 5) = 5", {}, None),
        ("lower(industry) LIKE '%опт%'", {"industry": "Крупный ОПТ"}, True),
        ("industry LIKE '_пт'", {"industry": "опт"}, True),
        ("industry LIKE 'a.b'", {"industry": "a%b"}, False),
        ("industry LIKE 'a%b'", {"industry": "a\nb"}, True),
        ("industry LIKE '%'", {}, None),
        ("industry NOT LIKE 'о%'", {"industry": "опт"}, False),
        ("industry NOT IN ('опт')", {}, None),
        ("'опт' NOT IN tags", {"tags": ["a%b"]}, True),
        ("created_at >= '30.09.2026'", {"created_at": date(2026, 9, 30)}, True),
        ("'2026-09-30' < created_at", {"created_at": date(2026, 9, 30)}, False),
        ("turnover_12m / 0 = 1 OR turnover_12m / 0 <> 1", {"turnover_12m": 1.0}, None),
        ("-turnover_12m = 2", {"turnover_12m": -2.0}, True),
        ("turnover_12m + 2 * 3 = 7", {"turnover_12m": 1.0}, True),
        ("(turnover_12m + 2) * 3 = 9", {"turnover_12m": 1.0}, True),
        ("key_account OR closed AND closed", {"key_account": True, "closed": False}, True),
        ("НЕ closed И industry ЕСТЬ NULL", {"closed": False}, True),
        ("industry В ('опт') ИЛИ industry ПОДОБНО 'р%'", {"industry": "розница"}, True),
    ],
)
def test_what_functions_and_signs_say(text: str, row: dict[str, Any], expected: bool | None) -> None:
    assert held(text, [BARE | row]) == [expected]


def test_parts_are_what_is_joined_by_and_at_the_top() -> None:
    condition, _ = read_condition("closed AND (industry = 'a' OR region = 'b') AND NOT key_account")
    assert condition is not None
    assert [text for text, _ in condition.parts()] == [
        "closed",
        "(industry = 'a' OR region = 'b')",
        "NOT key_account",
    ]
    assert condition.fields == {"closed", "industry", "region", "key_account"}


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("closed", ["closed"]),
        ("(closed AND key_account)", ["closed", "key_account"]),
        ("(closed И (key_account AND 'a' IN tags))", ["closed", "key_account", "'a' IN tags"]),
        ("closed OR key_account AND closed", ["closed OR key_account AND closed"]),
        ("turnover_12m BETWEEN 1 AND 2 AND closed", ["turnover_12m BETWEEN 1 AND 2", "closed"]),
        ("NOT (closed AND key_account)", ["NOT (closed AND key_account)"]),
    ],
)
def test_each_part_as_it_is_written(text: str, parts: list[str]) -> None:
    condition, _ = read_condition(text)
    assert condition is not None
    assert [part for part, _ in condition.parts()] == parts


def test_the_longest_condition_that_is_allowed_can_be_judged() -> None:
    longest = " OR ".join(["closed"] * 200)
    assert held(longest, [BARE | {"closed": True}]) == [True]
