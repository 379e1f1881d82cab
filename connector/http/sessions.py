"""Lends `requests` sessions: each to one caller at a time, kept alive in between, closed together."""

from __future__ import annotations

import logging
import ssl
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from connector.http.network import Network

USER_AGENT = "crm-policy-connector"

# Its debug and warning lines hold the whole URL, and the URL of a Bitrix24 webhook holds the secret.
logging.getLogger("urllib3.connectionpool").disabled = True


class Sessions:
    """The open connections of one source; lent, because a session is safe for one thread at a time only."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._idle: deque[requests.Session] = deque()

    @contextmanager
    def lend(self) -> Iterator[requests.Session]:
        """Hand out an idle session or a new one, and take it back."""
        try:
            session = self._idle.pop()
        except IndexError:
            session = self._new()
        try:
            yield session
        finally:
            self._idle.append(session)

    def close(self) -> None:
        """Close every session that is not lent at the moment."""
        while self._idle:
            self._idle.pop().close()

    def _new(self) -> requests.Session:
        session = requests.Session()
        # Else .netrc could replace our credentials; proxies come from Network.
        session.trust_env = False
        session.headers["User-Agent"] = USER_AGENT
        session.headers["Accept"] = "application/json"
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        session.verify = self._network.ca if self._network.ca not in {"system", "certifi"} else True
        session.mount("https://", SystemTrust() if self._network.ca == "system" else HTTPAdapter())
        return session


class SystemTrust(HTTPAdapter):
    """Trusts what the operating system trusts, so that a firm's own certificate authority works unasked."""

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Make the pools with the system's certificates."""
        super().init_poolmanager(*args, ssl_context=ssl.create_default_context(), **options)

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        """Make the pools behind a proxy with the system's certificates."""
        return super().proxy_manager_for(proxy, ssl_context=ssl.create_default_context(), **options)

    def build_connection_pool_key_attributes(self, request: Any, verify: Any, cert: Any = None) -> Any:
        """Leave out the bundle that `requests` would add to the system's."""
        host, pool = super().build_connection_pool_key_attributes(request, verify, cert)
        return host, {key: value for key, value in pool.items() if key not in {"ca_certs", "ca_cert_dir"}}

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Ask for a valid certificate, but not for the bundle of `requests`."""
        conn.cert_reqs = "CERT_REQUIRED"
