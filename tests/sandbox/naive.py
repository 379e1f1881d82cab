"""Clients as people write them in a hurry: each does one thing that a portal punishes."""

from __future__ import annotations

from typing import Any

import requests


def offset_pages(url: str, method: str) -> list[dict[str, Any]]:
    """Walk pages by `next` until it is missing, sorted by nothing, trusting every answer."""
    rows: list[dict[str, Any]] = []
    start: int | None = 0
    while start is not None:
        body = requests.post(url + method, json={"start": start}, timeout=10).json()
        rows += body["result"]
        start = body.get("next")
    return rows


def counted_pages(url: str, method: str) -> list[dict[str, Any]]:
    """Ask for the total once, then for that many pages in one batch."""
    first = requests.post(url + method, json={"start": 0}, timeout=10).json()
    rows = list(first["result"])
    commands = {f"c{start}": f"{method}?start={start}" for start in range(50, first["total"], 50)}
    answer = requests.post(url + "batch", json={"halt": 0, "cmd": commands}, timeout=10).json()["result"]
    for page in answer["result"].values() if commands and answer["result"] else []:
        rows += page
    return rows


def add_task_with_retries(url: str, fields: dict[str, Any], timeout: float = 10) -> int:
    """Add a task and send it again whenever no answer came; return how often it was sent."""
    for attempt in range(1, 6):
        try:
            requests.post(url + "tasks.task.add", json={"fields": fields}, timeout=timeout).json()
        except requests.RequestException:
            continue
        return attempt
    return 0


def changed_since(url: str, moment: str) -> list[dict[str, Any]]:
    """Ask for what changed since a moment, and believe the filter."""
    wanted = {"filter": {">=DATE_MODIFY": moment}, "select": ["ID", "DATE_MODIFY"]}
    return list(requests.post(url + "crm.company.list", json=wanted, timeout=10).json()["result"])


def in_order(url: str, order: dict[str, str]) -> list[int]:
    """Walk pages of companies by offsets in an order that others can change meanwhile; return the ids."""
    found: list[int] = []
    start: int | None = 0
    while start is not None:
        asked = {"start": start, "order": order, "select": ["ID"]}
        body = requests.post(url + "crm.company.list", json=asked, timeout=10).json()
        found += [int(row["ID"]) for row in body["result"]]
        start = body.get("next")
    return found


def rows_if_any(url: str, method: str) -> list[dict[str, Any]]:
    """Take an answer without rows for an empty list."""
    return list(requests.post(url + method, json={}, timeout=10).json().get("result", []))


def vanished(url: str, known: set[int]) -> set[int]:
    """Take every company that the list does not show for deleted."""
    return known - {int(row["ID"]) for row in offset_pages(url, "crm.company.list")}


def pause(time: dict[str, Any]) -> int:
    """Work out from a time block how many seconds to wait for the method to be free again."""
    return int(time["operating_reset_at"]) - int(time["finish"])


def moves_of(url: str, deal: int) -> list[str]:
    """Return the stages of one deal out of the whole stage history, trusting the documented types."""
    body = requests.post(url + "crm.stagehistory.list", json={"entityTypeId": 2}, timeout=10).json()
    return [row["STAGE_ID"] for row in body["result"]["items"] if row["OWNER_ID"] == deal]


class Application:
    """An application that refreshes its token when it expires, but keeps the first refresh token for ever."""

    def __init__(self, base: str, tokens: dict[str, str]) -> None:
        self.base = base
        self.tokens = dict(tokens)

    def call(self, method: str) -> Any:
        """Call a method; the token is refreshed once if it expired."""
        answer = self._send(method)
        if answer.get("error") == "expired_token":
            self.tokens["access_token"] = self._refresh()["access_token"]
            answer = self._send(method)
        return answer["result"]

    def _send(self, method: str) -> dict[str, Any]:
        sent = {"auth": self.tokens["access_token"]}
        return dict(requests.post(f"{self.base}/rest/{method}", json=sent, timeout=10).json())

    def _refresh(self) -> dict[str, str]:
        names = ("client_id", "client_secret", "refresh_token")
        asked = {"grant_type": "refresh_token", **{name: self.tokens[name] for name in names}}
        return dict(requests.get(f"{self.base}/oauth/token/", params=asked, timeout=10).json())


class Careful(Application):
    """The same application with one difference: it keeps the refresh token that came last."""

    def _refresh(self) -> dict[str, str]:
        fresh = super()._refresh()
        self.tokens["refresh_token"] = fresh["refresh_token"]
        return fresh
