"""`connector sandbox onec`: one ready line with the publication, the documented login, a clean end."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import requests

from sandbox.onec.conftest import basic

PROJECT = Path(__file__).resolve().parents[3]
COMMAND = ("sandbox", "onec", "--clients", "12", "--events", "2", "--as-of", "2026-10-01", "--fault")


def test_the_command_serves_a_publication() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "connector", *COMMAND, "configuration=unf3"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8", cwd=PROJECT,
    ) as process:  # fmt: skip
        try:
            assert process.stdout is not None
            word, url = process.stdout.readline().split()
            assert (word, url.endswith("/base/")) == ("ready", True)
            headers = {"Authorization": basic(), "Accept": "application/json"}
            answer = requests.get(
                f"{url}odata/standard.odata/Catalog_Контрагенты", headers=headers, timeout=10
            )
            assert len(answer.json()["value"]) == 12
        finally:
            process.send_signal(signal.SIGINT if sys.platform != "win32" else signal.SIGTERM)
            rest, errors = process.communicate(timeout=10)
    assert (rest, "Traceback" in errors) == ("", False)
