"""The page about identity says what the program does."""

from __future__ import annotations

import re
from pathlib import Path

from connector.commands import COMMANDS
from connector.identity.ways import MOST_SHARED, PROBABLE, WAYS
from connector.rules.samecalls import APART
from connector.sections import Company

PAGE = (Path(__file__).parents[2] / "docs" / "identity.md").read_text(encoding="utf-8")


def test_the_ways_stand_in_their_order() -> None:
    told = re.findall(r"^\| `(\w+)` \|", PAGE, flags=re.MULTILINE)
    assert told == ["people", *(way.name for way in WAYS)]
    assert f"`{PROBABLE.name}`" in PAGE


def test_the_numbers_are_those_of_the_program() -> None:
    assert f"more than {MOST_SHARED} clients of one source" in PAGE
    assert f"at most {APART.seconds // 60} minutes apart" in PAGE
    assert f"`least_linked` ({Company.model_fields['least_linked'].default:.0%})".replace("%", " %") in PAGE


def test_the_commands_are_there() -> None:
    assert set(re.findall(r"`connector (\w+)", PAGE)) <= set(COMMANDS)
