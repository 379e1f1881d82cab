"""The way out of the building: proxy, certificates, time and size limits of one request."""

from __future__ import annotations

import ipaddress
import urllib.request
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Route:
    """The way to a host: through that proxy, None means straight; and why so."""

    proxy: str | None = field(repr=False)  # its URL may hold a password
    reason: str

    @property
    def name(self) -> str:
        """The proxy as `host:port`, without its password; "" for none."""
        if self.proxy is None:
            return ""
        parts = urlsplit(self.proxy if "://" in self.proxy else f"http://{self.proxy}")
        return f"{parts.hostname}:{parts.port or 80}"


@dataclass(frozen=True)
class Network:
    """How requests leave the machine; the same for every source of a project.

    `proxy` None means what the system says (HTTPS_PROXY, NO_PROXY, the registry of Windows). The machine
    itself is never reached through a proxy. `ca` is "system", "certifi" or the path of a PEM file. Seconds:
    `connect_seconds` until a connection stands, `read_seconds` without a byte, `whole_seconds` for
    everything; Bitrix24 cuts a request at 60 s itself (vendor page on limits), so the default waits a
    little longer.
    """

    proxy: str | None = field(default=None, repr=False)  # its URL may hold a password
    no_proxy: tuple[str, ...] = ()
    ca: str = "system"
    connect_seconds: float = 10.0
    read_seconds: float = 75.0
    whole_seconds: float = 300.0
    most_bytes: int = 128 * 1024 * 1024

    def proxies(self, url: str) -> dict[str, str]:
        """Return scheme -> proxy for a request to that URL; empty means straight."""
        return self._way(urlsplit(url).hostname or "")[0]

    def route(self, url: str) -> Route:
        """Return which way a request to that URL goes, and why."""
        proxies, reason = self._way(urlsplit(url).hostname or "")
        proxy = proxies.get(urlsplit(url).scheme) or proxies.get("all")
        return Route(proxy, reason if proxy or not proxies else "no proxy is set for such addresses")

    def _way(self, host: str) -> tuple[dict[str, str], str]:
        if is_loopback(host):
            return {}, "it is this very machine"
        if any(_covers(entry, host) for entry in self.no_proxy):
            return {}, "no_proxy in [network] names it"
        if self.proxy is not None:
            return {"http": self.proxy, "https": self.proxy}, "by proxy in [network]"
        found = urllib.request.getproxies()
        if not found:
            return {}, "no proxy is set"
        if urllib.request.proxy_bypass(host):
            return {}, "NO_PROXY of the system names it"
        return found, "by the system's settings (HTTPS_PROXY)"


def is_loopback(host: str) -> bool:
    """Tell whether the host is this very machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _covers(entry: str, host: str) -> bool:
    """Tell whether a `no_proxy` entry (`*`, a host, a domain with or without its dot) covers the host."""
    domain = entry.strip().lower().lstrip(".")
    return entry.strip() == "*" or host == domain or host.endswith(f".{domain}")
