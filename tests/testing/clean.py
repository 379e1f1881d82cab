"""A clean environment: the product and plugins installed from their own packages, without this checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PIP = ("-m", "pip", "--disable-pip-version-check", "--python")
BUILD = "setuptools>=77"
"""What builds the packages; the dependencies are those with which these tests run, found over a .pth file."""


@dataclass(frozen=True)
class Environment:
    """A Python of its own, and the folder in which it was made."""

    python: Path
    folder: Path

    def install(self, *packages: str | Path) -> None:
        """Install packages and nothing else: what they need must be here by their own word."""
        options = ("install", "-q", "--no-deps", "--no-build-isolation", *map(str, packages))
        run(self.folder, sys.executable, *PIP, str(self.python), *options)

    def module(self, name: str, *arguments: str, cwd: Path | None = None) -> str:
        """Run a module in it and return what it said; AssertionError with that where it fails."""
        return run(cwd or self.folder, str(self.python), "-m", name, *arguments)


def made(folder: Path) -> Environment:
    """Make an environment in the folder and install the product in it, as it would be published."""
    home = folder / "clean"
    run(folder, sys.executable, "-m", "venv", "--without-pip", str(home))
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    kept = {"base": str(home), "platbase": str(home)}
    site = Path(sysconfig.get_path("purelib", "nt" if os.name == "nt" else "posix_prefix", vars=kept))
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    run(folder, sys.executable, *PIP, str(python), "install", "-q", "--ignore-installed", BUILD)
    environment = Environment(python, folder)
    environment.install(_published(folder / "product"))
    return environment


def _published(folder: Path) -> Path:
    folder.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / "connector", folder / "connector", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def run(folder: Path, *arguments: str) -> str:
    """Run a program in the folder and return what it said; AssertionError with that where it fails."""
    ran = subprocess.run(
        arguments, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8",
        check=False, env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout
    return ran.stdout
