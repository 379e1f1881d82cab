"""What the tests of the Bitrix24 stand-in share: a running portal and a plain way to call it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import requests

from connector.sandbox.company.tables import Company
from connector.sandbox.server import Sandbox, running
from sandbox.firms import AS_OF, firm


class Api:
    """Calls one portal with JSON bodies over one kept-alive connection."""

    def __init__(self, sandbox: Sandbox, session: requests.Session) -> None:
        self.sandbox = sandbox
        self.session = session

    def send(self, method: str, params: dict[str, Any] | None = None) -> requests.Response:
        """Return the raw response."""
        return self.session.post(
            self.sandbox.url + method, json=params or {}, timeout=20, allow_redirects=False
        )

    def body(self, method: str, /, **params: Any) -> dict[str, Any]:
        """Return the body of a call that must succeed."""
        response = self.send(method, params)
        assert response.status_code == 200, response.text
        return dict(response.json())

    def __call__(self, method: str, /, **params: Any) -> Any:
        """Return the result of a call that must succeed."""
        return self.body(method, **params)["result"]

    def refused(self, method: str, /, **params: Any) -> tuple[int, Any, str]:
        """Return status, code and text of a call that must be refused."""
        response = self.send(method, params)
        answer = response.json()
        return response.status_code, answer["error"], answer["error_description"]

    def batch(self, halt: int = 0, **commands: str) -> dict[str, Any]:
        """Return the result of a batch."""
        return dict(self("batch", halt=halt, cmd=commands))


Start = Callable[..., Api]


@pytest.fixture
def start() -> Iterator[Start]:
    """Return a function that serves a firm (default: the small one) without limits, and calls it."""
    with ExitStack() as stack:

        def begin(company: Company | None = None, *faults: str, **options: Any) -> Api:
            given = {"limits": "off", "as_of": AS_OF, "faults": faults, **options}
            sandbox = stack.enter_context(running("bitrix24", company=company or firm(), **given))
            return Api(sandbox, stack.enter_context(requests.Session()))

        yield begin


@pytest.fixture
def api(start: Start) -> Api:
    """Return the small firm's portal."""
    return start()
