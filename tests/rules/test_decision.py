"""The line of a decision: keys, order, bytes (model §3, clarification 9)."""

from __future__ import annotations

import json
import math
from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.rules.decide import decide
from connector.rules.decision import SCHEMA, Decisions, flag_list, ordered
from connector.rules.jsontext import json_objects, json_values

from .firm import Firm, at, default_policy

AS_OF = at("2026-10-01T00:00")


def judged(firm: Firm, *rules: str) -> Decisions:
    return decide(firm.facts(), [default_policy(rule) for rule in rules], AS_OF)


def test_a_line_byte_for_byte() -> None:
    firm = Firm().employee("M1").client("C2", "B")
    firm.event("C2", "M1", "meeting", "2026-09-10T11:00", id="E17")
    assert next(judged(firm, "contact_norm").lines()) == (
        '{"policy":"contact-norm","rule":"contact_norm","subject":"client:C2","employee":"M1","period":"2026-09",'
        '"decision":"breached","reason":"done < required","numbers":{"required":2,"plan_required":2,"done":1,'
        '"missing":1,"coverage":1,"eligible_days":22,"period_days":22},"evidence":["event:E17"],"flags":[],'
        '"actions":[]}'
    )


def test_no_employee_is_null_and_texts_are_unescaped() -> None:
    (line,) = judged(Firm().client('Ж"1', owner=None), "orphan").lines()
    assert line.startswith('{"policy":"orphan","rule":"orphan","subject":"client:Ж\\"1","employee":null,')


def test_every_line_is_json_with_the_same_keys() -> None:
    firm = (
        Firm()
        .employee("M1")
        .client("K")
        .client("L", owner=None)
        .sale("K", 7)
        .calls("K", "M1", "2026-09-10T10:00")
    )
    lines = list(judged(firm, "abc", "contact_norm", "no_contact", "next_contact", "orphan").lines())
    keys = ["policy", "rule", "subject", "employee", "period", "decision", "reason"]
    assert {tuple(json.loads(line)) for line in lines} == {(*keys, "numbers", "evidence", "flags", "actions")}
    assert len(lines) == 9  # 2 abc, 2 norms of K, 1 next, 2 + 1 without contacts, 1 orphan


def test_consumers_get_objects() -> None:
    firm = Firm().employee("M1").client("K", "A", number=41).calls("K", "M1", "2026-09-30T10:00")
    (one,) = judged(firm, "next_contact")
    assert (one.client_number, one.client_name, one.subject) == (41, "Клиент K", "client:K")
    assert (one.numbers, one.actions[0]["kind"]) == ({"due": "2026-10-07"}, "create_task")


def test_acting_leaves_out_what_asks_for_nothing() -> None:
    firm = Firm().employee("M1").client("K", "A").client("L", "A", owner=None)
    firm.calls("K", "M1", "2026-09-30T10:00").calls("L", "M1", "2026-09-30T10:00")
    decisions = judged(firm, "next_contact", "contact_norm")
    assert (len(decisions), [one.subject for one in decisions.acting()]) == (4, ["client:K"])


def row(policy: str, subject: str, employee: str | None, period: str, reason: str = "") -> dict[str, object]:
    common = {
        "decision": "d",
        "reason": reason,
        "numbers": "{}",
        "evidence": [],
        "flags": [],
        "actions": "[]",
    }
    return {
        "policy": policy,
        "rule": "r",
        "subject": subject,
        "employee": employee,
        "period": period,
        **common,
    }


def test_clarification_9_order() -> None:
    rows = [
        row("a", "client:1", None, "2026-10"),
        row("a", "client:1", "Z", "2026-09"),
        row("a", "client:1", "Я", "2026-08"),
        row("a", "client:10", None, "2026-01"),
        row("a", "client:2", "A", "2026-01", "a"),
        row("a", "client:2", "A", "2026-01", "b"),
        row("a", "client:é", None, "2026-01"),
        row("b", "client:0", None, "2026-01"),
    ]
    schema = {"policy": pl.String, "rule": pl.String, **SCHEMA}
    frame = pl.DataFrame(list(reversed(rows)), schema=schema)
    assert ordered(frame).select(list(rows[0])).to_dicts() == rows


def test_flags_are_sorted_names_of_what_holds() -> None:
    frame = pl.DataFrame({"x": [1, 2]})
    flags = flag_list({"b": pl.col("x") > 0, "a": pl.col("x") > 1, "c": pl.lit(None, dtype=pl.Boolean)})
    assert frame.select(flags)["flags"].to_list() == [["b"], ["a", "b"]]


def test_flags_that_are_the_same_for_every_row() -> None:
    frame = pl.DataFrame({"x": [1, 2]})
    assert frame.select("x", flag_list({"a": pl.lit(value=True)}))["flags"].to_list() == [["a"], ["a"]]
    assert frame.select("x", flag_list({}))["flags"].to_list() == [[], []]
    assert frame.clear().select("x", flag_list({"a": pl.lit(value=True)})).is_empty()


def test_more_flags_than_are_listed_together() -> None:
    flags = {f"f{number:02}": pl.col("x") % 2 == number % 2 for number in range(15)}
    found = pl.DataFrame({"x": [0, 1]}).select(flag_list(flags))["flags"].to_list()
    assert found == [
        ["f00", "f02", "f04", "f06", "f08", "f10", "f12", "f14"],
        ["f01", "f03", "f05", "f07", "f09", "f11", "f13"],
    ]


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False)))
def test_floats_are_pythons_repr(values: list[float]) -> None:
    assert json_values(pl.Series(values, dtype=pl.Float64)).to_list() == [repr(value) for value in values]


@pytest.mark.parametrize(("value", "text"), [(0.00001, "1e-05"), (1e16, "1e+16"), (0.1, "0.1"), (1.0, "1.0")])
def test_floats_that_other_writers_spell_otherwise(value: float, text: str) -> None:
    assert json_values(pl.Series([value])).to_list() == [text]
    assert math.isclose(json.loads(text), value)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]))))
def test_texts_are_pythons_json(values: list[str]) -> None:
    expected = [json.dumps(value, ensure_ascii=False) for value in values]
    assert json_values(pl.Series(values, dtype=pl.String)).to_list() == expected


def test_other_types() -> None:
    columns = {
        "n": pl.Series([1, None]),
        "d": pl.Series([date(2026, 9, 1), None]),
        "l": pl.Series([["a", "я"], []], dtype=pl.List(pl.String)),
        "t": pl.Series([None, None], dtype=pl.String),
        "raw": pl.Series(["{}", "[1]"]),
    }
    assert json_objects(columns, raw=frozenset({"raw"})).to_list() == [
        '{"n":1,"d":"2026-09-01","l":["a","я"],"t":null,"raw":{}}',
        '{"n":null,"d":null,"l":[],"t":null,"raw":[1]}',
    ]
