"""Asks a base what it publishes, as seldom as can be, and resolves the profile against that."""

from __future__ import annotations

import hashlib
import logging
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from connector import clock
from connector.errors import AccessError, ConfigError, TransientError
from connector.http.answer import Answer
from connector.http.client import CHUNK, Http
from connector.plugins.onec.api import XML
from connector.plugins.onec.objects import FORM
from connector.plugins.onec.profile import Profile
from connector.plugins.onec.profile_reading import ProfileSource
from connector.plugins.onec.resolve import resolve
from connector.plugins.onec.schema import Origin, Schema, open_schema
from connector.plugins.onec.schema_file import write_schema

logger = logging.getLogger(__name__)
METADATA = "$metadata"
KEEP_SECONDS = 24 * 3600.0
"""How long a document without an ETag is taken for what the base publishes; new sets are seen at once."""
HEADERS = {"Accept": XML}
EMPTY = "the composition of the OData interface is empty: no object is ticked"
TICK = f"tick in the form «{FORM}», or run what `connector onec composition --code` prints"


def connect(http: Http, names: Sequence[str], source: ProfileSource, kept: Path | None) -> Profile:
    """Return the profile as the base has it; `names` are those of the service document.

    `kept` is the file that spares the next one the document. AccessError where the composition is empty; what
    the profile wants beyond it is in `missing`: a field that has to stay empty is said in the log, too.
    """
    with schema(http, names, kept) as found:
        profile = resolve(source, found)
    for lack in profile.missing:
        if lack.field:
            logger.warning("%s: %s is read without %s: %s", http.name, lack.table, lack.field, lack)
    return profile


@contextmanager
def schema(http: Http, names: Sequence[str], kept: Path | None, *, fresh: bool = False) -> Iterator[Schema]:
    """Yield what the base publishes, from the file `kept` where that still holds, else from `$metadata`.

    A document of 15 MB takes 1C 23 s (odata1c-gate, probe P4), so it is asked for only where the service
    document names other sets, the ETag is another one, or the file is a day old; `fresh` asks in any case.
    None for `kept`: it is kept for this time only. AccessError where the composition is empty.
    """
    if not names:
        raise AccessError(EMPTY, where=http.name, hint=TICK)
    with tempfile.TemporaryDirectory() as folder:
        path = kept or Path(folder) / METADATA
        found = _held(http, path, fingerprint(names), fresh=fresh)
        try:
            yield found
        finally:
            found.close()


def fingerprint(names: Sequence[str]) -> str:
    """Return a short word for a list of sets, whatever their order."""
    return hashlib.sha256("\n".join(sorted(names)).encode()).hexdigest()


def _held(http: Http, path: Path, sets: str, *, fresh: bool) -> Schema:
    old = open_schema(path)
    if old is None:
        return _fetched(http, path, sets, Origin())
    origin = old.origin
    young = clock.now().timestamp() - origin.at < KEEP_SECONDS
    if origin.sets == sets and young and not origin.etag and not fresh:
        return old
    old.close()
    return _fetched(http, path, sets, Origin() if fresh or origin.sets != sets else origin)


def _fetched(http: Http, path: Path, sets: str, known: Origin) -> Schema:
    """Ask for the document unless the ETag is still that of the file, and write it into the file."""

    def take(answer: Answer, pieces: Iterator[bytes]) -> Schema | None:
        if answer.status == 304:
            return None
        etag = answer.headers.get("ETag", "")
        return write_schema(path, pieces, Origin(etag, sets=sets, at=clock.now().timestamp()))

    condition = {"If-None-Match": known.etag} if known.etag else {}
    return http.stream(METADATA, take, headers=HEADERS | condition) or _reopened(http, path, sets)


def _reopened(http: Http, path: Path, sets: str) -> Schema:
    return open_schema(path) or _fetched(http, path, sets, Origin())


@contextmanager
def saved(path: Path) -> Iterator[Schema]:
    """Yield what a saved `$metadata` tells; ConfigError where the file holds none."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            with path.open("rb") as file:
                found = write_schema(Path(folder) / METADATA, iter(lambda: file.read(CHUNK), b""), Origin())
        except TransientError as error:
            raise ConfigError(error.message, where=str(path), hint="save it anew from the base") from error
        with found:
            yield found
