"""What went wrong on the way, in one line without an address."""

from __future__ import annotations

import socket
import ssl

import pytest
import requests
from urllib3 import exceptions as wire

from connector.errors import ConfigError, TransientError
from connector.http.failures import explain
from connector.http.retry import NothingDoneError

URL = "https://host/rest/1/s3cr3t/x"


def told(trouble: Exception) -> tuple[type[Exception], str]:
    error = explain(trouble, "main: x", "host")
    assert "s3cr3t" not in str(error)
    return type(error), error.message


def from_wire(reason: Exception) -> requests.ConnectionError:
    pool = wire.MaxRetryError(None, URL, reason)  # type: ignore[arg-type]  # the pool plays no part
    return requests.ConnectionError(pool)


@pytest.mark.parametrize(
    ("trouble", "expected"),
    [
        (
            from_wire(wire.NameResolutionError("host", None, socket.gaierror(-2, "Name unknown"))),
            (NothingDoneError, "cannot connect to host (no such host)"),
        ),
        (
            from_wire(wire.ConnectTimeoutError(None, "timed out")),
            (NothingDoneError, "cannot connect to host (timed out)"),
        ),
        (
            from_wire(wire.ProxyError("tunnel", OSError("403 Forbidden"))),
            (NothingDoneError, "cannot connect to host (the proxy refused)"),
        ),
        (
            requests.ConnectionError(
                wire.ProtocolError("aborted", ConnectionResetError(104, "Reset by peer"))
            ),
            (TransientError, "the answer of host was lost (reset by peer)"),
        ),
        (
            requests.ReadTimeout(f"{URL} timed out"),
            (TransientError, "the answer of host was lost (timed out)"),
        ),
        (
            wire.IncompleteRead(5, 95),
            (TransientError, "the answer of host was lost (cut short)"),
        ),
        (
            requests.exceptions.InvalidURL(URL),
            (TransientError, "the answer of host was lost (InvalidURL)"),
        ),
    ],
)
def test_each_trouble_has_its_words(trouble, expected):
    assert told(trouble) == expected


def test_a_certificate_that_is_not_trusted_is_a_matter_of_settings():
    trouble = from_wire(wire.SSLError(ssl.SSLCertVerificationError(1, "self-signed certificate")))
    error = explain(trouble, "main: x", "host")
    assert isinstance(error, ConfigError)
    assert str(error) == (
        "main: x: the certificate of host is not trusted — "
        'set ca in [network] to "system" or to the file of your certificate authority'
    )
