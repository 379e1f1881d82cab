"""The child process of `connector.store.frames`: reads frames of one state of the store into Arrow files.

`python -m connector.store.frame_reader STORE FOLDER NAME...` ends with 1 and one line on stderr if it fails.
"""

from __future__ import annotations

import sys
from pathlib import Path

import adbc_driver_sqlite.dbapi
import polars as pl
from adbc_driver_manager import Error

from connector.store.frame_sql import query, typed

BUSY_MILLISECONDS = 15_000


def read_into(store: Path, folder: Path, names: list[str]) -> None:
    """Write each named frame to `FOLDER/NAME.arrow`, all of the same state of the store."""
    # One transaction, begun by the driver: its first query fixes the state that all see
    with adbc_driver_sqlite.dbapi.connect(f"{store.as_uri()}?mode=ro") as connection:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
        for name in names:
            with connection.cursor() as cursor:
                cursor.execute(query(name))
                read = pl.DataFrame(cursor.fetch_arrow())
            typed(name, read).write_ipc(folder / f"{name}.arrow")


def main(arguments: list[str]) -> int:
    """Read what the command line names."""
    store, folder, *names = arguments
    try:
        read_into(Path(store), Path(folder), names)
    except (Error, pl.exceptions.PolarsError, OSError) as error:
        sys.stderr.write(f"{' '.join(str(error).split())}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
