"""Reads a profile file with those that it extends; every complaint names file, line and column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connector.errors import ConfigError
from connector.mistakes import Mistakes
from connector.plugins.onec.profile_fields import choices, known_fields, needed
from connector.plugins.onec.profile_file import CellFile, ProfileFile, TableFile
from connector.tomlfile import KeyPath, TomlFile, did_you_mean, read_toml

SHIPPED = Path(__file__).with_name("profiles")
SUFFIX = ".toml"
_WHOLE = frozenset({"fields", "custom", "references", "writes"})
"""Tables whose entries are taken whole from the nearer file, never mixed."""
_DROPS = {"tables": "drop", "writes": "drop_writes", "bridges": "drop_bridges"}
"""Table of the file -> key that names what of the extended one is not wanted."""
DEEPEST = 8
"""Files that may extend one another."""


@dataclass(frozen=True)
class ProfileSource:
    """A profile as it was read: what it says, and where each key stands."""

    name: str
    file: TomlFile
    data: ProfileFile


def shipped() -> list[str]:
    """List the names of the profiles that come with the program."""
    return sorted(path.stem for path in SHIPPED.glob(f"*{SUFFIX}"))


def read_profile(name: str, folder: Path = Path()) -> ProfileSource:
    """Read a shipped profile by its name, or a file (`own.toml`, relative to the folder).

    ConfigError with a line for each mistake: file:line:column, what, did you mean.
    """
    file = _extended(name, folder, ())
    mistakes = Mistakes(file)
    data = mistakes.validated(ProfileFile, file.data)
    if data is not None:
        _check(data, mistakes)
    if data is None or mistakes.lines:
        raise mistakes.tell()
    return ProfileSource(Path(name).stem, file, data)


def _extended(name: str, folder: Path, trail: tuple[Path, ...], asked: str = "profile") -> TomlFile:
    """Return the file, merged over the one that it extends; `asked` is where its name stands."""
    path = _path(name, folder, asked)
    if path in trail or len(trail) >= DEEPEST:
        way = " → ".join(each.name for each in (*trail, path))
        raise ConfigError(f"profiles extend each other: {way}", where=asked, hint="break the circle")
    file = read_toml(path, if_missing=f"{asked} names it: name a shipped profile or a file that is there")
    parent = file.data.get("extends", "")
    if not isinstance(parent, str) or not parent:
        return file
    far = _extended(parent, path.parent, (*trail, path), file.place(("extends",)))
    return merged(file, far)


def _path(name: str, folder: Path, asked: str) -> Path:
    if name.endswith(SUFFIX):
        return (folder / name).absolute()
    if name not in shipped():
        said = f"no profile {name!r} is shipped{did_you_mean(name, shipped())}"
        raise ConfigError(said, hint=f"a file of your own is named with {SUFFIX}", where=asked)
    return SHIPPED / f"{name}{SUFFIX}"


def merged(near: TomlFile, far: TomlFile) -> TomlFile:
    """Return the nearer file over the farther one; each key knows from which of them it came.

    ConfigError where `drop` names a table that the farther one has not.
    """
    data = _merged(near.data, _kept(near, far))
    paths = set(_paths(data))
    origins = {
        path: far.place(path) for path in far.positions if path in paths and path not in near.positions
    }
    return TomlFile(near.path, data, near.positions, origins)


def _kept(near: TomlFile, far: TomlFile) -> dict[str, Any]:
    """Return what the farther file says, without what the nearer one drops."""
    kept = dict(far.data)
    for table, key in _DROPS.items():
        there, drop = kept.get(table), near.data.get(key)
        if isinstance(there, dict) and isinstance(drop, list):
            _check_drop(near, far, key, list(there))
            kept[table] = {name: given for name, given in there.items() if name not in drop}
    return kept


def _check_drop(near: TomlFile, far: TomlFile, key: str, known: list[str]) -> None:
    for place, name in enumerate(near.data[key]):
        if name not in known:
            said = f"there is no {name!r} to drop{did_you_mean(str(name), known)}"
            raise ConfigError(said, where=near.place((key, place)), hint=f"see {far.path.name}")


def _merged(near: Mapping[str, Any], far: Mapping[str, Any], *, whole: bool = False) -> dict[str, Any]:
    result = dict(far)
    for key, value in near.items():
        under = result.get(key)
        if isinstance(value, dict) and isinstance(under, dict) and not whole:
            result[key] = _merged(value, under, whole=key in _WHOLE)
        else:
            result[key] = value
    return result


def _paths(data: Any, path: KeyPath = ()) -> Iterator[KeyPath]:
    yield path
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in inner:
        yield from _paths(value, (*path, key))


def _check(data: ProfileFile, mistakes: Mistakes) -> None:
    """Note what the shapes alone do not tell: fields that nobody has, words that mean nothing."""
    for name, table in data.tables.items():
        at: KeyPath = ("tables", name)
        _check_fields(table, at, mistakes)
        for join, other in table.joins.items():
            for field, cells in other.fields.items():
                _check_field(table.entity, field, cells, (*at, "joins", join, "fields", field), mistakes)
        if table.custom and table.entity != "client":
            mistakes.note(ConfigError("only a client has fields of your own"), (*at, "custom"))


def _check_fields(table: TableFile, at: KeyPath, mistakes: Mistakes) -> None:
    for field, cells in table.fields.items():
        _check_field(table.entity, field, cells, (*at, "fields", field), mistakes)
    lacking = [
        name for name in needed(table.entity, virtual=bool(table.virtual)) if not table.fields.get(name)
    ]
    if lacking:
        said = f"{table.entity} needs {', '.join(lacking)} in its fields"
        mistakes.note(ConfigError(said), (*at, "fields"))


def _check_field(
    entity: str, field: str, cells: tuple[CellFile, ...], at: KeyPath, mistakes: Mistakes
) -> None:
    known = known_fields(entity)
    if field not in known:
        said = f"{entity} has no field {field!r}{did_you_mean(field, list(known))}"
        mistakes.note(ConfigError(said), at)
        return
    allowed = choices(entity, field)
    given = [word for cell in cells for word in (*cell.words.values(), cell.value) if word is not None]
    for word in given if allowed else ():
        if word not in allowed:
            said = f"{field} cannot be {word!r}{did_you_mean(word, allowed)}"
            mistakes.note(ConfigError(said), at)
