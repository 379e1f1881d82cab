"""Other people's clients in an environment of their own, so that they share no package with us."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

CLIENTS = ("fast-bitrix24==1.8.14", "b24pysdk==1.3.2")
HERE = Path(__file__).parent
PATIENCE_SECONDS = 1800


def install(folder: Path, clients: Sequence[str] = CLIENTS) -> Path | None:
    """Make an environment with the clients and return its Python; None where they cannot be installed."""
    _run([sys.executable, "-m", "venv", "--without-pip", folder]).check_returncode()
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    options = ["--disable-pip-version-check", "--quiet", "--retries", "1", "--timeout", "15"]
    pip = _run([sys.executable, "-m", "pip", "--python", python, "install", *options, *clients])
    if pip.returncode:
        sys.stderr.write(f"the other clients cannot be installed, so only ours is measured: {pip.stderr}\n")
        return None
    return python


def command(python: Path, script: str, *arguments: str) -> list[str]:
    """Return the command that runs one reader there."""
    return [str(python), str(HERE / script), *arguments]


def figures(command: Sequence[str]) -> dict[str, Any]:
    """Run a reader and return its figures; `error` among them where it gave up."""
    ran = _run(command)
    if ran.returncode:
        said = ran.stderr.strip().splitlines() or ["died without a word"]
        sys.stderr.write(f"{' '.join(command)}: {said[-1]}\n")
        return {"rows": 0, "error": said[-1]}
    return dict(json.loads(ran.stdout.splitlines()[-1]))


def _run(command: Sequence[Any]) -> subprocess.CompletedProcess[str]:
    """Run a program from the root, in an environment that knows nothing of this one's packages."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COVERAGE"))}
    return subprocess.run(
        [str(part) for part in command],
        cwd=HERE.parent, capture_output=True, text=True, encoding="utf-8", check=False,
        timeout=PATIENCE_SECONDS, env=kept | {"PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
