"""A policy file with those that it extends, as one: what it says itself goes before what it takes over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connector.tomlfile import KeyPath, Position, TomlFile, read_toml
from connector.tomlvalues import place_inside

EXTENDS = "extends"
FARTHEST = 5
"""Files that may extend one another in a row."""
OWN = ("id", EXTENDS)
"""Keys that are never taken over."""


class SourceError(Exception):
    """A file that cannot be taken: `code` names the message, `keys` are where in `file` it stands."""

    def __init__(self, file: TomlFile, code: str, keys: KeyPath, **about: Any) -> None:
        super().__init__(code)
        self.file = file
        self.code = code
        self.keys = keys
        self.about = about


@dataclass(frozen=True)
class PolicySource:
    """What a policy file says in all; `files` are itself and what it extends, the nearest first."""

    files: tuple[TomlFile, ...]
    data: Mapping[str, Any]

    @property
    def path(self) -> Path:
        """The policy file itself."""
        return self.files[0].path

    def home(self, keys: KeyPath) -> TomlFile:
        """Return the file that says the key, or as much of it as any file does; else the policy's own."""
        for length in range(len(keys), 0, -1):
            for file in self.files:
                if keys[:length] in file.positions:
                    return file
        return self.files[0]

    def inside(self, keys: KeyPath, index: int) -> Position | None:
        """Return where the sign at the index of the key's text stands; None if the value is no text."""
        text = self.home(keys).path.read_text(encoding="utf-8-sig")
        return place_inside(text, keys, index)


def read_source(path: Path) -> PolicySource:
    """Read the file and what it extends; ConfigError if one is no TOML, SourceError if it cannot extend."""
    files = [read_toml(path)]
    while EXTENDS in files[-1].data:
        files.append(_parent(files))
    data: dict[str, Any] = {}
    for file in reversed(files):
        inherited = {key: value for key, value in data.items() if key not in OWN}
        data = _laid_over(inherited, file.data)
    data.pop(EXTENDS, None)
    return PolicySource(tuple(files), data)


def _parent(files: Sequence[TomlFile]) -> TomlFile:
    """Read the file that the last one extends."""
    last = files[-1]
    name = last.data[EXTENDS]
    if not isinstance(name, str):
        raise SourceError(last, "text", (EXTENDS,), value=name)
    path = last.path.parent / name
    if any(path.resolve() == file.path.resolve() for file in files):
        raise SourceError(last, "extends_circle", (EXTENDS,), word=name)
    if len(files) > FARTHEST:
        raise SourceError(last, "extends_far", (EXTENDS,), most=FARTHEST)
    if not path.is_file():
        known = sorted(each.name for each in last.path.parent.glob("*.toml") if each != last.path)
        raise SourceError(last, "extends_nothing", (EXTENDS,), word=name, known=known)
    return read_toml(path)


def _laid_over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Return both as one: tables are merged key by key, anything else is replaced as a whole."""
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        if isinstance(old, Mapping) and isinstance(value, Mapping):
            merged[key] = _laid_over(old, value)
        else:
            merged[key] = value
    return merged
