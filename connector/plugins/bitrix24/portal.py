"""One portal: single calls, batches whose every command must answer, and its move to a new address."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from connector.errors import AccessError, SourceError, UnknownFateError
from connector.http.answer import Answer
from connector.http.client import Http
from connector.http.network import is_loopback
from connector.http.retry import LimitError, TooSlowError
from connector.plugins.bitrix24.answers import MovedError
from connector.plugins.bitrix24.batches import (
    MOST_REFUSALS,
    Asking,
    Command,
    batch_body,
    methods_of,
    outcomes,
)
from connector.plugins.bitrix24.lengths import MOST_COMMANDS, SLOW_SECONDS, BatchLength
from connector.plugins.bitrix24.operating import BATCH, CAREFUL, CEILING, Operating
from connector.plugins.bitrix24.values import as_map

__all__ = ["MOST_COMMANDS", "Command", "Portal", "Reply"]

logger = logging.getLogger(__name__)


class Reply(NamedTuple):
    """What a call brought, when the portal began it (ISO 8601, the server's offset), where a list goes on."""

    result: Any
    began: str
    following: int | None = None


class Portal:
    """Speaks to one portal through its `Http`, within its working time. May be used from several threads.

    `ceiling` is the working time of a method in seconds that we allow ourselves.
    """

    def __init__(self, http: Http, ceiling: float = CEILING * CAREFUL) -> None:
        self._http = http
        self._moving = threading.Lock()
        self._operating = Operating(http.budget(ceiling), http.wait)
        self._length = BatchLength()

    def call(self, method: str, parameters: Mapping[str, Any] | None = None) -> Reply:
        """Read by one method; raises what the answer means."""
        return _reply(self._read(method, parameters or {}, [method]))

    @property
    def host(self) -> str:
        """Where the portal is now, which it tells when it was renamed."""
        return urlsplit(self._http.base_url).hostname or ""

    def working_time(self) -> dict[str, float]:
        """Return the share of our ceiling that each method has used by now, 1 and more when it must wait."""
        return self._operating.shares()

    def write(self, method: str, parameters: Mapping[str, Any], needs: Collection[str] = ()) -> Any:
        """Change something by one method, once; UnknownFateError when the answer is lost.

        `needs` names the permissions without which nothing is sent (ForbiddenError).
        """
        send = partial(self._http.write, needs=needs)
        return _reply(self._send(send, method, parameters, [method])).result

    def write_each(self, commands: Sequence[Command], needs: Collection[str] = ()) -> list[Any]:
        """Change something by at most 50 commands, once, and return the result or the error of each.

        UnknownFateError when the answer is lost: each of them may or may not be done.
        """
        if len(commands) == 1:
            return [self.write(*commands[0], needs)]
        send = partial(self._http.write, needs=needs)
        answer = self._send(send, BATCH, batch_body(commands), methods_of(commands))
        return outcomes(commands, as_map(answer.body["result"]), self._http.name, absent=UnknownFateError)

    def batch(self, commands: Sequence[Command], *, tolerate: tuple[type[SourceError], ...] = ()) -> Reply:
        """Read by any number of commands, 50 a request; `result` lists their results in the same order.

        A command that failed inside a batch is repeated alone, and its error raised if it fails again: the
        list is never shorter than the commands, and holds nothing but answers, save errors of a kind that the
        caller tolerates.
        """
        tried = self.attempt(commands)
        for index, result in enumerate(tried.result):
            if isinstance(result, SourceError) and not isinstance(result, tolerate):
                logger.info("repeats alone: %s", result)
                tried.result[index] = self.call(*commands[index]).result
        return tried

    def attempt(self, commands: Sequence[Command]) -> Reply:
        """Read as `batch` does, but hand back the error of a command in the place of its result.

        Commands whose method has no working time left wait for it and are asked again, together.
        """
        asking, began = Asking(commands), ""
        while part := asking.part(self._length.now):
            reply = self._part(part)
            began = began or reply.began
            refused = asking.take(reply.result)
            if refused:
                self._operating.block(refused)
        return Reply(asking.results, began)

    def _part(self, commands: Sequence[Command]) -> Reply:
        """Read by as many of these commands, from the first on, as the portal manages in one request."""
        asked = list(commands)
        while True:
            try:
                answer = self._read(BATCH, batch_body(asked), methods_of(asked), slow=_slow(asked))
            except TooSlowError as error:
                self._length.failed(len(asked))
                asked = asked[: self._length.now]
                logger.warning("%s; asks for %d commands at once", error, len(asked))
            else:
                break
        self._length.took(len(asked), _seconds(answer))
        body = answer.body
        return Reply(outcomes(asked, as_map(body["result"]), self._http.name), _began(body))

    def _read(
        self, method: str, parameters: Mapping[str, Any], methods: Sequence[str], *, slow: float | None = None
    ) -> Answer:
        """Read once the budget allows it, again when it was used up all the same."""
        send = partial(self._http.read, slow=slow)
        for _ in range(MOST_REFUSALS):
            try:
                return self._send(send, method, parameters, methods)
            except LimitError as error:
                if error.everyone:
                    raise
                logger.info("waits for working time: %s", error)
        return self._send(send, method, parameters, methods)

    def _send(
        self,
        send: Callable[..., Answer],
        method: str,
        parameters: Mapping[str, Any],
        methods: Sequence[str],
    ) -> Answer:
        """Send within the budget and take over what the answer says of it."""
        pledge = self._operating.admit(methods, batch=method == BATCH)
        try:
            answer = self._moved(send, method, parameters)
        except LimitError as error:
            self._operating.release(pledge)
            if not error.everyone:
                error.retry_after = self._operating.block([method], error.retry_after)
            raise
        except BaseException:
            self._operating.release(pledge)
            raise
        self._operating.learn(pledge, methods, answer.body, batch=method == BATCH)
        return answer

    def _moved(self, send: Callable[..., Answer], method: str, parameters: Mapping[str, Any]) -> Answer:
        try:
            return send(method, json=parameters)
        except MovedError as moved:
            self._follow(moved)
            return send(method, json=parameters)

    def _follow(self, moved: MovedError) -> None:
        """Take the new host and keep the path; a redirect elsewhere, or to clear text, is not followed."""
        with self._moving:
            here, there = urlsplit(self._http.base_url), urlsplit(moved.location)
            host = there.hostname or ""
            safe = there.scheme == "https" or (here.scheme == there.scheme == "http" and is_loopback(host))
            if not host or not safe or not there.path.startswith(here.path.rstrip("/")):
                raise AccessError(
                    f"the portal sends us away, to {host or 'nowhere'}",
                    where=moved.where,
                    hint="check webhook_url",
                )
            if there.netloc != here.netloc:
                self._http.base_url = here._replace(scheme=there.scheme, netloc=there.netloc).geturl()
                logger.warning(
                    "%s: the portal moved to %s; put that host into webhook_url", self._http.name, host
                )


def _reply(answer: Answer) -> Reply:
    following = answer.body.get("next")
    return Reply(
        answer.body["result"], _began(answer.body), following if isinstance(following, int) else None
    )


def _began(body: Mapping[str, Any]) -> str:
    return str(as_map(body.get("time")).get("date_start", ""))


def _seconds(answer: Answer) -> float:
    """Return how long a request took, by the portal or with the way."""
    said = as_map(answer.body.get("time")).get("duration")
    return max(answer.elapsed, float(said) if isinstance(said, int | float) else 0.0)


def _slow(commands: Sequence[Command]) -> float | None:
    """Return after how many seconds a failure means that it was too much: never for one command."""
    return SLOW_SECONDS if len(commands) > 1 else None
