"""Each kind of field has one kind of column, and nothing is guessed."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

import pytest
from pydantic import AwareDatetime
from sqlalchemy import BigInteger, Boolean, Float, Text

from connector.store.columns import dump_json, is_optional, kind_of, load_json


@pytest.mark.parametrize(
    ("annotation", "sql"),
    [
        (str, Text),
        (str | None, Text),
        (Literal["a", "b"], Text),
        (Literal["a"] | None, Text),
        (bool, Boolean),
        (int | None, BigInteger),
        (float, Float),
        (date, Text),
        (AwareDatetime | None, BigInteger),
        (tuple[str, ...], Text),
        (dict[str, Any], Text),
    ],
)
def test_the_column_of_a_field(annotation: Any, sql: type[Any]) -> None:
    assert kind_of(annotation).sql is sql


def test_only_what_allows_none_is_optional() -> None:
    assert is_optional(str | None)
    assert is_optional(Literal["a"] | None)
    assert not is_optional(str)
    assert not is_optional(dict[str, None])


def test_a_kind_that_no_field_has_so_far_is_an_error() -> None:
    with pytest.raises(TypeError, match="no column is known"):
        kind_of(bytes)


def test_json_is_the_same_for_any_order_of_keys_and_for_what_strict_json_cannot_hold() -> None:
    assert dump_json({"b": 1, "a": "я"}) == '{"a":"я","b":1}'
    assert load_json(dump_json({"n": 2**80, "half": "\ud83d"})) == {"n": 2**80, "half": "\ud83d"}
