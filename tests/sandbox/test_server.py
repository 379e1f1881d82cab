"""The server: one ready line, kept-alive connections, its own clock, parallel waits, and a clean end."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from connector.errors import ConfigError
from connector.sandbox.company.tables import Company
from connector.sandbox.server import Sandbox, prepare, running
from sandbox.firms import AS_OF, firm

PROJECT = Path(__file__).resolve().parents[2]
SERVE = """
from datetime import datetime
from connector.sandbox.company.tables import Company
from connector.sandbox.server import serve
moment = datetime.fromisoformat("2026-10-01T09:00:00+03:00")
serve("bitrix24", company=Company(moment), as_of=moment, limits="off")
"""


def raw(sandbox: Sandbox) -> HTTPConnection:
    parts = urlsplit(sandbox.base)
    return HTTPConnection(str(parts.hostname), parts.port, timeout=5)


def test_it_says_ready_once_and_ends_when_interrupted() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SERVE], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=PROJECT
    ) as process:
        assert process.stdout is not None
        word, url = process.stdout.readline().split()
        assert (word, url.startswith("http://127.0.0.1:"), url.endswith("/")) == ("ready", True, True)
        assert requests.get(url + "server.time", timeout=5).json()["result"].startswith("2026-10-01T09:00")
        process.send_signal(signal.SIGINT if sys.platform != "win32" else signal.SIGTERM)
        rest, errors = process.communicate(timeout=10)
    assert (rest, "Traceback" in errors) == ("", False)


def test_the_clock_starts_where_told_and_runs_on() -> None:
    with running("bitrix24", company=firm(), as_of=AS_OF) as sandbox:
        first = requests.get(sandbox.url + "server.time", timeout=5)
        sandbox.act("advance", seconds=3600)
        second = requests.get(sandbox.url + "server.time", timeout=5)
    assert 0 <= (parsedate_to_datetime(first.headers["Date"]) - AS_OF).total_seconds() < 60
    assert first.json()["result"].startswith("2026-10-01T09:0")
    assert second.json()["result"].startswith("2026-10-01T10:0")


def test_a_connection_serves_many_requests() -> None:
    with running("bitrix24", company=firm()) as sandbox:
        connection = raw(sandbox)
        for _ in range(3):
            connection.request("POST", "/rest/1/sandbox0code/server.time", body=b"{}")
            answer = connection.getresponse()
            assert answer.status == 200
            answer.read()
            local = connection.sock.getsockname()
        connection.request("GET", "/rest/1/sandbox0code/scope")
        assert connection.getresponse().read().startswith(b'{"result":["crm"')
        assert connection.sock.getsockname() == local
        connection.close()


def test_a_chunked_body_is_read() -> None:
    with running("bitrix24", company=firm()) as sandbox, requests.Session() as session:
        body = iter([b'{"id"', b": 2}"])
        answer = session.post(
            sandbox.url + "crm.company.get", data=body, headers={"Content-Type": "application/json"}
        )
    assert answer.json()["result"]["TITLE"] == "ИП Петров"


def test_waits_run_side_by_side() -> None:
    with running("bitrix24", company=firm(), latency_ms=200) as sandbox:
        begun = time.monotonic()
        threads = [
            threading.Thread(target=requests.get, args=(sandbox.url + "server.time",), kwargs={"timeout": 5})
            for _ in range(10)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        spent = time.monotonic() - begun
    assert 0.2 <= spent < 1.5


def test_the_state_is_served_and_may_be_asked_for_in_parts() -> None:
    with running("bitrix24", company=firm(), as_of=AS_OF) as sandbox, requests.Session() as session:
        session.post(sandbox.url + "crm.company.get", json={"id": 2})
        whole = session.get(f"{sandbox.base}/sandbox/state").json()
        assert set(whole) == {"as_of", "company", "vendor", "writes", "refused", "requests", "ids", "oauth"}
        assert whole["requests"] == 1
        assert whole["ids"]["clients"] == {"1": "1", "2": "2", "3": "3"}
        assert whole["company"]["clients"][1]["name"] == "ИП Петров"
        assert whole["vendor"]["company"][1]["TITLE"] == "ИП Петров"
        seen = session.get(f"{sandbox.base}/sandbox/state?requests=1&parts=refused").json()
        assert seen["refused"] == 0
        assert [(entry["path"], entry["body"], entry["status"]) for entry in seen["received"]] == [
            ("/rest/1/sandbox0code/crm.company.get", '{"id": 2}', 200)
        ]
        assert session.get(f"{sandbox.base}/sandbox/other").status_code == 404
        assert session.post(f"{sandbox.base}/sandbox/act", data=b"{").status_code == 400


def test_the_given_firm_is_not_touched() -> None:
    company = firm()
    with running("bitrix24", company=company) as sandbox:
        sandbox.act("change_owner", client=1, owner=2)
    assert company.tables["clients"][0]["owner"] == "3"


def test_ids_count_from_one_whatever_they_were() -> None:
    company = firm(
        employees=[{"id": "M7", "name": "Гусева Ирина", "active": "1"}],
        clients=[{"id": "C9", "name": "Вега", "owner": "M7"}], contacts=[], events=[], deals=[],
        stage_history=[],
        ownership=[],
    )  # fmt: skip
    with running("bitrix24", company=company) as sandbox:
        state = sandbox.state("ids", "company")
    assert (state["ids"]["clients"], state["ids"]["employees"]) == ({"C9": "1"}, {"M7": "1"})
    assert (state["company"]["clients"][0]["id"], state["company"]["clients"][0]["owner"]) == ("1", "1")


def test_closing_ends_open_connections() -> None:
    sandbox = prepare("bitrix24", company=firm())
    sandbox.start()
    connection = raw(sandbox)
    connection.request("GET", "/rest/1/sandbox0code/server.time")
    connection.getresponse().read()
    sandbox.close()
    with pytest.raises(OSError):
        requests.get(sandbox.url, timeout=1)
    connection.close()


def test_an_empty_firm_can_be_served() -> None:
    with running("bitrix24", company=Company(AS_OF)) as sandbox:
        names = [company["TITLE"] for company in sandbox.state("vendor")["vendor"]["company"]]
    assert names == ["ООО «Наша компания»"]


@pytest.mark.parametrize(
    ("vendor", "options"),
    [
        ("salesforce", {}),
        ("bitrix24", {"faults": ["nonsense"]}),
        ("bitrix24", {"limits": "none"}),
        ("bitrix24", {"latency_ms": -1}),
        ("bitrix24", {"as_of": AS_OF.replace(tzinfo=None)}),
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused(vendor: str, options: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        prepare(vendor, company=firm(), **options)  # type: ignore[arg-type]  # wrong values are meant
