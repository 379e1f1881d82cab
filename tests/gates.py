"""What stands between us and a portal in an office: a proxy with its rules, a server that speaks TLS."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress

Serve = Callable[[socket.socket], None]


class Gate:
    """Listens on a port of this machine and hands each connection to a thread; `close` ends all of them."""

    def __init__(self, serve: Serve) -> None:
        self._serve = serve
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self._start(self._listen)

    def close(self) -> None:
        """Stop listening and end every connection."""
        for each in [self._server, *self._open]:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        for thread in self._threads:
            thread.join(timeout=10)

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                line, _ = self._server.accept()
                self._open.append(line)
                self._start(self._one, line)

    def _one(self, line: socket.socket) -> None:
        with suppress(OSError), line:
            self._serve(line)

    def _start(self, what: Callable[..., None], *given: object) -> None:
        thread = threading.Thread(target=what, args=given, daemon=True)
        self._threads.append(thread)
        thread.start()


def join(one: socket.socket, other: socket.socket) -> None:
    """Carry bytes both ways until a side ends."""
    there = threading.Thread(target=_carry, args=(one, other), daemon=True)
    there.start()
    _carry(other, one)
    there.join(timeout=10)


def _carry(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(65536):
            target.sendall(piece)
    with suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)


def tls_in_front_of(port: int, context: ssl.SSLContext) -> Gate:
    """Serve TLS and carry what is inside to a port of this machine."""

    def serve(line: socket.socket) -> None:
        with (
            context.wrap_socket(line, server_side=True) as secured,
            socket.create_connection(("127.0.0.1", port)) as inside,
        ):
            join(secured, inside)

    return Gate(serve)


class Proxy(Gate):
    """A proxy that answers CONNECT with that status, and carries on to `port` where it is 200.

    `heads` are the requests that it got.
    """

    def __init__(self, port: int, status: str = "200 Connection established") -> None:
        self.heads: list[str] = []
        self._port, self._status = port, status
        super().__init__(self._answer)

    def _answer(self, line: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            head += line.recv(1)
        self.heads.append(head.decode())
        line.sendall(f"HTTP/1.1 {self._status}\r\n\r\n".encode())
        if self._status.startswith("200"):
            with socket.create_connection(("127.0.0.1", self._port)) as inside:
                join(line, inside)


def talker(said: bytes) -> Gate:
    """Serve something that says this to everybody, whatever it is asked, and hangs up."""

    def serve(line: socket.socket) -> None:
        line.recv(1024)
        line.sendall(said)

    return Gate(serve)
