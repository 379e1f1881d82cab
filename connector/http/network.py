"""The way out of the building: proxy, certificates, time and size limits of one request."""

from __future__ import annotations

import ipaddress
import urllib.request
from dataclasses import dataclass, field
from urllib.parse import urlsplit


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
        host = urlsplit(url).hostname or ""
        if is_loopback(host) or any(_covers(entry, host) for entry in self.no_proxy):
            return {}
        if self.proxy is not None:
            return {"http": self.proxy, "https": self.proxy}
        return {} if urllib.request.proxy_bypass(host) else urllib.request.getproxies()


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
