"""Clients as people write them in a hurry: each does one thing that an account punishes."""

from __future__ import annotations

from typing import Any

import requests

from sandbox.amocrm.conftest import Api

Row = dict[str, Any]
CLIENT = {"client_id": "sandbox", "client_secret": "sandbox", "redirect_uri": "https://example.test/back"}


def by_next(api: Api, path: str) -> list[Row]:
    """Follow `_links.next` wherever it leads, until it is missing."""
    rows: list[Row] = []
    url: str | None = f"{api.sandbox.url}api/v4/{path}"
    while url:
        body = api.session.get(url, timeout=10).json()
        rows += next(iter(body["_embedded"].values()))
        url = body["_links"].get("next", {}).get("href")
    return rows


def until_short(api: Api, path: str, limit: int = 250) -> list[Row]:
    """Count pages up and stop at the first that has fewer rows than were asked for."""
    rows: list[Row] = []
    page = 1
    while True:
        found = api.rows(f"{path}&limit={limit}&page={page}")
        rows += found
        if len(found) < limit:
            return rows
        page += 1


def until_nothing(api: Api, path: str, limit: int = 250) -> list[Row]:
    """Count pages up and stop at the first 204."""
    rows: list[Row] = []
    page = 1
    while True:
        answer = api.send("GET", f"{path}&limit={limit}&page={page}")
        if answer.status_code == 204:
            return rows
        rows += next(iter(answer.json()["_embedded"].values()))
        page += 1


def changed_since(api: Api, moment: int) -> list[int]:
    """Ask for the companies that changed since a moment, and believe the filter."""
    return sorted(
        api.numbers(f"companies?filter[updated_at][from]={moment}&filter[updated_at][to]=9999999999")
    )


def add_with_retries(api: Api, path: str, item: Row, timeout: float = 10) -> int:
    """Send a new thing again whenever no good answer came; return how often it was sent."""
    for attempt in range(1, 6):
        try:
            url = f"{api.sandbox.url}api/v4/{path}"
            if api.session.post(url, json=[item], timeout=timeout).status_code == 200:
                return attempt
        except requests.RequestException:
            continue
    return 0


def add_by_place(api: Api, names: list[str]) -> dict[str, int]:
    """Add companies and take the answers for the items in their order."""
    made = api.write("POST", "companies", [{"name": name} for name in names])
    return {name: row["id"] for name, row in zip(names, made, strict=True)}


def without_the_wrong(api: Api, items: list[Row]) -> None:
    """Send a batch, and after a 400 send the good items again without looking."""
    wrong = api.mistakes("POST", "tasks", items)
    api.write("POST", "tasks", [item for place, item in enumerate(items) if str(place) not in wrong])


def give_tag(api: Api, company: int, name: str) -> None:
    """Set a flag by writing the set of tags, as the oldest examples do."""
    api.write("PATCH", "companies", [{"id": company, "_embedded": {"tags": [{"name": name}]}}])


def hammer(api: Api, times: int) -> list[int]:
    """Ask again at once after a 429, looking for a header that never comes."""
    statuses = []
    for _ in range(times):
        answer = api.send("GET", "account")
        statuses.append(answer.status_code)
        assert "Retry-After" not in answer.headers
    return statuses


class Application:
    """An application that refreshes its token on 401, but keeps the first refresh token for ever."""

    def __init__(self, base: str, refresh: str, access: str = "") -> None:
        self.base, self.refresh, self.access = base, refresh, access

    def call(self, path: str = "account") -> int:
        """Call a method, renewing the token once on 401; return the status."""
        if self._send(path) == 401:
            self.renew()
        return self._send(path)

    def renew(self) -> int:
        """Renew the access token; return the status of the token endpoint."""
        body = {**CLIENT, "grant_type": "refresh_token", "refresh_token": self.refresh}
        answer = requests.post(f"{self.base}/oauth2/access_token", json=body, timeout=10)
        if answer.status_code == 200:
            self.keep(answer.json())
        return answer.status_code

    def keep(self, pair: Row) -> None:
        """Keep the new access token."""
        self.access = pair["access_token"]

    def _send(self, path: str) -> int:
        headers = {"Authorization": f"Bearer {self.access}"}
        return requests.get(f"{self.base}/api/v4/{path}", headers=headers, timeout=10).status_code


class Careful(Application):
    """The same application with one difference: it keeps the refresh token that came last."""

    def keep(self, pair: Row) -> None:
        super().keep(pair)
        self.refresh = pair["refresh_token"]
