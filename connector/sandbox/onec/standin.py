"""The 1C stand-in as the server sees it: the web server's door, the interface, state and people."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import orjson

from connector import clock
from connector.errors import ConfigError
from connector.sandbox.company.renumber import renumber
from connector.sandbox.company.tables import COLUMNS, REFERENCES, Company
from connector.sandbox.exchange import Intent, Reply, Request
from connector.sandbox.faults import Faults
from connector.sandbox.journal import Journal
from connector.sandbox.onec.acts import ACTS
from connector.sandbox.onec.answering import Interface
from connector.sandbox.onec.base import Base
from connector.sandbox.onec.calls import INTERFACE, read
from connector.sandbox.onec.configurations import configuration
from connector.sandbox.onec.errors import NO_LICENCE, ODataError, PageError, unhandled
from connector.sandbox.onec.exchange_plan import open_nodes
from connector.sandbox.onec.frontdoor import check_base, check_login, check_web_server, v8_page
from connector.sandbox.onec.naming import names_of, wants_json
from connector.sandbox.options import Options
from connector.sandbox.ticking import Ticking
from connector.sandbox.truth import Truth

ROOT = "/base/"
"""The publication; a segment with a language may stand behind it, as the web client shows it."""
IDLE = 20 * 60
"""Seconds without a call after which IIS lets the application go to sleep."""
HTML = "text/html; charset=utf-8"


class OneC:
    """One publication of one base; one lock around its state, waits happen outside it."""

    root = ROOT

    def __init__(self, company: Company, options: Options, faults: Faults) -> None:
        numbered, self.ids = renumber(company)
        self.faults = faults
        self.journal = Journal()
        self.clock = Ticking(options.as_of)
        self.clock.advance(faults.number("clock_ahead") - faults.number("clock_behind"))
        blueprint = configuration(faults.text("configuration"))
        self.base = Base(Truth(numbered), blueprint, self.clock, faults, self.journal, company.zone)
        open_nodes(self.base)
        self._interface = Interface(self.base)
        self._lock = threading.RLock()
        self._price = options.operating_ms / 1000
        self._working = 0
        self._last: float | None = None

    def intent(self, request: Request) -> Intent:
        """Name the set, and the verb with it; what is neither GET nor an exchange message writes."""
        return Intent(names_of(request), request.verb != "GET" and "SelectChanges" not in request.path)

    def admit(self, request: Request) -> Reply | None:
        """Turn away what the web server keeps from 1C."""
        try:
            check_web_server(request, self.faults)
        except PageError as error:
            return page(error)
        return None

    def answer(self, request: Request) -> Reply:
        """Do the request and wrap it; refusals have 1C's own form, or are pages."""
        try:
            return self._checked(request)
        except PageError as error:
            return page(error)
        except ODataError as error:
            return refusal(error, json=wants_json(request))

    def _checked(self, request: Request) -> Reply:
        if not request.path.startswith(ROOT) or INTERFACE not in request.path:
            raise PageError(404, "<html><body>404 Not Found</body></html>")
        check_base(self.faults)
        check_login(request, self.faults)
        names = names_of(request)
        if self.faults.strikes("no_licence", names):
            raise unhandled(NO_LICENCE)
        if self.faults.strikes("error_500", names):
            raise v8_page(500, "Неопределенная ошибка сервера")
        with self._licence():
            reply = self._do(request)
        return self._dressed(reply)

    def _do(self, request: Request) -> Reply:
        clock.sleep(self._price)
        with self._lock:
            waking = self._waking()
            reply = self._interface.answer(read(request, ROOT))
            reply.delay += waking
            return reply

    def _dressed(self, reply: Reply) -> Reply:
        limit = self.faults.number("disk_full")
        if limit and len(reply.body) > limit:
            raise v8_page(500, "The device is full 'D:\\v8_x.tmp'. 28(0x0000001C): No space left on device")
        if self.faults.on("wrong_charset") and "Content-Type" in reply.headers:
            reply.headers["Content-Type"] = reply.headers["Content-Type"].replace("utf-8", "windows-1251")
        reply.headers |= {"DataServiceVersion": "3.0"}
        return reply

    def _waking(self) -> float:
        now, last = self.clock.now().timestamp(), self._last
        self._last = now
        return self.faults.number("slow_first") / 1000 if last is None or now - last > IDLE else 0.0

    def _licence(self) -> Licence:
        return Licence(self)

    def take(self) -> None:
        """Take a licence for one call; ODataError -1 if none is free."""
        with self._lock:
            most = self.faults.number("licences")
            if most and self._working >= most:
                raise unhandled(NO_LICENCE)
            self._working += 1

    def give_back(self) -> None:
        """Give a licence back."""
        with self._lock:
            self._working -= 1

    def state(self, parts: Iterable[str] = ()) -> dict[str, Any]:
        """Return the neutral truth under 1C's keys, the sets' rows, the writes and the counters."""
        wanted = set(parts)
        readers: dict[str, Callable[[], Any]] = {
            "as_of": lambda: self.clock.now().isoformat(),
            "company": self._company,
            "vendor": lambda: {name: list(self.base.rows(name)) for name in self.base.types},
            "writes": lambda: self.journal.writes,
            "refused": lambda: self.journal.refused,
            "requests": lambda: self.journal.requests,
            "ids": self._ids,
        }
        with self._lock:
            shown = {name: reader() for name, reader in readers.items() if not wanted or name in wanted}
            return dict(orjson.loads(orjson.dumps(shown)))

    def act(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Do what a person would do; ConfigError if the act is unknown or cannot be done."""
        name = str(order.get("do", ""))
        if name not in ACTS:
            raise ConfigError(f"unknown act {name!r}", hint=f"one of: {', '.join(sorted(ACTS))}")
        with self._lock:
            return ACTS[name](self.base, order)

    def _company(self) -> dict[str, list[dict[str, str]]]:
        tables = self.base.truth.tables()
        return {name: [self._keyed(name, row) for row in rows] for name, rows in tables.items()}

    def _keyed(self, table: str, row: Mapping[str, str]) -> dict[str, str]:
        """Return a neutral row with 1C's keys in the place of numbers."""
        copy = dict(row)
        if COLUMNS[table][0] == "id":
            copy["id"] = self.base.key(table, row["id"])
        for column, target in REFERENCES[table].items():
            copy[column] = "|".join(self._key(target, one) for one in row[column].split("|"))
        return copy

    def _key(self, table: str, number: str) -> str:
        return self.base.key(table, number) if number.isdigit() else number

    def _ids(self) -> dict[str, dict[str, str]]:
        return {
            table: {old: self.base.key(table, new) for old, new in numbers.items()}
            for table, numbers in self.ids.items()
        }


class Licence:
    """A licence that is held while a call is worked on."""

    def __init__(self, stand_in: OneC) -> None:
        self._stand_in = stand_in

    def __enter__(self) -> None:
        self._stand_in.take()

    def __exit__(self, *_: object) -> None:
        self._stand_in.give_back()


def page(error: PageError) -> Reply:
    """Write a page as a reply."""
    return Reply(error.status, error.html.encode(), {"Content-Type": HTML, **error.headers})


def refusal(error: ODataError, *, json: bool) -> Reply:
    """Write an error as a reply, in the form the client asked for."""
    if json:
        return Reply(
            error.status, orjson.dumps(error.json()), {"Content-Type": "application/json;charset=utf-8"}
        )
    return Reply(error.status, error.xml().encode(), {"Content-Type": "application/xml;charset=utf-8"})
