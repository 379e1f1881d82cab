"""One portal: single calls, batches whose every command must answer, and its move to a new address."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from connector.errors import AccessError, SourceError, UnknownFateError
from connector.http.answer import Answer
from connector.http.client import Http
from connector.http.network import is_loopback
from connector.plugins.bitrix24.answers import MovedError, meaning
from connector.plugins.bitrix24.php import query
from connector.plugins.bitrix24.values import as_map

logger = logging.getLogger(__name__)
MOST_COMMANDS = 50
"""Commands a batch may hold (vendor page of the method `batch`); it counts as one request."""


class Command(NamedTuple):
    """A method and its parameters."""

    method: str
    parameters: Mapping[str, Any]


class Reply(NamedTuple):
    """What a call brought, when the portal began it (ISO 8601, the server's offset), where a list goes on."""

    result: Any
    began: str
    following: int | None = None


class Portal:
    """Speaks to one portal through its `Http`. May be used from several threads."""

    def __init__(self, http: Http) -> None:
        self._http = http
        self._moving = threading.Lock()

    def call(self, method: str, parameters: Mapping[str, Any] | None = None) -> Reply:
        """Read by one method; raises what the answer means."""
        return self._reply(self._http.read, method, parameters or {})

    def write(self, method: str, parameters: Mapping[str, Any]) -> Any:
        """Change something by one method, once; UnknownFateError when the answer is lost."""
        return self._reply(self._http.write, method, parameters).result

    def write_each(self, commands: Sequence[Command]) -> list[Any]:
        """Change something by at most 50 commands, once, and return the result or the error of each.

        UnknownFateError when the answer is lost: each of them may or may not be done.
        """
        if len(commands) == 1:
            return [self.write(*commands[0])]
        reply = self._reply(self._http.write, "batch", _batch_body(commands))
        return _outcomes(commands, as_map(reply.result), self._http.name, absent=UnknownFateError)

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
        """Read as `batch` does, but hand back the error of a command in the place of its result."""
        results: list[Any] = []
        began = ""
        for start in range(0, len(commands), MOST_COMMANDS):
            part = commands[start : start + MOST_COMMANDS]
            reply = self.call("batch", _batch_body(part))
            began = began or reply.began
            results += _outcomes(part, as_map(reply.result), self._http.name)
        return Reply(results, began)

    def _reply(self, send: Callable[..., Answer], method: str, parameters: Mapping[str, Any]) -> Reply:
        try:
            answer = send(method, json=parameters)
        except MovedError as moved:
            self._follow(moved)
            answer = send(method, json=parameters)
        body = answer.body
        following = body.get("next")
        began = str(as_map(body.get("time")).get("date_start", ""))
        return Reply(body["result"], began, following if isinstance(following, int) else None)

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


def _batch_body(commands: Sequence[Command]) -> dict[str, Any]:
    texts = {f"c{number}": f"{method}?{query(given)}" for number, (method, given) in enumerate(commands)}
    return {"halt": 0, "cmd": texts}


def _outcomes(
    commands: Sequence[Command],
    body: Mapping[str, Any],
    name: str,
    absent: type[SourceError] = SourceError,
) -> list[Any]:
    """Return the result or the error of each command; one that the portal passed over is an error too."""
    results, errors = as_map(body.get("result")), as_map(body.get("result_error"))
    outcomes: list[Any] = []
    for number, (method, _) in enumerate(commands):
        key, where = f"c{number}", f"{name}: {method}"
        if key in errors:
            said = as_map(errors[key])
            outcomes.append(meaning(said.get("error"), said.get("error_description"), where))
        elif key in results:
            outcomes.append(results[key])
        else:
            outcomes.append(absent("the batch passed this command over", where=where))
    return outcomes
