"""Looks for the fields that the settings name on the portal's cards."""

from __future__ import annotations

from collections.abc import Iterator

from connector.errors import ConfigError, SourceError
from connector.plugins.base import Check
from connector.plugins.bitrix24.account import Account
from connector.plugins.bitrix24.companies import DEAL_TARGETS


def own_fields(account: Account) -> Iterator[Check]:
    """Yield a line for each field that the settings name, read or written."""
    config = account.config
    cards = {name: "deal" if our in DEAL_TARGETS else "company" for name, our in config.custom_fields.items()}
    cards |= dict.fromkeys((*config.fields.values(), *config.flags.values()), "company")
    cards |= {config.loss_reason: "deal"} if config.loss_reason else {}
    for name, card in cards.items():
        yield field_line(account, card, name)


def field_line(account: Account, card: str, wanted: str) -> Check:
    """Tell whether the card has the field, and what it is."""
    name = f"field {wanted} of the {card}"
    try:
        known = account.directories.field(card, wanted)
    except (ConfigError, SourceError) as error:
        return Check(name, "failed", error.message, error.hint)
    return Check(name, "ok", f"{known.code}, {known.type}")
