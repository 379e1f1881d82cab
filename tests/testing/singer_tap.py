"""A tap of singer-sdk for the CRM that `new-plugin` writes, sound and with planted faults, held to its suite.

Runs in an environment that has singer-sdk and nothing of this project: `python -m pytest singer_tap.py`, with
the CRM's address in ACME_URL. Each class of tests is named in mutants.toml beside the same fault of ours.
"""

from __future__ import annotations

import os
from typing import Any, ClassVar

from singer_sdk import RESTStream, Tap
from singer_sdk import typing as th
from singer_sdk.authenticators import BearerTokenAuthenticator
from singer_sdk.pagination import SinglePagePaginator
from singer_sdk.testing import get_tap_test_class

CONFIG = {"url": os.environ["ACME_URL"], "token": "sandbox"}


class AcmeStream(RESTStream):
    """A list of Acme's, page by page, those that changed since the last time."""

    primary_keys: ClassVar = ["id"]
    replication_key = "updated_at"
    records_jsonpath = "$.data[*]"
    next_page_token_jsonpath = "$.next"

    @property
    def url_base(self) -> str:
        return str(self.config["url"])

    @property
    def authenticator(self) -> BearerTokenAuthenticator:
        return BearerTokenAuthenticator(token=self.config["token"])

    def get_url_params(self, context: Any, next_page_token: Any) -> dict[str, Any]:
        since = self.get_starting_replication_key_value(context)
        return {"updated_from": since, "after": next_page_token}


class Employees(AcmeStream):
    """The list of employees."""

    name, path = "employees", "/users"
    schema = th.PropertiesList(
        th.Property("id", th.IntegerType), th.Property("name", th.StringType),
        th.Property("active", th.BooleanType), th.Property("updated_at", th.DateTimeType),
    ).to_dict()  # fmt: skip


class Clients(AcmeStream):
    """The list of clients."""

    name, path = "clients", "/clients"
    schema = th.PropertiesList(
        th.Property("id", th.IntegerType), th.Property("name", th.StringType),
        th.Property("owner_id", th.IntegerType), th.Property("updated_at", th.DateTimeType),
    ).to_dict()  # fmt: skip


class Acme(Tap):
    """The sound tap."""

    name = "tap-acme"
    config_jsonschema = th.PropertiesList(
        th.Property("url", th.StringType, required=True),
        th.Property("token", th.StringType, required=True, secret=True),
    ).to_dict()

    def discover_streams(self) -> list[RESTStream]:
        return [Employees(self), Clients(self)]


def suite(clients: type[Clients]) -> type:
    """Return singer-sdk's tests of the tap with another stream of clients."""
    changed = {"discover_streams": lambda self: [Employees(self), clients(self)]}
    return get_tap_test_class(type("Faulty", (Acme,), changed), config=CONFIG)


class FirstPage(Clients):
    """Reads only the first page."""

    def get_new_paginator(self) -> SinglePagePaginator:
        return SinglePagePaginator()


class NoCursor(Clients):
    """Ignores the cursor."""

    def get_url_params(self, context: Any, next_page_token: Any) -> dict[str, Any]:
        return {"after": next_page_token}


class OpenSecret(Acme):
    """A secret is an ordinary setting."""

    config_jsonschema = th.PropertiesList(
        th.Property("url", th.StringType, required=True), th.Property("token", th.StringType, required=True)
    ).to_dict()


class NoOffset(Clients):
    """Times lose their offset."""

    def post_process(self, row: dict[str, Any], context: Any = None) -> dict[str, Any]:
        return {**row, "updated_at": row["updated_at"].removesuffix("Z")}


class NoId(Clients):
    """A row without id is a record."""

    def post_process(self, row: dict[str, Any], context: Any = None) -> dict[str, Any]:
        return {**row, "id": None}


TestSound = get_tap_test_class(Acme, config=CONFIG)
TestFirstPage = suite(FirstPage)
TestNoCursor = suite(NoCursor)
TestOpenSecret = get_tap_test_class(OpenSecret, config=CONFIG)
TestNoOffset = suite(NoOffset)
TestNoId = suite(NoId)
