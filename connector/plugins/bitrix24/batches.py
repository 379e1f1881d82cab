"""Commands on their way into batches and their outcomes on the way back, each in its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from connector.errors import SourceError
from connector.http.retry import LimitError
from connector.plugins.bitrix24.answers import meaning
from connector.plugins.bitrix24.php import query
from connector.plugins.bitrix24.values import as_map

MOST_REFUSALS = 12
"""How often a call may be refused for its working time: a window of ten minutes in steps of one, and some."""


class Command(NamedTuple):
    """A method and its parameters."""

    method: str
    parameters: Mapping[str, Any]


class Asking:
    """Commands that are asked part by part until each has an outcome; `results` is in their order."""

    def __init__(self, commands: Sequence[Command]) -> None:
        self.results: list[Any] = [None] * len(commands)
        self._commands = commands
        self._left = list(range(len(commands)))
        self._refusals = 0

    def part(self, most: int) -> list[Command]:
        """Return the next commands to ask, none when all is done."""
        return [self._commands[index] for index in self._left[:most]]

    def take(self, results: Sequence[Any]) -> list[str]:
        """Take the outcomes of the first commands of the part; return the methods that must wait first.

        What was refused for its working time is asked again, unless that happened too often.
        """
        done, rest = self._left[: len(results)], self._left[len(results) :]
        for index, result in zip(done, results, strict=True):
            self.results[index] = result
        refused = [index for index in done if isinstance(self.results[index], LimitError)]
        if not refused or self._refusals == MOST_REFUSALS:
            self._left = rest
            return []
        self._refusals += 1
        self._left = refused + rest
        return methods_of([self._commands[index] for index in refused])


def methods_of(commands: Sequence[Command]) -> list[str]:
    """Return the method of each command."""
    return [command.method for command in commands]


def batch_body(commands: Sequence[Command]) -> dict[str, Any]:
    """Return the parameters of the method `batch`: the commands as queries, an error stops none of them."""
    texts = {f"c{number}": f"{method}?{query(given)}" for number, (method, given) in enumerate(commands)}
    return {"halt": 0, "cmd": texts}


def outcomes(
    commands: Sequence[Command],
    body: Mapping[str, Any],
    name: str,
    absent: type[SourceError] = SourceError,
) -> list[Any]:
    """Return the result or the error of each command; one that the portal passed over is an error too."""
    results, errors = as_map(body.get("result")), as_map(body.get("result_error"))
    found: list[Any] = []
    for number, (method, _) in enumerate(commands):
        key, where = f"c{number}", f"{name}: {method}"
        if key in errors:
            said = as_map(errors[key])
            found.append(meaning(said.get("error"), said.get("error_description"), where))
        elif key in results:
            found.append(results[key])
        else:
            found.append(absent("the batch passed this command over", where=where))
    return found
