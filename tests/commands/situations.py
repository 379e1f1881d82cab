"""Ways of breaking a project for `doctor`, by the names that docs/doctor.toml gives them.

A way takes the stage and changes it; one that returns checks plays what no test can have: another machine.
"""

from __future__ import annotations

import shutil
import socket
import sqlite3
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path, PureWindowsPath

import pytest
from authority import Authority
from conftest import Project
from gates import Gate, Proxy, talker, tls_in_front_of

from connector.commands.checks.machine import console_line, platform_line, processor_line, python_line
from connector.commands.checks.sources import limit_lines
from connector.commands.checks.storage import folder_line, room_line
from connector.http.bucket import Bucket
from connector.http.client import Http
from connector.plugins.base import Check
from connector.plugins.bitrix24 import Bitrix24Config
from connector.sandbox.server import Sandbox
from connector.store import checkup, shares
from connector.store.database import open_store

from .shared import CODE, point

HOST = "portal.example"


@dataclass
class Stage:
    """A project on a portal, to be broken; what is opened is closed after the test."""

    project: Project
    portal: Sandbox
    monkeypatch: pytest.MonkeyPatch
    stack: ExitStack
    scratch: Path

    @property
    def store(self) -> Path:
        return self.project.folder / "connector.db"

    @property
    def port(self) -> int:
        return int(self.portal.base.rpartition(":")[2])

    def keep(self, gate: Gate) -> int:
        """Close the gate after the test; return its port."""
        self.stack.callback(gate.close)
        return gate.port

    def network(self, **keys: str) -> None:
        """Write keys of [network]."""
        lines = [f"{key} = {value}" for key, value in keys.items()]
        self.project.edit("plugins.toml", r"^\[network\]$", "\n".join(["[network]", *lines]))

    def far(self, proxy: Gate, **keys: str) -> None:
        """Let the portal be a host that only this proxy reaches."""
        point(self.project.folder, f"https://{HOST}/rest/1/{CODE}/")
        self.network(proxy=f'"http://127.0.0.1:{self.keep(proxy)}"', **keys)

    def behind_tls(self, name: str = HOST, ends: datetime | None = None, *, trusted: bool = False) -> None:
        """Serve the portal under a certificate of the office's own, behind a proxy."""
        authority = Authority(self.scratch, "Office proxy CA", "Firm")
        site = tls_in_front_of(self.port, authority.server_side(name, ends))
        ca = {"ca": f"'{authority.path.as_posix()}'"} if trusted else {}
        self.far(Proxy(self.keep(site)), **ca)

    def sql(self, statement: str) -> None:
        """Change the store behind everybody's back."""
        with closing(sqlite3.connect(self.store)) as connection:
            connection.execute(statement)
            connection.commit()


Way = Callable[[Stage], list[tuple[str, Check]] | None]


# -- another machine ----------------------------------------------------------------------------------------


def old_python(_: Stage) -> list[tuple[str, Check]]:
    return [("machine", python_line((3, 10, 14)))]


def narrow_python(_: Stage) -> list[tuple[str, Check]]:
    return [("machine", platform_line("Windows-10", 2**31 - 1))]


def old_processor(_: Stage) -> list[tuple[str, Check]]:
    return [("machine", processor_line(["avx2", "fma"], "x86_64"))]


def old_console(stage: Stage) -> list[tuple[str, Check]]:
    stage.monkeypatch.setattr("sys.platform", "linux")
    return [("machine", console_line("ISO-8859-1"))]


def windows_share(_: Stage) -> list[tuple[str, Check]]:
    folders = [PureWindowsPath(r"Z:\crm"), PureWindowsPath(r"\\nas\sales\crm")]
    found = [shares.windows_share(folder, {"Z:\\": 4}.__getitem__) for folder in folders]
    return [("store", folder_line(folder, share)) for folder, share in zip(folders, found, strict=True)]


def full_disk(stage: Stage) -> list[tuple[str, Check]]:
    return [("store", room_line(stage.project.folder, free)) for free in (500 << 20, 10 << 20)]


def empty_bucket(stage: Stage) -> list[tuple[str, Check]]:
    given = {"name": "portal", "plugin": "bitrix24", "webhook_url": stage.portal.url, "share": 0.1}
    config = Bitrix24Config.model_validate(given)
    limit = config.limit()
    assert limit is not None
    bucket = Bucket(None, *limit)
    with Http("portal", bucket=bucket, may_write=False) as http:
        assert bucket.reserve(4.9) == 0
        return [("source portal", check) for check in limit_lines(http, config)]


# -- the project --------------------------------------------------------------------------------------------


def no_project(stage: Stage) -> None:
    shutil.rmtree(stage.project.folder)


def no_secret(stage: Stage) -> None:
    (stage.project.folder / ".env").unlink()


def broken_plugin(stage: Stage) -> None:
    stage.project.edit("plugins.toml", r"^\[plugins\]$", '[plugins]\nmodules = ["brokenplug"]')


def broken_policy(stage: Stage) -> None:
    stage.project.edit("policies/abc.toml", "^rule = .*", 'rule = "abd"')


# -- amoCRM -------------------------------------------------------------------------------------------------


def no_such_account(stage: Stage) -> None:
    """Let the address be one at which no account is: the vendor answers with a web page."""
    page = talker(b"HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\n<p/>")
    stage.project.edit("plugins.toml", r"^url = .http.*$", f'url = "http://127.0.0.1:{stage.keep(page)}/"')


# -- the store ----------------------------------------------------------------------------------------------


def network_share(stage: Stage) -> None:
    mounts = stage.scratch / "mounts"
    mounts.write_text(f"nas:/sales {stage.project.folder.resolve()} nfs4 rw 0 0\n", encoding="utf-8")
    stage.monkeypatch.setattr(shares, "_MOUNTS", mounts)
    stage.monkeypatch.setattr("sys.platform", "linux")


def closed_store(stage: Stage) -> None:
    """Let nobody open the file: not even the superuser, who may run the tests."""
    beside = stage.store.with_name("connector.db-wal")
    beside.unlink(missing_ok=True)
    beside.mkdir()


def no_database(stage: Stage) -> None:
    stage.store.write_text("a shopping list\n" * 100, encoding="utf-8")


def folder_in_its_place(stage: Stage) -> None:
    stage.store.mkdir()


def busy_store(stage: Stage) -> None:
    stage.monkeypatch.setattr(checkup, "WAIT_SECONDS", 0.05)
    other = stage.stack.enter_context(closing(sqlite3.connect(stage.store, isolation_level=None)))
    other.execute("BEGIN IMMEDIATE")


def held_lock(stage: Stage) -> None:
    store = stage.stack.enter_context(open_store(f"sqlite:///{stage.store}"))
    stage.stack.enter_context(store.lock.acquire("pull"))


def damaged_store(stage: Stage) -> None:
    """Break a page in the middle, as a bad disk does: the first pages, which say what there is, stay."""
    stage.sql("PRAGMA journal_mode = DELETE")
    whole = bytearray(stage.store.read_bytes())
    whole[len(whole) // 2 : len(whole) // 2 + 4096] = b"\xa5" * 4096
    stage.store.write_bytes(whole)


def newer_store(stage: Stage) -> None:
    stage.sql("UPDATE alembic_version SET version_num = '9999'")


def foreign_store(stage: Stage) -> None:
    stage.sql("CREATE TABLE notes (a)")


def clock_went_back(stage: Stage) -> None:
    stage.sql(f"UPDATE run SET heartbeat = heartbeat + {3 * 3600 * 1_000_000}")


# -- the way ------------------------------------------------------------------------------------------------


def unknown_name(stage: Stage) -> None:
    """Point at a name that nobody has; the resolver is asked nothing, as tests stay on this machine."""

    def nobody(*_: object, **__: object) -> list[object]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    point(stage.project.folder, f"https://{HOST}/rest/1/{CODE}/")
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        stage.monkeypatch.delenv(name, raising=False)
    stage.monkeypatch.setattr(socket, "getaddrinfo", nobody)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def nobody_listens(stage: Stage) -> None:
    point(stage.project.folder, f"http://127.0.0.1:{free_port()}/rest/1/{CODE}/")


def no_proxy_there(stage: Stage) -> None:
    point(stage.project.folder, f"https://{HOST}/rest/1/{CODE}/")
    stage.network(proxy=f'"http://127.0.0.1:{free_port()}"')


def proxy_wants_login(stage: Stage) -> None:
    stage.far(Proxy(0, "407 Proxy Authentication Required"))


def proxy_forbids(stage: Stage) -> None:
    stage.far(Proxy(0, "403 Forbidden"))


def no_proxy_at_all(stage: Stage) -> None:
    stage.far(talker(b"220 mail ready\r\n"))


def untrusted_issuer(stage: Stage) -> None:
    stage.behind_tls()


def expired_certificate(stage: Stage) -> None:
    stage.behind_tls(ends=datetime.now(UTC) - timedelta(hours=1), trusted=True)


def foreign_certificate(stage: Stage) -> None:
    stage.behind_tls("hotel.example", trusted=True)


def wrong_secret(stage: Stage) -> None:
    point(stage.project.folder, stage.portal.url.replace(CODE, "w4rongc0de"))


WAYS: dict[str, Way] = {
    way.__name__: way
    for way in (
        *(old_python, narrow_python, old_processor, old_console, windows_share, full_disk, empty_bucket),
        *(no_project, no_secret, broken_plugin, broken_policy, no_such_account),
        *(
            network_share,
            closed_store,
            no_database,
            folder_in_its_place,
            busy_store,
            held_lock,
            damaged_store,
            newer_store,
        ),
        *(foreign_store, clock_went_back),
        *(unknown_name, nobody_listens, no_proxy_there, proxy_wants_login, proxy_forbids, no_proxy_at_all),
        *(untrusted_issuer, expired_certificate, foreign_certificate, wrong_secret),
    )
}
