"""`connector sandbox amocrm`: one ready line with the account's root, one's own files, switches by name."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

ROOT = Path(__file__).parents[3]


@contextmanager
def serving(*arguments: str) -> Iterator[str]:
    """Start the command; yield the URL it says it answers at."""
    with subprocess.Popen(
        [sys.executable, "-m", "connector", "sandbox", "amocrm", *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8", cwd=ROOT,
    ) as process:  # fmt: skip
        try:
            assert process.stdout is not None
            word, url = process.stdout.readline().split()
            assert word == "ready"
            yield url
        finally:
            process.kill()


def test_it_serves_the_given_files_in_their_zone(tmp_path: Path) -> None:
    (tmp_path / "employees.csv").write_text("id,name,role\nM1,Иванов Пётр,seller\n", encoding="utf-8")
    clients = "id,name,owner,created_at\nC1,ООО «Первый»,M1,2026-01-15\n"
    (tmp_path / "clients.csv").write_text(clients, encoding="utf-8")
    arguments = ("--data", str(tmp_path), "--as-of", "2026-10-01T09:00", "--fault", "filter_off")
    with serving(*arguments) as url, requests.Session() as session:
        assert url.startswith("http://127.0.0.1:")
        assert url.endswith("/")
        session.headers["Authorization"] = "Bearer sandbox"
        (row,) = session.get(f"{url}api/v4/companies", timeout=10).json()["_embedded"]["companies"]
        assert (row["id"], row["name"], row["responsible_user_id"]) == (1, "ООО «Первый»", 1)
        assert row["created_at"] == 1768424400  # 2026-01-15T00:00:00+03:00
        account = session.get(f"{url}api/v4/account?with=is_api_filter_enabled", timeout=10).json()
        assert account["is_api_filter_enabled"] is False
        state = session.get(f"{url}sandbox/state?parts=ids,as_of", timeout=10).json()
        assert state["ids"]["clients"] == {"C1": "1"}
        assert state["as_of"].startswith("2026-10-01T09:00")


def test_it_lists_its_switches() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "connector", "sandbox", "amocrm", "--list-faults"],
        capture_output=True, text=True, encoding="utf-8", cwd=ROOT, check=True, timeout=60,
    )  # fmt: skip
    named = {line.split()[0] for line in ran.stdout.splitlines()}
    assert {"filter_off", "grace", "applied_504", "block_after", "lost_reply"} <= named
