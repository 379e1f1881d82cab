"""Splits a CSV file into records, each with the line it starts on."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from connector.errors import ConfigError


def records(file: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield (line it starts on, cells) for every line that is not blank."""
    text = decode(file)
    head = text.partition("\n")[0]
    lines = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=";" if head.count(";") > head.count(",") else ",",
        strict=True,
    )
    start = 1
    try:
        for cells in lines:
            if any(cells):
                yield start, cells
            start = lines.line_num + 1
    except csv.Error as error:
        raise ConfigError(f"not CSV: {error}", where=f"{file}:{start}", hint="mend the quotes") from error


def decode(file: Path) -> str:
    """Return the text, from UTF-8 (a byte order mark is dropped) or else cp1251."""
    data = file.read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1251")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ConfigError(
            "neither UTF-8 nor cp1251", where=f"{file}:{line}", hint="save it as UTF-8"
        ) from error
