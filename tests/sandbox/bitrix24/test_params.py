"""Parameters arrive as PHP reads them."""

from __future__ import annotations

import pytest

from connector.sandbox.bitrix24.errors import PortalError
from connector.sandbox.bitrix24.params import as_list, as_map, parse_query, parse_request, php_map


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("start=-1&filter[%3EID]=5", {"start": "-1", "filter": {">ID": "5"}}),
        ("select[]=ID&select[]=TITLE", {"select": ["ID", "TITLE"]}),
        ("select[0]=ID&select[1]=TITLE", {"select": ["ID", "TITLE"]}),
        ("order%5BID%5D=ASC", {"order": {"ID": "ASC"}}),
        ("filter[0][logic]=OR&filter[0][0][id]=1", {"filter": [{"logic": "OR", "0": {"id": "1"}}]}),
        ("fields[TITLE]=%D0%90+%D0%91", {"fields": {"TITLE": "А Б"}}),
        ("filter[ID]=$result[p1][49][ID]", {"filter": {"ID": "$result[p1][49][ID]"}}),
        ("a&b=", {"a": "", "b": ""}),
        ("", {}),
    ],
)
def test_a_query_is_read_with_brackets(query: str, expected: object) -> None:
    assert parse_query(query) == expected


def test_an_operator_that_is_not_encoded_loses_the_filter_as_in_php() -> None:
    assert parse_query("filter[>=ID]=5") == {"filter_>": "ID]=5"}


def test_a_plus_that_is_not_encoded_becomes_a_blank() -> None:
    assert parse_query("filter[x]=2026-01-01T00:00:00+03:00") == {
        "filter": {"x": "2026-01-01T00:00:00 03:00"}
    }


def test_body_and_query_are_put_together() -> None:
    assert parse_request("a=1", b'{"b": {"c": [1]}}', "application/json") == {"a": "1", "b": {"c": [1]}}
    assert parse_request("a=1", b"b[c]=2", "application/x-www-form-urlencoded") == {"a": "1", "b": {"c": "2"}}
    assert parse_request("", b' {"b": 2}', "") == {"b": 2}


def test_broken_json_is_refused() -> None:
    with pytest.raises(PortalError, match="Wrong request data"):
        parse_request("", b'{"b": ', "application/json")


def test_maps_become_lists_as_in_php() -> None:
    assert php_map({}) == []
    assert php_map({"0": "a", "1": "b"}) == ["a", "b"]
    assert php_map({"1": "a"}) == {"1": "a"}
    assert php_map({"c1": "a"}) == {"c1": "a"}


def test_array_parameters_are_taken_in_every_form() -> None:
    assert as_map(None, "filter") == {}
    assert as_map(["a"], "filter") == {"0": "a"}
    assert as_list({"0": "a"}) == ["a"]
    assert as_list("a") == ["a"]
    assert as_list("") == []
    with pytest.raises(PortalError, match="Parameter 'filter' must be array"):
        as_map("ID", "filter")
