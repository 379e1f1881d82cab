"""The rules that ship with the product, by name."""

from __future__ import annotations

from typing import Any

from connector.rules.abc import Abc
from connector.rules.at_risk import AtRisk
from connector.rules.base_balance import BaseBalance
from connector.rules.contact_norm import ContactNorm
from connector.rules.daily_plan import DailyPlan
from connector.rules.key_account import KeyAccount
from connector.rules.next_contact import NextContact
from connector.rules.no_contact import NoContact
from connector.rules.orphan import Orphan
from connector.rules.reassign import Reassign
from connector.rules.rule import Rule
from connector.rules.stability import Stability
from connector.rules.withdraw import Withdraw

_BUILT = (
    *(Abc(), Stability(), ContactNorm(), NoContact(), NextContact(), DailyPlan(), AtRisk()),
    *(Orphan(), BaseBalance(), Withdraw(), Reassign(), KeyAccount()),
)
RULES: dict[str, Rule[Any]] = {rule.name: rule for rule in _BUILT}
