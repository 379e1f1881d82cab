"""Finds the address of an account that was renamed, by its tokens; asking spends none of them."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from connector.errors import AccessError, SourceError
from connector.http.auth import Header
from connector.http.client import Http
from connector.http.network import is_loopback
from connector.plugins.amocrm.settings import AmoCrmConfig
from connector.plugins.amocrm.values import as_map, text

PATH = "oauth2/account/current/subdomain"
VENDOR = (".amocrm.ru", ".amocrm.com", ".kommo.com")
"""Hosts that a token may send us to: its claims are signed, but nobody but the vendor can check that."""


class MovedError(AccessError):
    """The account has another address."""


def check_address(http: Http, config: AmoCrmConfig, access: str, refresh: str) -> None:
    """Raise MovedError with the new address where the account was renamed; else return, whatever is wrong.

    The question is that of the vendor's library (amocrm-api-php 1.16).
    """
    scheme, _, ours = config.url.rstrip("/").partition("://")
    host = _api_domain(access)
    if not _may_ask(host, config.host):
        return
    with http.beside(f"{scheme}://{host}/", Header("X-Refresh-Token", refresh)) as way:
        try:
            domain = text(as_map(way.read(PATH, verb="GET", slow=0.0).body).get("domain"))
        except SourceError:
            return
    if domain and domain != ours:
        advice = f'write url = "{scheme}://{domain}" into the [[source]]'
        raise MovedError(f"the account was renamed: it is {domain} now", where=http.name, hint=advice)


def _api_domain(access: str) -> str:
    """Return the host that the access token names (tokens since 2024-08-21 do); "" where it names none."""
    try:
        claims = access.split(".")[1]
        found: Any = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    except (IndexError, ValueError, binascii.Error):
        return ""
    return text(as_map(found).get("api_domain")) or ""


def _may_ask(host: str, ours: str) -> bool:
    name = host.partition(":")[0]
    return name.endswith(VENDOR) or (is_loopback(name) and is_loopback(ours))
