"""A pull that is killed at any moment leaves a store from which the next one ends equal to the truth."""

from __future__ import annotations

import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from .conftest import PATIENCE, OpenReading
from .reading import Reading, an_hour_of_work
from .test_kill import killed

CLASSES = ("before", "between", "after")
KILLS = 8
"""Kills of a full pull, spread evenly over its moments; as many again of a pull of changes."""


@dataclass
class Murder:
    """A project whose pulls, in processes of their own, can be killed at a counted moment."""

    ours: Reading
    places: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.settings = self.ours.project.folder / "plugins.toml"
        self.plain = self.settings.read_text(encoding="utf-8")
        mortal = self.plain.replace("# modules = []", 'modules = ["mortal_pull"]')
        self.mortal = mortal.replace('plugin = "bitrix24"', 'plugin = "mortal"')
        assert self.mortal.count("mortal") == 2
        shutil.copy(Path(__file__).with_name("mortal_pull.py"), self.ours.project.folder)

    def pull(self, die_at: int) -> list[str]:
        """Pull in a process that dies at the moment of that number (0: never); return what happened."""
        diary = self.ours.project.folder / "diary.txt"
        self.settings.write_text(self.mortal, encoding="utf-8")
        process = self.ours.project.process("pull", DIE_AT=str(die_at), DIARY=str(diary))
        _, said = process.communicate(timeout=PATIENCE)
        self.settings.write_text(self.plain, encoding="utf-8")
        assert killed(process.returncode) == bool(die_at), said
        return diary.read_text(encoding="utf-8").splitlines()

    def kills(self, moments: int) -> Iterator[int]:
        """Kill a pull at moments spread over all of it; yield each, when the process is dead."""
        for place in range(KILLS):
            at = 1 + place * (moments - 1) // (KILLS - 1)
            story = self.pull(at)
            assert len(story) == at
            self.places[story[-1].partition(":")[0]] += 1
            yield at

    def sound(self) -> bool:
        """Whether the file of the store is whole."""
        with closing(sqlite3.connect(self.ours.project.folder / "connector.db")) as connection:
            return connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]

    def unfinished(self) -> set[str]:
        """Return the streams that stopped behind a page."""
        with self.ours.store() as store:
            return {name for (_, name), at in store.cursors.all().items() if at.position is not None}


def store_files(folder: Path) -> list[Path]:
    return [path for path in folder.glob("connector.db*") if not path.name.endswith("-rate")]


def test_killed_anywhere_the_next_pull_ends_equal_to_the_truth(
    reading: OpenReading, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    murder = Murder(reading(clients=60, events=8.0))
    ours, folder = murder.ours, murder.ours.project.folder
    moments = len(murder.pull(0))
    whole = sum(stream["read"] for stream in ours.pull("--full").values())
    assert ours.unlike() == []
    saved = tmp_path / "saved"
    saved.mkdir()

    def restore() -> None:
        for path in store_files(folder):
            path.unlink()
        for path in saved.iterdir():
            shutil.copy(path, folder)

    restore()
    for at in murder.kills(moments):
        assert murder.sound()
        stopped = murder.unfinished()
        said = ours.pull()
        assert {name for name, stream in said.items() if stream["resumed"]} == stopped, at
        if stopped:
            assert sum(stream["read"] for stream in said.values()) < whole, at
        assert ours.unlike() == [], at
        restore()

    ours.pull()
    for path in store_files(folder):
        shutil.copy(path, saved)
    an_hour_of_work(ours)
    moments = len(murder.pull(0))
    assert ours.unlike() == []
    restore()
    for at in murder.kills(moments):
        assert murder.sound()
        ours.pull()
        assert ours.unlike() == [], at
        restore()

    with capsys.disabled():
        print("\nkills:", ", ".join(f"{murder.places[each]} {each}" for each in CLASSES), "a commit")
    assert all(murder.places[each] for each in CLASSES)
