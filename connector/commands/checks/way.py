"""The way to one source: proxy, name, connection, certificate, each as a line."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from connector.commands.checks.lines import failures
from connector.errors import ConnectorError
from connector.http.network import Network
from connector.http.way import addresses, check_certificate, connect
from connector.plugins.base import Check


def way_to(url: str, network: Network) -> Iterator[Check]:
    """Yield the steps to the URL's host; what else it holds may be a secret and stays out.

    Where one fails there is no sense in asking the source anything.
    """
    route, host = network.route(url), urlsplit(url).hostname or ""
    if route.proxy is None:
        yield Check("proxy", "ok", f"none for {host}: {route.reason}")
        yield from _name(url, host)
    else:
        yield Check("proxy", "ok", f"{route.name} for {host}: {route.reason}")
        yield Check("name", "skipped", "the proxy looks names up")
    try:
        connect(url, route).close()
    except ConnectorError as error:
        yield from failures("connection", error, vital=True)
        yield Check("certificate", "skipped", "there is no connection")
        return
    yield Check("connection", "ok", f"{host} through {route.name}" if route.proxy else host, vital=True)
    if urlsplit(url).scheme != "https":
        yield Check("certificate", "skipped", "plain HTTP has none")
        return
    try:
        version = check_certificate(url, route, network)
    except ConnectorError as error:
        yield from failures("certificate", error, vital=True)
    else:
        yield Check("certificate", "ok", f"trusted by ca = {network.ca!r}, {version}")


def _name(url: str, host: str) -> Iterator[Check]:
    try:
        found = addresses(url)
    except ConnectorError as error:
        yield from failures("name", error, vital=True)
    else:
        yield Check("name", "ok", f"{host} is {', '.join(found)}")
