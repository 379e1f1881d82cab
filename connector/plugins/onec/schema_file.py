"""Writes what `$metadata` tells into a file to look names up in; the old one stays until it is whole."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import IO

import orjson

from connector.errors import StoreError
from connector.plugins.onec.metadata import Item, read_metadata
from connector.plugins.onec.schema import FORMAT, Origin, Schema


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
