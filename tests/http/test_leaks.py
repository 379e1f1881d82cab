"""No error, no traceback and no log line shows the address or the credentials of a request."""

from __future__ import annotations

import logging
import socket
import time
import traceback
from collections.abc import Iterator

import pytest
import requests
from requests.auth import AuthBase
from scripted_server import Reply, Script, Slots, hang_up, served

from connector.errors import RefusedError, TransientError
from connector.http.client import Http
from connector.http.network import Network

SECRET = "s3cr3tc0de"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Signature(AuthBase):
    def __call__(self, request):
        request.headers["Authorization"] = f"Bearer {SECRET}"
        return request


@pytest.fixture
def script() -> Iterator[Script]:
    with served() as script:
        yield script


@pytest.fixture
def http(script) -> Iterator[Http]:
    """A client whose address and credentials are secret."""
    network = Network(read_seconds=0.05)
    with Http("main", bucket=Slots(), may_write=True, network=network, sleep=lambda seconds: None) as http:
        http.base_url = f"{script.url}/rest/1/{SECRET}/"
        http.auth = Signature()
        yield http


def everything_said(caught, caplog) -> str:
    """Return all that a person or a log could get to see of a failure."""
    error = caught.value
    return "\n".join(
        [str(error), repr(error), *traceback.format_exception(error), repr(error.__context__), caplog.text]
    )


@pytest.mark.parametrize("kind", ["refused", "lost", "timeout", "cut", "status", "redirect"])
def test_no_error_and_no_log_shows_the_secret_in_the_address(script, http, caplog, kind):
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, "urllib3")
    script.replies = {
        "refused": [Reply()],
        "lost": [Reply(then=hang_up)],
        "timeout": [Reply(then=lambda handler: time.sleep(0.2))],
        "cut": [Reply(then=lambda handler: handler.wfile.write(b"HTTP/1.1 200 OK\r\nnonsense"))],
        "status": [Reply(status=500)],
        "redirect": [Reply(status=302, headers={"Location": f"https://other/rest/1/{SECRET}/x"})],
    }[kind]
    if kind == "refused":
        http.base_url = f"http://127.0.0.1:{free_port()}/rest/1/{SECRET}/"

    with pytest.raises((TransientError, RefusedError)) as caught:
        http.write("crm.company.list", json={})

    said = everything_said(caught, caplog)
    assert "crm.company.list" in said
    assert SECRET not in said


def test_the_canary_would_be_seen_without_the_protection(script, caplog):
    """The control: plain requests shows the address in its error and in urllib3's log."""
    with pytest.raises(requests.ConnectionError) as caught:
        requests.post(f"http://127.0.0.1:{free_port()}/rest/1/{SECRET}/x", timeout=5)
    assert SECRET in everything_said(caught, caplog)
    caplog.set_level(logging.DEBUG)
    log = logging.getLogger("urllib3.connectionpool")
    log.disabled = False
    try:
        requests.post(f"{script.url}/rest/1/{SECRET}/x", timeout=5).close()
    finally:
        log.disabled = True
    assert SECRET in caplog.text
