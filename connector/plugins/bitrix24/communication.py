"""Phones and e-mails of a card: comparable where they can be, kept as they came and flagged where not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector import identifiers
from connector.plugins.bitrix24.values import several
from connector.plugins.comparable import Read, every


def phones(row: Mapping[str, Any]) -> Read:
    """Return the numbers in E.164 in the card's order; `invalid:phones` if one is no number."""
    return every(several(row.get("PHONE")), identifiers.phone, "invalid:phones")


def emails(row: Mapping[str, Any]) -> Read:
    """Return the addresses in lower case in the card's order; `invalid:emails` if one is no address."""
    return every(several(row.get("EMAIL")), identifiers.email, "invalid:emails")
