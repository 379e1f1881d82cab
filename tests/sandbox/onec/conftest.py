"""What the tests of the 1C stand-in share: a running publication and a careful way to call it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any
from urllib.parse import quote

import pytest
import requests

from connector.sandbox.company.tables import Company
from connector.sandbox.server import Sandbox, running
from sandbox.firms import AS_OF, firm

PARTNERS, CALLS, TASKS = "Catalog_Партнеры", "Document_ТелефонныйЗвонок", "Task_ЗадачаИсполнителя"
SALES, REVENUE = "Document_РеализацияТоваровУслуг", "AccumulationRegister_ВыручкаИСебестоимостьПродаж"
PLAIN = frozenset({"allowedOnly", "PostingModeOperational", "DataExchangePoint", "MessageNo"})
NOBODY = "00000000-0000-0000-0000-000000000000"


def basic(login: str = "Администратор", password: str = "sandbox", encoding: str = "utf-8") -> str:
    """Return a header of Basic authentication."""
    return "Basic " + b64encode(f"{login}:{password}".encode(encoding)).decode("ascii")


class Api:
    """Calls one publication as the fact sheet advises: own URLs, UTF-8, JSON without metadata."""

    def __init__(self, sandbox: Sandbox, session: requests.Session) -> None:
        self.sandbox = sandbox
        self.session = session
        self.root = sandbox.url + "odata/standard.odata/"

    def send(self, verb: str, path: str, json: Any = None, **options: str) -> requests.Response:
        """Return the raw response; options are query options without the dollar sign, but for allowedOnly."""
        headers = {"Authorization": basic(), "Accept": "application/json;odata=nometadata"}
        headers |= {
            name[5:].replace("_", "-"): options.pop(name)
            for name in list(options)
            if name.startswith("head_")
        }
        pairs = (
            ("" if name in PLAIN else "$") + name + "=" + quote(value) for name, value in options.items()
        )
        query = "&".join(pairs)
        url = self.root + quote(path, safe="/()=,'$") + (f"?{query}" if query else "")
        return self.session.request(verb, url, json=json, headers=headers, timeout=20, allow_redirects=False)

    def rows(self, path: str, **options: str) -> list[dict[str, Any]]:
        """Return the rows of a set that must be served."""
        answer = self.send("GET", path, **options)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["value"])

    def one(self, entity: str, key: str) -> dict[str, Any]:
        """Return one object that must be there."""
        answer = self.send("GET", f"{entity}(guid'{key}')")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def write(self, verb: str, path: str, json: Any = None, **options: str) -> dict[str, Any]:
        """Return the answer of a write that must be taken."""
        answer = self.send(verb, path, json, **options)
        assert answer.status_code in (200, 201, 204), answer.text
        return dict(answer.json()) if answer.content else {}

    def refused(self, verb: str, path: str, json: Any = None, **options: str) -> tuple[int, str, str]:
        """Return status, code and text of a call that 1C must refuse."""
        answer = self.send(verb, path, json, **options)
        error = answer.json()["odata.error"]
        return answer.status_code, error["code"], error["message"]["value"]

    def key(self, table: str, number: int) -> str:
        """Return the key of the neutral row that stands at this place, from 1 on."""
        return str(self.sandbox.state("ids")["ids"][table][str(number)])

    def truth(self, table: str) -> list[dict[str, str]]:
        """Return the neutral rows of a table."""
        return list(self.sandbox.state("company")["company"][table])


Start = Callable[..., Api]


@pytest.fixture
def start() -> Iterator[Start]:
    """Return a function that serves a firm (default: the small one) and calls it."""
    with ExitStack() as stack:

        def begin(company: Company | None = None, *faults: str, **options: Any) -> Api:
            given = {"limits": "off", "as_of": AS_OF, "faults": faults, **options}
            sandbox = stack.enter_context(running("onec", company=company or firm(), **given))
            return Api(sandbox, stack.enter_context(requests.Session()))

        yield begin


@pytest.fixture
def api(start: Start) -> Api:
    """Return the small firm's publication."""
    return start()
