"""The machine: Python, platform, processor, and whether its console shows Russian text."""

from __future__ import annotations

import codecs
import ctypes
import locale
import platform
import sys
from collections.abc import Iterator

from connector.plugins.base import Check
from connector.store.processor import missing_flags

PYTHON = (3, 11)
_UTF8_PAGE = 65001
"""The code page of a Windows console that shows every alphabet."""


def machine() -> Iterator[Check]:
    """Yield what can be said before any file is read."""
    yield python_line(sys.version_info[:3])
    yield platform_line(platform.platform(), sys.maxsize)
    yield processor_line(missing_flags(), platform.machine())
    yield console_line(console_encoding())


def python_line(version: tuple[int, ...]) -> Check:
    """Tell whether this Python is new enough."""
    fine = version[:2] >= PYTHON
    said = ".".join(map(str, version))
    return Check("Python", "ok" if fine else "failed", said, "install Python 3.11 or newer", vital=True)


def platform_line(name: str, largest: int) -> Check:
    """Tell the system; Polars is built for 64-bit ones only (files of polars on PyPI, 2.1)."""
    if largest > 2**32:
        return Check("platform", "ok", name)
    return Check(
        "platform", "failed", f"{name} with a 32-bit Python", "install the 64-bit Python", vital=True
    )


def processor_line(missing: list[str], name: str) -> Check:
    """Tell whether the processor has the instructions (AVX2 and others) that Polars is built with."""
    if not missing:
        return Check("processor", "ok", name)
    fix = 'run pip install "polars[rtcompat]", the build for older processors'
    return Check("processor", "failed", f"lacks {', '.join(missing)}, which Polars needs", fix, vital=True)


def console_line(encoding: str) -> Check:
    """Tell whether the console, and what reads our output after us, shows all letters."""
    if _is_utf8(encoding):
        return Check("console", "ok", "utf-8")
    fix = "run `chcp 65001` first" if sys.platform == "win32" else "set LANG=C.UTF-8 (in cron, too)"
    return Check("console", "warn", f"{encoding}: names in Russian may be unreadable", fix)


def console_encoding() -> str:
    """Return the encoding of the console on Windows, of the locale elsewhere."""
    if sys.platform == "win32":
        page = int(ctypes.windll.kernel32.GetConsoleOutputCP())
        return "utf-8" if page in (0, _UTF8_PAGE) else f"cp{page}"
    return locale.getencoding()


def _is_utf8(encoding: str) -> bool:
    try:
        return codecs.lookup(encoding).name == "utf-8"
    except LookupError:
        return False
