"""The suite as an author uses it: one line, run by pytest, with what is left out told and reasoned."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from connector.testing import contract_suite, settings_table
from connector.testing.checks import PROMISES

from . import acme

SUITE = """\
from pathlib import Path
from connector_acme import Acme
from connector_acme.crm import TOKEN, AcmeCrm
from connector.testing import contract_suite

CONFIG = {{"url": "https://acme.example/api/v1", "token": TOKEN}}
TestAcme = contract_suite(Acme, config=CONFIG, crm=AcmeCrm{more})
"""
NOT_CLAIMED = {"changes_without_a_stamp_are_seen", "a_refusal_with_200_is_an_error"}
NEVER = "the vendor has no such thing"


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """Write the plugin as a package beside an empty folder of tests."""
    home = tmp_path / "connector_acme"
    home.mkdir()
    for template, target in (("source", "__init__"), ("crm", "crm")):
        (home / f"{target}.py").write_text(acme.text_of(f"{template}.py.txt"), encoding="utf-8")
    (home / "recorded.json").write_text(acme.text_of("recorded.json.txt"), encoding="utf-8")
    return tmp_path


def ran(package: Path, more: str = "") -> str:
    (package / "test_acme.py").write_text(SUITE.format(more=more), encoding="utf-8")
    options = ["-q", "-rA", "-p", "no:cacheprovider", "-c", "no.ini", "test_acme.py"]
    places = [str(Path(__file__).parents[2]), str(package)]
    program = f"import sys; sys.path[:0] = {places}; import pytest; pytest.main({options})"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=package, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    return done.stdout


def outcomes(said: str, which: str) -> set[str]:
    return {
        line.split("::test_")[1].split()[0]
        for line in said.splitlines()
        if line.startswith(f"{which} ") and "::test_" in line
    }


def test_one_line_makes_a_test_of_each_promise(package: Path) -> None:
    (package / "no.ini").write_text("[pytest]\n", encoding="utf-8")
    said = ran(package, ', recorded=Path("connector_acme/recorded.json")')
    assert outcomes(said, "FAILED") == set(), said
    passed = outcomes(said, "PASSED")
    assert passed == {*PROMISES, "recorded_rows_can_be_read"} - NOT_CLAIMED


def test_what_is_left_out_is_told_and_a_broken_promise_says_what_is_wrong(package: Path) -> None:
    (package / "no.ini").write_text("[pytest]\n", encoding="utf-8")
    plugin = package / "connector_acme" / "__init__.py"
    text = plugin.read_text(encoding="utf-8")
    plugin.write_text(text.replace('"updated_from": cursor.since, ', ""), encoding="utf-8")
    said = ran(package, f', skip={{"setup_sends_nothing": "{NEVER}"}}')
    assert outcomes(said, "FAILED") == {"only_changes_are_asked_for"}, said
    assert "records came again that did not change; is cursor.since sent?" in said
    assert NEVER in said


def test_a_skip_needs_a_reason_and_a_promise(tmp_path: Path) -> None:
    bench = acme.bench(tmp_path, acme.text_of("source.py.txt"))
    for skip, said in (
        ({"setup_sends_nothing": " "}, "skip gives no reason for setup_sends_nothing"),
        ({"setup_sends_something": "why"}, "'setup_sends_something', which is no promise"),
    ):
        with pytest.raises(ValueError, match=said):
            contract_suite(bench.plugin, config=bench.config, crm=bench.crm, skip=skip)


def test_a_recorded_row_that_cannot_be_read_fails(tmp_path: Path) -> None:
    bench = acme.bench(tmp_path, acme.text_of("source.py.txt"))
    recorded = tmp_path / "real.json"
    recorded.write_text('{"streams": {"clients": [{"id": 7, "name": "Company"}]}}', encoding="utf-8")
    suite = contract_suite(bench.plugin, config=bench.config, crm=bench.crm, recorded=recorded)
    with pytest.raises(AssertionError, match="clients: 7:  KeyError: 'updated_at'"):
        suite().test_recorded_rows_can_be_read()


def test_the_table_of_settings_is_what_the_readme_template_has(tmp_path: Path) -> None:
    bench = acme.bench(tmp_path, acme.text_of("source.py.txt"))
    assert settings_table(bench.plugin.config_model).splitlines()[2:] == [
        "| `url` | required | address of the account: https://firm.example/api |",
        "| `token` | required | API token of an administrator (a secret: by reference) |",
    ]
