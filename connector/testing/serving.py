"""Serves a stand-in on this machine, so that the whole program can be run against it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from connector import clock
from connector.testing.messages import Request
from connector.testing.standin import StandIn


class _Server(ThreadingHTTPServer):
    daemon_threads = True


def _handler(crm: StandIn) -> type[BaseHTTPRequestHandler]:
    turn = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            path, _, query = self.path.partition("?")
            with turn:
                crm.now = clock.now()
                reply = crm.handle(Request(self.command, path, query, dict(self.headers), body))
            self.send_response_only(reply.status)
            for name, value in {"Content-Type": "application/json", **reply.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.content)))
            self.end_headers()
            self.wfile.write(reply.content)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815 - the names that the server looks for

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the parent
            """Say nothing."""

    return Handler


@contextmanager
def served(crm: StandIn, port: int = 0) -> Iterator[str]:
    """Serve the stand-in on loopback while the block runs and give its address; port 0 picks a free one.

    Its clock is this machine's.
    """
    server = _Server(("127.0.0.1", port), _handler(crm))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def serve(crm: StandIn, port: int = 0) -> None:
    """Serve until Ctrl+C; prints `ready URL` once it answers."""
    with served(crm, port) as url:
        print(f"ready {url}", flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return
