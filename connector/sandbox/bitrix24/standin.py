"""The Bitrix24 stand-in as the server sees it: doors, calls, state and people."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import orjson

from connector.errors import ConfigError
from connector.sandbox.bitrix24.acts import ACTS
from connector.sandbox.bitrix24.batch import Batch
from connector.sandbox.bitrix24.calling import BATCH, Calls, method_name
from connector.sandbox.bitrix24.envelope import wrap
from connector.sandbox.bitrix24.errors import PortalError
from connector.sandbox.bitrix24.limits import TARIFFS, Bucket, Operating
from connector.sandbox.bitrix24.methods import WRITES
from connector.sandbox.bitrix24.oauth import CLIENT_ID, CLIENT_SECRET
from connector.sandbox.bitrix24.params import as_map, parse_request
from connector.sandbox.bitrix24.portal import Portal
from connector.sandbox.bitrix24.rows import whole_row
from connector.sandbox.company.renumber import renumber
from connector.sandbox.company.tables import Company
from connector.sandbox.exchange import Intent, Reply, Request
from connector.sandbox.faults import Faults
from connector.sandbox.journal import Journal
from connector.sandbox.options import Options
from connector.sandbox.ticking import Ticking
from connector.sandbox.truth import Truth

CODE = "sandbox0code"
ROOT = f"/rest/1/{CODE}/"
"""Where the incoming webhook is found; applications call `/rest/{method}` with an access token."""
APPLICATION = "/rest/"
NO_REST = "REST API is available only on commercial plans"
STATUSES = {
    **dict.fromkeys(("no_auth_found", "expired_token", "invalid_token", "authorization_error"), 401),
    **dict.fromkeys(("error_oauth", "payment_required", "method_confirm_waiting"), 401),
    "portal_deleted": 410,
}
"""The documented statuses of codes that concern every call; the others come with 403."""
OAUTH = "/oauth/token"
"""The stand-in is its own authorisation server, which counts no requests and was never renamed."""


class Bitrix24:
    """A portal with one webhook and one application; one lock around its state, waits happen outside it."""

    root = ROOT

    def __init__(self, company: Company, options: Options, faults: Faults) -> None:
        numbered, self.ids = renumber(company)
        self.faults = faults
        self.journal = Journal()
        self.clock = Ticking(options.as_of)
        self.clock.advance(faults.number("clock_ahead") - faults.number("clock_behind"))
        self.portal = Portal(Truth(numbered), self.clock, faults, self.journal)
        self._bucket = Bucket(TARIFFS.get(options.limits), count_refused=options.count_refused)
        operating = Operating(limited=options.limits != "off")
        self._calls = Calls(self.portal, operating, options.operating_ms / 1000)
        self._lock = threading.RLock()

    def intent(self, request: Request) -> Intent:
        """Name the method, and for a batch the methods inside it."""
        name = self._method(request.path)
        names = [name]
        if name == BATCH:
            names += self._inner_methods(request)
        return Intent(tuple(names), any(name in WRITES for name in names))

    def admit(self, request: Request) -> Reply | None:
        """Turn away renamed hosts, full buckets and blocked integrations."""
        if request.path.startswith(OAUTH):
            return None
        host = self.faults.text("rename_302")
        spoken, _, port = request.headers.get("host", "").partition(":")
        if host and spoken != host:
            query = f"?{request.query}" if request.query else ""
            return Reply(302, b"", {"Location": f"http://{host}:{port}{request.path}{query}"})
        with self._lock:
            admitted = self._bucket.admits(request.source, self.clock.now().timestamp())
        if not admitted:
            return refusal(PortalError("QUERY_LIMIT_EXCEEDED", "Too many requests", 503))
        if code := self.faults.text("refused_as"):
            return refusal(PortalError(code, "", STATUSES.get(code.lower(), 403)))
        if self.faults.on("no_rest"):
            return refusal(PortalError("ACCESS_DENIED", NO_REST, 403))
        if self.faults.strikes("overload", [self._method(request.path)]):
            return refusal(PortalError("OVERLOAD_LIMIT", "REST API is blocked due to overload", 503))
        return None

    def answer(self, request: Request) -> Reply:
        """Do the call and wrap it; errors get their own status and body."""
        try:
            with self._lock:
                before = len(self.journal.writes)
                body, status, delay = self._do(request)
                wrote = len(self.journal.writes) > before
                return Reply(status, orjson.dumps(body), delay=delay, wrote=wrote)
        except PortalError as error:
            return refusal(error)

    def state(self, parts: Iterable[str] = ()) -> dict[str, Any]:
        """Return the neutral truth, the vendor's rows, the writes and the counters.

        Sales, absences, answers and field changes stay as given: nothing on a portal changes them.
        """
        wanted = set(parts)
        readers: dict[str, Callable[[], Any]] = {
            "as_of": self.portal.now,
            "company": self.portal.truth.tables,
            "vendor": self._vendor,
            "writes": lambda: self.journal.writes,
            "refused": lambda: self.journal.refused,
            "requests": lambda: self.journal.requests,
            "ids": lambda: self.ids,
            "oauth": lambda: {
                "client_id": CLIENT_ID,
                "client_secret": CLIENT_SECRET,
                **self.portal.tokens.last,
            },
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
            return ACTS[name](self.portal, order)

    def _do(self, request: Request) -> tuple[dict[str, Any], int, float]:
        name = self._method(request.path)
        params = self._params(request)
        if request.path.startswith(OAUTH):
            return self.portal.tokens.exchange(params, request.headers.get("host", "")), 200, 0.0
        if not request.path.startswith(ROOT):
            self._check_token(request.path, params)
        if self.faults.strikes("expired_token", [name]):
            raise PortalError("expired_token", "The access token provided has expired", 401)
        if self.faults.strikes("error_500", [name]):
            raise PortalError("INTERNAL_SERVER_ERROR", "Internal server error", 500)
        answer, time = Batch(self._calls, params).run() if name == BATCH else self._calls.run(name, params)
        return wrap(answer, time), answer.status, answer.delay

    def _check_token(self, path: str, params: dict[str, Any]) -> None:
        if path.count("/") != APPLICATION.count("/") or not path.startswith(APPLICATION):
            raise PortalError("NO_AUTH_FOUND", "Wrong authorization data", 401)
        self.portal.tokens.check(str(params.pop("auth", "")))

    def _vendor(self) -> dict[str, list[dict[str, Any]]]:
        return {
            name: [whole_row(entity, entity.records[number]) for number in entity.ids]
            for name, entity in self.portal.entities.items()
        }

    def _inner_methods(self, request: Request) -> list[str]:
        try:
            commands = as_map(self._params(request).get("cmd"), "cmd")
        except PortalError:
            return []
        return [method_name(str(command).partition("?")[0]) for command in commands.values()]

    @staticmethod
    def _method(path: str) -> str:
        return "oauth.token" if path.startswith(OAUTH) else method_name(path.rsplit("/", 1)[-1])

    @staticmethod
    def _params(request: Request) -> dict[str, Any]:
        return parse_request(request.query, request.body, request.headers.get("content-type", ""))


def refusal(error: PortalError) -> Reply:
    """Write an error as a reply."""
    return Reply(error.status, orjson.dumps(error.body()))
