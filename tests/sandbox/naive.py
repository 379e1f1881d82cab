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


def add_task_with_retries(url: str, fields: dict[str, Any]) -> int:
    """Add a task and send it again whenever no answer came; return how often it was sent."""
    for attempt in range(1, 6):
        try:
            requests.post(url + "tasks.task.add", json={"fields": fields}, timeout=10).json()
        except requests.RequestException:
            continue
        return attempt
    return 0


def changed_since(url: str, moment: str) -> list[dict[str, Any]]:
    """Ask for what changed since a moment, and believe the filter."""
    wanted = {"filter": {">=DATE_MODIFY": moment}, "select": ["ID", "DATE_MODIFY"]}
    return list(requests.post(url + "crm.company.list", json=wanted, timeout=10).json()["result"])
