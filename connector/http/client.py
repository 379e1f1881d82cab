"""The HTTP client of one source: takes a slot before each request, repeats reads only, shows no secret."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase
from tenacity import RetryCallState

from connector import clock
from connector.errors import (
    AccessError,
    ConnectorError,
    ForbiddenError,
    TransientError,
    UnknownFateError,
)
from connector.http.answer import Answer, decode
from connector.http.budget import Budget
from connector.http.failures import TROUBLE, explain
from connector.http.judge import by_status
from connector.http.limits import Limit, Limiter, Numbers
from connector.http.network import Network
from connector.http.retry import PATIENCE_SECONDS, LimitError, NothingDoneError, TooSlowError, retrying
from connector.http.sessions import Sessions

__all__ = ["Http", "Limit", "Limiter", "Numbers"]

logger = logging.getLogger(__name__)
CHUNK = 64 * 1024
PAUSE_SECONDS = 1.0
"""How long an account rests after a refusal that names no time."""


Params = Mapping[str, Any] | str | None


class Load(NamedTuple):
    """What a request carries: a JSON body, the query's fields or its whole text, the fields of a form."""

    json: Any = None
    params: Params = None
    form: Mapping[str, Any] | None = None


def _nothing() -> None:
    """Let every write go."""


class Http:
    """The only way of a plugin to its vendor. A plugin sets `base_url`, `auth` and `judge` in its `setup`.

    `judge(answer)` raises the typed error that an answer means and returns for a good one. The engine sets
    `before_write`, which is called right before a write leaves: if it raises, nothing does. Times out, caps
    the body, follows no redirect, keeps no cookie. Errors name the source and the path given by the plugin,
    never the base. `clock_ahead` is by how many seconds the vendor's clock was ahead of ours in the last
    answer. After `patience` seconds of waiting a read gives up. May be called from several threads.
    `may_write` is what the admin lists in `write` of the source, or True for all of it.
    """

    def __init__(
        self,
        name: str,
        *,
        bucket: Limiter,
        may_write: bool | Collection[str],
        network: Network | None = None,
        sleep: Callable[[float], object] = clock.sleep,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self.name = name
        self.base_url = ""
        self.auth: AuthBase | None = None
        self.judge: Callable[[Answer], None] = by_status
        self.before_write: Callable[[], object] = _nothing
        self.numbers = Numbers()
        self.clock_ahead: float | None = None
        self._bucket = bucket
        self._may_write = may_write
        self._network = network or Network()
        self._sessions = Sessions(self._network)
        self._sleep = sleep
        self._guard = threading.Lock()
        self._patience = patience
        self._retrying = retrying(self._wait, self._before_repeat, patience)

    def read(
        self,
        path: str,
        *,
        json: Any = None,
        params: Params = None,
        form: Mapping[str, Any] | None = None,
        verb: str = "POST",
        slow: float | None = None,
    ) -> Answer:
        """Send a request that changes nothing, whatever its verb, again while its error may pass by itself.

        `params` are the query's fields, or its whole text; `form` are the fields of a form in the body.

        Raises what `judge` raises, or TransientError when the repeats are used up; a LimitError that does not
        concern everyone at once, and TooSlowError at once where a request came to nothing after `slow`
        seconds or more.
        """
        return self._retrying(self._within, slow, verb, path, Load(json, params, form))

    def write(
        self,
        path: str,
        *,
        json: Any = None,
        params: Params = None,
        form: Mapping[str, Any] | None = None,
        verb: str = "POST",
        needs: Collection[str] = (),
    ) -> Answer:
        """Send a request that changes something, once; `needs` names the permissions it takes.

        Raises AccessError, with nothing sent, where the admin does not list one of them in `write`, or lists
        nothing at all; UnknownFateError when the answer is lost or says nothing (a timeout, a 5xx);
        NothingDoneError when surely nothing was done; else what `judge` raises.
        """
        self._check_permission(path, needs)
        try:
            self._wait(self._bucket.reserve())
            self.before_write()
            return self._sent(verb, path, Load(json, params, form))
        except (NothingDoneError, UnknownFateError):
            raise
        except TransientError as error:
            fate = UnknownFateError(f"{error.message}: it may or may not be written", where=error.where)
        raise fate

    def _check_permission(self, path: str, needs: Collection[str]) -> None:
        if not self._may_write:
            advice = "list what may be written in `write` of this [[source]]"
            raise AccessError("this source is read only", where=self._where(path), hint=advice)
        listed = needs if isinstance(self._may_write, bool) else self._may_write
        if missing := sorted(set(needs) - set(listed)):
            said = f"{', '.join(missing)} may not be written to this source"
            advice = f'write of this [[source]] must list "{missing[0]}"'
            raise ForbiddenError(said, where=self._where(path), hint=advice)

    def wait(self, seconds: float) -> None:
        """Wait as between requests: counted, and ended by a stop; TransientError beyond all patience."""
        if seconds > self._patience:
            raise TransientError(
                f"would have to wait {seconds:.0f} s",
                where=self.name,
                hint="wait so long, or lower `share` in the [[source]]",
            )
        self._wait(seconds)

    def left(self) -> float | None:
        """Return how many requests may go at once by now; None where no limit is kept."""
        return self._bucket.left()

    def budget(self, ceiling: float) -> Budget:
        """Return the account's working time by kind of call, in seconds, shared as its request limit is."""
        return self._bucket.budget(ceiling)

    def beside(self, base_url: str, auth: AuthBase) -> Http:
        """Return a way to another address of the same account, for reading only; the limits are shared."""
        way = Http(
            self.name, bucket=self._bucket, may_write=False, network=self._network,
            sleep=self._sleep, patience=self._patience,
        )  # fmt: skip
        way.base_url, way.auth, way.judge = base_url, auth, self.judge
        return way

    def close(self) -> None:
        """Close the connections; a later request opens new ones."""
        self._sessions.close()

    def __enter__(self) -> Http:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _within(self, slow: float | None, verb: str, path: str, load: Load) -> Answer:
        self._wait(self._bucket.reserve())
        started = clock.monotonic()
        try:
            return self._sent(verb, path, load)
        except TransientError as error:
            took = clock.monotonic() - started
            if slow is None or took < slow or isinstance(error, NothingDoneError):
                raise
            reason = f"{error.message} after {took:.0f} s"
        raise TooSlowError(reason, where=self._where(path))

    def _sent(self, verb: str, path: str, load: Load) -> Answer:
        self._count(requests=1)
        answer = self._exchange(verb, path, load)
        logger.debug("%s %s %s in %.3f s", self.name, path, answer.status, answer.elapsed)
        try:
            self.judge(answer)
        except LimitError as error:
            self._count(refused=1)
            if error.everyone:
                self._bucket.pause(error.retry_after or PAUSE_SECONDS)
            raise
        return answer

    def _exchange(self, verb: str, path: str, load: Load) -> Answer:
        url = f"{self.base_url.rstrip('/')}/{path}" if path else self.base_url
        started = clock.monotonic()
        try:
            with self._sessions.lend() as session, self._send(session, verb, url, load) as response:
                content = self._content(response, path, started)
        except TROUBLE as trouble:
            failure: ConnectorError = explain(
                trouble, self._where(path), urlsplit(url).hostname or "the host"
            )
        else:
            body, text = decode(content)
            elapsed = clock.monotonic() - started
            answer = Answer(self._where(path), response.status_code, response.headers, body, text, elapsed)
            self.clock_ahead = answer.clock_ahead()
            return answer
        # Raised out here, where the error with the URL in it is no longer the context.
        raise failure

    def _send(self, session: requests.Session, verb: str, url: str, load: Load) -> requests.Response:
        return session.request(
            verb,
            url,
            json=load.json,
            params=load.params,
            data=load.form,
            auth=self.auth,
            proxies=self._network.proxies(url),
            timeout=(self._network.connect_seconds, self._network.read_seconds),
            allow_redirects=False,
            stream=True,
        )

    def _content(self, response: requests.Response, path: str, started: float) -> bytes:
        """Read the body piece by piece: a huge, a swelling or a dripping one is given up."""
        limits, content = self._network, bytearray()
        while chunk := response.raw.read1(CHUNK, decode_content=True):
            content += chunk
            if len(content) > limits.most_bytes:
                raise TransientError(f"the answer exceeds {limits.most_bytes} bytes", where=self._where(path))
            if clock.monotonic() - started > limits.whole_seconds:
                raise TransientError(f"no end after {limits.whole_seconds:.0f} s", where=self._where(path))
        return bytes(content)

    def _wait(self, seconds: float) -> None:
        if seconds > 0:
            self._count(waited=seconds)
            self._sleep(seconds)

    def _before_repeat(self, state: RetryCallState) -> None:
        self._count(repeated=1)
        logger.info(
            "repeats in %.1f s: %s", state.upcoming_sleep, state.outcome and state.outcome.exception()
        )

    def _count(self, **more: float) -> None:
        with self._guard:
            for name, number in more.items():
                setattr(self.numbers, name, getattr(self.numbers, name) + number)

    def _where(self, path: str) -> str:
        return f"{self.name}: {path.partition('?')[0]}" if path else self.name
