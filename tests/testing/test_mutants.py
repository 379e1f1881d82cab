"""Each planted fault breaks exactly the promise that is named for it, and the sound plugin breaks none."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from connector.testing.checks import PROMISES
from connector.testing.suite import broken_promises

from .acme import bench, text_of

MUTANTS = tomllib.loads(Path(__file__).with_name("mutants.toml").read_text(encoding="utf-8"))["mutant"]


def test_the_sound_plugin_breaks_no_promise(tmp_path: Path) -> None:
    assert broken_promises(bench(tmp_path, text_of("source.py.txt"))) == {}


@pytest.mark.parametrize("mutant", MUTANTS, ids=[each["fault"] for each in MUTANTS])
def test_a_planted_fault_breaks_the_promise_named_for_it(tmp_path: Path, mutant: dict[str, str]) -> None:
    text = text_of("source.py.txt")
    assert text.count(mutant["old"]) == 1, "the fault is planted in one line"
    faulty = text.replace(mutant["old"], mutant["new"]).replace(
        "from functools import partial", "from functools import partial\nfrom testing import naive", 1
    )
    assert list(broken_promises(bench(tmp_path, faulty))) == [mutant["promise"]]


def test_at_least_fifteen_faults_are_planted_and_each_is_another() -> None:
    assert len(MUTANTS) >= 15
    assert len({each["fault"] for each in MUTANTS}) == len(MUTANTS)
    assert {each["promise"] for each in MUTANTS} <= set(PROMISES)
