"""Clients as people write them in a hurry: each trusts one thing that 1C does not keep."""

from __future__ import annotations

from typing import Any

import requests

from sandbox.onec.conftest import PARTNERS, Api


def all_pages(api: Api, entity: str, size: int, **options: str) -> list[dict[str, Any]]:
    """Walk pages by `$top` and `$skip` over whatever comes."""
    rows: list[dict[str, Any]] = []
    while True:
        page = api.rows(entity, top=str(size), skip=str(len(rows)), **options)
        rows += page
        if len(page) < size:
            return rows


def names(api: Api, **options: str) -> list[str]:
    """Return the names of all clients."""
    return [row["Description"] for row in api.rows(PARTNERS, select="Description", **options)]


def count(api: Api, entity: str) -> int:
    """Count a set by an empty page, and weigh what came."""
    answer = api.send("GET", entity, top="0", inlinecount="allpages")
    assert int(answer.json()["odata.count"]) >= 0
    return len(answer.content)


def save_trusting_the_version(api: Api, key: str, seen: str, fields: dict[str, Any]) -> bool:
    """Write over what was read before and believe that the server looks at the version."""
    return api.send("PATCH", f"{PARTNERS}(guid'{key}')", fields, head_If_Match=seen).status_code == 200


def post_again_until_answered(api: Api, entity: str, fields: dict[str, Any]) -> int:
    """Send a new object again whenever no answer came; return how often it was sent."""
    for attempt in range(1, 6):
        try:
            api.send("POST", entity, fields)
        except requests.ConnectionError:
            continue
        return attempt
    return 0


def retry_every_500(api: Api, path: str, fields: dict[str, Any]) -> int:
    """Repeat a write on every server error; return how often it was sent."""
    for attempt in range(1, 6):
        if api.send("PATCH", path, fields).status_code != 500:
            return attempt
    return 6


def message_of(answer: requests.Response) -> str:
    """Look for the text of an error where other programs put it."""
    return str(answer.json().get("error", {}).get("message", ""))
