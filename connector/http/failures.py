"""Turns what went wrong on the way into one line without an address, and tells whether anything was sent."""

from __future__ import annotations

import ssl
from collections.abc import Iterator

import requests
from urllib3 import exceptions as wire

from connector.errors import ConfigError, ConnectorError, TransientError
from connector.http.retry import NothingDoneError

TROUBLE = (requests.RequestException, wire.HTTPError, OSError)
"""Everything that `requests` lets through when a request fails on the way."""

_BEFORE_SENDING = (
    wire.NewConnectionError,
    wire.NameResolutionError,
    wire.ConnectTimeoutError,
    wire.ProxyError,
)


def explain(trouble: Exception, where: str, host: str) -> ConnectorError:
    """Return the error to raise instead: its text never holds the URL, whose path may be a secret.

    NothingDoneError where no byte of the request left, ConfigError for a certificate that is not trusted,
    TransientError otherwise.
    """
    causes = list(_chain(trouble))
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        advice = 'set ca in [network] to "system" or to the file of your certificate authority'
        return ConfigError(f"the certificate of {host} is not trusted", where=where, hint=advice)
    if any(isinstance(cause, _BEFORE_SENDING) for cause in causes):
        advice = "check the address, the network and [network] proxy"
        return NothingDoneError(f"cannot connect to {host} ({_kind(causes)})", where=where, hint=advice)
    return TransientError(f"the answer of {host} was lost ({_kind(causes)})", where=where)


def _chain(error: object) -> Iterator[BaseException]:
    """Yield the error and everything it wraps: `requests` and `urllib3` nest reasons and arguments."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        item = waiting.pop(0)
        if not isinstance(item, BaseException) or id(item) in seen:
            continue
        seen.add(id(item))
        yield item
        waiting += [*item.args, getattr(item, "reason", None), item.__cause__, item.__context__]


def _kind(causes: list[BaseException]) -> str:
    """Name the innermost reason by its class and, for the system's own errors, by their text."""
    for cause in reversed(causes):
        if isinstance(cause, OSError) and not isinstance(cause, requests.RequestException) and cause.strerror:
            return cause.strerror.lower()
    for kind, words in _WORDS.items():
        if any(isinstance(cause, kind) for cause in causes):
            return words
    return type(causes[0]).__name__


_WORDS: dict[type[BaseException], str] = {
    wire.NameResolutionError: "no such host",
    wire.ConnectTimeoutError: "timed out",
    wire.ProxyError: "the proxy refused",
    wire.ReadTimeoutError: "timed out",
    requests.Timeout: "timed out",
    wire.IncompleteRead: "cut short",
    wire.ProtocolError: "connection broken",
    requests.exceptions.ContentDecodingError: "compressed wrongly",
}
