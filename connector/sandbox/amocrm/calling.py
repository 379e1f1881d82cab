"""One call as a method sees it: the account, the question, the caller, and where links point to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import orjson

from connector.sandbox.amocrm.account import Account
from connector.sandbox.amocrm.errors import AmoError, empty_body
from connector.sandbox.amocrm.query import parse, words
from connector.sandbox.exchange import Request

API = "/api/v4"
NO_CONTENT = None
"""What a method returns when there is nothing: 204 and an empty body."""


@dataclass
class Call:
    """One call; `args` are the parts of the path a route names."""

    account: Account
    request: Request
    name: str
    args: dict[str, str]
    query: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.query = parse(self.request.query)

    @property
    def base(self) -> str:
        """Return where links of this account begin."""
        return f"http://{self.request.headers.get('host', '')}{API}"

    @property
    def wanted(self) -> frozenset[str]:
        """Return what `with` asks for."""
        return words(self.query.get("with"))

    @property
    def link(self) -> str:
        """Return the address of this call, as clients read it, without the query."""
        return f"http://{self.request.headers.get('host', '')}{self.request.path}"

    @property
    def asked(self) -> str:
        """Return the address of this call with its query in plain brackets."""
        return self.link + (f"?{unquote(self.request.query)}" if self.request.query else "")

    @property
    def user(self) -> int:
        """Return in whose name the call is made: an administrator may name another user."""
        other = self.request.headers.get("x-context-user-id", "")
        sight = self.account.sight
        if other.isdecimal() and self.account.users.is_admin(sight.user):
            return int(other)
        return sight.user

    def number(self, name: str = "id") -> int:
        """Return a number of the path."""
        return int(self.args[name])

    def body(self) -> Any:
        """Return the JSON body; 400 without one, or where it is not declared as JSON."""
        declared = self.request.headers.get("content-type", "")
        if not self.request.body or not declared.startswith("application/json"):
            raise empty_body()
        try:
            return orjson.loads(self.request.body)
        except orjson.JSONDecodeError as error:
            raise AmoError(400, "Request body is not valid JSON") from error
