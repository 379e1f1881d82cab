"""One account: signed requests, the vendor's clock, a token renewed once, a block that stops everything."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from functools import partial
from typing import Any, Protocol

from pydantic import SecretStr

from connector import clock
from connector.errors import BlockedError
from connector.http.answer import Answer
from connector.http.client import Http
from connector.plugins.amocrm.answers import TokenError, judge
from connector.plugins.amocrm.breaker import Breaker
from connector.plugins.amocrm.query import flat

ROOT = "api/v4/"
AHEAD = 3
"""Turns that threads may have taken ahead: enough that none is lost where a thread is slow to wake."""


class Tokens(Protocol):
    """Where the access token comes from."""

    def token(self) -> str:
        """Return a token that has not ended."""
        ...

    def renewed(self, refused: str) -> bool:
        """Get another token than the one that was refused; False where there can be none."""
        ...

    def proved(self, token: str) -> None:
        """Hear that a token works."""
        ...


class Api:
    """Speaks to one account through its `Http`. May be used from several threads."""

    def __init__(self, http: Http, tokens: Tokens, breaker: Breaker) -> None:
        self._http = http
        self._tokens = tokens
        self._breaker = breaker
        self._used = threading.local()
        self._line = threading.BoundedSemaphore(AHEAD)
        self._trying = threading.local()
        http.judge = self._judge

    @property
    def name(self) -> str:
        """The name of the source, for errors."""
        return self._http.name

    def sign(self) -> str:
        """Return the token for a request that is about to leave; BlockedError while the vendor blocks us."""
        self._leave_line()
        if not getattr(self._trying, "now", False):
            self._breaker.check()
        self._used.token = self._tokens.token()
        return str(self._used.token)

    def get(self, path: str, parameters: Mapping[str, Any] | None = None) -> Any:
        """Read by a path below `/api/v4/`; None where there is nothing (204).

        Few threads wait for their turns at a time: all turns that were taken ahead would be used at once
        after the machine was held up, and the vendor would refuse some.
        """
        params = flat(parameters or {})
        self._line.acquire()
        self._used.in_line = True
        try:
            return self._signed(partial(self._http.read, ROOT + path, params=params, verb="GET")).body
        finally:
            self._leave_line()

    def write(self, verb: str, path: str, items: Any, needs: Collection[str] = ()) -> Any:
        """Change something by a path below `/api/v4/`, once; UnknownFateError when the answer is lost."""
        return self._signed(partial(self._http.write, ROOT + path, json=items, verb=verb, needs=needs)).body

    def now(self) -> int:
        """Return the vendor's time in unix seconds, as its last answer told it."""
        ahead = timedelta(seconds=self._http.clock_ahead or 0.0)
        return clock.to_micros(clock.now() + ahead) // 1_000_000

    def try_once(self) -> Any:
        """Ask for the account even while a block holds us back; an answer lifts it. For a person's look."""
        self._trying.now = True
        try:
            found = self.get("account")
        finally:
            self._trying.now = False
        self._breaker.close()
        return found

    def _leave_line(self) -> None:
        """Let the next thread wait for its turn: this one's request leaves, or never will."""
        if getattr(self._used, "in_line", False):
            self._used.in_line = False
            self._line.release()

    def _signed(self, send: Callable[[], Answer]) -> Answer:
        """Send, and once more where the token had ended: what a 401 answers was not done."""
        try:
            answer = send()
        except TokenError:
            if not self._tokens.renewed(getattr(self._used, "token", "")):
                raise
            answer = send()
        self._tokens.proved(getattr(self._used, "token", ""))
        return answer

    def _judge(self, answer: Answer) -> None:
        try:
            judge(answer)
        except BlockedError:
            self._breaker.open()
            raise


class LongLived:
    """The token of a private integration: it lasts until a day chosen when it was made, and 401 is final."""

    def __init__(self, token: SecretStr) -> None:
        self._token = token

    def token(self) -> str:
        """Return the token."""
        return self._token.get_secret_value()

    def renewed(self, refused: str) -> bool:
        """Return False: only a person can make another one."""
        return False

    def proved(self, token: str) -> None:
        """Do nothing: there is no other."""
