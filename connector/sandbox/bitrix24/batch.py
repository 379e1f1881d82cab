"""The batch: up to 50 commands in one request, one after another, each able to use the results before it."""

from __future__ import annotations

import re
from typing import Any

from connector.sandbox.bitrix24.calling import BATCH, Calls, method_name, time_limit
from connector.sandbox.bitrix24.envelope import Time
from connector.sandbox.bitrix24.errors import PortalError
from connector.sandbox.bitrix24.fields import flag, text
from connector.sandbox.bitrix24.methods.answers import Answer
from connector.sandbox.bitrix24.params import as_map, parse_query, php_map

MOST = 50
REFERENCE = re.compile(r"\$result((?:\[[^\[\]]*\])+)")


class Batch:
    """One batch as it runs; the five maps of the answer grow with it."""

    def __init__(self, calls: Calls, params: dict[str, Any]) -> None:
        self.calls = calls
        self.commands = as_map(params.get("cmd"), "cmd")
        self.halt = flag(params.get("halt")) == "Y"
        self.results: dict[str, Any] = {}
        self.errors: dict[str, Any] = {}
        self.totals: dict[str, int] = {}
        self.nexts: dict[str, int] = {}
        self.times: dict[str, Time] = {}
        self.delay = 0.0

    def run(self) -> tuple[Answer, Time]:
        """Run the commands; what goes wrong inside is told inside, the batch itself succeeds."""
        start = self.calls.portal.clock.now()
        if self.calls.operating.blocked(BATCH, start.timestamp()):
            raise time_limit()
        for place, (key, command) in enumerate(self.commands.items()):
            self._command(place, key, text(command))
            if self.halt and self.errors:
                break
        self._share_figures()
        time = self.calls.timed(start, self.delay, BATCH)
        return Answer(self._maps(), delay=self.delay), time

    def _command(self, place: int, key: str, command: str) -> None:
        try:
            self._take(key, *self._call(place, command))
        except PortalError as error:
            self.errors[key] = error.body()

    def _call(self, place: int, command: str) -> tuple[Answer, Time]:
        if place >= MOST:
            raise PortalError("ERROR_BATCH_LENGTH_EXCEEDED", "Max batch length exceeded")
        spelling, _, query = command.partition("?")
        name = method_name(spelling)
        if name == BATCH:
            raise PortalError("ERROR_BATCH_METHOD_NOT_ALLOWED", "Method is not allowed for batch usage", 405)
        if self.calls.portal.faults.strikes("inner_error", [name]):
            raise time_limit()
        if self.calls.portal.faults.strikes("inner_failure", [name]):
            raise PortalError("INTERNAL_SERVER_ERROR", "Internal server error", 500)
        return self.calls.run(name, resolved(parse_query(query), self.results), inner=True)

    def _take(self, key: str, answer: Answer, time: Time) -> None:
        self.results[key] = answer.result
        self.times[key] = time
        self.delay += answer.delay
        if answer.total is not None:
            self.totals[key] = answer.total
        if answer.next is not None:
            self.nexts[key] = answer.next

    def _share_figures(self) -> None:
        """Where the batch pays, every command shows the same figure: the batch's."""
        if self.calls.portal.faults.on("operating_on_batch") and self.times:
            figure = max(time.get("operating", 0.0) for time in self.times.values())
            for time in self.times.values():
                time["operating"] = figure

    def _maps(self) -> dict[str, Any]:
        maps = {
            "": self.results,
            "_error": self.errors,
            "_total": self.totals,
            "_next": self.nexts,
            "_time": self.times,
        }
        return {f"result{name}": php_map(entries) for name, entries in maps.items()}


def resolved(value: Any, results: dict[str, Any]) -> Any:
    """Replace `$result[key][path]` in all values.

    What leads nowhere becomes empty, so a filter then filters nothing.
    """
    if isinstance(value, dict):
        return {key: resolved(item, results) for key, item in value.items()}
    if isinstance(value, list):
        return [resolved(item, results) for item in value]
    whole = REFERENCE.fullmatch(value) if isinstance(value, str) else None
    if whole:
        return looked_up(whole[1], results)
    return (
        REFERENCE.sub(lambda found: text(looked_up(found[1], results)), value)
        if isinstance(value, str)
        else value
    )


def looked_up(path: str, results: Any) -> Any:
    """Follow a path through maps and lists; an empty text where it leads nowhere."""
    here = results
    for step in re.findall(r"\[([^\[\]]*)\]", path):
        if isinstance(here, list) and step.isdigit() and int(step) < len(here):
            here = here[int(step)]
        elif isinstance(here, dict) and step in here:
            here = here[step]
        else:
            return ""
    return here
