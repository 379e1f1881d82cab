"""Pages to a proven end, whatever links and limits say: against an account whose lies a test chooses."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from connector.errors import SourceError
from connector.plugins.amocrm.companies import COMPANIES
from connector.plugins.amocrm.paging import walk

Page = tuple[int, int]
"""A page's number and limit."""


@dataclass
class Account:
    """Serves ids 1..count; `size(page, limit)` says how many rows a page really holds."""

    count: int
    size: Callable[[int, int], int]
    next: bool = True
    url: str = ""
    asked: list[Page] = field(default_factory=list)

    def body(self, page: int, limit: int) -> bytes:
        size = self.size(page, limit)
        ids = range(1, self.count + 1)[(page - 1) * size : page * size]
        rows = [{"id": each, "name": "x"} for each in ids]
        following = {"next": {"href": "x"}} if self.next else {}
        return json.dumps({"_links": following, "_embedded": {"companies": rows}}).encode() if rows else b""


@pytest.fixture
def served() -> Iterator[Callable[[Account], Account]]:
    with ExitStack() as stack:

        def start(account: Account) -> Account:
            class Handler(BaseHTTPRequestHandler):
                def do_GET(self) -> None:
                    query = parse_qs(urlsplit(self.path).query)
                    page, limit = int(query["page"][0]), int(query["limit"][0])
                    account.asked.append((page, limit))
                    content = account.body(page, limit)
                    self.send_response(200 if content else 204)
                    self.send_header("Content-Length", str(len(content)))
                    self.end_headers()
                    self.wfile.write(content)

                def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the parent's name
                    """Say nothing."""

            server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
            account.url = f"http://127.0.0.1:{server.server_port}/"
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
            thread.start()
            stack.callback(server.server_close)
            stack.callback(thread.join)
            stack.callback(server.shutdown)
            return account

        yield start


def read(account: Account, connect) -> list[int]:
    api = connect(account.url).source.api
    return [row["id"] for page in walk(api, COMPANIES) for row in page.rows]


@pytest.mark.parametrize("following", [True, False])
@pytest.mark.parametrize("count", [0, 1, 49, 50, 51, 249, 250, 251, 500, 1300])
def test_every_row_comes_once(count, following, served, connect):
    account = served(Account(count, lambda page, limit: limit, following))

    assert read(account, connect) == list(range(1, count + 1))


@pytest.mark.parametrize("size", [50, 100])
def test_pages_that_are_shorter_than_asked_for_end_nothing(size, served, connect):
    account = served(Account(1300, lambda page, limit: size))

    assert read(account, connect) == list(range(1, 1301))


def test_a_limit_that_falls_to_50_without_a_link_is_seen(served, connect):
    account = served(Account(1300, lambda page, limit: 50, next=False))

    assert read(account, connect) == list(range(1, 1301))


def test_a_limit_that_falls_for_one_page_starts_the_list_anew_by_50(served, connect):
    account = served(Account(1300, lambda page, limit: 50 if (page, limit) == (3, 250) else limit))

    found = read(account, connect)

    assert sorted(set(found)) == list(range(1, 1301))
    assert (1, 50) in account.asked


def test_a_list_without_an_order_is_given_up(served, connect):
    account = served(Account(1300, lambda page, limit: 50 if page == 3 else limit))
    account.size = lambda page, limit: 7 if page == 3 else limit

    with pytest.raises(SourceError, match="do not fit together"):
        read(account, connect)


def test_a_whole_list_costs_few_requests_more_than_it_has_pages(served, connect):
    account = served(Account(100, lambda page, limit: limit, next=False))
    assert read(account, connect) == list(range(1, 101))
    assert account.asked == [(1, 250)]
