"""Finds out in which encoding a text file is: UTF-8, UTF-16 by its mark, else the Russian Windows one."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

CHUNK = 1 << 20
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_LONGER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH = re.compile(rb"[\x80-\xff]")


def detect(path: Path) -> str:
    """Return the name of the encoding; bytes that do not fit it may remain and belong to single rows.

    A file that is UTF-8 but for a few bytes is UTF-8: to read all of it as cp1251 would garble every name.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        start = file.read(4)
        for mark, name in _MARKS:
            if start.startswith(mark):
                return name
        file.seek(0)
        try:
            while piece := file.read(CHUNK):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "utf-8" if _mostly_utf8(path) else "cp1251"
    return "utf-8"


def _mostly_utf8(path: Path) -> bool:
    """Whether more letters are written as UTF-8 writes them than bytes are left over by that reading."""
    letters = strays = 0
    with path.open("rb") as file:
        for line in file:
            letters += len(_LONGER.findall(line))
            strays += len(_HIGH.findall(_LONGER.sub(b"", line)))
    return letters > strays
