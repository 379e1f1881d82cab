"""The plugin keeps the contract, offline, on rows that a real server gave."""

from __future__ import annotations

from pathlib import Path

from connector_tryton import Tryton, TrytonConfig
from tryton_crm import KEY, RECORDED, TrytonCrm

from connector.testing import contract_suite, settings_table

CONFIG = {
    "url": "https://erp.example/firm",
    "key": KEY,
    "clients": "Client",
    "flags": {"key_account": "Key account"},
}
FLAGS = {"set_flag": {"flag": "key_account", "new": True}, "clear_flag": {"flag": "key_account"}}

TestTryton = contract_suite(Tryton, config=CONFIG, crm=TrytonCrm, recorded=RECORDED, samples=FLAGS)


def test_the_readme_lists_every_setting() -> None:
    readme = Path(__file__).parents[1].joinpath("README.md").read_text(encoding="utf-8")
    assert settings_table(TrytonConfig) in readme


def test_it_has_fewer_than_120_lines() -> None:
    plugin = Path(__file__).parents[1] / "src" / "connector_tryton.py"
    assert len([line for line in plugin.read_text(encoding="utf-8").splitlines() if line.strip()]) < 120
