"""The settings of a `[[source]]` with `plugin = "amocrm"`."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

from connector.changes import Change
from connector.http.limits import Limit
from connector.http.network import is_loopback
from connector.model import EventKind, Role
from connector.plugins.base import SourceConfig
from connector.plugins.ownfields import unplaced

RATE = 6.95
"""Requests a second, of the 7 that the vendor allows an integration: eight never fall into one second."""


class AmoCrmConfig(SourceConfig):
    """How to reach an account and what its own fields mean."""

    given_by = "url"
    given_like = "https://firm.amocrm.ru"

    url: str = Field(description="address of the account: https://firm.amocrm.ru")
    token: SecretStr = Field(
        description="long-lived token of your private integration; with client_id the code that `grant` names"
    )
    client_id: str = Field("", description="id of the integration, where it has no long-lived token")
    client_secret: SecretStr | None = Field(None, description="secret key of the integration")
    redirect_uri: str = Field("", description="redirect address of the integration, as it is registered")
    grant: Literal["authorization_code", "refresh_token"] = Field(
        "authorization_code", description="what `token` is where client_id is set: used once, to begin with"
    )
    rate: Literal["standard", "off"] = Field("standard", description='request limit; "off" for a stand-in')
    custom_fields: dict[str, str] = Field(
        default_factory=dict,
        description="field of the card, by its name, code or id -> our field, or a name of your own",
    )
    flags: dict[str, str] = Field(
        default_factory=dict,
        description='our flag -> a field, or a tag, as in key_account = "tag:Ключевой клиент"',
    )
    fields: dict[str, str] = Field(
        default_factory=dict, description='field that we write -> its name, code or id: abc_class = "ABC"'
    )
    roles: dict[str, Role] = Field(
        default_factory=dict, description="group or role of users -> role of the people in it"
    )
    event_kinds: dict[str, EventKind] = Field(
        default_factory=dict,
        description="type of a task (name, code or id) or of a note -> its kind, over the built-in table",
    )
    users: dict[str, str] = Field(
        default_factory=dict,
        description="id of a user -> name, for a token whose owner may not list the users",
    )

    sweep_hours: float = Field(
        72.0,
        ge=0,
        description="hours between two looks for records that are gone untold, which cost a request per 250",
    )

    @field_validator("url")
    @classmethod
    def _is_an_account(cls, url: str) -> str:
        parts = urlsplit(url.strip())
        host = parts.hostname or ""
        if parts.scheme not in {"http", "https"} or not host:
            raise ValueError("is no address: write it as https://firm.amocrm.ru")
        if parts.scheme == "http" and not is_loopback(host):
            raise ValueError("must begin with https://, the token would travel in clear text")
        if host.startswith("www."):
            raise ValueError("is the vendor's site: write your account's address, https://firm.amocrm.ru")
        return f"{parts.scheme}://{parts.netloc}/"

    @model_validator(mode="after")
    def _has_all_of_oauth(self) -> AmoCrmConfig:
        if self.client_id and not (self.client_secret and self.redirect_uri):
            raise ValueError("client_id needs client_secret and redirect_uri beside it")
        return self

    @property
    def host(self) -> str:
        """The account's host name."""
        return urlsplit(self.url).hostname or ""

    def unplaced(self, change: Change) -> str | None:
        """Return "fields" or "flags" where neither names what the change writes."""
        return unplaced(change, self.fields, self.flags, self.custom_fields)

    def limit(self) -> Limit | None:
        """Return the request limit to keep, None for none.

        The vendor counts 7 a second for an integration; what comes evenly spaced is never too much at once.
        """
        return None if self.rate == "off" else Limit(f"amocrm {self.host}", RATE * self.share, 1.0)
