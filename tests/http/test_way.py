"""The way to a host, tried over real sockets: each thing in the way is named, and no password is."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from authority import Authority
from gates import Gate, Proxy, talker, tls_in_front_of
from scripted_server import served

from connector.errors import ConfigError, ConnectorError, SourceError
from connector.http.network import Network, Route
from connector.http.way import addresses, check_certificate, connect

STRAIGHT = Route(None, "")
PORTAL = "https://portal.example/rest/1/s3cret/"
Keep = Callable[[Gate], Gate]


@pytest.fixture
def keep() -> Iterator[Keep]:
    """Return a function that closes a gate after the test."""
    with ExitStack() as stack:

        def closing(gate: Gate) -> Gate:
            stack.callback(gate.close)
            return gate

        yield closing


def refused(call: Callable[..., object], *given: object) -> ConnectorError:
    with pytest.raises(ConnectorError) as caught:
        call(*given)
    assert "s3cret" not in str(caught.value)
    return caught.value


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def test_a_name_becomes_addresses() -> None:
    assert addresses("https://127.0.0.1/rest/") == ["127.0.0.1"]


def test_a_name_without_an_address_is_told() -> None:
    error = refused(addresses, f"https://{'a' * 70}.example/")
    assert str(error).startswith(f"the name {'a' * 70}.example has no address — check the name")


def test_straight_to_a_host_that_listens_and_to_one_that_does_not() -> None:
    with served() as script:
        connect(script.url, STRAIGHT).close()
    port = free_port()
    assert str(refused(connect, f"https://127.0.0.1:{port}/rest/1/s3cret/", STRAIGHT)) == (
        f"127.0.0.1:{port} cannot be reached (connection refused)"
        " — open the way in the firewall, or set proxy in [network]"
    )


def test_a_proxy_carries_to_the_host_and_gets_its_login(keep: Keep) -> None:
    with served() as script:
        proxy = Proxy(int(script.url.rpartition(":")[2]))
        keep(proxy)
        route = Route(f"http://me:p%40ss@127.0.0.1:{proxy.port}", "")
        with connect(PORTAL, route) as line:
            line.sendall(b"GET /x HTTP/1.1\r\nHost: portal.example\r\n\r\n")
            assert line.recv(8) == b"HTTP/1.1"
    (head,) = proxy.heads
    assert head.startswith("CONNECT portal.example:443 HTTP/1.1\r\nHost: portal.example:443\r\n")
    assert "Proxy-Authorization: Basic bWU6cEBzcw==\r\n" in head  # me:p@ss
    assert "s3cret" not in head


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (
            "407 Proxy Authentication Required",
            "the proxy 127.0.0.1:{port} wants a login"
            ' — set proxy = {{ env = "NAME" }} in [network] with http://user:password@host:port',
        ),
        (
            "403 Forbidden",
            "the proxy 127.0.0.1:{port} lets nobody through to portal.example:443 (answered 403)"
            " — have portal.example:443 allowed in the proxy",
        ),
    ],
)
def test_a_proxy_that_refuses(keep: Keep, status: str, said: str) -> None:
    port = keep(Proxy(0, status)).port
    error = refused(connect, PORTAL, Route(f"http://me:p4ss@127.0.0.1:{port}", ""))
    assert str(error) == said.format(port=port)
    assert "p4ss" not in str(error)


def test_a_proxy_that_is_not_there_is_none_or_is_silent(keep: Keep) -> None:
    port = free_port()
    said = str(refused(connect, PORTAL, Route(f"127.0.0.1:{port}", "")))
    assert said.startswith(f"the proxy 127.0.0.1:{port} cannot be reached (connection refused) — check proxy")
    port = keep(talker(b"220 mail ready\r\n")).port
    said = str(refused(connect, PORTAL, Route(f"http://127.0.0.1:{port}", "")))
    assert said.startswith(f"what answers at 127.0.0.1:{port} is no HTTP proxy — ")
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        port = deaf.getsockname()[1]
        said = str(refused(connect, PORTAL, Route(f"http://127.0.0.1:{port}", ""), 0.2))
    assert said.startswith(f"the proxy 127.0.0.1:{port} does not answer (timed out) — ")
    assert "cannot be looked at" in str(refused(connect, PORTAL, Route("socks5://127.0.0.1:1", "")))


def front(keep: Keep, authority: Authority, host: str, ends: datetime | None = None) -> Route:
    """Serve TLS under that name behind a proxy, and return the way through it."""
    site = keep(tls_in_front_of(0, authority.server_side(host, ends)))
    return Route(f"http://127.0.0.1:{keep(Proxy(site.port)).port}", "")


def test_a_trusted_certificate_holds_through_a_proxy(keep: Keep, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    route = front(keep, authority, "portal.example")
    assert check_certificate(PORTAL, route, Network(ca=str(authority.path))).startswith("TLSv1.")


@pytest.mark.parametrize("ca", ["system", "certifi"])
def test_the_issuer_that_is_not_trusted_is_named(keep: Keep, tmp_path: Path, ca: str) -> None:
    route = front(keep, Authority(tmp_path, "Office proxy CA", "Firm"), "portal.example")
    error = refused(check_certificate, PORTAL, route, Network(ca=ca))
    assert isinstance(error, ConfigError)
    assert str(error) == (
        "the certificate of portal.example was issued by Office proxy CA (Firm), which is not trusted here"
        " — if you trust it, save its certificate as a file and set ca to that file in [network]"
    )


def test_a_certificate_that_ended_or_is_for_another_name(keep: Keep, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    network = Network(ca=str(authority.path))
    old = front(keep, authority, "portal.example", datetime.now(UTC) - timedelta(hours=1))
    assert str(refused(check_certificate, PORTAL, old, network)) == (
        "the certificate of portal.example has expired — set this machine's clock, or have it renewed"
    )
    young = front(keep, authority, "portal.example", datetime.now(UTC) + timedelta(days=20))
    assert "portal.example is not valid yet" in str(refused(check_certificate, PORTAL, young, network))
    other = front(keep, authority, "hotel.example")
    assert str(refused(check_certificate, PORTAL, other, network)).startswith(
        "the certificate is for another name than portal.example; Test root issued it — check the address"
    )


def test_a_host_without_tls_and_a_file_without_certificates(keep: Keep, tmp_path: Path) -> None:
    port = keep(talker(b"HTTP/1.1 400 Bad Request\r\n\r\n")).port
    error = refused(check_certificate, f"https://127.0.0.1:{port}/", STRAIGHT, Network())
    assert isinstance(error, SourceError)
    assert str(error).startswith("127.0.0.1 speaks no TLS there (")
    port = keep(talker(b"")).port
    url, nowhere = f"https://127.0.0.1:{port}/", tmp_path / "ca.pem"
    said = str(refused(check_certificate, url, STRAIGHT, Network(ca=str(nowhere))))
    assert said.startswith(f"the file of certificates {nowhere} cannot be used (no such file)")
    nowhere.write_text("a shopping list", encoding="utf-8")
    assert "cannot be used" in str(refused(check_certificate, url, STRAIGHT, Network(ca=str(nowhere))))
