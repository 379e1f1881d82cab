"""The way to one source: proxy, name, connection, certificate, each as a line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from urllib.parse import urlsplit

from connector.commands.checks.lines import failures
from connector.errors import ConnectorError
from connector.http.network import Network, Route
from connector.http.way import addresses, check_certificate, connect
from connector.plugins.base import Check


def way_to(url: str, network: Network) -> Iterator[Check]:
    """Yield the steps to the URL's host; what else it holds may be a secret and stays out.

    Where one fails there is no sense in asking the source anything.
    """
    route, host = network.route(url), urlsplit(url).hostname or ""
    yield Check("proxy", "ok", f"{route.name or 'none'} for {host}: {route.reason}")
    steps: list[tuple[str, Callable[[], Check]]] = [
        ("name", partial(_name, url, route)),
        ("connection", partial(_connection, url, route)),
        ("certificate", partial(_certificate, url, route, network)),
    ]
    yield from _until_one_fails(steps)


def _until_one_fails(steps: Sequence[tuple[str, Callable[[], Check]]]) -> Iterator[Check]:
    """Yield what each step finds, and why those after a failed one were not tried."""
    failed = ""
    for name, step in steps:
        if failed:
            yield Check(name, "skipped", f"not tried: {failed} failed")
            continue
        try:
            yield step()
        except ConnectorError as error:
            yield from failures(name, error, vital=True)
            failed = name


def _name(url: str, route: Route) -> Check:
    if route.proxy is not None:
        return Check("name", "skipped", "the proxy looks names up")
    return Check("name", "ok", f"{urlsplit(url).hostname} is {', '.join(addresses(url))}")


def _connection(url: str, route: Route) -> Check:
    connect(url, route).close()
    return Check("connection", "ok", f"through {route.name}" if route.proxy else "straight", vital=True)


def _certificate(url: str, route: Route, network: Network) -> Check:
    if urlsplit(url).scheme != "https":
        return Check("certificate", "skipped", "plain HTTP has none")
    version = check_certificate(url, route, network)
    return Check("certificate", "ok", f'trusted by ca = "{network.ca}", {version}')
