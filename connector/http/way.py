"""Tries the way to a host step by step, so that `doctor` can say where it ends: name, proxy, certificate."""

from __future__ import annotations

import base64
import socket
import ssl
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from requests.utils import DEFAULT_CA_BUNDLE_PATH

from connector.errors import ConfigError, ConnectorError, SourceError
from connector.http.certificate import issuer
from connector.http.network import Network, Route

SECONDS = 10.0
"""How long a step may take."""
_PORTS = {"http": 80, "https": 443}
_HEAD = 16 * 1024
_EXPIRED, _NOT_YET, _OTHER_NAME, _OTHER_ADDRESS = 10, 9, 62, 64
"""What OpenSSL calls these failures of a certificate (x509_vfy.h)."""


def addresses(url: str) -> list[str]:
    """Return the IP addresses of the URL's host; SourceError where the name has none."""
    parts = urlsplit(url)
    try:
        found = socket.getaddrinfo(parts.hostname, _port(parts), type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:  # UnicodeError: no name of the internet is so long
        raise SourceError(
            f"the name {parts.hostname} has no address",
            hint="check the name in the settings, and the name server (DNS) of this machine",
        ) from error
    return sorted({str(info[4][0]) for info in found})


def connect(url: str, route: Route, seconds: float = SECONDS) -> socket.socket:
    """Return a connection to the URL's host: straight, or through the proxy's CONNECT (RFC 9110, 9.3.6).

    SourceError says whether the host, the proxy, or the proxy's rules are in the way; no text holds a
    password. To a host that speaks plain HTTP the proxy itself is as far as this goes.
    """
    there = urlsplit(url)
    if route.proxy is None:
        return _opened(
            there,
            f"{there.hostname}:{_port(there)} cannot be reached",
            "open the way in the firewall, or set proxy in [network]",
            seconds,
        )
    proxy = _proxy(route.proxy)
    line = _opened(
        proxy,
        f"the proxy {route.name} cannot be reached",
        "check proxy in [network] or HTTPS_PROXY, and that the proxy runs",
        seconds,
    )
    if there.scheme == "https":
        try:
            _tunnel(line, there, proxy, route.name)
        except BaseException:
            line.close()
            raise
    return line


def check_certificate(url: str, route: Route, network: Network, seconds: float = SECONDS) -> str:
    """Return the version of TLS once the host's certificate holds by `ca` of the settings.

    ConfigError names the issuer that is not trusted, or says what else is wrong with the certificate.
    """
    host = urlsplit(url).hostname or ""
    try:
        with connect(url, route, seconds) as line:
            return _shaken(line, host, _trust(network))
    except ssl.SSLCertVerificationError as error:
        code = error.verify_code
    except OSError as error:
        raise SourceError(
            f"{host} speaks no TLS there ({_reason(error)})", hint="check the address and the proxy"
        ) from error
    raise _bad_certificate(code, host, _issuer(url, route, host, seconds))


def _shaken(line: socket.socket, host: str, context: ssl.SSLContext) -> str:
    with context.wrap_socket(line, server_hostname=host) as secured:
        return secured.version() or "TLS"


def _issuer(url: str, route: Route, host: str, seconds: float) -> str:
    """Return who issued the host's certificate; nothing but the certificate is asked of it."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with connect(url, route, seconds) as line, context.wrap_socket(line, server_hostname=host) as secured:
        return issuer(secured.getpeercert(binary_form=True) or b"")


def _bad_certificate(code: int, host: str, name: str) -> ConnectorError:
    if code in {_EXPIRED, _NOT_YET}:
        said = "has expired" if code == _EXPIRED else "is not valid yet"
        return ConfigError(
            f"the certificate of {host} {said}", hint="set this machine's clock, or have it renewed"
        )
    if code in {_OTHER_NAME, _OTHER_ADDRESS}:
        return ConfigError(
            f"the certificate is for another name than {host}; {name} issued it",
            hint="check the address; something on the way may answer in the host's place",
        )
    return ConfigError(
        f"the certificate of {host} was issued by {name}, which is not trusted here",
        hint="if you trust it, save its certificate as a file and set ca to that file in [network]",
    )


def _trust(network: Network) -> ssl.SSLContext:
    """Return the certificates that requests will trust; ConfigError for a file that holds none."""
    if network.ca == "system":
        return ssl.create_default_context()
    place = Path(DEFAULT_CA_BUNDLE_PATH if network.ca == "certifi" else network.ca)
    try:
        if place.is_dir():
            return ssl.create_default_context(capath=str(place))
        return ssl.create_default_context(cafile=str(place))
    except OSError as error:  # ssl.SSLError is one
        raise ConfigError(
            f"the file of certificates {place} cannot be used ({_reason(error)})",
            hint='set ca in [network] to "system" or to a PEM file',
        ) from error


def _opened(there: SplitResult, said: str, fix: str, seconds: float) -> socket.socket:
    try:
        return socket.create_connection((there.hostname or "", _port(there)), timeout=seconds)
    except OSError as error:
        raise SourceError(f"{said} ({_reason(error)})", hint=fix) from error


def _proxy(url: str) -> SplitResult:
    parts = urlsplit(url if "://" in url else f"http://{url}")
    if parts.scheme != "http":
        raise SourceError(
            f"a proxy of the kind {parts.scheme} cannot be looked at", hint="use one that speaks HTTP"
        )
    return parts


def _tunnel(line: socket.socket, there: SplitResult, proxy: SplitResult, name: str) -> None:
    target = f"{there.hostname}:{_port(there)}"
    lines = [f"CONNECT {target} HTTP/1.1", f"Host: {target}"]
    if proxy.username:
        login = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}".encode()
        lines.append(f"Proxy-Authorization: Basic {base64.b64encode(login).decode()}")
    try:
        line.sendall("\r\n".join([*lines, "", ""]).encode("latin-1"))
        status = _status(line)
    except OSError as error:
        raise SourceError(
            f"the proxy {name} does not answer ({_reason(error)})", hint="check the proxy and its log"
        ) from error
    if status != 200:
        raise _refused(status, name, target)


def _status(line: socket.socket) -> int:
    """Return the status of the answer to CONNECT, 0 for what is no answer of HTTP."""
    head = b""
    while b"\r\n\r\n" not in head and len(head) < _HEAD and (piece := line.recv(1024)):
        head += piece
    words = head.split(b" ", 2)
    return int(words[1]) if words[0].startswith(b"HTTP/") and words[1:] and words[1].isdigit() else 0


def _refused(status: int, name: str, target: str) -> SourceError:
    if status == 407:
        return SourceError(
            f"the proxy {name} wants a login",
            hint='set proxy = { env = "NAME" } in [network] with http://user:password@host:port',
        )
    if status == 0:
        return SourceError(
            f"what answers at {name} is no HTTP proxy", hint="check proxy in [network] or HTTPS_PROXY"
        )
    return SourceError(
        f"the proxy {name} lets nobody through to {target} (answered {status})",
        hint=f"have {target} allowed in the proxy",
    )


def _port(parts: SplitResult) -> int:
    return parts.port or _PORTS.get(parts.scheme, 443)


def _reason(error: OSError) -> str:
    """Name the reason in the same words on every system."""
    for kind, words in _WORDS.items():
        if isinstance(error, kind):
            return words
    return (error.strerror or type(error).__name__).lower()


_WORDS: dict[type[OSError], str] = {
    TimeoutError: "timed out",
    ConnectionRefusedError: "connection refused",
    ConnectionError: "connection broken",
    FileNotFoundError: "no such file",
    socket.gaierror: "no such name",
}
