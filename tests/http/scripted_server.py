"""A scripted server on loopback: each request takes the next answer of the script and is recorded."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from connector.http.budget import Budget


@dataclass
class Reply:
    """One answer of the script; `then` may cut, delay or drip instead of sending it in one piece."""

    status: int = 200
    body: bytes = b'{"result": true}'
    headers: dict[str, str] = field(default_factory=dict)
    then: Callable[[BaseHTTPRequestHandler], None] | None = None


@dataclass
class Received:
    """A request as the server saw it."""

    verb: str
    path: str
    headers: dict[str, str]
    body: bytes


class Script:
    """The answers to come (the last one for ever), the requests that came, and where the server is."""

    def __init__(self) -> None:
        self.replies: list[Reply] = [Reply()]
        self.received: list[Received] = []
        self.url = ""
        self.connections = 0

    def next(self) -> Reply:
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: clients that hang up are part of the tests."""


def _handler(script: Script) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def setup(self) -> None:
            super().setup()
            script.connections += 1

        def answer(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            received = Received(self.command, self.path, dict(self.headers), self.rfile.read(length))
            script.received.append(received)
            reply = script.next()
            if reply.then is not None:
                reply.then(self)
                return
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        do_GET = do_POST = do_PATCH = answer  # noqa: N815 - the names that the server looks for

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the parent
            """Say nothing."""

    return Handler


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    """Close the connection instead of answering."""
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def served() -> Iterator[Script]:
    """Serve a script while the block runs."""
    script = Script()
    server = _Server(("127.0.0.1", 0), _handler(script))
    script.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield script
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Slots:
    """A request limit that grants at once and counts."""

    def __init__(self) -> None:
        self.taken = 0
        self.pauses: list[float] = []
        self.wait = 0.0

    def reserve(self, cost: float = 1.0) -> float:
        self.taken += 1
        return self.wait

    def budget(self, ceiling: float) -> Budget:
        return Budget(None, "", ceiling)

    def left(self) -> float | None:
        return None

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
