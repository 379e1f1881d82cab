"""The child process of `connector.store.frames`: reads frames of one state of the store into Arrow files.

A large table is read part by part, so that it is never in memory as a whole.

`python -m connector.store.frame_reader STORE FOLDER NAME:COLUMN,COLUMN...` reads these columns of each named
frame, and ends with 1 and one line on stderr if it fails.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import adbc_driver_sqlite.dbapi
import polars as pl
from adbc_driver_manager import Error

from connector.store.frame_sql import extent, query, typed

BUSY_MILLISECONDS = 15_000
ROWS_A_PART, ROWS_A_BATCH = 500_000, 65_536
"""How much is in memory at once; the driver's own batches of 1,024 rows would be a burden to Polars."""


def read_into(store: Path, folder: Path, wanted: Mapping[str, Sequence[str]]) -> None:
    """Write the parts of each frame to `FOLDER/NAME.NUMBER.arrow`, all of one state of the store.

    `wanted` says which columns of which frames.
    """
    # One transaction, begun by the driver: its first query fixes the state that all see
    with adbc_driver_sqlite.dbapi.connect(f"{store.as_uri()}?mode=ro") as connection:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
        for name, columns in wanted.items():
            for number, part in enumerate(_parts(connection, name, columns)):
                part.write_ipc(folder / f"{name}.{number:06}.arrow")


def _parts(
    connection: adbc_driver_sqlite.dbapi.Connection, name: str, columns: Sequence[str]
) -> Iterator[pl.DataFrame]:
    with connection.cursor() as cursor:
        cursor.execute(extent(name))
        lowest, highest = pl.DataFrame(cursor.fetch_arrow()).row(0)
    for first in range(lowest or 0, (highest or 0) + 1, ROWS_A_PART):
        with connection.cursor() as cursor:
            cursor.adbc_statement.set_options(**{"adbc.sqlite.query.batch_rows": str(ROWS_A_BATCH)})
            cursor.execute(query(name, columns, first, first + ROWS_A_PART - 1))
            yield typed(name, pl.DataFrame(cursor.fetch_arrow()))


def main(arguments: list[str]) -> int:
    """Read what the command line names."""
    store, folder, *told = arguments
    wanted = {name: columns.split(",") for name, _, columns in (each.partition(":") for each in told)}
    try:
        read_into(Path(store), Path(folder), wanted)
    except (Error, pl.exceptions.PolarsError, OSError) as error:
        sys.stderr.write(f"{' '.join(str(error).split())}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
