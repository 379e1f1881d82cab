"""Queries in PHP's brackets."""

from __future__ import annotations

from typing import Any

import pytest

from connector.sandbox.amocrm.query import listed, parse, whole, words


@pytest.mark.parametrize(
    ("query", "parsed"),
    [
        ("page=2&limit=250", {"page": "2", "limit": "250"}),
        ("filter[id][]=7&filter[id][]=9", {"filter": {"id": {"0": "7", "1": "9"}}}),
        ("filter%5Bupdated_at%5D%5Bfrom%5D=1", {"filter": {"updated_at": {"from": "1"}}}),
        (
            "filter[statuses][0][pipeline_id]=1&filter[statuses][0][status_id]=142",
            {"filter": {"statuses": {"0": {"pipeline_id": "1", "status_id": "142"}}}},
        ),
        ("order[id]=asc&order[id]=desc", {"order": {"id": "desc"}}),
        ("with=", {"with": ""}),
        ("filter=1&filter[id]=2", {"filter": {"id": "2"}}),
        ("[x]=1&a]=2", {}),
        ("", {}),
    ],
)
def test_parse(query: str, parsed: dict[str, Any]) -> None:
    assert parse(query) == parsed


def test_values_of_queries() -> None:
    assert listed({"0": "a", "1": "b"}) == ["a", "b"]
    assert listed("a") == ["a"]
    assert (whole("12", 5), whole("-1", 5), whole("1.5", 5), whole("", 5), whole("9" * 13, 5)) == (
        12, -1, 5, 5, 5,
    )  # fmt: skip
    assert words("leads, contacts,") == {"leads", "contacts"}
    assert words({"0": "leads", "1": "role"}) == {"leads", "role"}
    assert words(None) == frozenset()
