"""Environments of their own for clients that others wrote: made by the test, with nothing of this project."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
UNREACHABLE = re.compile(
    r"NewConnectionError|ConnectTimeout|ReadTimeout|ProxyError|NameResolutionError|name resolution|SSLError"
)
PIP = ("-m", "pip", "--disable-pip-version-check", "--retries", "1", "--timeout", "15")


def run(*arguments: str | Path, timeout: float = 60) -> subprocess.CompletedProcess[str]:
    """Run a program in an environment that knows nothing of this one's packages."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COVERAGE"))}
    return subprocess.run(
        [str(argument) for argument in arguments],
        capture_output=True, text=True, encoding="utf-8", timeout=timeout, check=False,
        env=kept | {"PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip


def installed(folder: Path, clients: tuple[str, ...]) -> Path:
    """Make an environment with the clients and return its Python; skip where no index can be reached."""
    made = run(sys.executable, "-m", "venv", "--without-pip", folder)
    assert made.returncode == 0, made.stderr
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    got = run(sys.executable, *PIP, "--python", python, "install", "--quiet", "--no-compile", *clients)
    if got.returncode and UNREACHABLE.search(got.stderr):
        pytest.skip(f"the package index cannot be reached, so {' and '.join(clients)} cannot be installed")
    assert got.returncode == 0, got.stderr
    return python


def answer(python: Path, script: str, *arguments: str) -> dict[str, Any]:
    """Return what a script with a client wrote to its output."""
    ran = run(python, HERE / script, *arguments)
    assert ran.returncode == 0, ran.stderr
    return dict(json.loads(ran.stdout))
