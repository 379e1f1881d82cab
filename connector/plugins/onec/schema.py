"""Looks up what a base publishes in the file that `$metadata` was written into: 15 MB are parsed once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import IO, Any

import orjson

from connector.plugins.onec.metadata import type_name

FORMAT = 1
"""Of the file; one written by another version of ours is read anew."""


@dataclass(frozen=True)
class EntityType:
    """One type: the names of its key, its properties with their Edm types, where its references lead.

    `targets` holds, for each navigation, the name of the type at its end, which is that of its entity set.
    """

    name: str
    key: tuple[str, ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict)
    targets: Mapping[str, str] = field(default_factory=dict)

    @property
    def sections(self) -> Mapping[str, str]:
        """The tabular sections: name -> name of the type of their lines."""
        return {
            name: type_name(kind) for name, kind in self.properties.items() if kind.startswith("Collection(")
        }


@dataclass(frozen=True)
class Origin:
    """What a schema was read from: the document's ETag ("" for none), its length in bytes and its SHA-256.

    `sets` is a fingerprint of the service document at that time, which is small and asked for at each
    connect; `at` are the seconds since 1970 when the document was read.
    """

    etag: str = ""
    size: int = 0
    sha256: str = ""
    sets: str = ""
    at: float = 0.0


class Schema:
    """What a base publishes, looked up by name in the file; `close` it after use.

    ValueError and the like where the file is not whole: then it has to be written anew.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        try:
            self.origin = self._header()
            self._places = dict(self._indexed())
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> Schema:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @cached_property
    def sets(self) -> frozenset[str]:
        """The names of all entity sets, those of tabular sections among them."""
        return frozenset(name for kind, name in self._places if kind == "set")

    @cached_property
    def objects(self) -> tuple[str, ...]:
        """The names of the sets of objects and registers, without tabular sections, in their order."""
        return tuple(name for kind, name in self._places if kind == "set" and not self._is_section(name))

    def type(self, name: str) -> EntityType | None:
        """Return the type of an entity set, of the lines of a section, or of what a function returns."""
        told = self._told("type", name)
        if told is None:
            return None
        ways = {way: self._end(*found) for way, found in told["ways"].items()}
        return EntityType(
            name, tuple(told["key"]), told["properties"], {way: end for way, end in ways.items() if end}
        )

    def of_set(self, name: str) -> EntityType | None:
        """Return the type of the rows of an entity set; None where it is not published."""
        told = self._told("set", name)
        return self.type(told["type"]) if told else None

    def result(self, name: str, of: str) -> EntityType | None:
        """Return the type of the rows of a virtual table ("Turnovers") of a register; None if it has none."""
        told = self._told("function", f"{name} {of}")
        return self.type(told["result"]) if told else None

    def _is_section(self, name: str) -> bool:
        """Tell whether a set holds lines of another one's section, or single records of a register."""
        found = self.of_set(name)
        return name.endswith("_RecordType") or (found is not None and "LineNumber" in found.key)

    def _end(self, association: str, role: str) -> str:
        told = self._told("association", association) or {}
        return str(told.get(role, ""))

    def _told(self, kind: str, name: str) -> dict[str, Any] | None:
        place = self._places.get((kind, name))
        if place is None:
            return None
        self._file.seek(place)
        told = orjson.loads(self._file.readline().split(b"\t", 2)[2])
        return dict(told)

    def _header(self) -> Origin:
        head = orjson.loads(self._file.readline())
        if head.pop("format") != FORMAT:
            raise ValueError("another format")
        return Origin(**head)

    def _indexed(self) -> Iterator[tuple[tuple[str, str], int]]:
        """Yield kind and name of each line with its place; ValueError unless the last line says it is."""
        place, ended = self._file.tell(), False
        for line in self._file:
            kind, name, _ = line.split(b"\t", 2)
            ended = kind == b"end"
            yield (kind.decode(), name.decode()), place
            place += len(line)
        if not ended:
            raise ValueError("cut short")


def open_schema(path: Path) -> Schema | None:
    """Open the file; None where there is none or it is not whole: then it has to be read anew."""
    with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
        return Schema(path.open("rb"))
    return None
