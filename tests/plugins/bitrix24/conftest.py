"""A stand-in portal with a small firm, the connector on it, and a portal whose answers a test writes."""

from __future__ import annotations

import json
import threading
import time
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

import pytest

from connector import clock
from connector.changes import Change, CreateTask
from connector.http.bucket import Bucket
from connector.http.client import Http
from connector.model import Entity
from connector.plugins.base import Cursor, Page, SourceContext
from connector.plugins.bitrix24 import Bitrix24, Bitrix24Config
from connector.sandbox.company.generate import generate
from connector.sandbox.company.tables import Company
from connector.sandbox.server import Sandbox, running

MOSCOW = ZoneInfo("Europe/Moscow")
AS_OF = datetime(2026, 10, 1, 9, tzinfo=MOSCOW)


@pytest.fixture(scope="session")
def firm() -> Company:
    """A firm of 60 clients with everything that belongs to them; tests must not change it."""
    return generate(clients=60, seed=7, as_of=AS_OF)


@dataclass
class Connection:
    """The connector on one portal."""

    source: Bitrix24
    http: Http

    def pages(self, stream: str, cursor: Cursor | None = None) -> Iterator[Page]:
        found = {each.name: each for each in self.source.streams()}[stream]
        return found.read(cursor or Cursor())

    def read(self, stream: str, cursor: Cursor | None = None) -> list[Entity]:
        """Read a stream to its end and parse every row."""
        found = {each.name: each for each in self.source.streams()}[stream]
        return [
            entity
            for page in found.read(cursor or Cursor())
            for row in page.rows
            for entity in found.parse(row)
        ]

    def ids(self, stream: str, cursor: Cursor | None = None) -> list[int]:
        return [int(entity.ref.external_id) for entity in self.read(stream, cursor)]


@dataclass
class Connect:
    """Makes connectors: `connect(url, may_write=True, write=("task",))`; waits are noted, not waited."""

    stack: ExitStack
    slept: list[float] = field(default_factory=list)

    def __call__(
        self,
        url: str,
        *,
        may_write: bool | Sequence[str] = True,
        bucket: Bucket | None = None,
        sleep: Callable[[float], object] | None = None,
        **settings: Any,
    ) -> Connection:
        sleep = sleep or (self.slept.append if bucket is None else threading.Event().wait)
        bucket = bucket or Bucket(None, "test", 1e6, 1e6)
        config = Bitrix24Config.model_validate(
            {"name": "main", "plugin": "bitrix24", "webhook_url": url, "rate": "off", **settings}
        )
        http = self.stack.enter_context(Http("main", bucket=bucket, may_write=may_write, sleep=sleep))
        return Connection(Bitrix24(config, SourceContext("main", http, MOSCOW)), http)


@pytest.fixture
def connect() -> Iterator[Connect]:
    with ExitStack() as stack:
        yield Connect(stack)


@pytest.fixture
def leap(monkeypatch):
    """Let waits of a second and more pass at once, for us and for the portal, which has the same clock."""
    ahead = [0.0]
    monkeypatch.setattr(clock, "monotonic", lambda: time.monotonic() + ahead[0])

    def sleep(seconds: float) -> None:
        if seconds < 1:
            time.sleep(min(seconds, 0.01))
        else:
            ahead[0] += seconds

    return sleep


@pytest.fixture
def stand_in(firm: Company) -> Iterator[Callable[..., Sandbox]]:
    """Start stand-ins: `stand_in(faults=["lost_reply=tasks.task.add"])`; without limits unless asked."""
    with ExitStack() as stack:

        def start(company: Company = firm, **options: Any) -> Sandbox:
            options = {"limits": "off", "as_of": AS_OF, **options}
            return stack.enter_context(running("bitrix24", company=company, **options))

        yield start


@dataclass
class Portal:
    """A portal whose answers are a function of (method, parameters); requests and their paths are kept."""

    answer: Callable[[str, Any], Any]
    url: str = ""
    asked: list[tuple[str, Any]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)


class _Server(ThreadingHTTPServer):
    daemon_threads = True


def _handler(portal: Portal) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            method = self.path.rstrip("/").rpartition("/")[2]
            given = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            portal.asked.append((method, given))
            portal.paths.append(self.path)
            said = portal.answer(method, given)
            status, body, headers = said if isinstance(said, tuple) else (200, said, {})
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the parent
            """Say nothing."""

    return Handler


@pytest.fixture
def portal() -> Iterator[Callable[[Callable[[str, Any], Any]], Portal]]:
    """Serve a portal that answers as the function says: `portal(lambda method, given: {...})`."""
    with ExitStack() as stack:

        def start(answer: Callable[[str, Any], Any]) -> Portal:
            portal = Portal(answer)
            server = _Server(("127.0.0.1", 0), _handler(portal))
            portal.url = f"http://127.0.0.1:{server.server_port}/rest/1/c0de/"
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
            thread.start()
            stack.callback(server.server_close)
            stack.callback(thread.join)
            stack.callback(server.shutdown)
            return portal

        yield start


@pytest.fixture
def change() -> Callable[..., Change]:
    """Make changes: `change(CreateTask, key="a", target="3", ...)`, the rest filled in."""

    def make(kind: type[Change] = CreateTask, **given: Any) -> Change:
        common = {
            "key": "0123456789abcdef0123",
            "source": "main",
            "target": "3",
            "policy": "contact-norm",
            "policy_version": "1",
            "rule": "contact_norm",
            "subject": "client:3",
            "period": "2026-10",
            "reason": "1 of 4",
        }
        return kind.model_validate({**common, **given})

    return make


class Table:
    """A list method as the vendor documents it: 50 rows, `>ID`, `<=ID` and `@ID` filters, order by id."""

    def __init__(self, ids: Iterable[int]) -> None:
        self.ids = set(ids)
        self.order = sorted(self.ids)
        self.requests = 0
        self.commands = 0
        self.before: Callable[[Table], None] = lambda table: None

    def __call__(self, method: str, given: Any) -> Any:
        """Answer one request, a batch or a single call."""
        self.requests += 1
        self.before(self)
        if len(self.order) != len(self.ids):
            self.order = sorted(self.ids)
        if method != "batch":
            return {"result": self._rows(given), "time": TIME}
        results = {key: self._rows(_parameters(command)) for key, command in given["cmd"].items()}
        return {"result": {"result": results, "result_error": []}, "time": TIME}

    def _rows(self, given: Any) -> list[dict[str, str]]:
        self.commands += 1
        above, to = int(given["filter"].get(">ID", 0)), int(given["filter"].get("<=ID", 10**12))
        found = self.order[bisect_right(self.order, above) : bisect_right(self.order, to)]
        chosen = found[::-1][:50] if given["order"].get("ID") == "DESC" else found[:50]
        return [{"ID": str(each)} for each in chosen]


TIME = {"date_start": "2026-10-01T09:00:00+03:00"}


def _parameters(command: str) -> dict[str, Any]:
    """Read `method?filter[>ID]=5` back into maps, as PHP does."""
    found: dict[str, Any] = {"filter": {}, "order": {}}
    for name, value in parse_qsl(command.partition("?")[2], keep_blank_values=True):
        outer, _, inner = name.partition("[")
        if inner:
            found.setdefault(outer, {})[inner.rstrip("]")] = value
    return found


@pytest.fixture
def table() -> type[Table]:
    """A list method with ids of the test's choice, to be served by `portal`."""
    return Table
