"""Parameters as PHP reads them from a query."""

from __future__ import annotations

from urllib.parse import unquote_plus

from connector.plugins.bitrix24.php import query


def test_maps_and_lists_become_brackets():
    given = {"filter": {">ID": 5, "@ENTITY_ID": ["1", "2"]}, "select": ["ID", "TITLE"], "start": -1}
    assert unquote_plus(query(given)) == (
        "filter[>ID]=5&filter[@ENTITY_ID][0]=1&filter[@ENTITY_ID][1]=2&select[0]=ID&select[1]=TITLE&start=-1"
    )


def test_what_has_a_meaning_in_a_query_is_encoded():
    assert query({"filter": {"TITLE": "A&B=C #1 + 2%"}}) == "filter%5BTITLE%5D=A%26B%3DC+%231+%2B+2%25"


def test_yes_no_nothing_and_depth():
    assert (
        unquote_plus(query({"a": True, "b": False, "c": None, "d": {"e": [{"f": 1}]}}))
        == "a=Y&b=N&c=&d[e][0][f]=1"
    )


def test_cyrillic_travels_in_utf_8():
    assert query({"t": "Ё"}) == "t=%D0%81"
