"""The settings of a `[[source]]` with `plugin = "bitrix24"`."""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator

from connector.changes import Change
from connector.http.limits import Limit
from connector.http.network import is_loopback
from connector.model import EventKind, Role
from connector.plugins.base import SourceConfig
from connector.plugins.ownfields import unplaced

_WEBHOOK = re.compile(r"/rest/\d+/[^/]+/?")
_RATES = {"standard": (2.0, 50.0), "enterprise": (5.0, 250.0)}
"""Requests a second and at once by tariff (vendor page "Limits for intensity", 2026-08)."""
_BUNCHING = 0.5
"""Seconds by which requests may come closer together on their way: the portal counts arrivals."""


class Bitrix24Config(SourceConfig):
    """How to reach a portal and what its own fields mean."""

    webhook_url: SecretStr = Field(description="address of the incoming webhook: https://portal/rest/1/code/")
    rate: Literal["standard", "enterprise", "off"] = Field(
        "standard", description='request limit of the tariff; "off" for a portal of your own without one'
    )
    custom_fields: dict[str, str] = Field(
        default_factory=dict,
        description="field of the card, by its name or code -> our field, or a name of your own",
    )
    flags: dict[str, str] = Field(
        default_factory=dict, description='our flag -> code of the field, as in key_account = "UF_CRM_KEY"'
    )
    fields: dict[str, str] = Field(
        default_factory=dict, description='field that we write -> its code, as in abc_class = "UF_CRM_ABC"'
    )
    roles: dict[str, Role] = Field(
        default_factory=dict, description="department or position -> role of the people in it"
    )
    loss_reason: str | None = Field(
        None,
        description="field of the deal with the reason of a loss, by name or code; else the stage's name",
    )
    event_kinds: dict[str, EventKind] = Field(
        default_factory=dict, description="PROVIDER_ID of an activity -> its kind, over the built-in table"
    )

    leads: bool = Field(
        True, description="read leads, as deals of a pipeline of their own; false for a portal without them"
    )
    read_results: bool = Field(
        True, description="read the text of calls and meetings as their result: half as many requests more"
    )

    @field_validator("webhook_url")
    @classmethod
    def _is_a_webhook(cls, url: SecretStr) -> SecretStr:
        parts = urlsplit(url.get_secret_value())
        host = parts.hostname or ""
        if parts.scheme not in {"http", "https"} or not host:
            raise ValueError("is no address: copy the whole webhook address, https://portal/rest/1/code/")
        if parts.scheme == "http" and not is_loopback(host):
            raise ValueError("must begin with https://, the secret would travel in clear text")
        if not _WEBHOOK.fullmatch(parts.path):
            raise ValueError("must end in /rest/USER/CODE/, as the portal shows it for an incoming webhook")
        return url

    @property
    def host(self) -> str:
        """The portal's host name, which is no secret."""
        return urlsplit(self.webhook_url.get_secret_value()).hostname or ""

    @property
    def user(self) -> str:
        """The id of the employee to whom the webhook belongs."""
        return urlsplit(self.webhook_url.get_secret_value()).path.split("/")[2]

    def unplaced(self, change: Change) -> str | None:
        """Return "fields" or "flags" where neither names what the change writes."""
        return unplaced(change, self.fields, self.flags, self.custom_fields)

    def limit(self) -> Limit | None:
        """Return the request limit to keep, None for none; the vendor counts by portal and by our address."""
        if self.rate == "off":
            return None
        rate, burst = _RATES[self.rate]
        most = (burst - rate * _BUNCHING) * self.share
        return Limit(f"bitrix24 {self.host}", rate * self.share, max(1.0, most))
