"""The webhook's code, which stands in every address, appears nowhere else."""

from __future__ import annotations

import logging
import traceback

import pytest

from connector.errors import ConnectorError

SECRET = "s3cr3tc0de"
FAILURES = {
    "refused": (400, {"error": "ERROR_CORE", "error_description": "no"}, {}),
    "token": (401, {"error": "NO_AUTH_FOUND", "error_description": "Wrong authorization data"}, {}),
    "html": (502, b"<html>Bad gateway</html>", {}),
    "moved": (302, b"", {"Location": f"https://elsewhere.example/login/{SECRET}/"}),
    "no result": (200, {"time": {}}, {}),
}


@pytest.mark.parametrize("kind", list(FAILURES))
def test_no_error_no_log_and_no_doctor_line_shows_it(portal, connect, caplog, kind):
    caplog.set_level(logging.DEBUG)
    served = portal(lambda method, given: FAILURES[kind])
    connection = connect(served.url.replace("/c0de/", f"/{SECRET}/"))

    with pytest.raises(ConnectorError) as caught:
        connection.read("contacts")
    lines = list(connection.source.check())

    said = "\n".join([*traceback.format_exception(caught.value), repr(caught.value), str(lines), caplog.text])
    assert "main" in said
    assert SECRET not in said
    assert SECRET not in f"{connection.source.config!r}"


def test_the_portal_did_get_it(portal, connect):
    """The control: the code really is in the address of each request."""
    served = portal(lambda method, given: {"result": [], "time": {}})
    connection = connect(served.url.replace("/c0de/", f"/{SECRET}/"))
    connection.read("contacts")
    assert served.paths
    assert all(SECRET in path for path in served.paths)
