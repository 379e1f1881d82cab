"""Credentials on requests."""

from __future__ import annotations

import requests

from connector.http.auth import Basic, Bearer, Header, QueryKey


def signed(auth) -> requests.PreparedRequest:
    return requests.Request("GET", "https://host/path?a=1", auth=auth).prepare()


def test_a_bearer_token():
    assert signed(Bearer("abc")).headers["Authorization"] == "Bearer abc"


def test_a_cyrillic_login_travels_in_utf_8():
    # base64 of the UTF-8 bytes of "Администратор:sandbox"
    expected = "Basic 0JDQtNC80LjQvdC40YHRgtGA0LDRgtC+0YA6c2FuZGJveA=="
    assert signed(Basic("Администратор", "sandbox")).headers["Authorization"] == expected


def test_a_key_in_the_query():
    assert signed(QueryKey("key", "a b&c")).url == "https://host/path?a=1&key=a+b%26c"


def test_a_header_of_the_vendors_own():
    assert signed(Header("X-Refresh-Token", "abc")).headers["X-Refresh-Token"] == "abc"


def test_credentials_do_not_show_themselves():
    for auth in (
        Bearer("s3cr3t"),
        Basic("login", "s3cr3t"),
        QueryKey("key", "s3cr3t"),
        Header("X", "s3cr3t"),
    ):
        assert "s3cr3t" not in repr(auth)


def test_a_login_asks_for_a_kind_of_json_where_the_request_names_no_other_form():
    wanted = Basic("login", "sandbox", "application/json;odata=nometadata")
    for asked, sent in (
        ("application/json", "application/json;odata=nometadata"),
        ("application/xml", "application/xml"),
    ):
        request = requests.Request("GET", "https://host/", headers={"Accept": asked}, auth=wanted)
        assert request.prepare().headers["Accept"] == sent
