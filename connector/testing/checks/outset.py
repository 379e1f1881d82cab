"""Before the first request: settings, secrets, version, imports."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from pydantic import SecretStr, ValidationError

from connector.plugins.base import API_VERSION
from connector.sourcetables import secret_fields
from connector.testing.bench import NAME, Bench, Skipped
from connector.testing.checks.promise import promise

IMPORT_SECONDS = 0.2
"""What a plugin's own modules may take to import: `connector --help` and every command wait for them."""
_SECRET = re.compile(r"token|password|passwd|secret|api_?key|webhook|credential", re.IGNORECASE)
_IMPORT = """
import socket, sys, time
sys.path[:0] = {path!r}
import connector.plugins.paging, connector.http.auth
def refuse(*_): raise SystemExit("it opens a connection when it is imported")
socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse
before = time.process_time()
import {module}  # what is tried
print(time.process_time() - before)
"""


@promise
def unknown_settings_are_refused(bench: Bench) -> None:
    """A key that is no setting is an error, so that a misspelt one is noticed."""
    given = {"name": NAME, "plugin": bench.plugin.name, **bench.config, "no_such_setting": 1}
    try:
        bench.plugin.config_model.model_validate(given)
    except ValidationError:
        return
    raise AssertionError('an unknown setting is taken: leave extra="forbid" in the settings')


@promise
def secrets_are_declared(bench: Bench) -> None:
    """Every setting that sounds like a secret is a SecretStr, so that it never stands in plugins.toml."""
    model = bench.plugin.config_model
    known = set(secret_fields(model))
    open_ones = [name for name in model.model_fields if _SECRET.search(name) and name not in known]
    assert not open_ones, f"{', '.join(open_ones)} must be a SecretStr"


@promise
def the_interface_version_is_ours(bench: Bench) -> None:
    """The plugin names the version of the interface for which it was written, and it is one of ours."""
    assert bench.plugin.api_version == API_VERSION, (
        f"api_version is {bench.plugin.api_version}, this suite checks {API_VERSION}"
    )


@promise
def it_has_a_name(bench: Bench) -> None:
    """The plugin has a name for plugins.toml and a title for people."""
    assert re.fullmatch(r"[a-z0-9][a-z0-9_-]*", bench.plugin.name), f"{bench.plugin.name!r} is no name"
    assert bench.plugin.title, "title is empty: `connector plugins` shows it"


@promise
def setup_sends_nothing(bench: Bench) -> None:
    """Building the plugin sends no request: most commands never talk to a CRM."""
    with bench.open() as opened:
        assert opened.wire.sent == 0, "setup sends a request"


@promise
def importing_is_quick_and_silent(bench: Bench) -> None:
    """Importing the plugin's module takes less than 0.2 s and opens no connection."""
    module = bench.plugin.__module__
    file = getattr(sys.modules.get(module), "__file__", None)
    if file is None:
        raise Skipped("the plugin is in no module of its own")
    depth = module.count(".") + (Path(file).name == "__init__.py")
    path = [*(entry for entry in sys.path if Path(entry).is_dir()), str(Path(file).absolute().parents[depth])]
    program = _IMPORT.format(path=path, module=module)
    took = []
    for _ in range(3):  # the fastest counts: the machine may be busy
        ran = subprocess.run(  # noqa: S603 - our own interpreter and program
            [sys.executable, "-c", program], capture_output=True, text=True, encoding="utf-8", check=False
        )
        assert ran.returncode == 0, f"importing {module} fails: {ran.stderr.strip().splitlines()[-1:]}"
        took.append(float(ran.stdout.split()[-1]))
        if took[-1] < IMPORT_SECONDS:
            return
    raise AssertionError(f"importing {module} takes {min(took):.2f} s")


def secrets_of(bench: Bench) -> list[str]:
    """Return the values of the secret settings given to the suite."""
    given = (bench.config.get(name) for name in secret_fields(bench.plugin.config_model))
    return [each.get_secret_value() if isinstance(each, SecretStr) else str(each) for each in given if each]
