"""Serves a stand-in over HTTP on loopback: for the command, for tests and for the demo."""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any

import orjson

from connector.sandbox.company.tables import Company
from connector.sandbox.exchange import Reply, Request
from connector.sandbox.options import Options
from connector.sandbox.vendors import build, list_faults
from connector.sandbox.wire import JSON, Wire, act, control, state

__all__ = ["Sandbox", "list_faults", "prepare", "running", "serve"]

LOOPBACK = "127.0.0.1"


class Handler(BaseHTTPRequestHandler):
    """Reads one HTTP request after another from a connection and hands them to the wire."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: LoopbackServer

    def do_GET(self) -> None:
        """Answer a GET like any other verb."""
        self._exchange()

    def do_POST(self) -> None:
        """Answer a POST like any other verb."""
        self._exchange()

    def do_PATCH(self) -> None:
        """Answer a PATCH like any other verb."""
        self._exchange()

    def do_PUT(self) -> None:
        """Answer a PUT like any other verb."""
        self._exchange()

    def do_DELETE(self) -> None:
        """Answer a DELETE like any other verb."""
        self._exchange()

    def _exchange(self) -> None:
        request = self._request()
        own = request.path.startswith("/sandbox/")
        wire = self.server.wire
        reply = control(wire.stand_in, request) if own else wire.exchange(request)
        if reply is None:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
        else:
            self._send(reply)

    def _request(self) -> Request:
        path, _, query = self.path.partition("?")
        length = int(self.headers.get("Content-Length") or 0)
        body = (
            self._chunks()
            if "chunked" in (self.headers.get("Transfer-Encoding") or "")
            else self.rfile.read(length)
        )
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Request(self.command, path, query, headers, body, self.client_address[0])

    def _chunks(self) -> bytes:
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _send(self, reply: Reply) -> None:
        headers = {
            "Server": "sandbox",
            "Date": format_datetime(self.server.wire.stand_in.clock.now().astimezone(UTC), usegmt=True),
            "Content-Type": JSON,
            "Content-Length": str(len(reply.body)),
            **reply.headers,
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        phrase = self.responses.get(reply.status, ("", ""))[0]
        head = f"HTTP/1.1 {reply.status} {phrase}\r\n{lines}\r\n".encode("latin-1")
        self.wfile.write(head + (b"" if self.command == "HEAD" else reply.body))

    def handle(self) -> None:
        """Serve the connection until either side closes it; a peer that goes away is no error."""
        with suppress(ConnectionError, TimeoutError, OSError):
            super().handle()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the standard library's
        """Stay silent; the journal knows every request."""


class LoopbackServer(ThreadingHTTPServer):
    """A threading server that can close its open connections, so that no thread outlives it."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, port: int, wire: Wire) -> None:
        self.wire = wire
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()
        super().__init__((LOOPBACK, port), Handler)

    def server_bind(self) -> None:
        """Bind without asking a name server for the machine's name, as the standard class would."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = LOOPBACK, self.server_address[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection while it is open."""
        with self._guard:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget a closed connection."""
        with self._guard:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stay silent about peers that went away; anything else is a fault of the stand-in and is shown."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)

    def close_all(self) -> None:
        """Stop listening and end every open connection."""
        self.server_close()
        with self._guard:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)


class Sandbox:
    """A stand-in that is being served by a thread; `url` is what a client needs, `base` the server's root."""

    def __init__(self, server: LoopbackServer) -> None:
        self._server = server
        self.stand_in = server.wire.stand_in
        self.base = f"http://{LOOPBACK}:{server.server_port}"
        self.url = self.base + self.stand_in.root
        self._thread = threading.Thread(
            target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    def start(self) -> None:
        """Begin to serve."""
        self._thread.start()

    def state(self, *parts: str, requests: bool = False) -> dict[str, Any]:
        """Return what GET /sandbox/state would, or only the named parts of it."""
        query = f"parts={','.join(parts)}&requests={int(requests)}"
        return dict(orjson.loads(orjson.dumps(state(self.stand_in, query))))

    def act(self, do: str, **what: Any) -> dict[str, Any]:
        """Do what POST /sandbox/act would; ConfigError if it cannot be done."""
        return act(self.stand_in, {"do": do, **what})

    def close(self) -> None:
        """Stop serving and close every connection."""
        self._server.shutdown()
        self._thread.join()
        self._server.close_all()


def prepare(
    vendor: str,
    *,
    company: Company,
    port: int = 0,
    as_of: datetime | None = None,
    limits: str = "standard",
    count_refused: bool = False,
    latency_ms: int = 0,
    operating_ms: int = 0,
    faults: Sequence[str] = (),
) -> Sandbox:
    """Build a stand-in and bind its port (0 picks one), without serving yet.

    `as_of` starts its clock (default: now). ConfigError for unknown vendors, faults and limits.
    """
    options = Options(as_of, limits, count_refused, latency_ms, operating_ms, list(faults))
    return Sandbox(LoopbackServer(port, Wire(build(vendor, company, options), latency_ms)))


@contextmanager
def running(vendor: str, *, company: Company, **options: Any) -> Iterator[Sandbox]:
    """Serve a stand-in from a thread while the block runs; options as for `prepare`."""
    sandbox = prepare(vendor, company=company, **options)
    sandbox.start()
    try:
        yield sandbox
    finally:
        sandbox.close()


def serve(vendor: str, *, company: Company, port: int = 0, **options: Any) -> None:
    """Serve until interrupted; prints `ready URL` once it answers. Options as for `prepare`."""
    with running(vendor, company=company, port=port, **options) as sandbox, suppress(KeyboardInterrupt):
        sys.stdout.write(f"ready {sandbox.url}\n")
        sys.stdout.flush()
        while not threading.Event().wait(1):  # waits in slices, since Windows cannot interrupt an endless one
            pass
