"""A processor that Polars cannot run on is one line, not the silent end of the process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from polars import _cpu_check

from connector.store.processor import missing_flags, require_polars

# What `polars/_cpu_check.py` of 2.1 says, in the place of Polars itself: no machine here lacks the flags.
WARNS = '''
import warnings
warnings.warn("""Missing required CPU features.

The following required CPU features were not detected:
    avx2, fma
Continuing to use this version of Polars on this processor will likely result in a crash.
""", RuntimeWarning, stacklevel=1)
print("loaded all the same")
'''


def run(folder: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Run code in a process that finds that folder's polars.py first."""
    (folder / "polars.py").write_text(WARNS, encoding="utf-8")
    paths = os.pathsep.join([str(folder), *sys.path])
    return subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": paths}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_this_processor_can() -> None:
    assert missing_flags() == []
    require_polars()


def test_polars_still_says_it_in_the_words_that_are_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_cpu_check, "_read_cpu_flags", lambda: {"avx2": False, "fma": False, "popcnt": True})
    monkeypatch.delenv("POLARS_SKIP_CPU_CHECK", raising=False)
    with pytest.warns(RuntimeWarning, match="Missing required CPU features") as caught:
        _cpu_check.check_cpu_flags("+popcnt,+avx2,+fma")
    assert "were not detected:\n    avx2, fma\n" in str(caught[0].message)


def test_the_missing_flags_are_named_and_polars_is_not_loaded(tmp_path: Path) -> None:
    ran = run(tmp_path, "from connector.store.processor import missing_flags as m; print(m())")
    assert (ran.stdout, ran.stderr) == ("['avx2', 'fma']\n", "")


def test_the_frames_stop_with_the_way_out(tmp_path: Path) -> None:
    code = (
        "from connector.errors import ConnectorError\n"
        "try: import connector.store.frames\n"
        "except ConnectorError as error: print(error)\n"
    )
    ran = run(tmp_path, code)
    assert ran.stdout == (
        "this processor lacks avx2, fma, which Polars needs"
        ' — run `pip install "polars[rtcompat]"`, the build for older processors\n'
    )


def test_control_without_the_check_it_is_loaded(tmp_path: Path) -> None:
    ran = run(tmp_path, "import polars")
    assert ran.stdout == "loaded all the same\n"
