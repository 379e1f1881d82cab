"""`connector sandbox`: a stand-in of one's own, with one's own files, until Ctrl+C."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from conftest import Project, firm

from .shared import call, the_line

ROOT = Path(__file__).parents[2]


@contextmanager
def serving(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start a stand-in as a process of its own; yield it and the URL that it says it answers at."""
    flags = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP} if sys.platform == "win32" else {}
    with subprocess.Popen(
        [sys.executable, "-m", "connector", "sandbox", "bitrix24", *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8", cwd=ROOT, **flags,
    ) as process:  # fmt: skip
        try:
            assert process.stdout is not None
            word, url = process.stdout.readline().split()
            assert word == "ready"
            yield process, url
        finally:
            process.kill()


def fetched(url: str) -> dict[str, Any]:
    with urllib.request.urlopen(url, timeout=10) as answer:
        document: dict[str, Any] = json.load(answer)
    return document


def test_it_serves_the_given_files_and_ends_with_ctrl_c(tmp_path: Path, project: Project) -> None:
    (tmp_path / "employees.csv").write_text("id,name,role\nM1,Иванов Пётр,seller\n", encoding="utf-8")
    (tmp_path / "clients.csv").write_text(
        "id,name,owner,created_at\nC1,ООО «Первый»,M1,2026-01-15\nC2,ООО «Второй»,M1,2026-01-16\n",
        encoding="utf-8",
    )
    with serving("--data", str(tmp_path), "--as-of", "2026-10-01T09:00", "--limits", "off") as (process, url):
        base = url.partition("/rest/")[0]
        state = fetched(f"{base}/sandbox/state?parts=company,ids,as_of")
        assert [row["name"] for row in state["company"]["clients"]] == ["ООО «Первый»", "ООО «Второй»"]
        assert set(state["ids"]["clients"]) == {"C1", "C2"}
        assert state["as_of"].startswith("2026-10-01T09:00")

        project("init", "--source", "bitrix24", "--name", "portal")
        (project.folder / ".env").write_text(f"PORTAL_WEBHOOK_URL={url}\n", encoding="utf-8")
        outcomes = project("pull", "--format", "json").json
        assert {one["stream"]: one["new"] for one in outcomes}["companies"] == 2

        process.send_signal(signal.CTRL_BREAK_EVENT if sys.platform == "win32" else signal.SIGINT)
        out, err = process.communicate(timeout=10)
    assert (out, err) == ("", "")
    if sys.platform != "win32":
        assert process.returncode == 0


def test_a_made_up_firm_is_that_of_its_seed() -> None:
    with serving("--clients", "3", "--events", "1", "--as-of", "2026-10-01T09:00", "--seed", "7") as (_, url):
        company = fetched(f"{url.partition('/rest/')[0]}/sandbox/state?parts=company")["company"]
    served = [row["name"] for row in company["clients"]]
    made = {
        seed: [row["name"] for row in firm(clients=3, seed=seed, events=1.0).tables["clients"]]
        for seed in (1, 7)
    }
    assert served == made[7] != made[1]


def test_the_faults_are_listed_with_what_they_do(tmp_path: Path) -> None:
    result = call(tmp_path, "sandbox", "bitrix24", "--list-faults")
    assert (result.code, result.err) == (0, "")
    lines = {line.split()[0]: line for line in result.out.splitlines()}
    assert {"lost_reply", "no_right", "overload", "rename_302"} <= set(lines)
    assert "a write is committed, then the connection closes" in lines["lost_reply"]
    machine = call(tmp_path, "sandbox", "bitrix24", "--list-faults", "--format", "json").json
    assert set(machine) == set(lines)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--fault", "lost_replay"], "unknown fault 'lost_replay'"),
        (["--fault", "slow=fast"], "fault slow: 'fast' is no number"),
        (["--as-of", "whenever"], "--as-of 'whenever' is not a time"),
        (["--clients", "-1"], "a firm cannot have fewer than no clients"),
        (["--latency-ms", "-1"], "latency and operating price cannot be negative"),
    ],
    ids=["fault", "value", "time", "clients", "latency"],
)
def test_a_slip_is_one_line(tmp_path: Path, arguments: list[str], said: str) -> None:
    result = call(tmp_path, "sandbox", "bitrix24", "--events", "0", "--clients", "1", *arguments)
    assert result.code == 4
    assert the_line(result).startswith(said)


def test_a_slip_in_a_file_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "clients.csv").write_text("id,name\nC1,Первый\nC1,Второй\n", encoding="utf-8")
    result = call(tmp_path, "sandbox", "bitrix24", "--data", str(tmp_path))
    assert result.code == 4
    assert the_line(result).startswith(f"{tmp_path / 'clients.csv'}:3: id 'C1' is already on line 2")


def test_a_port_that_is_taken_is_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        result = call(tmp_path, "sandbox", "bitrix24", "--clients", "0", "--port", port)
    assert result.code == 4
    line = the_line(result)
    assert line.startswith(f"port {port} cannot be had: ")
    assert line.endswith(" — choose another --port; 0 picks a free one")
