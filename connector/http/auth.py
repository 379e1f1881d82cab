"""Credentials as `requests` wants them: a bearer token, a login in UTF-8, a key in the query."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from urllib.parse import urlencode, urlsplit, urlunsplit

from requests import PreparedRequest
from requests.auth import AuthBase

PLAIN_JSON = "application/json"
"""What a session asks for by itself."""


class Bearer(AuthBase):
    """Sends `Authorization: Bearer TOKEN` (RFC 6750)."""

    def __init__(self, token: str) -> None:
        self._value = f"Bearer {token}"

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Sign one request."""
        request.headers["Authorization"] = self._value
        return request


class Basic(AuthBase):
    """Sends login and password in UTF-8 (RFC 7617), so that a Cyrillic login works, as 1C needs.

    `accept` is the kind of JSON to ask for, where a vendor has several.
    """

    def __init__(self, login: str, password: str, accept: str = "") -> None:
        self._accept = accept
        pair = f"{login}:{password}".encode()
        self._value = f"Basic {b64encode(pair).decode('ascii')}"

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Sign one request."""
        if self._accept and request.headers.get("Accept") == PLAIN_JSON:
            request.headers["Accept"] = self._accept
        request.headers["Authorization"] = self._value
        return request


class QueryKey(AuthBase):
    """Adds `NAME=KEY` to the query of every request."""

    def __init__(self, name: str, key: str) -> None:
        self._pair = urlencode({name: key})

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Sign one request."""
        parts = urlsplit(request.url or "")
        query = "&".join(part for part in (parts.query, self._pair) if part)
        request.url = urlunsplit(parts._replace(query=query))
        return request


class Header(AuthBase):
    """Sends a secret in a header of the vendor's own."""

    def __init__(self, name: str, value: str) -> None:
        self._name = name
        self._value = value

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Sign one request."""
        request.headers[self._name] = self._value
        return request


class FreshBearer(AuthBase):
    """Sends the bearer token that `token()` gives for each request, which may raise to let none go.

    Paths that begin with `unsigned` are sent without one: there a new token is asked for.
    """

    def __init__(self, token: Callable[[], str], unsigned: str) -> None:
        self._token = token
        self._unsigned = unsigned

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Sign one request."""
        if not request.path_url.startswith(self._unsigned):
            request.headers["Authorization"] = f"Bearer {self._token()}"
        return request
