"""What the tests of the amoCRM stand-in share: a running account and a plain way to call it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import requests

from connector.sandbox.company.tables import Company
from connector.sandbox.server import Sandbox, running
from sandbox.firms import AS_OF, firm

NOW = int(AS_OF.timestamp())
TOKEN = "sandbox"
Body = dict[str, Any]


class Api:
    """Calls one account with its long-lived token over one kept-alive connection."""

    def __init__(self, sandbox: Sandbox, session: requests.Session) -> None:
        self.sandbox = sandbox
        self.session = session
        self.session.headers["Authorization"] = f"Bearer {TOKEN}"

    def send(self, verb: str, path: str, body: Any = None) -> requests.Response:
        """Return the raw response; a body is sent as JSON."""
        url = f"{self.sandbox.url}api/v4/{path}"
        return self.session.request(verb, url, json=body, timeout=20, allow_redirects=False)

    def __call__(self, path: str) -> Body:
        """Return the body of a GET that must succeed; empty for 204."""
        response = self.send("GET", path)
        assert response.status_code in {200, 204}, response.text
        return dict(response.json()) if response.content else {}

    def rows(self, path: str) -> list[Body]:
        """Return the rows of one page of a list."""
        embedded = self(path).get("_embedded", {})
        return next(iter(embedded.values()), [])

    def numbers(self, path: str) -> list[Any]:
        """Return the ids of one page of a list."""
        return [row["id"] for row in self.rows(path)]

    def write(self, verb: str, path: str, body: Any) -> Any:
        """Return the answered items of a write that must succeed."""
        response = self.send(verb, path, body)
        assert response.status_code in {200, 201, 204}, response.text
        return next(iter(response.json()["_embedded"].values())) if response.content else None

    def refused(self, verb: str, path: str, body: Any = None) -> tuple[int, str]:
        """Return status and detail of a call that must be refused as a problem."""
        response = self.send(verb, path, body)
        assert response.headers["Content-Type"] == "application/problem+json", response.text
        return response.status_code, response.json()["detail"]

    def mistakes(self, verb: str, path: str, body: Any) -> dict[str, list[tuple[str, str]]]:
        """Return request_id -> [(code, path)] of a write that must be refused for its items."""
        response = self.send(verb, path, body)
        assert response.status_code == 400, response.text
        return {
            one["request_id"]: [(error["code"], error["path"]) for error in one["errors"]]
            for one in response.json()["validation-errors"]
        }

    def happened(self, *types: str) -> list[tuple[Any, ...]]:
        """Return (type, entity_type, entity_id, created_by) of the events of some types, oldest first."""
        asked = "".join(f"&filter[type][]={name}" for name in types)
        rows = self.rows(f"events?limit=100{asked}")[::-1]
        return [tuple(row[key] for key in ("type", "entity_type", "entity_id", "created_by")) for row in rows]

    def truth(self, table: str) -> dict[str, dict[str, str]]:
        """Return id -> row of a neutral table."""
        return {row["id"]: row for row in self.sandbox.state("company")["company"][table]}


Start = Callable[..., Api]


@pytest.fixture
def start() -> Iterator[Start]:
    """Return a function that serves a firm (default: the small one) without limits, and calls it."""
    with ExitStack() as stack:

        def begin(company: Company | None = None, *faults: str, **options: Any) -> Api:
            given = {"limits": "off", "as_of": AS_OF, "faults": faults, **options}
            sandbox = stack.enter_context(running("amocrm", company=company or firm(), **given))
            return Api(sandbox, stack.enter_context(requests.Session()))

        yield begin


@pytest.fixture
def api(start: Start) -> Api:
    """Return the small firm's account."""
    return start()
