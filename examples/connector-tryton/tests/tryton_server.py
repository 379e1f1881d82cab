"""A real Tryton server: an environment and an empty database, made once and kept, served on a free port."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import requests

PACKAGES = ("trytond==8.2.1", "trytond_sale_opportunity==8.2.0")
KEY = "key-of-the-application"
SETTINGS = "[database]\nuri = sqlite://\npath = {path}\n"
SERVE = """\
from trytond.application import app
from werkzeug.serving import make_server
server = make_server("127.0.0.1", 0, app, threaded=True)
print(server.server_port, flush=True)
server.serve_forever()
"""


class NotInstalledError(Exception):
    """Tryton cannot be installed; the text says why."""


class Api:
    """Asks the server as any program with the application's key does; knows nothing of the plugin."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {KEY}"

    def ask(self, verb: str, path: str, fields: str = "id", **body: Any) -> Any:
        """Return what the server answers; its refusal is an error."""
        address = f"{self.url}/rest/model/{path}"
        answer = self.session.request(
            verb, address, params={"f": fields.split()}, json=body or None, timeout=60
        )
        assert answer.ok, answer.text
        return answer.json()

    def make(self, model: str, **values: Any) -> int:
        """Make a record and return its id."""
        return int(self.ask("POST", model, **values)["id"])


@contextmanager
def serving(kept: Path, folder: Path) -> Iterator[Api]:
    """Serve a database of its own in the folder while the block runs; NotInstalledError without Tryton."""
    python = environment(kept / "venv")
    shutil.copy(empty_database(kept, python), folder / "firm.sqlite")
    with (folder / "tryton.log").open("ab") as log:
        server = subprocess.Popen(
            [python, "-c", SERVE], env=surroundings(folder), stdout=subprocess.PIPE, stderr=log, text=True,
        )  # fmt: skip
    try:
        assert server.stdout is not None
        port = server.stdout.readline().strip()
        assert port, (folder / "tryton.log").read_text(encoding="utf-8")
        api = Api(f"http://127.0.0.1:{port}/firm")
        yield api
        api.session.close()
    finally:
        server.kill()
        server.communicate()


def environment(place: Path) -> Path:
    """Return the Python of an environment that has Tryton, made once."""
    python = place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not (place / "complete").exists():
        shutil.rmtree(place, ignore_errors=True)
        run(sys.executable, "-m", "venv", "--without-pip", str(place))
        pip = ("-m", "pip", "--disable-pip-version-check", "--retries", "1", "--timeout", "15")
        run(sys.executable, *pip, "--python", str(python), "install", "--quiet", *PACKAGES)
        (place / "complete").touch()
    return python


def empty_database(kept: Path, python: Path) -> Path:
    """Return a database with the modules and a key for the REST interface, made once: it takes a minute."""
    ready = kept / "empty.sqlite"
    if not ready.exists():
        making = kept / "firm.sqlite"
        making.write_bytes(b"")
        (kept / "password").write_text("not used\n", encoding="utf-8")
        admin = (str(python), str(python.with_name("trytond-admin")), "-d", "firm", "-l", "en", "--all")
        modules = ("-u", "sale_opportunity", "--activate-dependencies", "--email", "admin@firm.example")
        run(*admin, *modules, TRYTONPASSFILE=str(kept / "password"), **surroundings(kept))
        with closing(sqlite3.connect(making)) as database, database:
            key = ("rest", KEY, "validated", 1)
            columns = 'application, "key", state, "user"'
            database.execute(f"insert into res_user_application ({columns}) values (?, ?, ?, ?)", key)
        making.replace(ready)
    return ready


def surroundings(folder: Path) -> dict[str, str]:
    """Return the environment of a process of Tryton whose databases are in the folder."""
    settings = folder / "trytond.conf"
    settings.write_text(SETTINGS.format(path=folder), encoding="utf-8")
    return {**clean(os.environ), "TRYTOND_CONFIG": str(settings)}


def clean(environ: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environ.items() if not name.startswith(("PYTHON", "COVERAGE"))}


def run(*arguments: str, **more: str) -> None:
    """Run a program; NotInstalledError with what it said where it fails."""
    environ = {**clean(os.environ), **more}
    ran = subprocess.run(
        arguments, capture_output=True, text=True, encoding="utf-8", env=environ, check=False
    )
    if ran.returncode:
        raise NotInstalledError(ran.stderr.strip() or ran.stdout.strip())
