"""What the table of planted faults says of singer-sdk is what its suite says of a tap for the same CRM."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from clients.environments import installed

from connector.testing import served

from .acme import TEMPLATE, module, text_of

HERE = Path(__file__).parent
SINGER = "singer-sdk[testing]==0.54.9"
MUTANTS = tomllib.loads((HERE / "mutants.toml").read_text(encoding="utf-8"))["mutant"]
DOCS = TEMPLATE.parents[2] / "docs" / "write-a-connector.md"


@pytest.fixture
def python(pytestconfig: pytest.Config) -> Path:
    """Return the Python of an environment with singer-sdk, which is kept for the next time."""
    kept = pytestconfig.cache.mkdir("singer") / SINGER.rpartition("=")[2]
    ready = kept / "ready"
    if not ready.exists():
        ready.parent.mkdir(exist_ok=True)
        ready.write_text(str(installed(kept / "venv", (SINGER,))), encoding="utf-8")
    return Path(ready.read_text(encoding="utf-8"))


def test_the_table_tells_what_singers_suite_says(tmp_path: Path, python: Path) -> None:
    (tmp_path / "recorded.json").write_text(text_of("recorded.json.txt"), encoding="utf-8")
    crm = module(tmp_path, text_of("crm.py.txt")).AcmeCrm()
    with served(crm) as url:
        said = run(python, tmp_path, f"{url}/api/v1")
    assert re.search(r"PASSED \S+::TestSound::test_tap_stream_primary_keys\[clients\]", said), said
    failed = set(re.findall(r"FAILED \S+::Test(\w+)::", said))
    expected = {each["tap"]: each["singer"] for each in MUTANTS if "tap" in each}
    assert len(expected) == 5
    assert failed == {tap for tap, says in expected.items() if says == "caught"}, said
    assert SINGER.rpartition("=")[2] in DOCS.read_text(encoding="utf-8")


def run(python: Path, folder: Path, url: str) -> str:
    options = ["-q", "-rA", "--tb=line", "-p", "no:cacheprovider", "singer_tap.py"]
    shutil.copy(HERE / "singer_tap.py", folder)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COVERAGE"))}
    ran = subprocess.run(
        [python, "-m", "pytest", *options], cwd=folder, env={**kept, "ACME_URL": url},
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    return ran.stdout + ran.stderr
