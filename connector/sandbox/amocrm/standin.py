"""The amoCRM stand-in: admits requests, knows who asks, runs methods, and tells the state."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import orjson

from connector.errors import ConfigError
from connector.sandbox.amocrm.account import Account
from connector.sandbox.amocrm.acts import ACTS
from connector.sandbox.amocrm.answering import HAL, PROBLEM, fine, html, refused, too_many
from connector.sandbox.amocrm.calling import Call
from connector.sandbox.amocrm.entities.cards import ACCOUNT_ID
from connector.sandbox.amocrm.errors import UNAUTHORIZED, AmoError
from connector.sandbox.amocrm.held import fit
from connector.sandbox.amocrm.limits import Door
from connector.sandbox.amocrm.methods import find
from connector.sandbox.amocrm.oauth import CLIENT_ID, CLIENT_SECRET, LONG_LIVED, OAuthError
from connector.sandbox.amocrm.telling import carried, vendor_rows
from connector.sandbox.amocrm.validation import GatewayError
from connector.sandbox.company.renumber import renumber
from connector.sandbox.company.tables import Company
from connector.sandbox.exchange import Intent, Reply, Request
from connector.sandbox.faults import Faults
from connector.sandbox.options import Options
from connector.sandbox.ticking import Ticking

TOKEN = "/oauth2/access_token"  # noqa: S105 - a path
SUBDOMAIN = "/oauth2/account/current/subdomain"
CREATED = 201
"""The status of new custom fields; other batches of new things are answered with 200."""


class AmoCrm:
    """An account with a long-lived token and one application; one lock around its state."""

    root = "/"

    def __init__(self, company: Company, options: Options, faults: Faults) -> None:
        numbered, self.ids = renumber(company)
        self.faults = faults
        self.clock = Ticking(options.as_of)
        self.clock.advance(faults.number("clock_ahead") - faults.number("clock_behind"))
        self.door = Door(faults, limited=options.limits != "off", count_refused=options.count_refused)
        self.account = Account(fit(numbered, faults), self.clock, faults, self.door)
        self.journal, self.tokens = self.account.journal, self.account.tokens
        self._lock = threading.RLock()
        self._count = itertools.count(1)

    def intent(self, request: Request) -> Intent:
        """Name the call; one that leads nowhere is named by its path."""
        if request.path == TOKEN:
            return Intent(("oauth.token",), writes=True)
        try:
            route, _, name = find(request.verb, request.path)
        except AmoError:
            return Intent((request.path,), writes=False)
        return Intent((name,), route.writes)

    def admit(self, request: Request) -> Reply | None:
        """Turn away the blocked, those at an old address, and whoever comes too often."""
        with self._lock:
            if self.door.blocked:
                self.journal.refuse()
                return html(403, "Forbidden")
            if request.path == SUBDOMAIN:
                return None
            return self._moved(request) or self._too_many(request)

    def answer(self, request: Request) -> Reply:
        """Do the call and wrap it; errors get their own status and body."""
        number = f"sandbox-{next(self._count)}"
        with self._lock:
            before = len(self.journal.writes)
            try:
                reply = self._do(request, number)
            except AmoError as error:
                reply = refused(error, number)
            except OAuthError as error:
                reply = Reply(error.status, orjson.dumps(error.body()), {"Content-Type": PROBLEM})
                reply.headers["X-Request-Id"] = number
            except GatewayError:
                reply = html(504, "Gateway Time-out")
            reply.wrote = reply.wrote or len(self.journal.writes) > before
        if reply.wrote and self.faults.strikes("applied_504", self.intent(request).names):
            return html(504, "Gateway Time-out", wrote=True)
        return reply

    def state(self, parts: Iterable[str] = ()) -> dict[str, Any]:
        """Return the neutral truth, the vendor's rows, the writes and the counters.

        `ids`: old id -> number of each table; `carried`: event -> collection and number it lives under.
        """
        wanted, account = set(parts), self.account
        readers: dict[str, Callable[[], Any]] = {
            "as_of": account.stamp,
            "company": account.truth.tables,
            "vendor": lambda: vendor_rows(account),
            "writes": lambda: self.journal.writes,
            "refused": lambda: self.journal.refused,
            "requests": lambda: self.journal.requests,
            "ids": lambda: self.ids,
            "carried": lambda: carried(account),
            "oauth": self._oauth,
        }
        with self._lock:
            shown = {name: read() for name, read in readers.items() if not wanted or name in wanted}
            return dict(orjson.loads(orjson.dumps(shown)))

    def act(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Do what a person would do; ConfigError if the act is unknown or cannot be done."""
        name = str(order.get("do", ""))
        if name not in ACTS:
            raise ConfigError(f"unknown act {name!r}", hint=f"one of: {', '.join(sorted(ACTS))}")
        with self._lock:
            return ACTS[name](self.account, order)

    def _do(self, request: Request, number: str) -> Reply:
        if request.path == TOKEN:
            return self._exchange(request)
        if request.path == SUBDOMAIN:
            return self._subdomain(request)
        route, args, name = find(request.verb, request.path, f"http://{request.headers.get('host', '')}")
        self._check_token(request, name)
        if self.faults.on("unpaid"):
            raise AmoError(402, "Payment required")
        body = route.method(Call(self.account, request, name, args))
        reply = fine(body, number)
        if name.endswith("custom_fields.add"):
            reply.status = CREATED
        return reply

    def _check_token(self, request: Request, name: str) -> None:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not self.tokens.admits(token):
            raise AmoError(401, UNAUTHORIZED)
        if self.faults.strikes("expired_token", [name]):
            raise AmoError(401, UNAUTHORIZED)

    def _exchange(self, request: Request) -> Reply:
        if request.verb != "POST":
            raise AmoError(405, "Method Not Allowed")
        declared = request.headers.get("content-type", "")
        params = self._json(request.body) if declared.startswith("application/json") else {}
        pair = self.tokens.exchange(params, request.headers.get("host", ""))
        return Reply(200, orjson.dumps(pair), {"Content-Type": "application/json"}, wrote=True)

    def _subdomain(self, request: Request) -> Reply:
        if not self.tokens.knows(request.headers.get("x-refresh-token", "")):
            raise AmoError(401, UNAUTHORIZED)
        host = self._home(request)
        shown = {"id": ACCOUNT_ID, "domain": host, "subdomain": host.partition(".")[0].partition(":")[0]}
        return Reply(200, orjson.dumps(shown), {"Content-Type": HAL})

    def _home(self, request: Request) -> str:
        """Return the host and port where the account is now."""
        name, _, port = request.headers.get("host", "").partition(":")
        return f"{self.faults.text('renamed') or self.faults.text('rename_302') or name}:{port}"

    def _moved(self, request: Request) -> Reply | None:
        name = request.headers.get("host", "").partition(":")[0]
        gone, away = self.faults.text("renamed"), self.faults.text("rename_302")
        if gone and name != gone:
            return refused(AmoError(401, UNAUTHORIZED), "sandbox-moved")
        if away and name != away:
            query = f"?{request.query}" if request.query else ""
            return Reply(302, b"", {"Location": f"http://{self._home(request)}{request.path}{query}"})
        return None

    def _too_many(self, request: Request) -> Reply | None:
        """Count a call at the door; the token endpoint is not counted."""
        now = self.clock.now().timestamp()
        passes = request.path == TOKEN or self.door.admits(now)
        if passes and self.faults.strikes("too_many", self.intent(request).names):
            passes = self.door.refuse(now)
        if passes:
            return None
        return too_many(self.door.wait(), "sandbox-refused", as_html=self.faults.on("html_429"))

    def _oauth(self) -> dict[str, Any]:
        pair = self.tokens.shown(self.tokens.last)
        return {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "token": LONG_LIVED, **pair}

    @staticmethod
    def _json(body: bytes) -> dict[str, Any]:
        try:
            found = orjson.loads(body)
        except orjson.JSONDecodeError:
            return {}
        return found if isinstance(found, dict) else {}
