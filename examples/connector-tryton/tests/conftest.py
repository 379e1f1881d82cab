"""One firm on a real Tryton server, and a project connected to it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from firm import Firm, found
from tryton_server import KEY, Api, NotInstalledError, serving

UNREACHABLE = re.compile(r"NewConnectionError|ConnectTimeout|ReadTimeout|ProxyError|name resolution|SSLError")
SETTINGS = {"clients": "Client", "flags.key_account": "Key account", "write": ["task", "owner", "flag"]}


@dataclass(frozen=True)
class Office:
    """The firm, the server's own interface, the project, and the file in which Tryton logs its requests."""

    firm: Firm
    api: Api
    project: Any
    log: Path

    def written(self) -> list[str]:
        """Return the requests to Tryton that were to change something, in their order."""
        text = self.log.read_text(encoding="utf-8")
        return re.findall(r"(?:POST|PUT|DELETE) /firm/rest/model/[a-z./0-9]+", text)


@pytest.fixture
def office(
    pytestconfig: pytest.Config, tmp_path: Path, connector_project: Callable[..., Any]
) -> Iterator[Office]:
    """Serve a new firm and connect a project to it; skip where no package index can be reached."""
    folder = tmp_path / "server"
    folder.mkdir()
    with ExitStack() as stack:
        try:
            api = stack.enter_context(serving(pytestconfig.cache.mkdir("tryton"), folder))
        except NotInstalledError as error:
            if UNREACHABLE.search(str(error)):
                pytest.skip("the package index cannot be reached, so Tryton cannot be installed")
            raise
        firm = found(api)
        (folder / "tryton.log").write_bytes(b"")
        settings = {"url": api.url, **SETTINGS}
        project = connector_project("tryton", settings, secrets={"key": KEY})
        yield Office(firm, api, project, folder / "tryton.log")
