"""A pull that is killed at any moment leaves a store from which the next one ends equal to the truth."""

from __future__ import annotations

import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from .conftest import PATIENCE, OpenReading
from .reading import Reading, an_hour_of_work
from .test_kill import killed

CLASSES = ("before", "between", "after")


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

    def kills(self, story: Sequence[str], each: int) -> Iterator[int]:
        """Kill a pull at moments of each class, spread from its first to its last; yield each when dead.

        `story` is what happens when nobody kills it.
        """
        for sort in CLASSES:
            moments = [at for at, what in enumerate(story, 1) if what.startswith(sort)]
            for place in range(each):
                at = moments[place * (len(moments) - 1) // (each - 1)]
                told = self.pull(at)
                assert len(told) == at
                self.places[told[-1].partition(":")[0]] += 1
                yield at

    def sound(self) -> bool:
        """Whether the file of the store is whole."""
        with closing(sqlite3.connect(self.ours.project.folder / "connector.db")) as connection:
            return connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]

    def unfinished(self) -> set[str]:
        """Return the streams that stopped behind a page."""
        with self.ours.store() as store:
            return {name for (_, name), at in store.cursors.all().items() if at.position is not None}


@dataclass
class Shelf:
    """Keeps the files of a store aside, to begin from them again."""

    folder: Path
    aside: Path

    def files(self) -> list[Path]:
        return [path for path in self.folder.glob("connector.db*") if not path.name.endswith("-rate")]

    def keep(self) -> None:
        """Put the store as it is now on the shelf."""
        self.aside.mkdir()
        for path in self.files():
            shutil.copy(path, self.aside)

    def restore(self) -> None:
        """Put the store back as it was kept; none where none was."""
        for path in self.files():
            path.unlink()
        for path in self.aside.glob("*"):
            shutil.copy(path, self.folder)


Told = Callable[[Murder], None]


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Told:
    """Return a function that prints where the kills fell, and fails where a class had none."""

    def tell(murder: Murder) -> None:
        with capsys.disabled():
            print("\nkills:", ", ".join(f"{murder.places[each]} {each}" for each in CLASSES), "a commit")
        assert all(murder.places[each] for each in CLASSES)

    return tell


def test_a_full_pull_killed_anywhere_is_ended_by_the_next(
    reading: OpenReading, tmp_path: Path, told: Told
) -> None:
    murder = Murder(reading(events=6.0))
    ours, shelf = murder.ours, Shelf(murder.ours.project.folder, tmp_path / "aside")
    story = murder.pull(0)
    assert ours.unlike() == []
    whole = sum(stream["read"] for stream in ours.pull("--full").values())
    shelf.restore()
    for at in murder.kills(story, each=3):
        assert murder.sound()
        stopped = murder.unfinished()
        said = ours.pull()
        assert {name for name, stream in said.items() if stream["resumed"]} == stopped, at
        if stopped:
            assert sum(stream["read"] for stream in said.values()) < whole, at
        assert ours.unlike() == [], at
        shelf.restore()
    told(murder)


def test_a_pull_of_changes_killed_anywhere_is_ended_by_the_next(
    reading: OpenReading, tmp_path: Path, told: Told
) -> None:
    murder = Murder(reading())
    ours, shelf = murder.ours, Shelf(murder.ours.project.folder, tmp_path / "aside")
    ours.pull()
    shelf.keep()
    an_hour_of_work(ours)
    story = murder.pull(0)
    assert ours.unlike() == []
    shelf.restore()
    for at in murder.kills(story, each=2):
        assert murder.sound()
        ours.pull()
        assert ours.unlike() == [], at
        shelf.restore()
    told(murder)
