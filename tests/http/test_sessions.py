"""Certificates: only what the settings trust is trusted, over real TLS with an authority of the test."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path

import pytest
from scripted_server import Slots

from connector.errors import ConfigError
from connector.http.client import Http
from connector.http.network import Network
from connector.http.sessions import Sessions

x509 = pytest.importorskip("cryptography.x509")
hashes = pytest.importorskip("cryptography.hazmat.primitives.hashes")
serialization = pytest.importorskip("cryptography.hazmat.primitives.serialization")
ec = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.ec")


@dataclass
class Site:
    """A TLS server and the file of the authority that vouches for it."""

    url: str
    authority: Path


def named(name: str):
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])


def certificate(subject: str, key, issuer: str, signer, extension, *, critical: bool):
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(named(subject)).issuer_name(named(issuer))
    builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    return builder.add_extension(extension, critical=critical).sign(signer, hashes.SHA256())


def pem(*things) -> bytes:
    return b"".join(thing.public_bytes(serialization.Encoding.PEM) for thing in things)


@pytest.fixture
def slots() -> Slots:
    return Slots()


@pytest.fixture
def site(tmp_path) -> Iterator[Site]:
    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    is_root = x509.BasicConstraints(ca=True, path_length=None)
    root = certificate("Test root", root_key, "Test root", root_key, is_root, critical=True)
    address = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    leaf = certificate("127.0.0.1", key, "Test root", root_key, address, critical=False)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (tmp_path / "site.pem").write_bytes(pem(leaf) + private)
    (tmp_path / "root.pem").write_bytes(pem(root))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "site.pem")
    server = HTTPServer(("127.0.0.1", 0), Greeter)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # refused handshakes are meant
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield Site(f"https://127.0.0.1:{server.server_port}", tmp_path / "root.pem")
    server.shutdown()
    thread.join()
    server.server_close()


class Greeter(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the parent
        """Say nothing."""


def fetched(site: Site, slots, ca: str) -> object:
    with Http("main", bucket=slots, may_write=False, network=Network(ca=ca)) as http:
        http.base_url = site.url
        return http.read("x", verb="GET").body


def test_an_authority_of_the_firm_is_trusted_when_named(site, slots):
    assert fetched(site, slots, str(site.authority)) == {}


@pytest.mark.parametrize("ca", ["certifi", "system"])
def test_an_unknown_authority_is_refused_with_advice(site, slots, ca, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    with pytest.raises(ConfigError, match=r"the certificate of 127\.0\.0\.1 is not trusted"):
        fetched(site, slots, ca)
    assert slots.taken == 1


def test_what_the_system_trusts_is_trusted(site, slots, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(site.authority))
    assert fetched(site, slots, "system") == {}


def test_the_bundle_of_requests_does_not_follow_the_system(site, slots, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(site.authority))
    with pytest.raises(ConfigError):
        fetched(site, slots, "certifi")


def test_a_session_is_lent_to_one_at_a_time_and_comes_back():
    sessions = Sessions(Network())
    with sessions.lend() as first, sessions.lend() as second:
        assert first is not second
    with sessions.lend() as again:
        assert again in {first, second}
    sessions.close()


def test_a_session_trusts_nothing_from_outside():
    sessions = Sessions(Network())
    with sessions.lend() as session:
        assert not session.trust_env
    sessions.close()
