"""Keys and versions of objects as 1C spells them."""

from __future__ import annotations

import re
from base64 import b64encode
from zlib import crc32

GUID_FORM = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)


def make_key(kind: str, number: int) -> str:
    """Return the key of the `number`-th object of a kind: the same number of another kind has another key."""
    return f"{number:08x}-{crc32(kind.encode()) & 0xFFFF:04x}-11ee-8111-00155d000001"


def is_key(value: str) -> bool:
    """Tell whether the text is a guid."""
    return GUID_FORM.fullmatch(value) is not None


def version_text(version: int) -> str:
    """Return a DataVersion: eight bytes in base64, `AAAAAAAAAAA=` right after the creation."""
    return b64encode(version.to_bytes(8, "big")).decode("ascii")
