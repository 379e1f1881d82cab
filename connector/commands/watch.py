"""Shows progress: a bar on a terminal, a plain line now and then elsewhere, nothing when a machine reads."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from connector.commands.app import App
from connector.sync.pull import StreamOutcome
from connector.sync.push import Sent

ROWS_BETWEEN_LINES = 20_000


class PullWatch:
    """Shows each stream as its pages come in."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}
        self._said: dict[str, int] = {}

    def __call__(self, outcome: StreamOutcome) -> None:
        """Show where the stream stands."""
        name = f"{outcome.source} {outcome.stream}"
        if self._progress is None:
            if outcome.read - self._said.get(name, 0) >= ROWS_BETWEEN_LINES:
                self._said[name] = outcome.read
                click.echo(f"{name}: {outcome.read} rows", err=True)
            return
        if name not in self._tasks:
            self._tasks[name] = self._progress.add_task(name, total=None)
        self._progress.update(self._tasks[name], completed=outcome.read, rows=f"{outcome.read} rows")


class PushWatch:
    """Shows how many changes are through."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress = progress
        self._task = progress.add_task("writing", total=total, rows="") if progress else None

    def __call__(self, sent: Sent) -> None:
        """Count one more."""
        if self._progress is not None and self._task is not None:
            self._progress.advance(self._task)


@contextmanager
def bars(app: App) -> Iterator[Progress | None]:
    """Yield a progress display on stderr while a person watches a terminal, else None."""
    if not (app.human and sys.stderr.isatty()):
        yield None
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[rows]}"),
    )
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True) as progress:
        yield progress
