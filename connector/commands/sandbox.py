"""`connector sandbox`: serves a stand-in of a CRM on loopback, with a made-up firm or with your files."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click

from connector import clock
from connector.commands.app import App, common
from connector.errors import ConfigError
from connector.sandbox.company.bundle import read_folder
from connector.sandbox.company.generate import generate
from connector.sandbox.company.tables import Company
from connector.sandbox.server import list_faults, serve
from connector.sandbox.vendors import VENDORS

ZONE = "Europe/Moscow"


@click.command()
@click.argument("vendor", type=click.Choice(sorted(VENDORS)))
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, show_default=True, help="0 picks a free port."
)
@click.option("--clients", default=300, show_default=True, help="How many companies that are clients.")
@click.option(
    "--events", default=30.0, show_default=True, help="Calls, meetings and letters a client, on average."
)
@click.option("--seed", default=1, show_default=True, help="Another number is another firm.")
@click.option(
    "--as-of", "as_of", metavar="TIME", help="Start the stand-in's clock at this time. Default: now."
)
@click.option(
    "--data", type=click.Path(path_type=Path, exists=True, file_okay=False), help="A folder of CSV files."
)
@click.option(
    "--limits", type=click.Choice(["standard", "enterprise", "off"]), default="standard", show_default=True
)
@click.option("--count-refused", is_flag=True, help="Refused calls fill the request bucket too.")
@click.option("--latency-ms", default=0, show_default=True, help="Delay of each answer.")
@click.option(
    "--operating-ms", default=0, show_default=True, help="What one command costs of the time budget."
)
@click.option(
    "--fault", "faults", multiple=True, metavar="NAME[=VALUE]", help="Break something; may be repeated."
)
@click.option("--list-faults", "listing", is_flag=True, help="List the faults and end.")
@common
def command(
    app: App,
    vendor: str,
    port: int,
    clients: int,
    events: float,
    seed: int,
    as_of: str | None,
    data: Path | None,
    limits: str,
    count_refused: bool,
    latency_ms: int,
    operating_ms: int,
    faults: tuple[str, ...],
    listing: bool,
) -> None:
    """Serve a stand-in of VENDOR until Ctrl+C; prints `ready URL` when it answers.

    Example: connector sandbox bitrix24 --clients 300 --seed 7
    """
    if listing:
        app.emit(list_faults(vendor))
        for name, meaning in list_faults(vendor).items():
            app.say(f"{name:<22} {meaning}")
        return
    start = _start(as_of)
    company = read_folder(data, start, ZONE) if data else made_up(clients, events, seed, start)
    with _port_explained(port):
        serve(
            vendor,
            company=company,
            port=port,
            as_of=start if as_of else None,
            limits=limits,
            count_refused=count_refused,
            latency_ms=latency_ms,
            operating_ms=operating_ms,
            faults=list(faults),
        )


@contextmanager
def _port_explained(port: int) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise
        raise ConfigError(
            f"port {port} cannot be had: {error.strerror}", hint="choose another --port; 0 picks a free one"
        ) from error


def made_up(clients: int, events: float, seed: int, as_of: datetime) -> Company:
    """Generate the firm."""
    return generate(clients=clients, seed=seed, as_of=as_of, zone=ZONE, events_per_client=events)


def _start(as_of: str | None) -> datetime:
    if as_of is None:
        return clock.now()
    try:
        return clock.parse_moment(as_of, clock.zone(ZONE))
    except ValueError:
        raise ConfigError(
            f"--as-of {as_of!r} is not a time", hint="write 2026-10-01 or 2026-10-01T09:00+03:00"
        ) from None
