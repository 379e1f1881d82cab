"""What every command shares: where the project is, how to print, and the doors to settings and store."""

from __future__ import annotations

import functools
import getpass
import logging
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

import click
import orjson

from connector import clock
from connector.config import Settings, load_settings
from connector.errors import ConfigError, ConnectorError
from connector.secrets import ScrubbedFormatter, Scrubber
from connector.store.database import Store, open_store

P = ParamSpec("P")
R = TypeVar("R")

LOG_LINE = "%(levelname)s %(name)s: %(message)s"


class App:
    """One call of a command: its project folder, its output format, and the doors to settings and store."""

    def __init__(self, folder: Path, output: str, debug: bool) -> None:
        self.folder = folder
        self.output = output
        self.scrubber = Scrubber()
        self._debug = debug
        self._configure_log(debug)

    @property
    def human(self) -> bool:
        """Whether a person reads the output."""
        return self.output == "human"

    def settings(self, *, need_secrets: bool = False) -> Settings:
        """Read plugins.toml of the project."""
        return load_settings(self.folder, need_secrets=need_secrets, scrubber=self.scrubber)

    @contextmanager
    def store(self, settings: Settings) -> Iterator[Store]:
        """Open the project's store and close it after."""
        store = open_store(settings.store_url)
        try:
            yield store
        finally:
            store.close()

    def say(self, text: str = "") -> None:
        """Print a line for people, without any secret; nothing when a machine reads."""
        if self.human:
            click.echo(self.scrubber.scrub(text))

    def note(self, text: str) -> None:
        """Print a line about the way of the work on stderr."""
        click.echo(self.scrubber.scrub(text), err=True)

    def emit(self, document: Any) -> None:
        """Print one JSON document: indented for `json`, one line for `jsonl`; nothing for people."""
        if not self.human:
            indent = orjson.OPT_INDENT_2 if self.output == "json" else 0
            text = orjson.dumps(document, default=str, option=indent).decode()
            click.echo(self.scrubber.scrub(text))

    def emit_all(self, documents: list[Any]) -> None:
        """Print a list: one array for `json`, a document a line for `jsonl`."""
        if self.output == "jsonl":
            for document in documents:
                self.emit(document)
        else:
            self.emit(documents)

    def told(self, error: ConnectorError, cause: Exception) -> ConnectorError:
        """Return the error without any secret; with `--debug` print the way to it first, scrubbed too."""
        if self._debug:
            self.note("".join(traceback.format_exception(cause)))
        scrub = self.scrubber.scrub
        error.message, error.hint, error.where = scrub(error.message), scrub(error.hint), scrub(error.where)
        return error

    def _configure_log(self, debug: bool) -> None:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(ScrubbedFormatter(self.scrubber, LOG_LINE))
        logger = logging.getLogger("connector")
        logger.handlers[:] = [handler]
        logger.setLevel(logging.DEBUG if debug else logging.WARNING)
        logger.propagate = False


def common(function: Callable[P, R]) -> Callable[..., R]:
    """Give a command the options that all have, and an App in place of them."""

    @click.option(
        "--project", type=click.Path(path_type=Path, file_okay=False), default=".", show_default=True,
        help="Folder of plugins.toml.",
    )  # fmt: skip
    @click.option(
        "--format", "output", type=click.Choice(["human", "json", "jsonl"]), default="human",
        show_default=True, help="Who reads the output.",
    )  # fmt: skip
    @click.option("--debug", is_flag=True, help="Log every step to stderr; show tracebacks.")
    @functools.wraps(function)
    def wrapped(*args: Any, project: Path, output: str, debug: bool, **kwargs: Any) -> R:
        app = App(project.absolute(), output, debug)
        try:
            return function(app, *args, **kwargs)  # type: ignore[arg-type]  # App comes first
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except ConnectorError as error:
            raise app.told(error, error) from error
        except OSError as error:
            raise app.told(_about_a_file(error), error) from error
        except Exception as error:
            raise app.told(_unexpected(error), error) from error

    return wrapped


def _unexpected(error: Exception) -> ConnectorError:
    """Say in one line that we met a bug."""
    said = f"{type(error).__name__}: {error}"
    return ConnectorError(f"unexpected {said}", hint="this is a bug: please report what --debug shows")


def _about_a_file(error: OSError) -> ConnectorError:
    """Say in one line which path the system refused, and why."""
    return ConnectorError(
        error.strerror or str(error),
        where=str(error.filename or ""),
        hint="check the path, the right to use it, and the room on the disk",
    )


AS_OF = click.option(
    "--as-of",
    "as_of",
    metavar="TIME",
    help="Judge as of this ISO time (no offset: company zone). Default: now.",
)
"""The option of every command that judges."""


def who() -> str:
    """Return who runs this; a container's user may have no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "somebody"


def moment(text: str | None, zone: ZoneInfo) -> datetime:
    """Return the time the command judges by; ConfigError if the text is no time."""
    if text is None:
        return clock.now()
    try:
        return clock.parse_moment(text, zone)
    except ValueError:
        raise ConfigError(
            f"--as-of {text!r} is not a time", hint="write 2026-10-01 or 2026-10-01T09:00+03:00"
        ) from None
