"""`$metadata` is asked for as seldom as can be, and never believed longer than it holds."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from connector.errors import AccessError, StoreError, TransientError
from connector.http.client import Http
from connector.http.limits import Unlimited
from connector.plugins.onec import connect as connecting
from connector.plugins.onec.connect import METADATA, connect, schema
from connector.plugins.onec.profile_reading import read_profile
from connector.sandbox.server import Sandbox

from .bases import published
from .documents import HEAD, TAIL, filler

NAMES = ["Catalog_А"]


@dataclass
class Server:
    """A web server before a base: what it answers with, and the conditions that it was asked under."""

    etag: str = '"1"'
    body: bytes = HEAD + filler(1) + TAIL
    url: str = ""
    asked: list[str | None] = field(default_factory=list)


def handler(server: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            condition = self.headers.get("If-None-Match")
            server.asked.append(condition)
            same = condition is not None and condition == server.etag
            body = b"" if same else server.body
            self.send_response(304 if same else 200)
            if server.etag:
                self.send_header("ETag", server.etag)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the parent
            """Say nothing."""

    return Handler


@contextmanager
def serving() -> Iterator[tuple[Server, Http]]:
    server = Server()
    web = ThreadingHTTPServer(("127.0.0.1", 0), handler(server))
    server.url = f"http://127.0.0.1:{web.server_port}"
    thread = threading.Thread(target=web.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        with Http("base", bucket=Unlimited(), may_write=False, patience=0.0) as http:
            http.base_url = server.url
            yield server, http
    finally:
        web.shutdown()
        thread.join()
        web.server_close()


def test_a_document_with_an_etag_is_asked_about_and_not_sent_again(tmp_path: Path) -> None:
    with serving() as (server, http):
        for _ in range(2):
            with schema(http, NAMES, tmp_path / "kept") as found:
                assert found.type("Catalog_ПрочийСправочник1") is not None
        assert server.asked == [None, '"1"']
        server.etag, server.body = '"2"', HEAD + filler(2) + TAIL
        with schema(http, NAMES, tmp_path / "kept") as found:
            assert found.type("Catalog_ПрочийСправочник2") is not None
            assert found.type("Catalog_ПрочийСправочник1") is None
        assert server.asked == [None, '"1"', '"1"']


def test_a_document_without_an_etag_is_believed_for_a_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving() as (server, http):
        server.etag = ""
        for _ in range(2):
            with schema(http, NAMES, tmp_path / "kept"):
                pass
        assert server.asked == [None]
        monkeypatch.setattr(connecting, "KEEP_SECONDS", 0.0)
        with schema(http, NAMES, tmp_path / "kept"):
            pass
        assert server.asked == [None, None]


def test_a_spoilt_file_is_got_anew(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    with serving() as (server, http):
        with schema(http, NAMES, kept):
            pass
        kept.write_bytes(kept.read_bytes()[:-20])
        with schema(http, NAMES, kept) as found:
            assert found.type("Catalog_ПрочийСправочник1") is not None
        assert server.asked == [None, None]


def test_a_page_in_its_place_is_an_error_and_leaves_the_file(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    with serving() as (server, http):
        with schema(http, NAMES, kept):
            pass
        server.etag, server.body = '"2"', b"<html>come back later</html>"
        with pytest.raises(TransientError, match="tells of no type"), schema(http, NAMES, kept):
            pass
        server.etag = '"1"'
        with schema(http, NAMES, kept) as found:
            assert found.type("Catalog_ПрочийСправочник1") is not None


def test_a_disk_without_room_is_no_trouble_of_the_network(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("in the way", encoding="utf-8")
    with (
        serving() as (_, http),
        pytest.raises(StoreError, match="metadata cannot be kept"),
        schema(http, NAMES, file / "kept"),
    ):
        pass


def test_without_a_place_it_is_kept_for_once_only() -> None:
    with serving() as (server, http):
        for _ in range(2):
            with schema(http, NAMES, None) as found:
                assert found.type("Catalog_ПрочийСправочник1") is not None
        assert server.asked == [None, None]


def test_an_empty_composition_is_said_at_once(tmp_path: Path) -> None:
    with published("empty_composition") as (sandbox, http, names):
        with pytest.raises(AccessError, match="composition of the OData interface is empty") as caught:
            connect(http, names, read_profile("ut11"), tmp_path / "kept")
        assert "connector onec composition --code" in caught.value.hint
        assert times(sandbox) == 0


def test_the_document_is_got_again_when_the_composition_changes(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    with published() as (sandbox, http, names):
        for _ in range(3):
            assert connect(http, names, read_profile("ut11"), kept).missing == ()
        assert times(sandbox) == 1
        sandbox.act("fault", spec="unpublished=Document_Встреча")
        fewer = [row["name"] for row in http.read("", verb="GET").body["value"]]
        assert connect(http, fewer, read_profile("ut11"), kept).table("meetings") is None
        assert times(sandbox) == 2
        with schema(http, fewer, kept, fresh=True):
            assert times(sandbox) == 3


def times(sandbox: Sandbox) -> int:
    received = sandbox.state("requests", requests=True)["received"]
    return sum(METADATA in request["path"] for request in received)


def test_a_field_that_has_to_stay_empty_is_said_at_each_connect(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("connector"), "propagate", True)
    for faults, said in (("unpublished=Catalog_БизнесРегионы", 1), ("clock_ahead=0", 0)):
        caplog.clear()
        with published(faults) as (_, http, names):
            connect(http, names, read_profile("ut11"), None)
        records = dict.fromkeys(caplog.records)  # a logger left by a command hands the same one on twice
        lines = [record.getMessage() for record in records if record.name == connecting.__name__]
        assert len(lines) == said
        assert all(line.startswith("base: clients is read without region: ") for line in lines)
        assert all("tick «Справочники: БизнесРегионы»" in line for line in lines)
