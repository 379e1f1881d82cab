"""Keeps what `$metadata` tells in a file that is looked up by name, so that no run parses 15 MB again."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import orjson

from connector.errors import StoreError
from connector.plugins.onec.metadata import Item, read_metadata, type_name

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


def write_schema(path: Path, chunks: Iterable[bytes], origin: Origin) -> Schema:
    """Read `$metadata` from its bytes into the file and open it; TransientError where they are none.

    Size and hash of the origin are taken from the bytes. The old file stays until the new one is whole.
    """
    digest, size = hashlib.sha256(), 0

    def counted() -> Iterator[bytes]:
        nonlocal size
        for chunk in chunks:
            digest.update(chunk)
            size += len(chunk)
            yield chunk

    with _beside(path) as (file, name):
        _write(file, _head(origin, 0, "0" * digest.digest_size * 2))
        for item in read_metadata(counted()):
            _write(file, _line(item))
        _write(file, b"end\tend\t{}\n")
        file.seek(0)
        _write(file, _head(origin, size, digest.hexdigest()))
        file.close()
        return _settled(name, path)


def _settled(name: Path, path: Path) -> Schema:
    """Put the new file in the place of the old one; on Windows another process may hold that open."""
    try:
        name.replace(path)
    except PermissionError:
        return Schema(BytesIO(name.read_bytes()))
    return Schema(path.open("rb"))


@contextmanager
def _beside(path: Path) -> Iterator[tuple[IO[bytes], Path]]:
    """Open a new file beside the path; it does not outlive a failure. StoreError where there is no room."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    except OSError as error:
        raise _no_room(path, error) from error
    file = os.fdopen(handle, "w+b")
    try:
        yield file, Path(name)
    finally:
        file.close()
        Path(name).unlink(missing_ok=True)


def _write(file: IO[bytes], line: bytes) -> None:
    try:
        file.write(line)
    except OSError as error:
        raise _no_room(Path(file.name), error) from error


def _no_room(path: Path, error: OSError) -> StoreError:
    """Say what the disk refused: an OSError would pass for one of the network."""
    said = f"$metadata cannot be kept: {error.strerror or error}"
    return StoreError(said, where=str(path.parent), hint="mend the disk or the rights to the folder")


def _head(origin: Origin, size: int, sha256: str) -> bytes:
    """Return the first line, always of the same length, as it is written again over itself."""
    told = {"format": FORMAT, "etag": origin.etag, "sets": origin.sets, "at": origin.at, "sha256": sha256}
    return orjson.dumps(told)[:-1] + f',"size":{size:<12}'.encode() + b"}\n"


def _line(item: Item) -> bytes:
    name = f"{item.name} {item.told['of']}" if item.kind == "function" else item.name
    return f"{item.kind}\t{name}\t".encode() + orjson.dumps(item.told) + b"\n"
